"""The board that all pages share, while people decide and others write to the archive."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from dealwatch.archive import Archive, board, hand
from dealwatch.archive.decisions import Wish
from dealwatch.review import desk
from dealwatch.review.desk import Office
from tests.review.conftest import seed


class Slow:
    """An office whose board takes long to load, and a load of it that began before anything was decided."""

    def __init__(self, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(3):
            seed(db, number)
        self.office = Office(db, db.parent / "watchlist")
        self._go, read, load = threading.Event(), threading.Event(), board.load

        def slow(archive: Archive) -> board.Board:
            loaded = load(archive)
            read.set()
            assert self._go.wait(10)
            return loaded

        monkeypatch.setattr(board, "load", slow)
        monkeypatch.setattr(desk, "AT_ONCE", -1.0)
        self.office._loaded_at = -desk.PATIENCE
        seed(db, 3)
        self.office.board()
        assert read.wait(10)

    def until(self, loaded: Callable[[board.Board], bool]) -> board.Board:
        """Let loads go on; the first board that is `loaded`."""
        self._go.set()
        for _ in range(500):
            found = self.office.board()
            if loaded(found):
                return found
            time.sleep(0.01)
        raise AssertionError("the board is never loaded")


@pytest.fixture
def slow(db: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(db, monkeypatch)
    yield slow
    slow.office.close()


def test_a_decision_made_while_the_board_loads_stays(slow: Slow) -> None:
    slow.office.decide(Wish(1, 1, 0, "confirm"), "ann")
    found = slow.until(lambda board: len(board.order) == 4)
    place = 1 << found.place[1]
    assert not found.values["states"]["waiting"] & place
    assert found.values["states"]["confirmed"] & place


def test_a_merge_made_while_the_board_loads_shows_without_delay(slow: Slow) -> None:
    slow.office.fold(partial(hand.merge, deal_ids=[1, 2]), "ann")
    found = slow.until(lambda board: len(board.order) == 3 and 4 in board.place)
    assert not {1, 2} <= set(found.order)
