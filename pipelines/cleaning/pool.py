"""Cleaning in processes that can be killed: a deadline, a memory limit and a CPU limit for every page.

Threads would bring no speed, and nothing in Python can end a call that is stuck inside libxml2.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import time
from concurrent.futures import Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Thread

from pebble import ProcessExpired, ProcessPool

from pipelines.cleaning.extract import clean
from pipelines.cleaning.page import CleanedPage, CleanError, CleaningBrokeError

DEADLINE_SECONDS = 20.0
MEMORY_BYTES = 1_500_000_000
PAGES_PER_WORKER = 1000
"""A worker is replaced after so many pages, so that memory lost to fragmentation comes back."""
_LOOK_SECONDS = 1.0
"""How often to see whether the pool is still alive: a page handed to one that is just breaking never comes back."""
_TRIES = 2
_KILLED = "the cleaning processes were killed from outside"
_END_SECONDS = 5.0
_WARM_UP = b"<html><body><article><h1>A page</h1><p>%b</p></article></body></html>" % (b"Words of no weight. " * 9)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A page under way, and the pool it was given to."""

    future: "Future[CleanedPage]"
    pool: ProcessPool


class Cleaner:
    """A pool of cleaning processes. Safe to share between tasks of one event loop; close it when done."""

    def __init__(self, workers: int = 0, deadline: float = DEADLINE_SECONDS, memory: int = MEMORY_BYTES) -> None:
        """`workers` 0 is one a core; `deadline` is seconds a page, `memory` bytes of address space a worker."""
        self.workers = workers or os.cpu_count() or 1
        self.deadline = deadline
        self._memory = memory
        self._pool: ProcessPool | None = None

    def submit(self, body: bytes, url: str, encoding: str | None = None) -> Ticket:
        """Queue one page. Wait for it with `result`."""
        pool = self._running()
        return Ticket(pool.schedule(_work, args=(body, url, encoding, self.deadline), timeout=self.deadline), pool)

    def result(self, ticket: Ticket) -> CleanedPage:
        """Block until the page is clean. Raises CleanError."""
        while not wait([ticket.future], timeout=_LOOK_SECONDS).done:
            if not ticket.pool.active:
                raise CleanError(_KILLED)
        return self._outcome(ticket)

    async def clean(self, body: bytes, url: str, encoding: str | None = None) -> CleanedPage:
        """As `extract.clean`, in another process. Raises CleanError, also where the page had to be killed."""
        for _ in range(_TRIES):
            ticket = self.submit(body, url, encoding)
            waiting = asyncio.wrap_future(ticket.future)
            while not (await asyncio.wait({waiting}, timeout=_LOOK_SECONDS))[0] and ticket.pool.active:
                pass
            if waiting.done() and not isinstance(waiting.exception(), BrokenProcessPool):
                return self._outcome(ticket)
            waiting.cancel()  # every idle worker was killed from outside (out of memory, say): again with fresh ones
        raise CleanError(_KILLED)

    def close(self) -> None:
        """End every worker at once; pages that wait are given up."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        pool.stop()  # type: ignore[no-untyped-call]
        ending = Thread(target=pool.join, daemon=True)  # a pool that was broken from outside may never end by itself
        ending.start()
        ending.join(_END_SECONDS)

    def __enter__(self) -> "Cleaner":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _outcome(self, ticket: Ticket) -> CleanedPage:
        try:
            return ticket.future.result()
        except Exception as error:
            raise self._reason(error) from error

    def _running(self) -> ProcessPool:
        if self._pool is not None and not self._pool.active:
            self.close()
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPool(
                max_workers=self.workers,
                max_tasks=PAGES_PER_WORKER,
                initializer=_start_worker,
                initargs=(self._memory,),
                context=context,
            )
        return self._pool

    def _reason(self, error: Exception) -> Exception:
        """What went wrong: a CleanError where the page is to blame, CleaningBrokeError where that cannot be known."""
        if isinstance(error, TimeoutError):
            return CleaningBrokeError(f"took over {self.deadline:g} s")
        if isinstance(error, BrokenProcessPool):
            return CleaningBrokeError("the cleaning processes were ended")
        if isinstance(error, ProcessExpired):
            if error.exitcode == -signal.SIGXCPU:
                return CleanError(f"took over {self.deadline:g} s")
            return CleaningBrokeError(f"ended the cleaning process (exit code {error.exitcode})")
        return error


def _start_worker(memory: int) -> None:
    # pebble's own handler waits for Python to speak again, which a page stuck inside libxml2 never does.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    clean(_WARM_UP, "http://localhost/")


def _work(body: bytes, url: str, encoding: str | None, deadline: float) -> CleanedPage:
    """One page inside a worker. The CPU limit ends it even where the parent that keeps the deadline was killed."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + deadline) + 2, hard))
    return clean(body, url, encoding)
