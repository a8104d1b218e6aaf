"""The watchlist as it was when it was last in order. Crawls read that copy, so a half-made edit stops no crawl."""

import shutil
from pathlib import Path

from crawler.spiders.news import spider_class
from dealwatch.errors import WatchlistError
from dealwatch.watchlist.channels import Channel, load_channels
from dealwatch.watchlist.families import load_families
from dealwatch.watchlist.flagger import load_flagger
from dealwatch.watchlist.settings import Settings, load_settings
from dealwatch.watchlist.sources import Source, load_sources

Look = frozenset[tuple[str, int, int]]


class LastGood:
    """`folder` is the copy in use, `sources` and `settings` are what it holds. Close it to remove the copies."""

    folder: Path
    sources: dict[str, Source]
    settings: Settings
    channels: dict[str, Channel]

    def __init__(self, watchlist: Path, room: Path) -> None:
        """`room` is the folder for the copies, emptied first: a scheduler that was killed leaves its own behind.

        Raises WatchlistError where there is no watchlist, or none in order yet.
        """
        if not watchlist.is_dir():
            raise WatchlistError(f"{watchlist}: no such folder; name the right one with --watchlist DIR")
        self._watchlist = watchlist
        self._copies = room
        try:
            shutil.rmtree(room, ignore_errors=True)
            room.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise WatchlistError(f"{room}: cannot be made: {error.strerror}; choose another --db") from error
        self._number = 0
        self._read = self._last_look = self._look()
        try:
            self._take()
        except WatchlistError:
            self.close()
            raise

    def refresh(self) -> bool:
        """Look at the files; True if they have changed and are in order. Raises WatchlistError, once a change, if not.

        A change counts only when two looks saw the same, as an editor may still be writing.
        """
        look = self._look()
        settled, self._last_look = look == self._last_look, look
        if look == self._read or not settled:
            return False
        self._read = look
        self._take()
        return True

    def forget(self, in_use: set[Path]) -> None:
        """Remove the copies that no running crawl reads."""
        for copy in self._copies.iterdir():
            if copy != self.folder and copy not in in_use:
                shutil.rmtree(copy, ignore_errors=True)

    def close(self) -> None:
        shutil.rmtree(self._copies, ignore_errors=True)

    def _take(self) -> None:
        """Copy first, then check the copy: what was checked is what the crawls read."""
        self._number += 1
        copy = self._copies / str(self._number)
        try:
            shutil.copytree(self._watchlist, copy, ignore=shutil.ignore_patterns("labelled"))
            sources, settings = load_sources(copy), load_settings(copy)
            channels = load_channels(copy)
            load_flagger(copy)
            load_families(copy)
            for source in sources.values():
                spider_class(source)
        except (OSError, shutil.Error) as error:
            shutil.rmtree(copy, ignore_errors=True)
            raise WatchlistError(f"{self._watchlist}: cannot be read: {error}") from error
        except WatchlistError as error:
            shutil.rmtree(copy, ignore_errors=True)
            raise WatchlistError(str(error).replace(str(copy), str(self._watchlist))) from error
        self.folder, self.sources, self.settings, self.channels = copy, sources, settings, channels

    def _look(self) -> Look:
        """Name, time of change and size of every file."""
        seen = set()
        for path in self._watchlist.rglob("*"):
            try:
                stat = path.stat()
            except OSError:  # it went away between the two calls: the next look tells
                continue
            if path.is_file():
                seen.add((str(path.relative_to(self._watchlist)), stat.st_mtime_ns, stat.st_size))
        return frozenset(seen)
