"""Pages made to break the cleaning are killed alone; the others go on."""

import asyncio
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pebble import ProcessExpired
from scrapy.exceptions import DropItem

from dealwatch import clock
from dealwatch.archive import Archive, frontier
from pipelines.clean import CleanedPage, Cleaner, CleanError, CleaningBrokeError, CleanPipeline
from pipelines.items import Page
from tests.cleaning.conftest import BODY, page

URL = "https://news.example/a"
GOOD = page().encode()
ATTRIBUTES = b"<html><body><p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">x</p>" + GOOD
BREAKS = b"<html><body><p>x" + b"<br>" * 400_000
DEEP = b"<div>" * 300_000 + b"hello"


async def _outcome(cleaner: Cleaner, body: bytes) -> CleanedPage | str:
    try:
        return await cleaner.clean(body, URL)
    except (CleanError, CleaningBrokeError) as error:
        return str(error)


def test_dangerous_pages_die_and_the_others_go_on(cleaner: Cleaner) -> None:
    async def crawl() -> list[CleanedPage | str]:
        bodies = [ATTRIBUTES, GOOD, BREAKS, GOOD, DEEP, GOOD]
        return await asyncio.gather(*(_outcome(cleaner, body) for body in bodies))

    attributes, first, breaks, second, deep, third = asyncio.run(crawl())
    assert attributes == breaks == "took over 2 s"
    assert isinstance(deep, str)
    for good in (first, second, third):
        assert isinstance(good, CleanedPage)
        assert BODY[3] in good.text


def test_a_page_over_the_memory_limit_is_reported() -> None:
    with Cleaner(workers=1, deadline=20, memory=450_000_000) as small:
        bulk = b"<html><body>" + b"<p><b>x</b></p>" * 330_000
        outcome = asyncio.run(_outcome(small, bulk))
        assert isinstance(outcome, str)
        assert "memory" in outcome or "ended the cleaning process" in outcome
        assert isinstance(asyncio.run(_outcome(small, GOOD)), CleanedPage)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=8))
def test_any_bytes_leave_the_pool_alive(cleaner: Cleaner, bodies: list[bytes]) -> None:
    async def crawl() -> list[CleanedPage | str]:
        return await asyncio.gather(*(_outcome(cleaner, body) for body in [*bodies, GOOD]))

    *others, good = asyncio.run(crawl())
    assert isinstance(good, CleanedPage)
    assert all(isinstance(other, str | CleanedPage) for other in others)


def test_workers_killed_from_outside_are_replaced() -> None:
    others = {child.pid for child in multiprocessing.active_children()}
    with Cleaner(workers=1, deadline=20) as lone:

        async def crawl() -> None:
            assert isinstance(await _outcome(lone, GOOD), CleanedPage)
            for child in multiprocessing.active_children():
                if child.pid and child.pid not in others:
                    os.kill(child.pid, signal.SIGKILL)
            assert isinstance(await _outcome(lone, GOOD), CleanedPage)
            assert isinstance(await _outcome(lone, GOOD), CleanedPage)

        asyncio.run(crawl())


def test_closing_is_quick_even_with_a_page_stuck_in_c() -> None:
    stuck = Cleaner(workers=1, deadline=60)
    ticket = stuck.submit(ATTRIBUTES, URL)
    while not ticket.future.running():
        time.sleep(0.01)
    started = time.monotonic()
    stuck.close()
    assert time.monotonic() - started < 2.5
    with pytest.raises(Exception):  # noqa: B017 - given up, in whichever way the pool says so
        stuck.result(ticket)


@pytest.mark.parametrize("exit_code", [-signal.SIGKILL, 1])
def test_a_worker_that_is_killed_says_nothing_about_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int
) -> None:
    """The page waits and is tried again, though the feed's words are there."""
    with Archive.open(tmp_path / "news.db") as archive, Cleaner(workers=1) as lone:
        link = frontier.Found(URL, "news.example/a", title="A", summary="The feed's words.")
        frontier.discovered(archive, "paper", "https://news.example/feed", [link], None, clock.now())

        async def killed(*_: object) -> CleanedPage:
            raise lone._reason(ProcessExpired("died", exit_code))

        monkeypatch.setattr(lone, "clean", killed)
        item = Page("paper", 1, URL, GOOD, None, clock.now(), "en", "A", "The feed's words.", None, None, 1)
        with pytest.raises(DropItem):
            asyncio.run(CleanPipeline(archive, lone).process_item(item))
        row = archive.row("SELECT state, attempts FROM addresses")
        assert tuple(row or ()) == ("pending", 1)
