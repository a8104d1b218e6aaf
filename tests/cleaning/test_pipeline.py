"""The clean and flag steps on items as the crawler hands them over."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from dealwatch.archive import Archive, frontier
from pipelines.clean import Cleaner, CleanPipeline
from pipelines.items import Page
from tests.cleaning.conftest import BODY, page

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
URL = "https://news.example/a"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "a.db") as archive:
        frontier.discovered(archive, "harbour", "https://news.example/feed", [frontier.Found(URL, "a")], None, AT)
        yield archive


def item(**changes: Any) -> Page:
    fields: dict[str, Any] = {
        "source": "harbour", "address_id": 1, "url": URL, "body": page().encode(), "encoding": None, "fetched_at": AT,
        "lang": "en", "feed_title": None, "feed_summary": None, "feed_published": None, "feed_modified": None,
        "crawl_id": 1,
    }  # fmt: skip
    return Page(**{**fields, **changes})


def run(archive: Archive, cleaner: Cleaner, given: Page) -> Page:
    return asyncio.run(CleanPipeline(archive, cleaner).process_item(given))


def test_a_page_is_cleaned_and_the_feed_fills_in_its_time(archive: Archive, cleaner: Cleaner) -> None:
    found = run(archive, cleaner, item(feed_published=AT)).cleaned
    assert found is not None
    assert BODY[0] in found.text
    assert (found.published, found.published_from, found.text_source) == (AT, "feed", "page")


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"", "reason": "403 Forbidden"},
        {"body": b"<html><body><div id=root></div><script>go()</script></body></html>"},
    ],
)
def test_the_feeds_words_stand_in(archive: Archive, cleaner: Cleaner, changes: dict[str, Any]) -> None:
    given = item(feed_title="Amazon opens", feed_summary="<p>A store on Pinduoduo.</p>", **changes)
    found = run(archive, cleaner, given).cleaned
    assert found is not None
    assert (found.title, found.text, found.text_source) == ("Amazon opens", "A store on Pinduoduo.", "feed")
    assert given.reason


@pytest.mark.parametrize(
    ("body", "state", "reason"),
    [(b"%PDF-1.7", "failed", "PDF"), (b"", "pending", "no title")],
)
def test_nothing_is_dropped_in_silence(
    archive: Archive, cleaner: Cleaner, body: bytes, state: str, reason: str
) -> None:
    with pytest.raises(DropItem):
        run(archive, cleaner, item(body=body))
    row = archive.row("SELECT state, reason FROM addresses WHERE id = 1")
    assert row is not None
    assert row["state"] == state
    assert reason in row["reason"]
