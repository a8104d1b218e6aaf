"""The clock as people run it: a process that starts crawls, and is told to stop."""

import itertools
import os
import re
import signal
import threading
import time
from datetime import timedelta

import pytest

from tests.crawler.outlet import Reply, article, rss
from tests.scheduler.conftest import EVERY_SECOND, Desk


def test_missed_runs_are_caught_up_once_and_a_hanging_source_holds_up_nobody(desk: Desk) -> None:
    """400 days of downtime, two outlets: one hangs until its deadline; the other's missed runs are one run."""
    fine = desk.outlet("fine")
    hanging = desk.outlet("hanging", politeness={"deadline": 2})
    never = threading.Event()
    hanging.serve("/one", Reply(article("Never comes"), gate=never))
    desk.ran("fine", timedelta(days=400))
    clock = desk.start("--once")
    assert clock.wait() == 3
    never.set()
    assert "catching up 2 sources that missed their time or never ran: fine, hanging" in clock.lines[0]
    runs = desk.rows("select source, state, new_articles from crawls where id > 1 order by source")
    assert runs == [("fine", "done", 1), ("hanging", "deadline", 0)]
    assert (fine.hits("/feed"), hanging.hits("/feed")) == (1, 1)
    over = clock.wait_for(r"crawl \d+ over")
    assert "2 of 2 sources, 1 new articles" in over
    assert "hanging (deadline)" in over
    started = [line for line in clock.lines if re.search(r"crawl \d+ started", line)]
    assert len(started) == 1, "sources due together share one child"


def test_what_is_not_due_is_not_crawled(desk: Desk) -> None:
    outlet = desk.outlet("fresh")
    desk.ran("fresh", timedelta(minutes=1))
    desk.change("update crawls set state = 'running'")
    clock = desk.start("--once")
    assert clock.wait() == 0
    assert outlet.asked == []
    assert "housekeeping: 1 killed crawls written down" in clock.lines[0]


def test_sigterm_in_mid_crawl_ends_all_in_time_and_loses_nothing(desk: Desk) -> None:
    outlet = desk.outlet("paper")
    gate = threading.Event()
    outlet.serve("/one", Reply(article("First story of paper"), gate=gate), Reply(article("First story of paper")))
    clock = desk.start()
    outlet.wait_for("/one")
    child = int(re.search(r"crawl (\d+)", clock.wait_for("started"))[1])  # type: ignore[index]
    began = time.monotonic()
    assert clock.end(10) == 0
    assert time.monotonic() - began < 10
    gate.set()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert desk.rows("select state from crawls") == [("interrupted",)]
    assert desk.rows("select state from addresses") == [("pending",)]
    desk.change("update crawls set started_at = '2020-01-01T00:00:00Z'")
    assert desk.start("--once").wait() == 0
    assert desk.rows("select title from articles") == [("First story of paper",)]


def test_one_scheduler_at_a_time(desk: Desk) -> None:
    desk.outlet("paper")
    clock = desk.start()
    clock.wait_for("over in")
    second = desk.start()
    assert second.wait(20) == 2
    assert second.lines == [
        f"scheduler: {desk.db}: another scheduler is at work on this archive; stop it, or name another with --db"
    ]
    clock.process.kill()  # the kernel gives the lock back
    clock.wait()
    assert desk.start("--once").wait() == 0


def test_a_broken_edit_keeps_the_old_sources_and_a_mended_one_counts(desk: Desk) -> None:
    """Meanwhile the only child there may be is busy: the new source waits for it, and is not dropped."""
    desk.write("settings.yaml", {"max_children": 1, "clean_workers": 1})
    first = desk.outlet("first")
    gate = threading.Event()
    first.serve("/feed", Reply(rss(), type="application/rss+xml", gate=gate))
    clock = desk.start()
    first.wait_for("/feed")

    good = (desk.watchlist / "sources" / "first.yaml").read_text()
    desk.write("sources/first.yaml", good.replace("language", "langauge").replace("title: first", "title: ''"))
    said = clock.wait_for("the old one stays")
    assert f"{desk.watchlist}/sources/first.yaml:" in said
    assert "title" in said

    desk.write("sources/first.yaml", good)
    second = desk.outlet("second")
    clock.wait_for("watchlist read again: 2 sources, 1 new")
    clock.wait_for("waiting: second")
    assert second.asked == []
    gate.set()
    second.wait_for("/one")
    clock.wait_for("1 of 1 source, 1 new articles")
    assert sum("the old one stays" in line for line in clock.lines) == 1
    assert clock.end() == 0


def test_alarms_start_crawls_again_and_again_without_overlap(desk: Desk) -> None:
    outlet = desk.outlet("busy")
    desk.ran("busy", timedelta(minutes=1))
    clock = desk.start(program=EVERY_SECOND)
    clock.wait_for("over in", times=2)
    assert clock.end() == 0
    runs = desk.rows("select trigger, started_at, ended_at from crawls where id > 1 and state = 'done' order by id")
    assert len(runs) >= 2
    assert {run[0] for run in runs} == {"clock"}
    assert all(before[2] <= after[1] for before, after in itertools.pairwise(runs))
    assert outlet.hits("/one") == 1, "an article that is known is not fetched again"


def test_a_crawl_that_dies_is_said_and_the_next_one_makes_it_good(desk: Desk) -> None:
    outlet = desk.outlet("paper")
    gate = threading.Event()
    outlet.serve("/one", Reply(article("First story of paper"), gate=gate), Reply(article("First story of paper")))
    clock = desk.start("--once")
    outlet.wait_for("/one")
    child = int(re.search(r"crawl (\d+)", clock.wait_for("started"))[1])  # type: ignore[index]
    os.kill(child, signal.SIGKILL)
    assert clock.wait() == 3
    gate.set()
    clock.wait_for("was killed by signal 9")
    desk.change("update crawls set started_at = '2020-01-01T00:00:00Z'")
    assert desk.start("--once").wait() == 0
    assert desk.rows("select state from crawls order by id") == [("interrupted",), ("done",)]
    assert desk.rows("select title from articles") == [("First story of paper",)]


def test_a_watchlist_that_is_not_in_order_stops_it_before_anything_is_fetched(desk: Desk) -> None:
    outlet = desk.outlet("paper", schedule="61 * * * *")
    clock = desk.start()
    assert clock.wait(20) == 2
    [line] = clock.lines
    assert line.startswith(f"scheduler: {desk.watchlist}/sources/paper.yaml:")
    assert "schedule: is not a cron line" in line
    assert outlet.asked == []
