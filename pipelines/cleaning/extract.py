"""One page of HTML in, what it says out. Pure: no disk, no network, no state."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.metadata import Document, examine_meta, extract_author, extract_meta_json, extract_title
from trafilatura.utils import repair_faulty_html

from pipelines.cleaning.charset import decode
from pipelines.cleaning.leftovers import without_leftovers
from pipelines.cleaning.page import CleanedPage, CleanError
from pipelines.cleaning.times import published_and_modified

MAX_BYTES = 5_000_000
MIN_CHARACTERS = 80
MIN_CHARACTERS_CHINESE = 30

_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")

# As trafilatura's own parser, but with every element one C-level class: lxml.html's lookup asks Python for each.
_PARSER = HTMLParser(  # the stubs do not know default_doctype
    collect_ids=False,
    default_doctype=False,
    encoding="utf-8",
    remove_comments=True,
    remove_pis=True,  # type: ignore[call-arg]
)
_PARSER.set_element_class_lookup(lxml.etree.ElementDefaultClassLookup(element=HtmlElement))


def clean(body: bytes, url: str, encoding: str | None = None) -> CleanedPage:
    """The story on the page `body` fetched from `url`; `encoding` is the HTTP header's charset, or None.

    Raises CleanError, with the reason, for what is no page or holds no story. May take very long on a hostile page:
    see `pool.Cleaner`.
    """
    if len(body) > MAX_BYTES:
        raise CleanError(f"the page is over {MAX_BYTES // 1_000_000} MB")
    try:
        tree = _parse(decode(body, encoding))
        return _read(tree, url)
    except CleanError:
        raise
    except MemoryError as error:
        raise CleanError("the page needs too much memory") from error
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError, lxml.etree.Error) as error:
        # trafilatura, htmldate and lxml raise all of these on pages made to break them.
        raise CleanError(f"the page cannot be read ({type(error).__name__}: {_one_line(str(error))[:100]})") from error


def _parse(html: str) -> HtmlElement:
    html = repair_faulty_html(html, html[:50].lower())
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=_PARSER)
    except lxml.etree.ParserError as error:
        raise CleanError("the page is empty") from error


def _read(tree: HtmlElement, url: str) -> CleanedPage:
    names = _names(tree)
    text = _text(tree, url)
    lang = _language(tree, text)
    published, modified = published_and_modified(tree, url, lang)
    title = _title(names, tree)
    return CleanedPage(
        title=title,
        text=_without_headline(text, title),
        author=_one_line(names.author or extract_author(tree)) or None,
        site=_one_line((names.sitename or "").lstrip("@")) or None,
        lang=lang,
        published=published.at if published else None,
        published_from=published.where if published else None,
        modified=modified.at if modified else None,
        modified_from=modified.where if modified else None,
        canonical_url=_canonical(tree, url),
    )


def _text(tree: HtmlElement, url: str) -> str:
    # Measured best on real pages: twice the default's speed, and better text (docs/quality.md, "The other figures").
    document = bare_extraction(tree, url=url, fast=True, favor_recall=True, include_comments=False)
    text = without_leftovers(document.text) if isinstance(document, Document) and document.text else ""
    least = MIN_CHARACTERS_CHINESE if _HAN.search(text) else MIN_CHARACTERS
    if len(text) < least:
        built = " (built by script?)" if tree.find(".//script") is not None else ""
        raise CleanError(f"only {len(text)} characters of text on the page{built}")
    return text


def _names(tree: HtmlElement) -> Any:
    """Title, author and site as the page's meta tags and JSON-LD give them."""
    names = examine_meta(tree)
    if names.author and " " not in names.author:
        names.author = None
    try:
        return extract_meta_json(tree, names)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return names  # JSON-LD of a shape that trafilatura does not foresee


def _title(names: Any, tree: HtmlElement) -> str:
    title = _one_line(names.title or extract_title(tree))
    site = _one_line(names.sitename)
    for mark in (" - ", " | ", " – ", " — ", "_", " · "):
        head, _, tail = title.rpartition(mark)
        if head and site and tail.strip().casefold() == site.casefold():
            return head.strip()
    return title


def _without_headline(text: str, title: str) -> str:
    """The headline is a field of its own; many pages repeat it above the story."""
    first, _, rest = text.partition("\n")
    return rest.lstrip() if rest and _one_line(first).casefold() == title.casefold() else text


def _language(tree: HtmlElement, text: str) -> str | None:
    """What the characters show beats what the page claims: `lang="en"` stands on many Chinese pages."""
    sample = text[:2000]
    if len(_KANA.findall(sample)) > 0.1 * len(sample):
        return "ja"
    if len(_HAN.findall(sample)) > 0.3 * len(sample):
        return "zh"
    claimed = [tree.get("lang"), tree.get("xml:lang")]
    claimed += tree.xpath(".//meta[@property='og:locale' or @http-equiv='content-language']/@content")
    for name in claimed:
        code = re.match(r"[A-Za-z]{2}(?![A-Za-z])", (name or "").strip())
        if code and code[0].lower() not in ("zh", "ja"):
            return code[0].lower()
    return None


def _canonical(tree: HtmlElement, url: str) -> str | None:
    for link in tree.iterfind(".//link[@rel='canonical']"):
        address: str = urljoin(url, (link.get("href") or "").strip())
        if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname:
            return address
    return None


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
