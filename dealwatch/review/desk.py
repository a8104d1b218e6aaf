"""What the pages share: connections to the archive, the board as it stands, the watchlist's names and routes."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from dealwatch import clock
from dealwatch.archive import Archive, decisions, hand, outbox, review
from dealwatch.archive import board as boards
from dealwatch.archive.decisions import Desk, Wish
from dealwatch.deals.families import Families
from dealwatch.watchlist.entities import Entity, load_entities

T = TypeVar("T")
READERS = 4
AT_ONCE = 0.1
"""A board that took less than these seconds to load is loaded anew before the answer; a slower one behind its back."""
PATIENCE = 10.0
"""Seconds that a larger board is left as it is, while the archive changes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken back, and the deal it concerned."""

    action: str
    deal_id: int


class Office:
    """The archive as the review page uses it: several readers, one writer, one board. Safe among threads."""

    def __init__(self, db: Path, watchlist: Path) -> None:
        self.db, self.watchlist = db, watchlist
        self._writer = Archive.open(db)
        self._write_lock, self._board_lock = threading.RLock(), threading.Lock()
        self._readers: queue.LifoQueue[Archive] = queue.LifoQueue()
        for _ in range(READERS):
            self._readers.put(Archive.open(db, readonly=True))
        self._watcher = Archive.open(db, readonly=True)
        self._seen, self._took, self._loaded_at = review.version(self._watcher), 0.0, 0.0
        self._board = self._load()
        self._loading, self._overtaken = False, False
        self._moves: list[tuple[int, str]] = []

    def close(self) -> None:
        with self._write_lock, self._board_lock:
            while not self._readers.empty():
                self._readers.get_nowait().close()
            self._watcher.close()
            self._writer.close()

    @cached_property
    def entities(self) -> list[Entity]:
        return load_entities(self.watchlist) if (self.watchlist / "entities").is_dir() else []

    @cached_property
    def families(self) -> Families:
        return Families({entity.name: entity.parent for entity in self.entities if entity.parent})

    @cached_property
    def routes(self) -> tuple[outbox.Route, ...]:
        return outbox.load_routes(self.watchlist)

    @contextmanager
    def reading(self) -> Iterator[Archive]:
        archive = self._readers.get()
        try:
            yield archive
        finally:
            self._readers.put(archive)

    def board(self) -> boards.Board:
        """As new as can be had at once: a small one is never old, a large one some seconds at most."""
        self._wake()
        with self._board_lock:
            now = review.version(self._watcher)
            if now == self._seen or self._loading:
                return self._board
            if self._took <= AT_ONCE:
                self._seen = now
                self._board = self._load()
            elif time.monotonic() - self._loaded_at > PATIENCE:
                self._seen, self._loading, self._overtaken = now, True, False
                self._moves.clear()
                threading.Thread(target=self._behind, daemon=True).start()
            return self._board

    def decide(self, wish: Wish, person: str) -> None:
        with self._write_lock:
            decisions.decide(self._writer, wish, self._desk(person), clock.now())
            self._moved(wish.alert_id)

    def undo(self, person: str) -> Taken:
        """Take back the person's last act that stands: a decision, or a merge or split made after it."""
        with self._write_lock:
            said, folded = decisions.last(self._writer, person), hand.last(self._writer, person)
            if folded is not None and (said is None or folded.at >= said.at):
                found = hand.undo(self._writer, person, clock.now(), self.families, folded.id)
                self._outdated()
                return Taken(folded.action, found[0])
            taken = decisions.undo(self._writer, self._desk(person), clock.now())
            self._moved(taken.alert_id)
            return Taken(taken.action, taken.deal_id)

    def fold(self, act: Callable[..., T], person: str) -> T:
        """Merge, split, or take such an act back; what `act` gives."""
        with self._write_lock:
            done = act(self._writer, person=person, at=clock.now(), families=self.families)
            self._outdated()
            return done

    def _desk(self, person: str) -> Desk:
        return Desk(person, self.routes, self.families)

    def _moved(self, alert_id: int) -> None:
        """A decision shows at once, also on a board that is not loaded anew."""
        stands = decisions.standing(self._writer, alert_id)
        if stands is not None:
            with self._board_lock:
                self._board = self._board.with_state(*stands)
                if self._loading:
                    self._moves.append(stands)

    def _outdated(self) -> None:
        """Deals came and went: the board is loaded anew at the next question."""
        with self._board_lock:
            self._loaded_at, self._overtaken = -PATIENCE, True

    def _wake(self) -> None:
        at: datetime = clock.now()
        with self._write_lock:
            decisions.wake(self._writer, at)

    def _load(self) -> boards.Board:
        began = time.monotonic()
        with self.reading() as archive:
            loaded = boards.load(archive)
        self._loaded_at = time.monotonic()
        self._took = self._loaded_at - began
        return loaded

    def _behind(self) -> None:
        """Load the board while the old one answers. What people did meanwhile may be missing from what was read."""
        try:
            loaded = self._load()
            with self._board_lock:
                for move in self._moves:
                    loaded = loaded.with_state(*move)
                self._board = loaded
                if self._overtaken:
                    self._loaded_at = -PATIENCE
        finally:
            self._loading = False
