"""The durable frontier: an address is neither lost nor doubled, and waits exactly as long as it should."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from dealwatch.archive import Archive, frontier
from dealwatch.archive.frontier import MAX_ATTEMPTS, Discovery, Validators
from tests.archive.conftest import NOW, found, put

FEED = "https://outlet.example/feed"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def discover(
    archive: Archive, *links: frontier.Found, at: datetime = NOW, tag: str | None = None, source: str = "outlet"
) -> Discovery:
    return frontier.discovered(archive, source, FEED, links, Validators(tag) if tag else None, at)


def names(archive: Archive, at: datetime = NOW) -> list[str]:
    return [address.key.split("/")[1] for address in frontier.pending(archive, "outlet", at)]


def test_links_and_validators_are_stored_together_or_not_at_all(archive: Archive) -> None:
    discover(archive, found("a"), tag="one")
    broken = found("b", title=object())  # SQLite cannot store it: the transaction breaks half-way
    with pytest.raises(Exception, match="object"):
        discover(archive, found("c"), broken, tag="two")
    assert names(archive) == ["a"]
    assert frontier.validators_of(archive, "outlet") == {FEED: Validators("one")}


def test_the_same_link_twice_in_a_feed_is_one_address(archive: Archive) -> None:
    assert discover(archive, found("a"), found("a"), found("b")) == Discovery(2, 0, 1)
    assert sorted(names(archive)) == ["a", "b"]


def test_the_newest_news_comes_first_and_the_limit_holds(archive: Archive) -> None:
    discover(archive, *(found(name, published=NOW - age * DAY) for name, age in (("old", 9), ("new", 1), ("mid", 4))))
    assert names(archive) == ["new", "mid", "old"]
    assert [address.key for address in frontier.pending(archive, "outlet", NOW, limit=1)] == ["outlet.example/new"]


def test_a_known_article_waits_again_only_when_it_was_changed(archive: Archive) -> None:
    put(archive, "a")
    assert discover(archive, found("a"), at=NOW + DAY) == Discovery(0, 0, 1)
    assert discover(archive, found("a", modified=NOW - HOUR), at=NOW + DAY) == Discovery(0, 0, 1)
    assert discover(archive, found("a", modified=NOW + HOUR), at=NOW + DAY) == Discovery(0, 1, 0)
    assert names(archive, NOW + DAY) == ["a"]
    put(archive, "a", at=NOW + DAY)
    assert discover(archive, found("a", modified=NOW + HOUR), at=NOW + 2 * DAY) == Discovery(0, 0, 1)
    assert names(archive, NOW + 2 * DAY) == []


MAP = found("a", modified=NOW - HOUR)
JSON = found("a", title="Amazon’s store", modified=NOW - HOUR, published=NOW - 2 * HOUR)
TEASER = found("a", title="Amazon's store", summary="It opens at midnight.", modified=NOW - HOUR, published=NOW - HOUR)


@pytest.mark.parametrize("order", list(permutations([MAP, JSON, TEASER])))
def test_what_places_say_of_an_article_adds_up_whichever_answers_first(
    archive: Archive, order: tuple[frontier.Found, ...]
) -> None:
    for link in order:
        discover(archive, link)
    (address,) = frontier.pending(archive, "outlet", NOW)
    assert (address.title, address.summary) == (JSON.title, TEASER.summary)
    assert (address.published, address.modified) == (JSON.published, NOW - HOUR)


def test_an_older_word_fills_gaps_and_replaces_nothing(archive: Archive) -> None:
    discover(archive, found("a", title="New title", modified=NOW - HOUR))
    discover(archive, found("a", title="The title as it was", summary="A summary.", modified=NOW - DAY))
    discover(archive, found("a", title="The title that another outlet gave"), source="elsewhere")
    (address,) = frontier.pending(archive, "outlet", NOW)
    assert (address.title, address.summary) == ("New title", "A summary.")


def test_a_clock_in_the_future_is_taken_as_now_and_noted(archive: Archive) -> None:
    ahead = NOW + 400 * DAY
    discover(archive, found("a", published=ahead, modified=ahead))
    (address,) = frontier.pending(archive, "outlet", NOW)
    assert (address.published, address.modified) == (NOW, NOW)
    assert "in the future" in archive.value("SELECT note FROM addresses")
    frontier.gone(archive, address.id, "404", NOW)
    assert discover(archive, found("a", modified=NOW + DAY), at=NOW + DAY).changed == 1  # a later change still shows


def test_a_clock_that_is_hours_ahead_makes_nothing_look_changed(archive: Archive) -> None:
    """Of an outlet that writes local time as if it were UTC: the same time told again is no news."""
    ahead, later = NOW + 8 * HOUR, NOW + 9 * HOUR
    assert discover(archive, found("a", modified=ahead)) == Discovery(1, 0, 0, ahead=1)
    put(archive, "a")
    for hours in (0.5, 4, 8, 12):
        assert discover(archive, found("a", modified=ahead), at=NOW + hours * HOUR) == Discovery(0, 0, 1)
    assert discover(archive, found("a", modified=later), at=NOW + HOUR) == Discovery(0, 1, 0, ahead=1)
    put(archive, "a", at=NOW + HOUR)
    mended = NOW + 2 * HOUR
    assert discover(archive, found("a", modified=mended), at=NOW + 3 * HOUR) == Discovery(0, 1, 0)


def test_the_pauses_grow_to_a_day_and_end_in_failure(archive: Archive) -> None:
    discover(archive, found("a"))
    (address,) = frontier.pending(archive, "outlet", NOW)
    at, pauses = NOW, []
    for _ in range(MAX_ATTEMPTS - 1):
        frontier.postpone(archive, address.id, "500 Internal\nServer Error", at)
        due = datetime.fromisoformat(archive.value("SELECT next_try_at FROM addresses"))
        assert names(archive, due - MINUTE) == []
        assert names(archive, due) == ["a"]
        pauses.append(due - at)
        at = due
    assert pauses == sorted(set(pauses))
    assert pauses[0] == 10 * MINUTE
    assert max(pauses) <= DAY
    frontier.postpone(archive, address.id, "500", at)
    row = archive.row("SELECT state, attempts, reason FROM addresses")
    assert tuple(row or ()) == ("failed", MAX_ATTEMPTS, "500")


@pytest.mark.parametrize(("wish", "pause"), [(MINUTE, 10 * MINUTE), (HOUR, HOUR), (90 * DAY, 7 * DAY)])
def test_retry_after_is_honoured_within_reason(archive: Archive, wish: timedelta, pause: timedelta) -> None:
    discover(archive, found("a"))
    frontier.postpone(archive, 1, "429", NOW, NOW + wish)
    assert names(archive, NOW + pause - MINUTE) == []
    assert names(archive, NOW + pause) == ["a"]


@pytest.mark.parametrize(
    ("end", "state"), [(frontier.gone, "gone"), (frontier.refused, "refused"), (frontier.failed, "failed")]
)
def test_an_address_at_its_end_is_not_asked_again(archive: Archive, end, state) -> None:  # type: ignore[no-untyped-def]
    discover(archive, found("a"))
    end(archive, 1, "because", NOW)
    assert discover(archive, found("a"), at=NOW + DAY).known == 1
    assert names(archive, NOW + DAY) == []
    assert tuple(archive.row("SELECT state, reason FROM addresses") or ()) == (state, "because")


HOURS = st.none() | st.integers(-99, 199)
STEPS = st.one_of(
    st.tuples(st.just("discover"), st.lists(st.tuples(st.sampled_from("abc"), HOURS), max_size=6)),
    st.tuples(st.sampled_from(["postpone", "gone", "refused", "failed", "store"]), st.sampled_from("abc")),
)


class Model:
    """The frontier in a few lines: an address waits from when it is known to its end, and again once it was changed."""

    def __init__(self) -> None:
        self.changed: dict[str, datetime | None] = {}
        self.told: dict[str, datetime] = {}  # in the future, at the time
        self.fetched: dict[str, datetime] = {}
        self.tries: dict[str, int] = {}
        self.waiting: set[str] = set()

    def discover(self, name: str, modified: datetime | None, at: datetime) -> None:
        told, modified = modified, min(modified, at) if modified else None
        before = self.told.get(name)
        again = bool(told and before and (told == before or at < told < before))
        if name not in self.changed:
            self.changed[name] = modified
            self.told |= {name: told} if told and told > at else {}
            self.waiting.add(name)
        elif modified and not again and modified > (self.changed[name] or self.fetched.get(name) or at):
            self.changed[name] = modified
            self.told |= {name: told} if told and told > at else {}
            self.tries.pop(name, None)
            self.waiting.add(name)
        elif name in self.waiting and told and told > at:
            self.told.setdefault(name, told)

    def end(self, name: str, what: str, at: datetime) -> None:
        if what == "postpone":
            self.tries[name] = self.tries.get(name, 0) + 1
            if self.tries[name] < MAX_ATTEMPTS:
                return
        else:
            self.fetched[name] = at
            self.tries.pop(name, None)
        self.waiting.discard(name)


@settings(max_examples=60, deadline=None)
@for_all(st.lists(STEPS, max_size=30))
def test_whatever_happens_no_address_is_lost_or_doubled(steps: list[Any]) -> None:
    model = Model()
    with TemporaryDirectory() as folder, Archive.open(Path(folder) / "x.db") as archive:
        for hour, (what, given) in enumerate(steps, 100):
            at = NOW + hour * HOUR
            if what == "discover":
                links = [(name, NOW + when * HOUR if when is not None else None) for name, when in given]
                discover(archive, *(found(name, modified=modified) for name, modified in links), at=at)
                for name, modified in links:
                    model.discover(name, modified, at)
            elif given in model.waiting:
                address_id = archive.value("SELECT id FROM addresses WHERE key = ?", [found(given).key])
                if what == "store":
                    put(archive, given, at=at)
                else:
                    getattr(frontier, what)(archive, address_id, "why", at)
                model.end(given, what, at)
        assert sorted(names(archive, datetime(2030, 1, 1, tzinfo=UTC))) == sorted(model.waiting)
        assert archive.value("SELECT count(*) FROM addresses") == len(model.changed)


def test_a_change_told_while_the_page_is_on_its_way_is_not_lost(archive: Archive) -> None:
    told = NOW + MINUTE
    discover(archive, found("a", modified=NOW - HOUR))
    discover(archive, found("a", modified=told), at=told)
    put(archive, "a", at=told + MINUTE, fetched_at=NOW)
    assert names(archive, told + MINUTE) == ["a"]
    put(archive, "a", at=told + HOUR, fetched_at=told + MINUTE)
    assert names(archive, told + HOUR) == []
