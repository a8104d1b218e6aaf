"""Sitemaps, news sitemaps, and indexes of either, plain or gzipped, within bounds."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from lxml import etree

from crawler.discovery.base import RECENT, Answer, Ask, DiscoveryError, Reading, deep_enough, found, unique, when
from dealwatch.archive.frontier import Found

MAX_UNPACKED = 20 * 1024 * 1024
MAX_DEPTH = 3
MAX_MAPS = 500
MAPS_AT_LEAST = 3


class Sitemap:
    kind: ClassVar[str] = "sitemap"

    def __init__(self, url: str, since: datetime | None = None) -> None:
        self._url = url
        self._since = since

    def first(self) -> Ask:
        return Ask(self._url)

    def read(self, ask: Ask, answer: Answer) -> Reading:
        root = _parse(answer.body)
        name = etree.QName(root).localname.lower()
        if name == "urlset":
            links = unique(_link(entry, answer) for entry in _children(root, "url"))
            return Reading(deep_enough(links, answer.at, self._since))
        if name != "sitemapindex":
            what = "an HTML page" if name == "html" else f"a <{name}>"
            raise DiscoveryError(f"the sitemap is {what}, not a <urlset> or <sitemapindex>")
        if ask.depth >= MAX_DEPTH:
            raise DiscoveryError(f"the sitemap index is nested more than {MAX_DEPTH} deep")
        return Reading(more=[Ask(url, ask.depth + 1) for url in self._maps(root, answer) if url != ask.url])

    def following(self, ask: Ask, reading: Reading, new: int) -> None:
        return None

    def _maps(self, root: etree._Element, answer: Answer) -> list[str]:
        """The maps of an index worth reading: changed since `since`, or in the last 14 days, or the three newest."""
        maps: list[tuple[datetime | None, str]] = []
        for entry in _children(root, "sitemap"):
            link = found(_text(entry, "loc"), answer.url)
            if link is not None:
                maps.append((when(_text(entry, "lastmod")), link.url))
        horizon = self._since or answer.at - RECENT
        maps.sort(key=lambda entry: entry[0] or answer.at, reverse=True)
        wanted = [url for at, url in maps if at is None or at >= horizon]
        if self._since is None:
            wanted = wanted if len(wanted) >= MAPS_AT_LEAST else [url for _, url in maps[:MAPS_AT_LEAST]]
        return wanted[:MAX_MAPS]


class NewsSitemap(Sitemap):
    """A map of the last days' news, with titles. Read like any map; listed apart as it is asked first."""

    kind: ClassVar[str] = "news_sitemap"


def _link(entry: etree._Element, answer: Answer) -> Found | None:
    news = next(_children(entry, "news"), None)
    published = when(_text(news, "publication_date")) if news is not None else None
    return found(
        _text(entry, "loc"),
        answer.url,
        title=_text(news, "title") if news is not None else None,
        published=published,
        modified=when(_text(entry, "lastmod")) or published,
    )


def _parse(body: bytes) -> etree._Element:
    body = _unpacked(body).lstrip()
    if not body:
        raise DiscoveryError("the sitemap is empty")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DiscoveryError(f"the sitemap is not XML: {error}") from error
    if root is None:
        raise DiscoveryError("the sitemap is not XML")
    return root


def _unpacked(body: bytes) -> bytes:
    """Gunzipped if need be. Raises DiscoveryError for a bomb."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise DiscoveryError(f"the sitemap's gzip is damaged: {error}") from error
    if stream.unconsumed_tail:
        raise DiscoveryError(f"the sitemap unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB")
    return plain


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if isinstance(child.tag, str) and etree.QName(child).localname == name)


def _text(node: etree._Element, name: str) -> str:
    child = next(_children(node, name), None)
    return (child.text or "").strip() if child is not None else ""
