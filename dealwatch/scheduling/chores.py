"""What the clock does besides crawling: a chore is a name, a cron line (UTC) and a function."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.locks import SourceLock
from dealwatch.archive import Archive, crawls, frontier, stories
from dealwatch.clock import now
from dealwatch.errors import DealwatchError
from dealwatch.exports.delivery import SENDER, deliver
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import Channel
from dealwatch.watchlist.sources import Source

_KEEP_UNLISTED: int = Source.model_fields["keep_text_days"].default
"""Days, for the texts of sources that are no longer in the watchlist."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Chore:
    """`run` gets the archive's path and the sources in force, and returns one line for the log, or nothing."""

    name: str
    schedule: str
    run: Callable[[Path, Mapping[str, Source]], str | None]


def housekeeping(db: Path, sources: Mapping[str, Source]) -> str | None:
    """Write down crawls that were killed, forget texts past their `keep_text_days`, fold the log into the file."""
    with Archive.open(db) as archive:
        killed = sum(_killed(archive, db, name) for name in sources)
        forgotten = 0
        for name in crawls.sources(archive):
            days = sources[name].keep_text_days if name in sources else _KEEP_UNLISTED
            forgotten += stories.forget_texts(archive, name, days, now())
            frontier.forget_summaries(archive, name, days, now())
        archive.checkpoint()
    said = [f"{killed} killed crawls written down"] if killed else []
    said += [f"{forgotten} texts forgotten"] if forgotten else []
    return ", ".join(said) or None


def _killed(archive: Archive, db: Path, name: str) -> int:
    with SourceLock(db, name) as lock:
        return crawls.interrupted(archive, name) if lock.take() else 0


def delivery(channels: Callable[[], Mapping[str, Channel]]) -> Chore:
    """Sends what is due, every minute, unless another sender is at it. `channels` gives those in force."""

    def run(db: Path, _: Mapping[str, Source]) -> str | None:
        if not channels():
            return None
        with SourceLock(db, SENDER) as lock:
            if not lock.take():
                return None
            with Archive.open(db) as archive:
                tally = deliver(archive, channels(), Secrets.load())
        said = [f"{tally.sent} sent"] if tally.sent else []
        said += [" | ".join(" ".join(error.split()) for error in tally.errors)] if tally.errors else []
        return ", ".join(said) or None

    return Chore("delivery", "* * * * *", run)


CHORES: tuple[Chore, ...] = (Chore("housekeeping", "23 3 * * *", housekeeping),)


class Chores:
    """Runs chores; never the same one twice at a time."""

    def __init__(self, db: Path, say: Say) -> None:
        self._db = db
        self._say = say
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def start(self, chore: Chore, sources: Mapping[str, Source]) -> None:
        """In a daemon thread, so that it holds up neither the clock nor its end."""
        threading.Thread(target=self.run, args=(chore, dict(sources)), name=chore.name, daemon=True).start()

    def run(self, chore: Chore, sources: Mapping[str, Source]) -> None:
        with self._lock:
            if chore.name in self._running:
                return
            self._running.add(chore.name)
        try:
            said = chore.run(self._db, sources)
        except DealwatchError as error:
            said = f"failed: {' | '.join(str(error).splitlines())}"
        finally:
            with self._lock:
                self._running.discard(chore.name)
        if said:
            self._say(f"{chore.name}: {said}")
