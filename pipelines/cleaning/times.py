"""When a story was published and changed: from JSON-LD, meta tags, time elements, the address, at last the text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from dealwatch import clock

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date",
    "citation_publication_date", "dc.date.issued", "dcterms.created", "dc.date", "article.published",
    "weibo:article:create_at", "publishtime", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod",
    "dcterms.modified", "article.updated", "weibo:article:update_at", "last-modified",
)  # fmt: skip
_ARTICLES = {"article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle", "liveblogposting"}
_PUBLISHED_TIMES = (
    ".//time[@pubdate or @itemprop='datePublished']",
    ".//time[contains(@class, 'publish') or contains(@class, 'entry-date')]",
    ".//article//header//time[@datetime]",
    ".//article//time[@datetime]",
)
_MODIFIED_TIMES = (".//time[@itemprop='dateModified']", ".//time[contains(@class, 'updated')]")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=\D)")
_WRITTEN = re.compile(
    r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:[T\s]+(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_CHINA = timezone(timedelta(hours=8))
_JSON_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A time with its zone and where it stood."""

    at: datetime
    where: str


def published_and_modified(tree: HtmlElement, url: str, lang: str | None) -> tuple[Found | None, Found | None]:
    """What the page says of its own times; None where it says nothing that can be believed.

    A time without a zone is read as China's on a Chinese page and as UTC elsewhere, and marked so.
    """
    nodes = list(_json_ld(tree))
    metas = _metas(tree)
    published = modified = None
    for given, where in _given(nodes, metas, tree, ("datePublished", _PUBLISHED_META, _PUBLISHED_TIMES)):
        published = published or _found(given, where, lang)
    for given, where in _given(nodes, metas, tree, ("dateModified", _MODIFIED_META, _MODIFIED_TIMES)):
        modified = modified or _found(given, where, lang)
    if published is None:
        published = _from_url(url) or _from_text(tree, url)
    if published and modified and modified.at < published.at:
        modified = None
    return published, modified


def _given(
    nodes: list[dict[str, Any]],
    metas: dict[str, str],
    tree: HtmlElement,
    names: tuple[str, tuple[str, ...], tuple[str, ...]],
) -> Iterator[tuple[Any, str]]:
    key, meta_names, paths = names
    yield from ((node[key], "json-ld") for node in nodes if key in node)
    yield from ((metas[name], "meta") for name in meta_names if name in metas)
    for path in paths:
        yield from ((element.get("datetime") or element.text_content(), "time") for element in tree.xpath(path)[:3])


def parse_time(given: Any, zone: timezone) -> tuple[datetime, str] | None:
    """A time as pages write it, and a remark ("", ", zone guessed" or ", day only"); None if it cannot be read."""
    if not isinstance(given, str | int) or isinstance(given, bool):
        return None
    text = str(given).strip()[:64]
    if text.isdigit() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC), ""
    at = _iso(text) or _mail(text) or _written(text)
    if at is None:
        return None
    day_only = re.search(r"\d:\d|T\d", text) is None
    if at.tzinfo is not None:
        return at.astimezone(UTC), ""
    # A day alone stays that day: midnight in China would be the day before in UTC.
    at = at.replace(tzinfo=UTC if day_only else zone).astimezone(UTC)
    return at, ", day only" if day_only else ", zone guessed"


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _written(text: str) -> datetime | None:
    match = _WRITTEN.search(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None


def _found(given: Any, where: str, lang: str | None) -> Found | None:
    try:
        parsed = parse_time(given, _CHINA if lang == "zh" else UTC)
    except (OverflowError, ValueError):  # a year that no zone can shift
        return None
    if parsed is None:
        return None
    at, remark = parsed
    if not _EARLIEST <= at <= clock.now() + timedelta(days=1):
        return None
    return Found(at.replace(microsecond=0), where + remark)


def _from_url(url: str) -> Found | None:
    match = _URL_DAY.search(url)
    return _found("-".join(match.groups()), "url", None) if match else None


def _from_text(tree: HtmlElement, url: str) -> Found | None:
    """The words of the page, by htmldate's quick search (its thorough one costs seconds on some pages)."""
    try:
        day = find_date(tree, url=url, original_date=True, extensive_search=False)
    except (ValueError, OverflowError, RecursionError):
        return None
    return _found(day, "text", None) if day else None


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every JSON-LD node of the page, stories before anything else."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        try:
            nodes.extend(_nodes(json.loads(script.text or "", strict=False), 0))
        except (ValueError, RecursionError):
            continue  # broken JSON is common and the page has other places to look
    return iter(sorted(nodes, key=lambda node: not _is_article(node)))


def _nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _JSON_DEPTH:
        return
    children = data if isinstance(data, list) else data.values() if isinstance(data, dict) else ()
    if isinstance(data, dict):
        yield data
    for child in children:
        if isinstance(child, dict | list):
            yield from _nodes(child, depth + 1)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.lower() in _ARTICLES for kind in kinds)
