"""Articles as they are fetched: from the archive's frontier to the pipelines, or back with the reason why not."""

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.source_run import SourceRun, befell
from crawler.verdict import Verdict, is_door, judge, judge_failure
from dealwatch.address import key
from dealwatch.archive import frontier
from dealwatch.archive.frontier import Address
from dealwatch.clock import now
from dealwatch.errors import ArchiveError
from pipelines.items import Page

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider


class Fetching:
    """Asks for the addresses that wait, and decides what becomes of each."""

    def __init__(self, spider: "NewsSpider") -> None:
        self._spider = spider
        self._archive = spider.archive

    def take_pending(self, run: SourceRun) -> None:
        """Line up the addresses of the frontier that this crawl has not asked yet, newest news first."""
        for address in frontier.pending(self._archive, run.name, now(), limit=run.room + len(run.asked)):
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
                frontier.failed(self._archive, address.id, str(error), now())
                continue
            run.waiting.append(request)

    def _fetched(self, response: Response, run: SourceRun, address: Address) -> list[Any]:
        run.active -= 1
        run.counts.requests += 1
        page = None
        if run.ending is None:
            run.counts.pages += 1
            try:
                page = self._page(run, address, self._judge(run, address, response), response)
            except ArchiveError as error:
                run.note(str(error))
            except Exception as error:  # a mistake in an outlet's own code: the address waits, the crawl goes on
                self.put_off(run, address.id, address.url, f"{type(error).__name__}: {error}")
        run.pages += page is not None
        requests = self._spider.more(run)
        return [*requests, page] if page else requests

    def put_off(self, run: SourceRun, address_id: int, url: str, reason: str) -> None:
        """What failed on our side waits with a growing pause, and is told; it is not asked for again at every crawl."""
        run.note(f"{url}: {reason}")
        try:
            frontier.postpone(self._archive, address_id, reason, now())
        except ArchiveError as error:
            run.note(str(error))

    def _unfetched(self, failure: Failure) -> list[Any]:
        error, of = befell(failure)
        run: SourceRun = of["run"]
        run.active -= 1
        run.count_request(error)
        if run.ending is None:
            try:
                self._give_up(run, of["address"], judge_failure(error))
            except ArchiveError as broken:
                run.note(str(broken))
        return self._spider.more(run)

    def _judge(self, run: SourceRun, address: Address, response: Response) -> Verdict:
        """A redirect to what is no article (a login, a consent page) tells nothing: the feed's words are better."""
        verdict = judge(response, now(), address.url)
        moved = key(response.url) != address.key
        if verdict.what == "page" and moved and (is_door(response.url) or not run.source.wants(response.url)):
            return Verdict("words", f"redirected to {response.url[:200]}, which is no article")
        return verdict

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
            body=b"" if words else self._spider.outlets[run.name].article(response),
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
            frontier.gone(self._archive, address.id, reason, now())
        elif verdict.what == "refused":
            frontier.refused(self._archive, address.id, reason, now())
        elif verdict.what == "never" or verdict.hopeless:
            run.note(f"{address.url}: {reason}")
            frontier.failed(self._archive, address.id, reason, now())
        else:
            run.note(f"{address.url}: {reason}")
            frontier.postpone(self._archive, address.id, reason, now(), verdict.retry_after)


def _charset(response: Response) -> str | None:
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
    _, found, charset = content_type.partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None
