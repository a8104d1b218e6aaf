"""`watchlist/sources/*.yaml`: the outlets. One file an outlet, named like it."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from dealwatch.errors import WatchlistError
from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.load import Document, Model, read_document, validate, yaml_files

PlaceKind = Literal["feed", "news_sitemap", "sitemap", "wordpress", "listing"]


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s<>\"\\]", text):
        raise ValueError("is not a web address; write it in full, as in https://outlet.com/feed")
    if parts.username is not None:
        raise ValueError("holds a user name; a source file must hold no secrets, take it out")
    return text


def _page_address(text: str) -> str:
    _web_address(text)
    if re.search(r"[{}]", text.replace("{page}", "")):
        raise ValueError("may hold {page} and no other braces")
    return text


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return text


def _cron_line(text: str) -> str:
    cron(text)
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]
Regex = Annotated[str, Field(min_length=1), AfterValidator(_regex)]


class Listing(Model):
    """A page of links (a section front), for outlets without feeds or maps, and for back-fill."""

    url: Annotated[str, AfterValidator(_page_address)]
    """`{page}` stands for the number of the page."""
    links: Regex | None = None
    """Searched in each full link address; links that do not match are no articles. Default: the source's `include`."""
    css: str | None = None
    """Only links inside the elements that this CSS selector finds."""
    pages: int = Field(default=1, ge=1, le=50)
    """How many pages an ordinary crawl walks. A back-fill walks on as long as there are new links."""
    first_page: int = Field(default=1, ge=0, le=1)
    """The number that the first page goes by."""

    @model_validator(mode="after")
    def _can_paginate(self) -> "Listing":
        if self.pages > 1 and "{page}" not in self.url:
            raise ValueError("pages is more than 1, but the url does not say where the number goes; put {page} in it")
        return self

    def page(self, number: int) -> str:
        """The address of the page `number` steps (from 0) after the first."""
        return self.url.replace("{page}", str(self.first_page + number))


class Discover(Model):
    """Where new articles are announced."""

    feeds: tuple[WebAddress, ...] = ()
    news_sitemaps: tuple[WebAddress, ...] = ()
    """Sitemaps of the last days, with titles and times; or an index of such."""
    sitemaps: tuple[WebAddress, ...] = ()
    """Sitemaps of everything; or an index of such."""
    wordpress: tuple[WebAddress, ...] = ()
    """The posts collection: https://outlet.com/wp-json/wp/v2/posts, with ?categories=7 to narrow it."""
    listings: tuple[Listing, ...] = ()

    @model_validator(mode="after")
    def _somewhere(self) -> "Discover":
        if not any(True for _ in self.places()):
            raise ValueError(
                "names no address; give at least one of feeds, news_sitemaps, sitemaps, wordpress, listings"
            )
        return self

    def places(self) -> Iterator[tuple[PlaceKind, str]]:
        """Each (kind, address), feeds first; a listing with its first page."""
        for url in self.feeds:
            yield "feed", url
        for url in self.news_sitemaps:
            yield "news_sitemap", url
        for url in self.sitemaps:
            yield "sitemap", url
        for url in self.wordpress:
            yield "wordpress", url
        for listing in self.listings:
            yield "listing", listing.page(0)


class Politeness(Model):
    """robots.txt is always obeyed; it is no setting."""

    delay: float = Field(default=2.0, ge=0, le=120)
    """Least seconds between two requests; AutoThrottle and Crawl-delay may make it more, never less."""
    concurrency: int = Field(default=1, ge=1, le=8)
    """Most requests at the same time."""
    timeout: float = Field(default=30.0, gt=0, le=300)
    """Seconds for one answer, its body included."""
    deadline: float = Field(default=900.0, gt=0, le=86400)
    """Seconds after which a crawl of this source ends; what is pending waits for the next."""
    max_pages: int = Field(default=200, ge=1, le=100_000)
    """Most articles fetched in one crawl; the rest waits for the next."""
    allow_private: bool = False
    """Lets the crawler ask addresses on this machine or its network: for an outlet that you run yourself."""


class Expect(Model):
    """What a healthy source brings; `dealwatch status` warns where it does not."""

    articles_per_week: int = Field(default=0, ge=0)


class Source(Model):
    """One outlet."""

    name: str = Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")
    """Small letters, digits and dashes; the file's name without `.yaml`."""
    title: str = Field(min_length=1)
    homepage: WebAddress
    language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    """ISO 639-1; null where it differs from story to story."""
    discover: Discover
    include: tuple[Regex, ...] = ()
    """Regular expressions, searched in the full address; an article matches at least one. Empty: all do."""
    exclude: tuple[Regex, ...] = ()
    """An address that matches one of these is no article."""
    schedule: Annotated[str, AfterValidator(_cron_line)] = "7 * * * *"
    """Five-field cron line, in UTC."""
    politeness: Politeness = Politeness()
    keep_text_days: int = Field(default=90, ge=1)
    """Days that the text is kept: publishers own it. Title, address and quotes stay."""
    expect: Expect = Expect()
    checked: date | None = None
    """The day on which `dealwatch sources check --write` found every address in order; null: never tried."""
    spider: str | None = Field(default=None, pattern=r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")
    """Dotted path of a subclass of the generic spider, for an outlet that needs code of its own."""

    @property
    def picks(self) -> str:
        """A short name for how links are picked: another one after an edit of the patterns."""
        picking = self.model_dump_json(include={"discover", "include", "exclude", "spider"})
        return hashlib.sha256(picking.encode()).hexdigest()[:16]

    def wants(self, url: str) -> bool:
        """Whether `url` is an article's by the include and exclude patterns."""
        if self.include and not any(re.search(pattern, url) for pattern in self.include):
            return False
        return not any(re.search(pattern, url) for pattern in self.exclude)


def source_files(watchlist: Path) -> list[Path]:
    return yaml_files(watchlist / "sources")


def load_sources(watchlist: Path) -> dict[str, Source]:
    """Every source by name, in the order of the names. Raises WatchlistError naming every mistake in every file."""
    problems: list[str] = []
    loaded: list[tuple[Document, Source]] = []
    for path in source_files(watchlist):
        try:
            document = read_document(path)
            loaded.append((document, read_source(document)))
        except WatchlistError as error:
            problems.append(str(error))
    problems += _doubled(loaded)
    if problems:
        raise WatchlistError("\n".join(problems))
    return {source.name: source for _, source in sorted(loaded, key=lambda pair: pair[1].name)}


def read_source(document: Document) -> Source:
    """One file's source. Raises WatchlistError."""
    if not isinstance(document.data, dict):
        raise document.error((), "is not a source; it must hold keys such as name, title, homepage, discover")
    source = validate(Source, document)
    if source.name != document.path.stem:
        raise document.error(
            ("name",), f"{source.name!r} is not the file's name; rename the file to {source.name}.yaml"
        )
    return source


def pick(sources: dict[str, Source], names: Iterable[str]) -> dict[str, Source]:
    """The sources called `names`; all where there are none. Raises WatchlistError for a name that is not listed."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in sources:
            near = difflib.get_close_matches(name, sources, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "dealwatch sources list names them all"
            raise WatchlistError(f"{name}: no such source; {hint}")
    return {name: sources[name] for name in wanted} if wanted else dict(sources)


def _doubled(loaded: list[tuple[Document, Source]]) -> list[str]:
    """A message for every name, homepage or discovery address that stands in two files."""
    problems = []
    first_with: dict[tuple[str, str], Path] = {}
    for document, source in loaded:
        marks = [("name", source.name, "name"), ("homepage", source.homepage, "homepage")]
        marks += [("discover", url, "discovery address") for _, url in source.discover.places()]
        for field, value, what in marks:
            first = first_with.setdefault((what, _bare(value)), document.path)
            if first != document.path:
                problems.append(
                    str(document.error((field,), f"the {what} {value} stands in {first} too; take it out of one"))
                )
    return problems


def _bare(address: str) -> str:
    """An address as people compare it: without scheme, www. and trailing slash."""
    return re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE).rstrip("/").lower()
