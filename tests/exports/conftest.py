"""An archive with deals in it, stored the way the crawler stores them."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dealwatch.archive import Archive, frontier
from dealwatch.archive.stories import Saved, StoryRecord, save
from dealwatch.deals.records import DEAL_TYPES, Evidence, Mention, Party

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BODY = "This is the publisher's own body text, which must never leave the house."
_numbers = itertools.count(1)


def mention(chinese: str, foreign: str, **changes: object) -> Mention:
    sentence = f"{foreign} opened a store with {chinese} for $2 billion."
    fields: dict[str, object] = {
        "type": "storefront",
        "parties": (Party(chinese, "chinese", home="CN"), Party(foreign, "foreign", home="US")),
        "direction": "inbound",
        "status": "announced",
        "sentence": sentence,
        "score": 0.9,
        "amount": "$2 billion",
        "amount_value": 2e9,
        "amount_currency": "USD",
        "market": "CN",
        "evidence": (Evidence("opens", "text", 0, 5, foreign),),
    }
    return Mention(**{**fields, **changes})  # type: ignore[arg-type]


def _filler(number: int) -> str:
    """Words that make this story no copy of any other."""
    dice = random.Random(number)
    return " ".join(str(dice.randrange(10**6)) for _ in range(40))


def add(archive: Archive, *mentions: Mention, at: datetime = AT, **changes: object) -> Saved:
    """One more story that reports these deals."""
    number = next(_numbers)
    url = str(changes.pop("url", f"https://news.example/story-{number}"))
    key = url.partition("//")[2]
    frontier.discovered(archive, "harbour", "https://news.example/feed", [frontier.Found(url, key)], None, at)
    address = archive.value("SELECT id FROM addresses WHERE key = ?", [key])
    fields: dict[str, object] = {
        "source": "harbour", "address_id": address, "key": key, "url": url, "title": f"Story {number}",
        "text": f"{BODY} {_filler(number)}", "author": None, "site": "Harbour News", "lang": "en", "published": at,
        "published_from": "json-ld", "modified": None, "modified_from": None, "text_source": "page",
    }  # fmt: skip
    return save(archive, StoryRecord(**{**fields, **changes}), mentions, "rules", at, 14)  # type: ignore[arg-type]


def fill(archive: Archive, count: int) -> None:
    """`count` deals of every type, each told by one story."""
    with archive.atomic():
        for number in range(count):
            add(
                archive,
                mention(f"Platform {number}", f"Brand {number}", type=DEAL_TYPES[number % len(DEAL_TYPES)]),
                at=AT + timedelta(minutes=number),
            )


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "deals.db"


@pytest.fixture
def archive(db: Path) -> Iterator[Archive]:
    with Archive.open(db) as archive:
        yield archive
