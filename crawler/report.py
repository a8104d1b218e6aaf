"""What one crawl of one source did."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

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
    """`error` is the first error in one line. `skipped`: another process is crawling the source."""

    source: str
    state: State
    counts: Counts = field(default_factory=Counts)
    error: str | None = None
    seconds: float = 0.0

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
        }
