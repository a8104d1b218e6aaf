"""One run of the demo: open the newsroom, crawl it as live outlets are crawled, and say what came of it."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.report import CrawlReport
from dealwatch.archive import Archive
from dealwatch.archive.deal import DealRecord
from dealwatch.archive.filter import STATES, DealFilter, deals
from dealwatch.clock import iso, now
from dealwatch.errors import ArchiveError, WatchlistError
from dealwatch.exports.deal import public
from dealwatch.newsroom.planted import Claim, Score, score
from dealwatch.newsroom.server import Asked, Newsroom
from dealwatch.newsroom.visit import Visit
from dealwatch.newsroom.watchlist import write_watchlist

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider

STATE = "newsroom.json"


@dataclass(frozen=True, slots=True)
class Tour:
    """What one run did. `run` counts from 1; `changed` are the ids of the deals that are new or revised."""

    run: int
    db: Path
    watchlist: Path
    seconds: float
    reports: Sequence[CrawlReport]
    asked: Sequence[Asked]
    deals: Sequence[DealRecord]
    changed: frozenset[int]
    score: Score

    @property
    def pages(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.kind == "page"]

    @property
    def places(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.kind == "discovery"]

    @property
    def failed(self) -> bool:
        return any(report.failed or report.state == "skipped" for report in self.reports)

    @property
    def stopped(self) -> bool:
        """Whether somebody ended it by Ctrl-C."""
        return any(report.state == "interrupted" for report in self.reports)

    def requests(self) -> dict[str, int]:
        """How often robots.txt, feeds and maps ("places"; of these answered 304) and pages were asked for."""
        kinds = Counter(asked.kind for asked in self.asked)
        return {
            "robots": kinds["robots"],
            "places": kinds["discovery"],
            "places_not_modified": sum(asked.status == 304 for asked in self.places),
            "pages": kinds["page"],
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "archive": str(self.db),
            "watchlist": str(self.watchlist),
            "seconds": round(self.seconds, 1),
            "requests": self.requests(),
            "pages": [asdict(asked) for asked in self.pages],
            "sources": [report.as_dict() for report in self.reports],
            "deals": [public(deal).model_dump(mode="json") for deal in self.deals],
            "score": asdict(self.score),
        }


def tour(db: Path, watchlist: Path, *, fresh: bool, watch: "Callable[[NewsSpider], None] | None" = None) -> Tour:
    """Run the demo once; `db`'s folder holds all that it keeps. `fresh` forgets earlier runs. Once a process.

    `watchlist` is the real one: its entities and rules are used. Raises WatchlistError, ArchiveError, NewsroomError.
    """
    from crawler.run import crawl

    folder, state = db.parent, db.parent / STATE
    if db.exists() and not state.exists():
        raise ArchiveError(f"{db}: is not the demo's archive; the demo keeps one of its own, choose another --db")
    if not watchlist.is_dir():
        raise WatchlistError(f"{watchlist}: no such folder; name the right one with --watchlist DIR")
    if fresh:
        _forget(db, state)
    began, started = now(), time.monotonic()
    visit = Visit.load(state) or Visit(iso(began))
    edition = visit.edition(began)
    with Newsroom(edition, visit.port) as newsroom:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            visit = visit.begun(edition, newsroom.port)
            visit.store(state)
            write_watchlist(newsroom, watchlist, folder / "watchlist")
        except OSError as error:
            why = error.strerror or error
            raise ArchiveError(f"{folder}: cannot be written ({why}); choose another --db") from error
        reports = crawl((), db, folder / "watchlist", watch=watch)
    if all(report.state not in {"interrupted", "skipped"} for report in reports):
        visit.ended().store(state)
    with Archive.open(db, readonly=True) as archive:
        found = sorted(deals(archive, DealFilter(states=STATES)), key=lambda deal: deal.id)
    return Tour(
        run=visit.runs + 1,
        db=db,
        watchlist=folder / "watchlist",
        seconds=time.monotonic() - started,
        reports=reports,
        asked=newsroom.log,
        deals=found,
        changed=frozenset(deal.id for deal in found if deal.revised_at is not None and deal.revised_at >= began),
        score=score([_claim(deal) for deal in found], newsroom),
    )


def _claim(deal: DealRecord) -> Claim:
    parties = tuple(party.name for party in deal.parties)
    return Claim(deal.type, parties, deal.direction, deal.status, tuple(story.url for story in deal.stories))


def _forget(db: Path, state: Path) -> None:
    for path in (db, Path(f"{db}-wal"), Path(f"{db}-shm"), state):
        path.unlink(missing_ok=True)
    shutil.rmtree(f"{db}.locks", ignore_errors=True)
