"""What one crawl of one source did."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

_NAMES, _REMARKS = 12, 3
"""At most so many sources are named in a line, and so many remarks told of a source."""

State = Literal["done", "failed", "deadline", "interrupted", "skipped"]


@dataclass(slots=True)
class Counts:
    """The figures of a row of `crawls`, under the same names."""

    requests: int = 0
    not_modified: int = 0
    discovered: int = 0
    pages: int = 0
    new_articles: int = 0
    new_versions: int = 0
    flagged: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """`error` is the first error in one line, `remarks` what was odd though no error, with how many pages it befell.
    `skipped`: another process is crawling the source."""

    source: str
    state: State
    counts: Counts = field(default_factory=Counts)
    error: str | None = None
    seconds: float = 0.0
    remarks: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> bool:
        return self.state in {"failed", "deadline", "interrupted"}

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "state": self.state,
            **asdict(self.counts),
            "error": self.error,
            "seconds": round(self.seconds, 1),
            "remarks": dict(self.remarks),
        }


def complaints(reports: Iterable[CrawlReport]) -> list[str]:
    """One line for each cause: what ended sources, shared by all that it befell, then what was wrong with pages."""
    ended: dict[str, list[str]] = {}
    pages: list[str] = []
    for report in reports:
        if report.failed or report.state == "skipped":
            ended.setdefault(f"{report.state}: {report.error or 'stopped'}", []).append(report.source)
        elif report.error:
            more = f" (and {report.counts.errors - 1} more)" if report.counts.errors > 1 else ""
            pages.append(f"{report.source}: {report.error}{more}")
        kinds = report.remarks.most_common(_REMARKS)
        pages += [f"{report.source}: {what} ({_pages(count)})" for what, count in kinds]
        rest = report.remarks.total() - sum(count for _, count in kinds)
        pages += [f"{report.source}: and the like ({_pages(rest)})"] if rest else []
    return [f"{_few(names)}: {what}" for what, names in ended.items()] + pages


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _few(names: list[str]) -> str:
    return ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
