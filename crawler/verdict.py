"""What an answer, or the lack of one, means for an address: store it, use the feed's words, wait, or give it up."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawler.guards import Inward

What = Literal["page", "words", "later", "never", "gone", "refused"]
_HTML = re.compile(rb"<(?:!doctype|html|head|body|article|div|p|meta|title)\b", re.IGNORECASE)
_BINARY = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "an image or sound",
    b"PK\x03\x04": "a zip file",
    b"\x1f\x8b": "a gzip file",
}
_DOOR = re.compile(
    r"/(?:log-?in|sign-?in|sign-?up|auth|register|subscribe|paywall|consent|cookie-wall|captcha|challenge)(?:[/.]|$)",
    re.I,
)
_LONGEST_WAIT = 30 * 86400


@dataclass(frozen=True, slots=True)
class Verdict:
    """`page`: store it. `words`: the page cannot be had, use the feed's words, else as `later`. `never`: failed for
    good. `retry_after`: the earliest time that the server asked for. `hopeless`: without words, as `never`."""

    what: What
    reason: str | None = None
    retry_after: datetime | None = None
    hopeless: bool = False


def judge(response: Response, now: datetime, asked: str) -> Verdict:
    """Of an article page that answered. `asked` is the address before redirects."""
    status = response.status
    if status in {404, 410}:
        return Verdict("gone", phrase(status))
    if status in {401, 402, 403, 451}:
        return Verdict("words", phrase(status))
    if not 200 <= status < 300:
        return Verdict("later", phrase(status), _retry_after(response, now))
    if _is_root(response.url) and not _is_root(asked):
        return Verdict("gone", "redirected to the homepage")
    if not response.body.strip():
        return Verdict("words", "the page is empty")
    kind = _not_html(response.body)
    return Verdict("words", f"the page is {kind}, not HTML", hopeless=True) if kind else Verdict("page")


def is_door(url: str) -> bool:
    """Whether the address is that of a login, subscription or consent page rather than of an article."""
    return _DOOR.search(urlsplit(url).path) is not None


def phrase(status: int) -> str:
    """`403 Forbidden`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status}"


def judge_failure(error: BaseException) -> Verdict:
    """Of a request that brought no answer."""
    if isinstance(error, Inward):
        return Verdict("refused", str(error))
    text = str(error)
    if isinstance(error, IgnoreRequest) and "robots.txt" in text:
        return Verdict("refused", "forbidden by robots.txt")
    if _too_large(error):
        return Verdict("never", "the answer is too large")
    return Verdict("later", cause(error))


_CAUSES: dict[type[BaseException], str] = {
    CannotResolveHostError: "the host name does not resolve, or resolves inward",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadTimeoutError: "no complete answer in time",
    ResponseDataLossError: "the answer broke off",
}


def cause(error: BaseException) -> str:
    """One line a person understands."""
    if _too_large(error):
        return "the answer is too large"
    if isinstance(error.__cause__, Inward):
        return str(error.__cause__)
    if type(error) in _CAUSES:
        return _CAUSES[type(error)]
    return (" ".join(str(error).split()) or type(error).__name__)[:300]


def _too_large(error: BaseException) -> bool:
    """Scrapy cancels a download that outgrows DOWNLOAD_MAXSIZE, and ignores a page that does when unpacked."""
    if isinstance(error, DownloadCancelledError):
        return "was ended" not in str(error)
    return isinstance(error, IgnoreRequest) and "exceeded DOWNLOAD_MAXSIZE" in str(error)


def _not_html(body: bytes) -> str | None:
    """What the body is instead, as far as that is plain to see without parsing it."""
    for magic, kind in _BINARY.items():
        if body.startswith(magic):
            return kind
    head = body[:4096]
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not _HTML.search(head):
        return "binary"
    if head.lstrip()[:1] in {b"{", b"["} and not _HTML.search(head):
        return "JSON"
    return None


def _is_root(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _retry_after(response: Response, now: datetime) -> datetime | None:
    header = (response.headers.get("Retry-After") or b"").decode("ascii", "replace").strip()
    if header.isdigit():
        return now + timedelta(seconds=min(int(header), _LONGEST_WAIT))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
