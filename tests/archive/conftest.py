"""A real archive file, and stories to put into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dealwatch.archive import Archive, frontier, stories
from dealwatch.archive.frontier import Found
from dealwatch.archive.stories import Saved, StoryRecord
from dealwatch.deals.families import Families
from dealwatch.deals.records import Evidence, Mention, Party

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AMAZON = Party("Amazon", "foreign", home="US")
PINDUODUO = Party("Pinduoduo", "chinese", home="CN")
FAMILIES = Families({"Tmall": "Alibaba", "Alipay": "Ant Group", "Sam's Club": "Walmart"})
TEXT = (
    "Amazon is to open a store on Pinduoduo, the group-buying app, two people with knowledge of the plan said on"
    " Monday. The page goes up at midnight. 亚马逊将在拼多多开店。 Neither company would comment, and what will be sold"
    " there is not known, though the American company closed its own marketplace in the country last summer."
)


def mention(**fields: Any) -> Mention:
    """A store that opens, told in one sentence; `fields` are what differs."""
    sentence = TEXT[: TEXT.index(".") + 1]
    given: dict[str, Any] = {
        "type": "storefront",
        "parties": (AMAZON, PINDUODUO),
        "direction": "inbound",
        "status": "reported",
        "sentence": sentence,
        "score": 0.8,
        "evidence": (Evidence("store-opens", "text", 13, 25, TEXT[13:25]),),
    }
    return Mention(**{**given, **fields})


def found(name: str, host: str = "outlet.example", **fields: Any) -> Found:
    return Found(url=f"https://{host}/{name}", key=f"{host}/{name}", **fields)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "data" / "news.db") as opened:
        yield opened


Save = Callable[..., Saved]


def put(
    archive: Archive,
    name: str,
    *mentions: Mention,
    source: str = "outlet",
    at: datetime = NOW,
    ruleset: str = "r1",
    families: Families = FAMILIES,
    **fields: Any,
) -> Saved:
    """Discover the address `name` of `source` and store a story under it, published an hour before it is seen."""
    link = found(name, f"{source}.example")
    frontier.discovered(archive, source, f"https://{source}.example/feed", [link], None, at)
    address_id = archive.value("SELECT id FROM addresses WHERE key = ?", [link.key])
    given: dict[str, Any] = {
        "source": source,
        "address_id": address_id,
        "key": link.key,
        "url": link.url,
        "title": f"Amazon to open a store on Pinduoduo ({name})",
        "text": f"{TEXT} {name}",
        "author": None,
        "site": None,
        "lang": "en",
        "published": at - timedelta(hours=1),
        "published_from": "feed",
        "modified": None,
        "modified_from": None,
        "text_source": "page",
    }
    return stories.save(archive, StoryRecord(**{**given, **fields}), mentions, ruleset, at, 14, families)


def dump(archive: Archive, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of records, but for ids and times, in a fixed order."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for (table,) in archive.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"):
        columns = [row["name"] for row in archive.rows(f"PRAGMA table_info({table})")]
        kept = [
            f'"{name}"'
            for name in columns
            if name != "id"
            and not name.endswith(("_id", "_at"))
            and name not in {"at", "copy_of", "merged_into", "ends"}
        ]
        if kept and table not in {"identity", *without}:
            found[table] = sorted(
                (tuple(row) for row in archive.rows(f"SELECT {','.join(kept)} FROM {table}")), key=repr
            )
    return found
