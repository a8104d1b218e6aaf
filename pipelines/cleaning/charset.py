"""Bytes to text, whatever the server, the page or nobody says about the charset."""

from collections.abc import Iterator

from trafilatura.utils import detect_encoding
from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from pipelines.cleaning.page import CleanError

_MAGIC = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "an image or sound file",
    b"PK\x03\x04": "a ZIP file",
    b"\x1f\x8b": "a gzip file",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b"))
_CHINESE = ("gb18030", "big5hkscs")
_COMMONEST = "的"  # the commonest character of written Chinese: decoded by the wrong charset it does not come up
_WESTERN = frozenset("àâäáãåæçéèêëíîïñóôöõøœúûüßÀÉÈÖÜÄÇÑØÅ’‘“”«»–—…•·©®°£€\xa0")
_DAMAGE = 0.01
"""The share of undecodable characters at which a named charset is taken for a wrong one."""


def decode(body: bytes, header: str | None) -> str:
    """The page's text. `header` is the charset that HTTP named, or None. Raises CleanError for what is no text."""
    encoding, mark = read_bom(body)
    if encoding and mark:
        return to_unicode(body[len(mark) :], encoding)
    _reject_binary(body)
    named = [name for name in (_resolve(header), html_body_declared_encoding(body)) if name]
    if not any(name.startswith(("iso2022", "hz", "utf-16", "utf-32")) for name in named):
        # Valid UTF-8 is no accident, whatever the page calls itself.
        text = _strict(body, "utf-8")
        if text is not None:
            return text
    for encoding in _candidates(body, named):
        text = _strict(body, encoding)
        if text is not None:
            return text
    return _least_damaged(body, named)


def _reject_binary(body: bytes) -> None:
    if not body.strip():
        raise CleanError("the page is empty")
    for magic, what in _MAGIC.items():
        if body.startswith(magic):
            raise CleanError(f"not a web page but {what}")
    sample = body[:4096]
    if len(sample.translate(None, _CONTROLS)) < 0.98 * len(sample):
        raise CleanError("not a web page but binary data")


def _resolve(name: str | None) -> str | None:
    return resolve_encoding(name) if name else None


def _strict(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _candidates(body: bytes, named: list[str]) -> Iterator[str]:
    """Charsets to try: those named, but Chinese first where only a Western one is named (it decodes anything)."""
    western = all(name in ("cp1252", "utf-8", "ascii") for name in named)
    if western:
        yield from (encoding for encoding in _CHINESE if _COMMONEST in (_strict(body, encoding) or ""))
    yield from (name for name in named if name != "utf-8")


def _least_damaged(body: bytes, named: list[str]) -> str:
    """The reading with the fewest undecodable characters; what is named wins unless it is plainly wrong."""
    best, least = "", 2.0
    for encoding in [*named, "utf-8", *_CHINESE]:
        text = to_unicode(body, encoding)
        damage = text.count("\ufffd") / max(1, sum(char > "\x7f" for char in text))
        if damage < _DAMAGE:
            return text
        if damage < least:
            best, least = text, damage
    western = to_unicode(body, "cp1252")
    if sum(char in _WESTERN for char in western) > 0.9 * sum(char > "\x7f" for char in western):
        return western
    for encoding in detect_encoding(body[:20_000]):
        text = to_unicode(body, encoding)
        if text.count("\ufffd") < best.count("\ufffd"):
            return text
    return best
