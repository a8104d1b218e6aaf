"""Time as the whole product writes it: UTC, ISO 8601, whole seconds, ending in Z (so text order is time order)."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def iso(at: datetime) -> str:
    """`2019-11-24T08:00:00Z`. Raises ValueError for a time without a zone: guessing one would move the news."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """The inverse of `iso`; also takes any other ISO 8601 time with a zone. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(UTC)
