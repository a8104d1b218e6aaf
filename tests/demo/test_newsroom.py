"""The newsroom keeps its word: five outlets as real ones are, with every trap and trouble in its place."""

import json
import re
from collections import Counter
from pathlib import Path

import feedparser
import httpx
import pytest
from lxml import etree, html

from dealwatch.newsroom import Newsroom
from dealwatch.newsroom.addresses import path_of
from dealwatch.newsroom.planted import Claim, planted, score
from dealwatch.newsroom.server import NewsroomError
from dealwatch.newsroom.stories import Page, outlets, pages
from dealwatch.newsroom.watchlist import write_watchlist
from dealwatch.watchlist.sources import load_sources
from tests.demo.conftest import ROOT, edition

PLACES = {
    "harbour-tech": "/feed/",
    "trade-ledger": "/sitemap-index.xml",
    "counter-and-till": "/atom.xml",
    "straits-retail-post": "/latest?page=1",
    "maoxun": "/rss.xml",
}


def article(name: str, number: int = 1) -> Page:
    outlet, slug = name.split("/")
    return next(page for page in pages(outlets()[outlet], edition(number)) if page.slug == slug)


def url(newsroom: Newsroom, name: str) -> str:
    page = article(name, newsroom.edition.number)
    return newsroom.base(page.outlet.name) + path_of(page)


def get(address: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers=headers)


def test_five_outlets_with_forty_articles_and_twenty_deals() -> None:
    assert len(outlets()) == 5
    assert sum(len(outlet.articles) for outlet in outlets().values()) == 41
    assert len(planted()) == 20
    assert {outlet.make for outlet in outlets().values()} == {"wordpress", "sitemap", "atom", "listing", "chinese"}


def test_every_planted_story_is_there() -> None:
    known = {f"{outlet.name}/{one.slug}" for outlet in outlets().values() for one in outlet.articles}
    assert {story for deal in planted() for story in deal.stories} <= known


@pytest.mark.parametrize(
    ("outlet", "encoding"), [("harbour-tech", "utf-8"), ("counter-and-till", "utf-8"), ("maoxun", "gbk")]
)
def test_feeds_are_sound(first: Newsroom, outlet: str, encoding: str) -> None:
    feed = feedparser.parse(get(first.base(outlet) + PLACES[outlet]).content)
    assert not feed.bozo
    assert feed.encoding.lower() == encoding
    titles = {page.title for page in pages(outlets()[outlet], edition(1))}
    assert {entry.title for entry in feed.entries} <= titles
    assert all(entry.summary and "?" in entry.link for entry in feed.entries)


def test_the_sitemap_stands_behind_an_index(first: Newsroom) -> None:
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
    index = etree.fromstring(get(first.base("trade-ledger") + "/sitemap-index.xml").content)
    (inner,) = index.xpath("//s:sitemap/s:loc/text()", namespaces=spaces)
    news = etree.fromstring(get(inner).content)
    assert len(news.xpath("//s:url/n:news/n:title", namespaces=spaces)) == 8


def test_listing_pages_end(first: Newsroom) -> None:
    base = first.base("straits-retail-post")
    links = [
        html.fromstring(get(f"{base}/latest?page={number}").content).xpath("//td[@class='list']//a/@href")
        for number in (1, 2)
    ]
    assert all(link.startswith("story/") for found in links for link in found)
    assert len({link.partition("#")[0] for found in links for link in found}) == 7
    assert [get(f"{base}/latest?page={number}").status_code for number in (0, 3, 99)] == [404, 404, 404]


def test_wordpress_json_pages_filters_and_refuses(first: Newsroom) -> None:
    posts = first.base("harbour-tech") + "/wp-json/wp/v2/posts"
    answer = get(f"{posts}?per_page=4&page=3&_fields=link,modified_gmt")
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("10", "3")
    assert [sorted(post) for post in answer.json()] == [["link", "modified_gmt"]] * 2
    assert get(f"{posts}?page=9").status_code == 400
    assert get(f"{posts}?per_page=1000").json()["code"] == "rest_invalid_param"
    assert len(get(f"{posts}?after=2026-11-19T09:30:00").json()) == 3


@pytest.mark.parametrize("outlet", PLACES)
def test_unchanged_places_answer_304(first: Newsroom, outlet: str) -> None:
    address = first.base(outlet) + PLACES[outlet]
    fresh = get(address)
    assert fresh.status_code == 200
    assert get(address, **{"If-None-Match": fresh.headers["ETag"]}).status_code == 304
    assert get(address, **{"If-None-Match": '"other"'}).status_code == 200
    if "Last-Modified" in fresh.headers:
        assert get(address, **{"If-Modified-Since": fresh.headers["Last-Modified"]}).status_code == 304
        assert get(address, **{"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}).status_code == 200


def test_the_second_edition_changes_three_stories_and_nothing_else(first: Newsroom, second: Newsroom) -> None:
    changed = {
        f"{outlet.name}/{page.slug}"
        for outlet in outlets().values()
        for page, later in zip(pages(outlet, edition(1)), pages(outlet, edition(2)), strict=True)
        if page != later
    }
    assert changed == {
        "harbour-tech/jd-weighs-ceconomy-bid", "trade-ledger/walmart-backs-new-dada", "counter-and-till/till-roll-live",
    }  # fmt: skip
    rumour, signed = (get(url(room, "harbour-tech/jd-weighs-ceconomy-bid")).text for room in (first, second))
    assert "considers bid" in rumour and "€2.2 billion" not in rumour
    assert "€2.2 billion" in signed
    ill = "trade-ledger/walmart-backs-new-dada"
    assert (get(url(first, ill)).status_code, get(url(second, ill)).status_code) == (500, 200)


def test_troubles(first: Newsroom) -> None:
    assert get(url(first, "harbour-tech/correction-live-stream-figures")).status_code == 404
    wall = get(url(first, "counter-and-till/paypal-completes-gopay-purchase"))
    assert wall.status_code == 403 and "GoPay" in wall.text and "70%" not in wall.text
    binary = get(url(first, "counter-and-till/price-list-scan"))
    assert binary.headers["Content-Type"].startswith("text/html") and binary.content.startswith(b"%PDF")
    robots = get(first.base("trade-ledger") + "/robots.txt").text
    assert "Disallow: /members/" in robots and "/members/" in url(first, "trade-ledger/el-corte-ingles-tmall-dossier")


def test_the_huge_page_has_20_mb(first: Newsroom) -> None:
    with httpx.stream("GET", url(first, "trade-ledger/harbour-container-tables")) as answer:
        assert "Content-Length" not in answer.headers
        assert sum(len(piece) for piece in answer.iter_raw()) > 20_000_000


def test_the_endless_page_goes_on(first: Newsroom) -> None:
    with httpx.stream("GET", url(first, "counter-and-till/till-roll-live")) as answer:
        pieces = answer.iter_raw()
        assert b"customers at the till" in next(pieces) + next(pieces) + next(pieces)


def test_an_old_address_leads_to_the_page_in_two_steps(first: Newsroom) -> None:
    base = first.base("straits-retail-post")
    listed = get(f"{base}/latest?page=1").text + get(f"{base}/latest?page=2").text
    (old,) = re.findall(r'href="(story/old/\d+)"', listed)
    answer = httpx.get(f"{base}/{old}", follow_redirects=True)
    assert [step.status_code for step in answer.history] == [302, 301]
    assert str(answer.url) == url(first, "straits-retail-post/aliexpress-first-spanish-store")


@pytest.mark.parametrize(
    ("name", "traps"),
    [
        (
            "harbour-tech/jd-revenue-up-in-third-quarter",
            ["related-posts", "cookie-consent", "author-bio", "wp-comments-post", "newsletter", "og:title", "Farfetch"],
        ),
        ("trade-ledger/brussels-agrees-parcel-duty", ["ticker", "Intime", "related-posts", "about-author", "ld+json"]),
        ("counter-and-till/soy-trader-asks-amazon-growers", ["amphtml", "related-posts", "respond", "Yihaodian"]),
        ("straits-retail-post/regulator-fines-shein", ["author-box", "Tesco", "newsletter", "keywords"]),
        ("maoxun/20461", ["相关阅读", "沃尔玛旗舰店入驻京东", "author-card"]),
    ],
)  # fmt: skip
def test_pages_carry_what_real_ones_do(first: Newsroom, name: str, traps: list[str]) -> None:
    answer = get(url(first, name))
    text = answer.content.decode("gbk" if name.startswith("maoxun") else "utf-8")
    assert [trap for trap in traps if trap not in text] == []
    for block in article(name).blocks:
        assert block.text in text.replace("&#39;", "'").replace("&amp;", "&")


def test_why_it_matters_stands_on_every_wordpress_page(first: Newsroom) -> None:
    for page in pages(outlets()["harbour-tech"], edition(1)):
        if page.trouble is None:
            assert "Why it matters:" in get(first.base("harbour-tech") + path_of(page)).text


def test_json_ld_and_canonical_links(first: Newsroom) -> None:
    page = html.fromstring(get(url(first, "harbour-tech/ant-buys-slice-of-klarna")).content)
    data = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])
    assert data["headline"] == "Ant takes minority stake in Swedish payments firm Klarna"
    assert page.xpath("//link[@rel='canonical']/@href") == [url(first, "harbour-tech/ant-buys-slice-of-klarna")]
    homepage = html.fromstring(get(url(first, "straits-retail-post/costco-opens-first-china-store")).content)
    assert homepage.xpath("//link[@rel='canonical']/@href") == [first.base("straits-retail-post") + "/"]


@pytest.mark.parametrize("name", ["harbour-tech/ant-buys-slice-of-klarna", "counter-and-till/mytheresa-opens-on-jd"])
def test_amp_twins_tell_the_same(first: Newsroom, name: str) -> None:
    page = html.fromstring(get(url(first, name)).content)
    twin = httpx.URL(url(first, name)).join(page.xpath("//link[@rel='amphtml']/@href")[0])
    assert "<html amp" in get(str(twin)).text
    assert article(name).blocks[0].text in get(str(twin)).text


def test_the_reprint_repeats_the_story(first: Newsroom) -> None:
    original, reprint = (
        article(f"{outlet}/amazon-prepares-pinduoduo-store") for outlet in ("harbour-tech", "counter-and-till")
    )
    assert reprint.blocks[: len(original.blocks)] == original.blocks


def test_the_log_counts_what_was_asked() -> None:
    with Newsroom(edition(1)) as newsroom:
        base = newsroom.base("maoxun")
        get(base + "/robots.txt")
        etag = get(base + "/rss.xml").headers["ETag"]
        get(base + "/rss.xml", **{"If-None-Match": etag})
        get(base + "/news/20481.html")
        get(base + "/nothing")
        assert newsroom.counts() == Counter(
            {("robots", 200): 1, ("discovery", 200): 1, ("discovery", 304): 1, ("page", 200): 1, ("page", 404): 1}
        )


def test_the_same_edition_is_printed_the_same_twice() -> None:
    port, seen = None, []
    for _ in range(2):
        with Newsroom(edition(1), port) as newsroom:
            port = newsroom.port
            seen.append([get(newsroom.base(name) + place).content for name, place in PLACES.items()])
    assert seen[0] == seen[1]


def test_a_taken_port_is_told(first: Newsroom) -> None:
    with pytest.raises(NewsroomError, match=f"port {first.port} .*--fresh"):
        Newsroom(edition(1), first.port).open()
    with pytest.raises(NewsroomError, match=f"port {first.port} "):
        Newsroom(edition(1), first.port - 2).open()


def test_its_watchlist_is_valid(first: Newsroom, tmp_path: Path) -> None:
    target = tmp_path / "watchlist"
    write_watchlist(first, ROOT / "watchlist", target)
    sources = load_sources(target)
    assert set(sources) == set(outlets())
    assert all(source.politeness.allow_private for source in sources.values())
    assert not any(source.politeness.allow_private for source in load_sources(ROOT / "watchlist").values())


def test_scoring_tells_found_whole_split_and_false(first: Newsroom) -> None:
    ikea, hibbett = url(first, "maoxun/20479"), url(first, "trade-ledger/jd-sports-takes-hibbett")
    claims = [
        Claim("storefront", ("Ikea", "Tmall"), "inbound", "completed", (ikea,)),
        Claim("storefront", ("IKEA",), "inbound", "reported", (ikea + "?spm=1",)),
        Claim("acquisition", ("JD.com",), "outbound", "announced", (hibbett,)),
    ]
    result = score(claims, first)
    assert (result.planted, result.found, result.whole, result.split, result.false) == (19, 1, 1, 1, 1)
    assert "ikea-tmall" not in result.missed and len(result.missed) == 18
