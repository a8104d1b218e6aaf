"""Patterns from examples: the regular expressions that an outlet's article addresses have in common. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

MOST = 4
_SLUG = re.compile(r"[^/]*[^\W\d_]+(?:[-_][^\W_]+){2,}[^/]*")
_FILE = re.compile(r"(\.(?:s?html?|php|aspx?|jsp))$")
_NOT_ARTICLES = re.compile(
    r"/(?:tags?|topics?|category|categories|author|authors|page|search|login|signin|subscribe|about|contact|privacy|terms"
    r"|advertise|jobs|careers|newsletters?|events?|wp-content|cdn-cgi)(?:/|$|-)",
    re.IGNORECASE,
)


def looks_like_article(url: str) -> bool:
    """Whether the address alone says so: a date, a long number or a slug of several words in its path."""
    path = urlsplit(url).path
    if _NOT_ARTICLES.search(path):
        return False
    last = path.rstrip("/").rpartition("/")[2]
    dated = re.search(r"/(?:19|20)\d{2}[/-]?(?:0[1-9]|1[0-2])", path) is not None
    return dated or re.search(r"\d{5,}", last) is not None or _SLUG.fullmatch(last) is not None


def patterns(urls: Sequence[str]) -> list[str]:
    """At most four include patterns, which together fit at least nine in ten of `urls`; the commonest shape first.

    Where that takes more, one pattern for each host that just asks for its articles' last part.
    """
    if not urls:
        return []
    shapes = Counter(_shape(url) for url in urls)
    chosen: list[str] = []
    covered = 0
    for shape, count in shapes.most_common(MOST):
        chosen.append(shape)
        covered += count
        if covered >= 0.9 * len(urls):
            return chosen
    hosts = Counter(_host(url) for url in urls).most_common(MOST)
    return [f"{host}/.+" for host, _ in hosts]


def _shape(url: str) -> str:
    """The address with its host kept, numbers as `\\d+`, years as `20\\d\\d`, the last part as anything; the sections
    between stay open."""
    path = urlsplit(url).path
    *front, last = path.strip("/").split("/")
    shape = "".join(f"/{_part(part)}" for part in front)
    return _host(url) + shape + "/" + _last(last)


def _host(url: str) -> str:
    host = urlsplit(url).netloc.lower().removeprefix("www.")
    return r"^https?://(?:www\.)?" + re.escape(host)


def _part(part: str) -> str:
    if re.fullmatch(r"20\d\d", part):
        return r"20\d\d"
    if re.fullmatch(r"20\d\d-\d\d-\d\d", part):
        return r"20\d\d-\d\d-\d\d"
    if part.isdigit():
        return r"\d+"
    return re.escape(part) if part in {"news", "article", "articles", "story", "stories", "p", "a"} else "[^/]+"


def _last(last: str) -> str:
    ending = _FILE.search(last)
    tail = re.escape(ending[1]) if ending else ""
    stem = last[: len(last) - len(ending[1])] if ending else last
    if stem.isdigit():
        return r"\d+" + tail
    if re.fullmatch(r".*\D\d{5,}", stem):
        return r"[^/?#]*\d+" + tail
    return "[^/?#]+" + tail
