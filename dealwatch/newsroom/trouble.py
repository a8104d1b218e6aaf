"""The pages that misbehave: gone, ill, far too large, never ending, behind a paywall, or no HTML at all."""

import itertools
import random
from collections.abc import Callable, Iterator

from dealwatch.newsroom.reply import Reply
from dealwatch.newsroom.stories import Page

HUGE = 20_000_000
DRIP = 0.2
REPLIES = frozenset({"missing", "ill", "huge", "endless", "paywall", "binary"})

_HEAD = b"<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1>\n"


def reply(page: Page) -> Reply:
    """The troubled reply of `page`."""
    title = page.title.encode()
    if page.trouble == "missing":
        return Reply(404, b"<h1>Not found</h1>", kind="page")
    if page.trouble == "ill":
        return Reply(500, b"<h1>Internal Server Error</h1>", kind="page")
    if page.trouble == "paywall":
        wall = b"<p>This story is for subscribers.</p><form><input name='email'></form></body></html>"
        return Reply(403, _HEAD % (title, title) + wall, kind="page")
    if page.trouble == "binary":
        return Reply(200, b"%PDF-1.7\n" + random.Random(7).randbytes(40_000), kind="page")  # noqa: S311
    if page.trouble == "huge":
        return Reply(200, _pieces(title, _table_rows), kind="page")
    return Reply(200, _pieces(title, _endless_lines), kind="page", pause=DRIP)


def _pieces(title: bytes, rest: Callable[[], Iterator[bytes]]) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.chain([_HEAD % (title, title)], rest())


def _table_rows() -> Iterator[bytes]:
    row = b"<tr><td>Yantian</td><td>Week %02d</td><td>270,114 boxes</td></tr>\n"
    piece = b"".join(row % (week % 53) for week in range(1000))
    return itertools.repeat(piece, HUGE // len(piece) + 1)


def _endless_lines() -> Iterator[bytes]:
    return (b"<p>%d customers at the till.</p>\n" % number for number in itertools.count(1))
