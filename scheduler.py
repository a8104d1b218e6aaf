"""The clock: starts each source's crawl when its cron line says so, as child processes, until it is told to stop.

python scheduler.py [--db FILE] [--watchlist DIR] [--once]
"""

import logging
import queue
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import click
from apscheduler.schedulers.background import BackgroundScheduler

from crawler.locks import SourceLock, is_locked
from dealwatch.archive import Archive, crawls
from dealwatch.cli.options import db_option, watchlist_option
from dealwatch.clock import iso, now
from dealwatch.errors import EXIT_OK, EXIT_SOME_SOURCES_FAILED, ArchiveError, DealwatchError, WatchlistError
from dealwatch.scheduling.children import Children, Ended, crawl_command
from dealwatch.scheduling.chores import CHORES, Chore, Chores, delivery
from dealwatch.scheduling.lastgood import LastGood
from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.due import due
from dealwatch.watchlist.sources import Source

TICK = 0.5
"""Seconds between two looks at children and files."""
TOGETHER = 0.3
"""Sources that come due within this many seconds of each other share one child, and are crawled interleaved."""
LOCK_SECONDS = 30.0
"""A young child may not hold its sources' locks yet."""
CHILD_GRACE = 60.0
"""A crawl keeps its sources' deadlines itself; one that is this much later still has hung, and is ended."""

log = logging.getLogger("scheduler")


class Clock:
    """APScheduler's thread only puts names into a queue; this thread alone starts, watches and ends crawls."""

    def __init__(self, db: Path, watchlist: Path) -> None:
        self.db = db
        self.watch = LastGood(watchlist, Path(f"{db}.watchlist"))
        self.children = Children()
        self.chores = Chores(db, log.info)
        self._all_chores = (*CHORES, delivery(lambda: self.watch.channels))
        self._uncaught: set[str] = set()
        self.failed = False
        self._rung: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._bell = threading.Event()
        self._stopping = False
        self._waiting: dict[str, None] = {}
        self._said_waiting = False
        self._said_unread = False
        self._alarms = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def run(self, once: bool) -> None:
        """Until SIGTERM or Ctrl-C; with `once`, until what is due now has been crawled."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            self._catch_up(self.watch.sources)
            if not once:
                self._set_alarms({}, self.watch.sources)
                self._begin()
            while not self._stopping:
                self._tick()
                if once and not self._waiting and not self.children.running:
                    break
                self._bell.wait(TICK)
            for chore in self._all_chores if once and not self._stopping else ():
                self.chores.run(chore, self.watch.sources)
        finally:
            self._end()

    def ring(self, name: str) -> None:
        """The source's time has come."""
        self._rung.put(name)
        self._bell.set()

    def _begin(self) -> None:
        for chore in self._all_chores:
            self._alarms.add_job(self._do, cron(chore.schedule), args=(chore,), id=f"chore {chore.name}")
            self._do(chore)
        self._alarms.start()
        log.info("watching %s, archive %s", _sources(self.watch.sources), self.db)

    def _do(self, chore: Chore) -> None:
        self.chores.start(chore, self.watch.sources)

    def _stop(self, number: int, _frame: Any) -> None:
        self._stopping = True  # and nothing else: a lock taken in a signal handler may be held by whom it interrupts

    def _end(self) -> None:
        if self._alarms.running:
            self._alarms.shutdown(wait=False)
        if self.children.running:
            log.info("stopping: running crawls are asked to end (%d)", len(self.children.running))
        for ended in self.children.stop():
            self._say_ended(ended)
        self.watch.close()

    def _tick(self) -> None:
        if self._bell.is_set():
            time.sleep(TOGETHER)
            self._bell.clear()
        while not self._rung.empty():
            self._waiting[self._rung.get()] = None
        for ended in self.children.look():
            self._say_ended(ended)
        self._refresh()
        self._catch_up_added()
        self._dispatch()

    def _catch_up(self, sources: dict[str, Source]) -> None:
        """Sources that missed a time while no clock ran, and those that have never run, run now: once."""
        with Archive.open(self.db) as archive:
            last = crawls.last_starts(archive)
        names = due(sources, last, now())
        if names:
            log.info("catching up %s that missed their time or never ran: %s", _sources(names), _few(names))
        for name in names:
            self._waiting[name] = None

    def _set_alarms(self, old: dict[str, Source], new: dict[str, Source]) -> None:
        for name in old.keys() - new.keys():
            self._alarms.remove_job(name)
        for name, source in new.items():
            if name not in old or old[name].schedule != source.schedule:
                self._alarms.add_job(self.ring, cron(source.schedule), args=(name,), id=name, replace_existing=True)

    def _refresh(self) -> None:
        old = self.watch.sources
        try:
            if not self.watch.refresh():
                return
        except WatchlistError as error:
            first, *rest = str(error).splitlines()
            more = f" (and {len(rest)} more)" if rest else ""
            log.error("the edited watchlist is not in order, the old one stays: %s%s", first, more)
            return
        new = self.watch.sources
        self.watch.forget({child.watchlist for child in self.children.running})
        if self._alarms.running:
            self._set_alarms(old, new)
        changed = [name for name in old.keys() & new.keys() if old[name] != new[name]]
        log.info(
            "watchlist read again: %s, %d new, %d gone, %d changed",
            _sources(new),
            len(new.keys() - old.keys()),
            len(old.keys() - new.keys()),
            len(changed),
        )
        self._uncaught |= new.keys() - old.keys()

    def _catch_up_added(self) -> None:
        """Sources that are new run at once; where the archive cannot be read just now, at a later tick."""
        added = {name: self.watch.sources[name] for name in self._uncaught if name in self.watch.sources}
        if not added:
            return
        try:
            self._catch_up(added)
        except ArchiveError as error:
            if not self._said_unread:
                log.error("new sources wait: %s", " | ".join(str(error).splitlines()))
            self._said_unread = True
            return
        self._said_unread = False
        self._uncaught.clear()

    def _dispatch(self) -> None:
        """Start one child for all that wait, unless they are being crawled still or enough children run already."""
        self._waiting = {name: None for name in self._waiting if name in self.watch.sources}
        young = {name for child in self.children.running if child.age < LOCK_SECONDS for name in child.names}
        ready = [name for name in self._waiting if name not in young and not is_locked(self.db, name)]
        if not ready:
            return
        if len(self.children.running) >= self.watch.settings.max_children:
            if not self._said_waiting:
                log.info("as many crawls run as may (%d); waiting: %s", len(self.children.running), _few(ready))
            self._said_waiting = True
            return
        self._said_waiting = False
        for name in ready:
            del self._waiting[name]
        seconds = max(self.watch.sources[name].politeness.deadline for name in ready) + CHILD_GRACE
        command = crawl_command(ready, self.db, self.watch.folder)
        try:
            child = self.children.start(ready, command, self.watch.folder, seconds)
        except OSError as error:
            self.failed = True
            log.error("a crawl of %s could not be started: %s", _few(ready), error)
            return
        log.info("crawl %d started: %s", child.process.pid, _few(ready))

    def _say_ended(self, ended: Ended) -> None:
        new = sum(report["new_articles"] for report in ended.reports)
        flagged = sum(report["flagged"] for report in ended.reports)
        what = f"{len(ended.reports)} of {_sources(ended.names)}, {new} new articles, {flagged} flagged"
        what = f"crawl {ended.pid} over in {ended.seconds:.0f} s: {what}"
        bad = [f"{report['source']} ({report['state']})" for report in ended.reports if report["state"] != "done"]
        if ended.overdue:
            log.error("crawl %d hung past its deadline and was ended after %.0f s", ended.pid, ended.seconds)
        elif ended.code == EXIT_OK:
            log.info("%s", what)
        elif ended.code == EXIT_SOME_SOURCES_FAILED:
            log.warning("%s; not in order: %s", what, _few(bad))
        else:
            how = f"was killed by signal {-ended.code}" if ended.code < 0 else f"ended with exit code {ended.code}"
            log.log(logging.INFO if self._stopping else logging.ERROR, "crawl %d %s", ended.pid, how)
        self.failed = self.failed or ended.code != EXIT_OK


def _sources(names: Collection[str]) -> str:
    return "1 source" if len(names) == 1 else f"{len(names)} sources"


def _few(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _set_up_log() -> None:
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.getLogger("dealwatch").addHandler(logging.NullHandler())  # the chores say in one line what befell them


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@db_option
@watchlist_option
@click.option("--once", is_flag=True, help="Crawl what is due now, then end (exit code 3 if some sources failed).")
def main(db: Path, watchlist: Path, once: bool) -> None:
    """Crawls every source when its cron line says so (UTC), until SIGTERM or Ctrl-C."""
    _set_up_log()
    lock = SourceLock(db, "_scheduler")  # no source's name begins so
    try:
        if not lock.take():
            raise ArchiveError(
                f"{db}: another scheduler is at work on this archive; stop it, or name another with --db"
            )
        clock = Clock(db, watchlist)
        clock.run(once)
    except DealwatchError as error:
        for line in str(error).splitlines():
            click.echo(f"scheduler: {line}", err=True)
        sys.exit(error.exit_code)
    finally:
        lock.release()
    log.info("stopped at %s", iso(now()))
    sys.exit(EXIT_SOME_SOURCES_FAILED if once and clock.failed else EXIT_OK)


if __name__ == "__main__":
    main()
