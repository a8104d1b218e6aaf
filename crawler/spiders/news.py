"""The one spider: driven by source files, all given sources interleaved in one process.

    scrapy crawl news -a source=technode,pandaily [-a since=2026-01-01]

An outlet that needs code names a subclass under `spider:` in its file; the subclass overrides `places`, `links` or
`article` and is asked for that outlet alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler import discovery
from crawler.discovery.base import Answer, Ask, DiscoveryError, Place
from crawler.discovery.sitemap import MAX_UNPACKED
from crawler.locks import SourceLock
from crawler.report import CrawlReport, State
from crawler.source_run import SourceRun, Walk
from crawler.verdict import Verdict, cause, judge, judge_failure, phrase
from dealwatch.archive import Archive, crawls, frontier
from dealwatch.archive.frontier import Address, Found, Validators
from dealwatch.clock import now
from dealwatch.errors import ArchiveError, WatchlistError
from dealwatch.watchlist.settings import load_settings
from dealwatch.watchlist.sources import Source, load_sources, pick
from pipelines.items import Page

GRACE = 6.0
BACKFILL_DEADLINE = 12
"""A back-fill walks through an outlet's past at its polite pace: its deadline is this many times the usual one."""


class NewsSpider(Spider):
    name = "news"

    def __init__(
        self,
        source: str = "",
        since: str = "",
        trigger: str = "hand",
        watch: "Callable[[NewsSpider], None] | None" = None,
        **kwargs: Any,
    ) -> None:
        """`source`: names joined by commas, none for all. `since`: a date. `trigger`: hand, clock or due. `watch` is
        called whenever something has happened."""
        super().__init__(**kwargs)
        self.names = [name.strip() for name in source.split(",") if name.strip()]
        self.since = datetime.combine(date.fromisoformat(since), datetime.min.time(), UTC) if since else None
        self.trigger = "backfill" if self.since else trigger
        self.runs: list[SourceRun] = []
        self.skipped: list[CrawlReport] = []
        self._watch = watch
        self._over = False

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        agent = load_settings(Path(settings["DEALWATCH_WATCHLIST"])).user_agent
        settings.set("USER_AGENT", agent, priority="spider")
        settings.set("ROBOTSTXT_USER_AGENT", agent.partition("/")[0].partition(" ")[0], priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.db = Path(crawler.settings["DEALWATCH_DB"])
        spider.sources = pick(load_sources(Path(crawler.settings["DEALWATCH_WATCHLIST"])), spider.names)
        spider.outlets = {name: spider._outlet(source) for name, source in spider.sources.items()}
        spider.archive = Archive.open(spider.db)
        crawler.signals.connect(spider.close_runs, signal=signals.spider_closed)
        crawler.signals.connect(spider._stored, signal=signals.item_scraped)
        crawler.signals.connect(spider._dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider._not_stored, signal=signals.item_error)
        crawler.signals.connect(spider._robots, signal=signals.robots_parsed)
        return spider

    db: Path
    sources: dict[str, Source]
    outlets: dict[str, "NewsSpider"]
    archive: Archive

    # What a subclass may do otherwise.

    def places(self, source: Source, since: datetime | None) -> Iterable[Place]:
        """Where the source announces its articles."""
        return discovery.places(source, since)

    def links(self, source: Source, found: Iterable[Found]) -> list[Found]:
        """Those of the links that are articles."""
        return [link for link in found if source.wants(link.url)]

    def article(self, response: Response) -> bytes:
        """The HTML to clean, of an article's response."""
        return response.body

    def _outlet(self, source: Source) -> "NewsSpider":
        if source.spider is None:
            return self
        try:
            outlet = load_object(source.spider)
        except (ImportError, NameError, ValueError) as error:
            raise WatchlistError(f"{source.name}: spider: {source.spider} cannot be loaded: {error}") from error
        if not (isinstance(outlet, type) and issubclass(outlet, NewsSpider)):
            raise WatchlistError(f"{source.name}: spider: {source.spider} is no subclass of NewsSpider")
        return outlet()

    # The course of a crawl.

    async def start(self) -> AsyncIterator[Request]:
        for source in self.sources.values():
            try:
                requests = self._begin(source)
            except ArchiveError as error:
                self.skipped.append(CrawlReport(source.name, "failed", error=str(error)))
                continue
            for request in requests:
                yield request

    def _begin(self, source: Source) -> list[Request]:
        lock = SourceLock(self.db, source.name)
        if not lock.take():
            self.skipped.append(CrawlReport(source.name, "skipped", error="another process is crawling it now"))
            return []
        try:
            crawls.interrupted(self.archive, source.name)  # the lock is ours: what still says `running` was killed
            crawl_id = crawls.start(self.archive, source.name, self.trigger, now())
            known = frontier.validators_of(self.archive, source.name)
        except ArchiveError:
            lock.release()
            raise
        run = SourceRun(source, crawl_id, lock)
        self.runs.append(run)
        deadline = source.politeness.deadline * (BACKFILL_DEADLINE if self.since else 1)
        run.timers.append(asyncio.get_running_loop().call_later(deadline, self._end, run, "deadline"))
        for place in self.outlets[source.name].places(source, self.since):
            ask = place.first()
            self._ask(run, Walk(place, ask.url), ask, known.get(ask.url))
        return self._more(run)

    def _ask(self, run: SourceRun, walk: Walk, ask: Ask, validators: Validators | None = None) -> None:
        headers = {}
        if validators and self.since is None:
            headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        try:
            request = Request(
                ask.url,
                callback=self._answered,
                errback=self._unanswered,
                cb_kwargs={"run": run, "walk": walk, "ask": ask},
                headers={name: value for name, value in headers.items() if value},
                meta={**run.meta(), "download_maxsize": MAX_UNPACKED},
                priority=10,
                dont_filter=True,
            )
        except ValueError as error:
            self._place_failed(run, walk, str(error))
            return
        if ask.page == 1:
            run.waiting.appendleft(request) if ask.depth else run.waiting.append(request)
        else:
            run.waiting.appendleft(request)

    def _answered(self, response: Response, run: SourceRun, walk: Walk, ask: Ask) -> list[Any]:
        run.active -= 1
        run.counts.requests += 1
        if run.ending:
            return self._more(run)
        try:
            self._take_answer(response, run, walk, ask)
        except (DiscoveryError, ArchiveError) as error:
            self._place_failed(run, walk, str(error))
        return self._more(run)

    def _take_answer(self, response: Response, run: SourceRun, walk: Walk, ask: Ask) -> None:
        if response.status == 304:
            run.counts.not_modified += 1
            return
        past_the_end = ask.page > 1 and response.status in {400, 404, 410}
        if response.status != 200 and not past_the_end:
            raise DiscoveryError(f"answered {phrase(response.status)}")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        answer = Answer(response.url, b"" if past_the_end else response.body, now(), content_type)
        reading = discovery.EMPTY if past_the_end else walk.place.read(ask, answer)
        links = self.outlets[run.name].links(run.source, reading.found)
        new = len(links) - len(frontier.known(self.archive, [link.key for link in links]))
        following = None if past_the_end else walk.place.following(ask, reading, new)
        walk.held += links
        if ask.page == 1 and not reading.more:  # an index says nothing of its maps: it is always read
            walk.validators = _validators(response)
        if following is None or self.since is not None:
            self._keep(run, walk, walk.url if ask.depth == 0 else ask.url)
        known = frontier.validators_of(self.archive, run.name) if reading.more else {}
        for more in reading.more:
            self._ask(run, walk, more, known.get(more.url))
        if following is not None:
            self._ask(run, walk, following)

    def _keep(self, run: SourceRun, walk: Walk, url: str) -> None:
        """Store the links and, in the same transaction, the validators that came with them."""
        held, validators = walk.held, walk.validators
        walk.held, walk.validators = [], None
        result = frontier.discovered(self.archive, run.name, url, held, validators, now())
        run.counts.discovered += result.new

    def _unanswered(self, failure: Failure) -> list[Any]:
        run, walk = failure.request.cb_kwargs["run"], failure.request.cb_kwargs["walk"]
        run.active -= 1
        run.counts.requests += not isinstance(failure.value, IgnoreRequest)
        if not run.ending:
            why = judge_failure(failure.value).reason or cause(failure.value)
            self._place_failed(run, walk, why)
        return self._more(run)

    def _place_failed(self, run: SourceRun, walk: Walk, why: str) -> None:
        run.place_failed = True
        run.note(f"{walk.place.kind.replace('_', ' ')} {walk.url}: {why}")
        walk.validators = None
        if walk.held:
            try:
                self._keep(run, walk, walk.url)
            except ArchiveError as error:
                run.note(str(error))

    def _more(self, run: SourceRun) -> list[Any]:
        """The next requests of a source: what discovery still asks, then the articles that wait in the archive."""
        if run.ending is None and run.room and len(run.waiting) < run.source.politeness.concurrency:
            try:
                self._take_pending(run)
            except ArchiveError as error:
                run.note(str(error))
                run.place_failed = True
        requests = run.hand_out()
        self._settle(run)
        return requests

    def _take_pending(self, run: SourceRun) -> None:
        for address in frontier.pending(self.archive, run.name, now(), limit=run.room + len(run.asked)):
            if address.id in run.asked or not run.room:
                continue
            run.asked.add(address.id)
            try:
                request = Request(
                    address.url,
                    callback=self._fetched,
                    errback=self._unfetched,
                    cb_kwargs={"run": run, "address": address},
                    meta=run.meta(),
                    dont_filter=True,
                )
            except ValueError as error:
                frontier.failed(self.archive, address.id, str(error), now())
                continue
            run.waiting.append(request)

    def _fetched(self, response: Response, run: SourceRun, address: Address) -> list[Any]:
        run.active -= 1
        run.counts.requests += 1
        if run.ending:
            return self._more(run)
        run.counts.pages += 1
        verdict = judge(response, now(), address.url)
        try:
            page = self._page(run, address, verdict, response)
        except ArchiveError as error:
            run.note(str(error))
            page = None
        run.pages += page is not None
        return [*self._more(run), *([page] if page else [])]

    def _unfetched(self, failure: Failure) -> list[Any]:
        run, address = failure.request.cb_kwargs["run"], failure.request.cb_kwargs["address"]
        run.active -= 1
        run.counts.requests += not isinstance(failure.value, IgnoreRequest)
        if not run.ending:
            try:
                self._give_up(run, address, judge_failure(failure.value))
            except ArchiveError as error:
                run.note(str(error))
        return self._more(run)

    def _page(self, run: SourceRun, address: Address, verdict: Verdict, response: Response) -> Page | None:
        """What goes to the pipelines; None where the address waits or is given up."""
        words = verdict.what == "words" and bool(address.title)
        if verdict.what != "page" and not words:
            self._give_up(run, address, verdict)
            return None
        return Page(
            source=run.name,
            address_id=address.id,
            url=address.url if words else response.url,
            body=b"" if words else self.outlets[run.name].article(response),
            encoding=None if words else _charset(response),
            fetched_at=now(),
            lang=run.source.language,
            feed_title=address.title,
            feed_summary=address.summary,
            feed_published=address.published,
            feed_modified=address.modified,
            crawl_id=run.crawl_id,
            reason=verdict.reason if words else None,
        )

    def _give_up(self, run: SourceRun, address: Address, verdict: Verdict) -> None:
        reason = verdict.reason or "no reason given"
        if verdict.what == "gone":
            frontier.gone(self.archive, address.id, reason, now())
        elif verdict.what == "refused":
            frontier.refused(self.archive, address.id, reason, now())
        elif verdict.what == "never":
            run.note(f"{address.url}: {reason}")
            frontier.failed(self.archive, address.id, reason, now())
        else:
            run.note(f"{address.url}: {reason}")
            frontier.postpone(self.archive, address.id, reason, now(), verdict.retry_after)

    # What the pipelines made of a page.

    def _stored(self, item: Any) -> None:
        run = self._run_of(item)
        if run is None:
            return
        saved = getattr(item, "saved", None)
        if saved is not None:
            run.counts.new_articles += saved.outcome in {"new", "copy"}
            run.counts.new_versions += saved.outcome == "updated"
        run.counts.flagged += bool(item.mentions)
        self._page_over(run)

    def _dropped(self, item: Any, exception: Exception) -> None:
        run = self._run_of(item)
        if run is not None:
            run.note(f"{item.url}: {exception}")
            self._page_over(run)

    def _not_stored(self, item: Any, failure: Failure) -> None:
        run = self._run_of(item)
        if run is not None:
            run.note(f"{item.url}: {cause(failure.value)}")
            run.place_failed = run.place_failed or isinstance(failure.value, ArchiveError)
            self._page_over(run)

    def _run_of(self, item: Any) -> SourceRun | None:
        return next((run for run in self.runs if isinstance(item, Page) and run.crawl_id == item.crawl_id), None)

    def _page_over(self, run: SourceRun) -> None:
        run.pages -= 1
        self._settle(run)

    def _robots(self, request: Request) -> None:
        run = request.meta.get("run")
        if run is not None:
            run.counts.requests += 1

    # The end.

    def interrupt(self) -> None:
        """End every source that still runs; what waits is in the archive."""
        for run in self.runs:
            self._end(run, "interrupted")

    def _end(self, run: SourceRun, state: State) -> None:
        if run.state is not None or run.ending is not None:
            return
        if state == "deadline":
            run.note(f"ended at its deadline of {run.source.politeness.deadline:g} s; what is left waits")
        run.end(state)
        self._forget_queued(run)
        run.timers.append(asyncio.get_running_loop().call_later(GRACE, self._finish, run))
        self._settle(run)

    def _forget_queued(self, run: SourceRun) -> None:
        """Requests that wait for their host's delay inside Scrapy are let go now, not after it."""
        for slot in self.crawler.engine.downloader.slots.values():
            for queued in [entry for entry in slot.queue if entry[0].meta.get("run") is run]:
                slot.queue.remove(queued)
                queued[1].errback(Failure(IgnoreRequest("the source has ended")))

    def _settle(self, run: SourceRun) -> None:
        if run.state is None and run.idle:
            self._finish(run)
        if self._watch is not None:
            self._watch(self)

    def _finish(self, run: SourceRun) -> None:
        if run.state is not None:
            return
        run.state = run.ending or ("failed" if run.place_failed else "done")
        run.ended = time.monotonic()
        for timer in run.timers:
            timer.cancel()
        try:
            crawls.finish(self.archive, run.crawl_id, run.state, run.counts, run.error, now())
        except ArchiveError as error:
            run.state = "failed"
            run.note(str(error))
        run.lock.release()

    def close_runs(self) -> None:
        """Write down every source that is not over yet as interrupted, and close the archive. Safe to repeat."""
        if self._over:
            return
        self._over = True
        for run in self.runs:
            if run.state is None:
                run.ending = run.ending or "interrupted"
                self._finish(run)
        self.archive.close()

    @property
    def reports(self) -> list[CrawlReport]:
        """One a source, by name."""
        return sorted([*(run.report() for run in self.runs), *self.skipped], key=lambda report: report.source)


def _validators(response: Response) -> Validators | None:
    etag, last_modified = (
        (response.headers.get(name) or b"").decode("latin-1")[:500] or None for name in ("ETag", "Last-Modified")
    )
    return Validators(etag, last_modified) if etag or last_modified else None


def _charset(response: Response) -> str | None:
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    _, found, charset = content_type.partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None
