"""Discovery as it runs: ask each place of a source, store the links it gives, go on to its next page or map."""

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery import EMPTY
from crawler.discovery.base import Answer, Ask, DiscoveryError
from crawler.discovery.sitemap import MAX_UNPACKED
from crawler.source_run import SourceRun, Walk, befell
from crawler.verdict import cause, judge_failure, phrase
from dealwatch.archive import frontier
from dealwatch.archive.frontier import Validators
from dealwatch.clock import now
from dealwatch.errors import ArchiveError

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

_PAST_THE_END = {400, 404, 410}
"""What a paged place says after its last page."""


class Walking:
    """Asks places. Links wait in the walk until its last page, and are then stored together with the validators."""

    def __init__(self, spider: "NewsSpider") -> None:
        self._spider = spider
        self._archive = spider.archive

    def begin(self, run: SourceRun) -> None:
        known = self._known(run)
        for place in self._spider.outlets[run.name].places(run.source, self._spider.since):
            ask = place.first()
            self._ask(run, Walk(place, ask.url), ask, known.get(ask.url))

    def _known(self, run: SourceRun) -> dict[str, Validators]:
        """The validators that hold: under other patterns, an unchanged place may hold articles not yet taken."""
        stored = frontier.validators_of(self._archive, run.name)
        return {url: known for url, known in stored.items() if known.settings == run.source.picks}

    def _ask(self, run: SourceRun, walk: Walk, ask: Ask, validators: Validators | None = None) -> None:
        headers: dict[str, str | None] = {}
        if validators and self._spider.since is None:
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
            self._failed(run, walk, ask, str(error))
            return
        run.asking += 1
        if ask.page > 1 or ask.depth:
            run.waiting.appendleft(request)
        else:
            run.waiting.append(request)

    def _answered(self, response: Response, run: SourceRun, walk: Walk, ask: Ask) -> list[Any]:
        run.active -= 1
        run.asking -= 1
        run.counts.requests += 1
        if run.ending is None:
            try:
                self._take(response, run, walk, ask)
            except (DiscoveryError, ArchiveError) as error:
                self._failed(run, walk, ask, str(error))
            except Exception as error:  # a mistake in an outlet's own code ends that outlet's place, not the crawl
                self._failed(run, walk, ask, f"{type(error).__name__}: {error}")
        return self._spider.more(run)

    def _take(self, response: Response, run: SourceRun, walk: Walk, ask: Ask) -> None:
        if response.status == 304:
            run.counts.not_modified += 1
            return
        at_end = ask.page > 1 and response.status in _PAST_THE_END
        if response.status != 200 and not at_end:
            raise DiscoveryError(f"answered {phrase(response.status)}")
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        reading = EMPTY if at_end else walk.place.read(ask, Answer(response.url, response.body, now(), content_type))
        links = self._spider.outlets[run.name].links(run.source, reading.found)
        new = len(links) - len(frontier.known(self._archive, [link.key for link in links]))
        following = None if at_end else walk.place.following(ask, reading, new)
        walk.held += links
        if ask.page == 1 and not reading.more:  # an index says nothing of what its maps hold: it is always read
            walk.validators = _validators(response, run.source.picks)
        if self._spider.since is not None:  # a back-fill is long: each page's links are stored as they come
            walk.validators = None if following else walk.validators
        if following is None or self._spider.since is not None:
            self._keep(run, walk, ask.url if ask.depth else walk.url)
        known = self._known(run) if reading.more else {}
        for more in reading.more:
            self._ask(run, walk, more, known.get(more.url))
        if following is not None:
            self._ask(run, walk, following)

    def _keep(self, run: SourceRun, walk: Walk, url: str) -> None:
        held, validators = walk.held, walk.validators
        walk.held, walk.validators = [], None
        kept = frontier.discovered(self._archive, run.name, url, held, validators, now())
        run.counts.discovered += kept.new
        if kept.ahead:
            run.remarks["a time in the future, taken as the time it was found"] += kept.ahead

    def _unanswered(self, failure: Failure) -> list[Any]:
        error, of = befell(failure)
        run: SourceRun = of["run"]
        run.active -= 1
        run.asking -= 1
        run.count_request(error)
        if run.ending is None:
            self._failed(run, of["walk"], of["ask"], judge_failure(error).reason or cause(error))
        return self._spider.more(run)

    def _failed(self, run: SourceRun, walk: Walk, ask: Ask, why: str) -> None:
        """The place did not do its part. What its earlier pages gave is kept, without validators."""
        run.broken = True
        run.note(f"{walk.place.kind.replace('_', ' ')} {ask.url}: {why}")
        walk.validators = None
        if walk.held:
            try:
                self._keep(run, walk, walk.url)
            except ArchiveError as error:
                run.note(str(error))


def _validators(response: Response, picks: str) -> Validators | None:
    etag, last_modified = (
        (response.headers.get(name) or b"").decode("latin-1")[:500] or None for name in ("ETag", "Last-Modified")
    )
    return Validators(etag, last_modified, picks) if etag or last_modified else None
