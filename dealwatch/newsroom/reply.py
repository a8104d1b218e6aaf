"""What an outlet answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["robots", "discovery", "page", "other"]


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is bytes, or a maker of pieces for a body whose length is not told."""

    status: int
    body: bytes | Callable[[], Iterator[bytes]]
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    kind: Kind = "other"
    pause: float = 0.0
    """Seconds between two pieces."""
