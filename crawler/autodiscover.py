"""From an outlet's homepage to a draft of its source file: feeds, maps, WordPress JSON, patterns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
from parsel import Selector
from w3lib.encoding import html_to_unicode
from w3lib.html import get_base_url

from crawler import discovery
from crawler.check import sniff
from crawler.discovery.base import Answer, DiscoveryError, Reading
from crawler.shapes import looks_like_article, patterns
from crawler.trial import Get, Outcome, ask
from dealwatch.address import canonical, same_site
from dealwatch.errors import WatchlistError
from dealwatch.watchlist import sources
from dealwatch.watchlist.sources import Politeness, Source

FEEDS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
NEWS_MAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml")
MAPS = ("sitemap.xml", "sitemap_index.xml")
MOST_FEEDS = 3


@dataclass(slots=True)
class Homepage:
    """What the homepage says of the outlet. `links` are its own, canonical."""

    url: str
    title: str
    language: str | None
    feeds: list[str]
    wordpress: str | None
    links: list[str]


@dataclass(slots=True)
class Draft:
    """What was found, ready to be written down. `notes` say it to a person, one line each."""

    homepage: str
    title: str
    name: str
    language: str | None
    feeds: list[str] = field(default_factory=list)
    news_sitemaps: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    wordpress: list[str] = field(default_factory=list)
    listings: list[str] = field(default_factory=list)
    include: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.feeds or self.news_sitemaps or self.sitemaps or self.wordpress or self.listings)


def autodiscover(url: str, watchlist: Path, politeness: Politeness) -> Draft:
    """Ask the outlet at `url`. Raises WatchlistError where its homepage cannot be had. Once a process."""

    async def work(get: Get) -> Draft:
        return await draft(get, url, politeness)

    return ask(work, watchlist)


async def draft(get: Get, url: str, politeness: Politeness) -> Draft:
    asked = await get(url, politeness)
    home = read_homepage(_homepage(asked))
    out = Draft(home.url, home.title, name_of(home.url), home.language)
    search = _Search(get, politeness)
    robots = await get(urljoin(home.url, "/robots.txt"), politeness, robots=False)
    maps = _maps_of(robots)
    out.feeds = await search.some("feed", home.feeds, MOST_FEEDS)
    out.feeds = out.feeds or await search.some("feed", _paths(home.url, FEEDS), 1)
    out.news_sitemaps = await search.some("news_sitemap", [m for m in maps if "news" in m.lower()], 2)
    out.news_sitemaps = out.news_sitemaps or await search.some("news_sitemap", _paths(home.url, NEWS_MAPS), 1)
    posts = [home.wordpress] if home.wordpress else _paths(home.url, ("wp-json/wp/v2/posts",))
    out.wordpress = await search.some("wordpress", posts, 1)
    if not (out.news_sitemaps or out.wordpress):  # what has these needs no map of everything
        others = [m for m in maps if "news" not in m.lower()] or _paths(home.url, MAPS)
        out.sitemaps = await search.some("sitemap", others, 1)
    articles = [link for link in search.links if same_site(link, home.url)] or search.links
    if out.empty:
        articles = [link for link in home.links if looks_like_article(link)]
        out.listings = [home.url] if articles else []
    out.include = patterns(articles)
    out.notes = [f"the homepage {asked.error}; only its common paths were asked"] if asked.error else []
    out.notes += _notes(out, len(articles), search.asked)
    return out


class _Search:
    """Tries addresses and keeps those that answer with what was hoped for, and the links that they announce."""

    def __init__(self, get: Get, politeness: Politeness) -> None:
        self._get = get
        self._politeness = politeness
        self._tried: set[str] = set()
        self.asked = 0
        self.links: list[str] = []

    async def some(self, kind: str, urls: Iterable[str], most: int) -> list[str]:
        good: list[str] = []
        for url in urls:
            if len(good) == most:
                break
            if url in self._tried:
                continue
            self._tried.add(url)
            self.asked += 1
            outcome = await self._get(url, self._politeness)
            if outcome.answer is not None and outcome.error is None and self._is(kind, url, outcome.answer):
                good.append(url)
        return good

    def _is(self, kind: str, url: str, answer: Answer) -> bool:
        seen = sniff(answer)
        fits = {
            "feed": {"feed"},
            "news_sitemap": {"news sitemap", "sitemap index", "sitemap", "gzip"},
            "sitemap": {"sitemap", "sitemap index", "news sitemap", "gzip"},
            "wordpress": {"posts"},
        }
        if seen not in fits[kind]:
            return False
        reading = _read(kind, url, answer)
        if reading is None:
            return False
        self.links += [link.url for link in reading.found]
        return bool(reading.found or reading.more)


def _read(kind: str, url: str, answer: Answer) -> Reading | None:
    key = {"feed": "feeds", "news_sitemap": "news_sitemaps", "sitemap": "sitemaps", "wordpress": "wordpress"}[kind]
    place = next(iter(discovery.places(_source_with({key: (url,)}))))
    try:
        return place.read(place.first(), answer)
    except DiscoveryError:
        return None


def _source_with(discover: dict[str, Sequence[str]]) -> Source:
    found = sources.Discover.model_validate(discover)
    return Source(name="draft", title="draft", homepage="https://draft.invalid/", discover=found)


def _homepage(outcome: Outcome) -> Answer:
    """Of a homepage that answers but refuses, an empty one: its feeds and maps may be open."""
    if outcome.answer is None:
        why = (outcome.error or "no answer").replace("allow_private: true in the source", "--allow-private")
        raise WatchlistError(f"{outcome.url}: the homepage cannot be had: {why}; nothing was written")
    if outcome.error:
        return Answer(outcome.url, b"", outcome.answer.at)
    if sniff(outcome.answer) in {"feed", "sitemap", "sitemap index", "news sitemap", "posts"}:
        raise WatchlistError(f"{outcome.url}: is a {sniff(outcome.answer)}, not a homepage; give the outlet's homepage")
    return outcome.answer


def read_homepage(answer: Answer) -> Homepage:
    _, html = html_to_unicode(answer.content_type, answer.body)
    base = get_base_url(html, answer.url)
    page = Selector(html or "<html></html>")
    kinds = ("application/rss+xml", "application/atom+xml")
    feeds = [
        urljoin(base, link.attrib["href"])
        for link in page.css("link[rel~=alternate][href]")
        if link.attrib.get("type", "").lower() in kinds and "comment" not in str(link.attrib).lower()
    ]
    api = page.css('link[rel="https://api.w.org/"]::attr(href)').get()
    title = page.css('meta[property="og:site_name"]::attr(content)').get() or page.css("title::text").get() or ""
    lang = (page.css("html::attr(lang)").get() or "")[:2].lower()
    links = (
        canonical(urljoin(base, href.strip())) for href in page.css("a::attr(href)").getall() if _joins(base, href)
    )
    return Homepage(
        url=answer.url,
        title=_short(title) or name_of(answer.url),
        language=lang if re.fullmatch(r"[a-z]{2}", lang) else None,
        feeds=list(dict.fromkeys(url for url in feeds if _web(url))),
        wordpress=urljoin(urljoin(base, api), "wp/v2/posts") if api and _web(urljoin(base, api)) else None,
        links=list(dict.fromkeys(link for link in links if link and same_site(link, answer.url))),
    )


def name_of(url: str) -> str:
    """`https://www.retail-news.co.uk/` is `retail-news`."""
    host = urlsplit(url).hostname or ""
    is_ip = host.replace(".", "").isdigit()
    name = host if is_ip else (extract_domain(url, fast=True) or host).partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64].strip("-") or "outlet"


def _maps_of(robots: Outcome) -> list[str]:
    if robots.answer is None or robots.error:
        return []
    text = robots.answer.body[:500_000].decode("utf-8", "replace")
    named = (urljoin(robots.answer.url, url) for url in re.findall(r"(?im)^\s*sitemap:\s*(\S+)", text))
    return list(dict.fromkeys(url for url in named if _web(url)))[:20]


def _paths(home: str, paths: Sequence[str]) -> list[str]:
    """Below the homepage's folder, then below the host's root."""
    folder = home if home.endswith("/") else f"{home}/"
    folder = folder.partition("?")[0]
    root = urljoin(home, "/")
    return list(dict.fromkeys([urljoin(base, path) for base in (folder, root) for path in paths]))


def _web(url: str) -> bool:
    try:
        sources.Discover(feeds=(url,))
    except ValueError:
        return False
    return True


def _joins(base: str, href: str) -> bool:
    try:
        urljoin(base, href.strip())
    except ValueError:
        return False
    return True


def _short(title: str) -> str:
    title = " ".join(title.split())
    return re.split(r"\s+[|–—•·:-]\s+", title)[0][:80]


def _notes(out: Draft, articles: int, asked: int) -> Iterator[str]:
    for kind in ("feeds", "news_sitemaps", "sitemaps", "wordpress"):
        for url in getattr(out, kind):
            one = kind if kind == "wordpress" else kind.removesuffix("s")
            yield f"{one.replace('_', ' ')}: {url}"
    if out.listings:
        yield f"no feed, map or WordPress JSON answered ({asked} addresses asked): the homepage itself is the listing"
        yield "better: put a section front with {page} in its address under listings"
    if out.empty:
        yield f"nothing was found: no feed, map or WordPress JSON ({asked} addresses asked), no links like articles"
    elif out.include:
        yield f"include patterns come from {articles} links; look at them before the first crawl"
