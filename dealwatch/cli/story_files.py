"""Stories as the commands take them: JSON Lines, saved pages, plain text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dealwatch.deals.records import Story
from dealwatch.errors import DealwatchError

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters: JSON can hold them alone, no other text can."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a JSON Lines file: its story and the whole object, or what is wrong with it."""

    number: int
    story: Story | None
    data: dict[str, Any]
    error: str | None = None


def read_lines(path: Path) -> Iterator[Line]:
    """The stories of a file with `{"id", "title", "text", "lang", "published", "url"}` a line; blanks are left out.

    A bad line is yielded with its error, so that the rest can go on. Raises DealwatchError if there is no such file.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise DealwatchError(f"{path}: cannot be read: {error.strerror}") from error
    with file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield _line(path, number, raw)


def _line(path: Path, number: int, raw: bytes) -> Line:
    try:
        data = json.loads(raw)
        return Line(number, story_of(data), data)
    except (ValueError, TypeError, AttributeError) as error:
        return Line(number, None, {}, f"{path}:{number}: {error}; one JSON object a line, with id, title and text")


def story_of(data: Any) -> Story:
    """One object of such a file as a story. Raises TypeError or ValueError saying what is wrong with it."""
    if not isinstance(data, dict):
        raise TypeError("not an object")
    for name in ("id", "title", "text"):
        if not isinstance(data.get(name), str):
            raise TypeError(f"{name}: is missing or no text")
    for name in ("lang", "published", "url"):
        if data.get(name) is not None and not isinstance(data[name], str):
            raise TypeError(f"{name}: is no text")
    title, text = (_HALVES.sub("\ufffd", data[name]) for name in ("title", "text"))
    return Story(data["id"], title, text, data.get("lang"), parse_time(data.get("published")), data.get("url"))


def parse_time(text: str | None) -> datetime | None:
    """A date or ISO time; without a zone it is taken as UTC. Raises ValueError."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"published: {text!r} is no date such as 2026-01-31") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
