"""What the newsroom remembers between two runs of the demo: its ports, the time it opened, how often it was read."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from dealwatch.clock import iso, parse_iso
from dealwatch.files import replace_text
from dealwatch.newsroom.server import NewsroomError
from dealwatch.newsroom.stories import Edition


@dataclass(frozen=True, slots=True)
class Visit:
    """The state in `newsroom.json`. `port` is the first of five, None before the newsroom has ever opened; `runs` are
    the demos that came to their end."""

    opened: str
    port: int | None = None
    runs: int = 0
    second_edition: str | None = None

    @classmethod
    def load(cls, path: Path) -> "Visit | None":
        """The stored state; None where there is none. Raises NewsroomError for a file that is not one of ours."""
        if not path.exists():
            return None
        try:
            visit = cls(**json.loads(path.read_text("utf-8")))
            visit.edition(parse_iso(visit.opened))
        except (OSError, ValueError, TypeError) as error:
            raise NewsroomError(f"{path}: cannot be read ({error}); start over with dealwatch demo --fresh") from error
        return visit

    def store(self, path: Path) -> None:
        replace_text(path, json.dumps(asdict(self), indent=2) + "\n")

    def edition(self, at: datetime) -> Edition:
        """The edition that a run at `at` sees: the first until one run has ended, then the second for good."""
        opened = parse_iso(self.opened)
        if self.runs == 0:
            return Edition(1, opened, opened)
        printed = parse_iso(self.second_edition) if self.second_edition else max(at, opened + timedelta(seconds=1))
        return Edition(2, opened, printed)

    def begun(self, edition: Edition, port: int) -> "Visit":
        """The state while a run reads `edition`: a second edition is printed once, even if that run breaks off."""
        return replace(self, port=port, second_edition=iso(edition.printed) if edition.number > 1 else None)

    def ended(self) -> "Visit":
        """The state once a run has come to its end."""
        return replace(self, runs=self.runs + 1)
