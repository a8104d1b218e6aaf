"""One filter for all doors: every field, every combination."""

from datetime import timedelta

import pytest

from dealwatch.archive import Archive
from dealwatch.archive import filter as door
from dealwatch.archive.deal import deal as deal_of
from dealwatch.archive.filter import DealFilter, parse_since
from dealwatch.deals.records import Party
from dealwatch.errors import DealwatchError
from tests.archive.conftest import AMAZON, NOW, mention, put

DAY = timedelta(days=1)
LAZADA, ALIPAY = Party("Lazada", "foreign", home="SG"), Party("Alipay", "chinese", home="CN")


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """1: a store told of by two outlets; 2: a pact in Chinese, confirmed; 3: history."""
    put(archive, "store", mention(), at=NOW - 9 * DAY)
    put(archive, "store-2", mention(status="completed"), at=NOW, source="second", text="The store is open.")
    pact = mention(type="partnership", parties=(LAZADA, ALIPAY), direction="outbound", status="announced")
    put(archive, "pact", pact, at=NOW - 3 * DAY, lang="zh", text="支付宝与来赞达合作", title="支付宝牵手来赞达")
    archive.execute("UPDATE alerts SET state = 'confirmed' WHERE deal_id = 2")
    old = mention(type="exit", status="terminated", parties=(AMAZON, ALIPAY))
    put(archive, "old", old, at=NOW, published=NOW - 300 * DAY, text="Long ago.")
    return archive


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [1, 2]),
        ({"since": NOW - DAY}, [1]),
        ({"until": NOW - DAY}, [2]),
        ({"types": ("partnership", "exit")}, [2]),
        ({"statuses": ("completed",)}, [1]),
        ({"statuses": ("reported",)}, []),
        ({"directions": ("outbound",)}, [2]),
        ({"parties": ("amazon",)}, [1]),
        ({"parties": ("Lazada", "Pinduoduo")}, [1, 2]),
        ({"sources": ("second",)}, [1]),
        ({"langs": ("zh",)}, [2]),
        ({"states": ("confirmed",)}, [2]),
        ({"states": ("history",)}, [3]),
        ({"states": ("waiting", "history")}, [1, 3]),
        ({"query": "支付宝"}, [2]),
        ({"query": "store open"}, [1]),
        ({"query": "?!"}, []),
        ({"query": '"'}, []),
        ({"types": ("storefront",), "langs": ("zh",)}, []),
    ],
)
def test_every_field_asks_what_it_says(filled: Archive, wanted: dict, ids: list[int]) -> None:  # type: ignore[type-arg]
    chosen = DealFilter(**wanted)
    assert door.ids(filled, chosen) == ids
    assert door.count(filled, chosen) == len(ids)
    assert [deal.id for deal in door.deals(filled, chosen)] == ids
    assert [door.passes(filled, chosen, deal_id) for deal_id in (1, 2, 3)] == [n in ids for n in (1, 2, 3)]


def test_a_record_is_whole(filled: Archive) -> None:
    deal = deal_of(filled, 1)
    assert deal is not None
    assert (deal.state, deal.revision, deal.status) == ("waiting", 2, "completed")
    assert [(step.status, step.outlet) for step in deal.steps] == [("reported", "outlet"), ("completed", "second")]
    assert [(story.outlet, story.url) for story in deal.stories] == [
        ("outlet", "https://outlet.example/store"),
        ("second", "https://second.example/store-2"),
    ]
    assert deal.side("chinese") == ("Pinduoduo",)
    assert not hasattr(deal.stories[0], "text")


def test_an_unknown_deal_and_an_unknown_value(filled: Archive) -> None:
    assert deal_of(filled, 99) is None
    with pytest.raises(DealwatchError, match="choose from storefront"):
        DealFilter(types=("merger",))


@pytest.mark.parametrize(
    ("text", "at"),
    [("7d", NOW - 7 * DAY), ("12h", NOW - DAY / 2), ("2w", NOW - 14 * DAY), ("2026-03-01T10:00+02:00", NOW - DAY)],
)
def test_since_is_read_as_people_write_it(text: str, at: object) -> None:
    assert parse_since(text, NOW) == at
    assert parse_since("2026-03-02", NOW) == NOW.replace(hour=0)


@pytest.mark.parametrize("text", ["", "soon", "7", "d7", "99999y", "2026-13-01", "-3d"])
def test_what_is_no_time_says_how_to_write_one(text: str) -> None:
    with pytest.raises(DealwatchError, match="write 7d"):
        parse_since(text, NOW)
