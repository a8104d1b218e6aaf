"""Prints what an outlet answers to a request: robots.txt, feeds, maps, listings, WordPress JSON, pages."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dealwatch.newsroom import trouble, wordpress
from dealwatch.newsroom.addresses import amp_of, announced, find, path_of
from dealwatch.newsroom.reply import Kind, Reply
from dealwatch.newsroom.stories import Edition, Outlet, Page, pages

PER_LISTING = 4
FEED_LENGTH = 7

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["rfc822"] = format_datetime
_templates.filters["iso"] = lambda at: at.isoformat()


class Press:
    """One outlet in one edition. `base` is its address without a trailing slash."""

    def __init__(self, outlet: Outlet, edition: Edition, base: str) -> None:
        self.outlet = outlet
        self.base = base
        self.pages = pages(outlet, edition)
        self.changed = max(page.modified for page in self.pages)

    def answer(self, target: str, asked: dict[str, str]) -> Reply:
        """The reply to `GET target`; `asked` holds the request's headers in small letters."""
        reply = self._route(urlsplit(target).path, parse_qs(urlsplit(target).query))
        return _conditional(reply, asked)

    def _route(self, path: str, query: dict[str, list[str]]) -> Reply:
        if path == "/robots.txt":
            return Reply(200, self._robots().encode(), "text/plain; charset=utf-8", kind="robots")
        if path == "/":
            return self._html("front.html", {"links": self._links(self.pages[:5])}, self.changed)
        if path in self._places():
            return self._places()[path](query)
        if path.startswith("/category/"):
            return self._category(path.split("/")[2])
        if self.outlet.make == "listing" and (moved := self._moved(path, query)):
            return moved
        page = find(self.outlet, self.pages, path)
        return self._page(page, amp="amp" in query or path.rstrip("/").endswith("/amp")) if page else self._not_found()

    def _places(self) -> dict[str, Callable[[dict[str, list[str]]], Reply]]:
        feeds: dict[str, dict[str, Callable[[dict[str, list[str]]], Reply]]] = {
            "wordpress": {
                "/feed/": lambda _: self._xml("rss.xml", "application/rss+xml"),
                "/wp-json/wp/v2/posts": self._posts,
            },
            "sitemap": {
                "/sitemap-index.xml": lambda _: self._xml("sitemap-index.xml", "application/xml"),
                "/news-sitemap.xml": lambda _: self._xml("news-sitemap.xml", "application/xml"),
            },
            "atom": {"/atom.xml": lambda _: self._xml("atom.xml", "application/atom+xml")},
            "listing": {"/latest": self._listing},
            "chinese": {"/rss.xml": lambda _: self._xml("rss.xml", "text/xml")},
        }
        return feeds[self.outlet.make]

    @property
    def _encoding(self) -> str:
        return "gbk" if self.outlet.make == "chinese" else "utf-8"

    def _robots(self) -> str:
        closed = "Disallow: /members/\n" if any(page.closed for page in self.pages) else "Disallow: /wp-admin/\n"
        maps = f"Sitemap: {self.base}/sitemap-index.xml\n" if self.outlet.make == "sitemap" else ""
        return f"User-agent: *\n{closed}{maps}"

    def _links(self, shown: list[Page]) -> list[dict[str, Any]]:
        return [
            {"page": page, "href": announced(page, position), "guid": f"{self.base}/?p={page.number}"}
            for position, page in enumerate(shown)
        ]

    def _xml(self, template: str, content_type: str) -> Reply:
        shown = self.pages[:FEED_LENGTH] if self.outlet.make == "wordpress" else self.pages
        reply = self._render(template, {"links": self._links(shown)}, self.changed, "discovery")
        charset = "" if self.outlet.make == "chinese" else f"; charset={self._encoding}"
        return Reply(200, reply.body, content_type + charset, reply.headers, "discovery")

    def _posts(self, query: dict[str, list[str]]) -> Reply:
        status, found, headers = wordpress.posts(self.pages, query, self.base)
        body = json.dumps(found, ensure_ascii=False).encode()
        return Reply(status, body, "application/json; charset=UTF-8", headers, "discovery")

    def _listing(self, query: dict[str, list[str]]) -> Reply:
        number = int(query.get("page", ["1"])[0]) if query.get("page", ["1"])[0].isdigit() else 0
        shown = self._links(self.pages)[PER_LISTING * (number - 1) : PER_LISTING * number] if number else []
        if not shown:
            return self._not_found()
        last = -(-len(self.pages) // PER_LISTING)
        return self._html("listing.html", {"links": shown, "number": number, "last": last}, None, "discovery")

    def _category(self, section: str) -> Reply:
        shown = [page for page in self.pages if page.section == section]
        return self._html("front.html", {"links": self._links(shown)}, None) if shown else self._not_found()

    def _moved(self, path: str, query: dict[str, list[str]]) -> Reply | None:
        """An old address leads by `/go` (302, relative) and a permanent redirect (301, absolute) to the page."""
        number = path.removeprefix("/story/old/") if path.startswith("/story/old/") else query.get("to", [""])[0]
        page = next((page for page in self.pages if str(page.number) == number), None)
        if page is None:
            return None
        if path.startswith("/story/old/"):
            return Reply(302, b"", headers={"Location": f"/go?to={number}"}, kind="page")
        return Reply(301, b"", headers={"Location": self.base + path_of(page)}, kind="page")

    def _page(self, page: Page, *, amp: bool) -> Reply:
        if page.trouble in trouble.REPLIES:
            return trouble.reply(page)
        template = "amp.html" if amp else f"article-{self.outlet.make}.html"
        canonical = self.base + ("/" if self.outlet.make == "listing" else path_of(page))
        others = [other for other in self.pages if other.slug != page.slug and not other.closed]
        values = {
            "page": page,
            "url": self.base + path_of(page),
            "canonical": canonical,
            "amp": amp_of(page),
            "related": [(path_of(other), other.title) for other in others[:3]],
            "json_ld": _json_ld(page, self.base),
        }
        return self._html(template, values, page.modified, "page")

    def _not_found(self) -> Reply:
        return Reply(404, self._html("missing.html", {}, None).body, kind="page")

    def _html(self, template: str, values: dict[str, Any], changed: datetime | None, kind: Kind = "other") -> Reply:
        return self._render(template, values, changed, kind)

    def _render(self, template: str, values: dict[str, Any], changed: datetime | None, kind: Kind) -> Reply:
        text = _templates.get_template(template).render(
            outlet=self.outlet, base=self.base, changed=self.changed, encoding=self._encoding, **values
        )
        headers = {"Last-Modified": format_datetime(changed, usegmt=True)} if changed else {}
        # The Chinese outlet tells its charset inside the page only, as many do.
        content_type = "text/html" if self._encoding == "gbk" else "text/html; charset=utf-8"
        return Reply(200, text.encode(self._encoding, "xmlcharrefreplace"), content_type, headers, kind)


def _json_ld(page: Page, base: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": page.published.isoformat(),
        "dateModified": page.modified.isoformat(),
        "author": [{"@type": "Person", "name": page.author}],
        "publisher": {"@type": "Organization", "name": page.outlet.title, "url": base + "/"},
        "mainEntityOfPage": base + path_of(page),
        "description": page.deck,
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _conditional(reply: Reply, asked: dict[str, str]) -> Reply:
    """Adds an ETag, and answers 304 where the asker already has this very reply."""
    if reply.status != 200 or not isinstance(reply.body, bytes):
        return reply
    etag = f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
    headers = {**reply.headers, "ETag": etag}
    if "if-none-match" in asked:
        same = etag in asked["if-none-match"].replace("W/", "")
    else:
        same = _not_newer(reply.headers.get("Last-Modified"), asked.get("if-modified-since"))
    if same:
        return Reply(304, b"", reply.content_type, headers, reply.kind)
    return Reply(200, reply.body, reply.content_type, headers, reply.kind)


def _not_newer(changed: str | None, since: str | None) -> bool:
    if not changed or not since:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except ValueError:
        return False
