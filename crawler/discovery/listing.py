"""Listing pages, for outlets without feed or map: links picked by place (CSS) and by the shape of their address."""

import re
from datetime import datetime
from typing import ClassVar

from parsel import Selector
from w3lib.encoding import html_to_unicode
from w3lib.html import get_base_url

from crawler.discovery.base import Answer, Ask, DiscoveryError, Reading, found, unique, url_time
from dealwatch.address import same_site
from dealwatch.watchlist import sources

PAGES_BACK = 300


class Listing:
    kind: ClassVar[str] = "listing"

    def __init__(self, listing: sources.Listing, since: datetime | None = None) -> None:
        self._listing = listing
        self._links = re.compile(listing.links) if listing.links else None
        self._within = listing.css or "html"
        self._since = since
        self._seen: set[str] = set()

    def first(self) -> Ask:
        return Ask(self._listing.page(0))

    def read(self, ask: Ask, answer: Answer) -> Reading:
        body = answer.body.strip()
        if not body or b"\x00" in body[:1000]:
            raise DiscoveryError("the listing page is not HTML" if body else "the listing page is empty")
        _, html = html_to_unicode(answer.content_type, answer.body)
        base = get_base_url(html, answer.url)
        anchors = Selector(html, type="html").css(self._within).xpath("descendant-or-self::a/@href").getall()
        links = [link for link in unique(found(anchor, base) for anchor in anchors) if self._fits(link.url, answer.url)]
        if not links and ask.page == 1:
            raise DiscoveryError("no link on the listing page fits the source's patterns; was the outlet rebuilt?")
        horizon = self._since
        if horizon is not None:
            links = [link for link in links if (url_time(link.url) or horizon) >= horizon]
        return Reading(links)

    def following(self, ask: Ask, reading: Reading, new: int) -> Ask | None:
        """Goes on while pages bring something new; a back-fill also walks through what is known already."""
        fresh = {link.key for link in reading.found} - self._seen
        self._seen |= fresh
        last = PAGES_BACK if self._since is not None else self._listing.pages
        if not fresh or ask.page >= last or (self._since is None and new == 0):
            return None
        url = self._listing.page(ask.page)
        return None if url == ask.url else Ask(url, page=ask.page + 1)

    def _fits(self, url: str, page: str) -> bool:
        return bool(self._links.search(url)) if self._links else same_site(url, page)
