"""`dealwatch sources add`: an outlet's feeds, maps and WordPress JSON found, and a file that works written."""

import json

import pytest

from crawler.autodiscover import name_of, read_homepage
from crawler.discovery.base import Answer
from dealwatch.clock import now
from dealwatch.watchlist.sources import load_sources
from tests.crawler.outlet import Outlet, Reply, item, rss
from tests.sources.conftest import Desk

MAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {more}>{urls}</urlset>'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def stories(outlet: Outlet, count: int = 5) -> list[str]:
    return [outlet.url(f"/2026/11/{day:02}/story-number-{day}/") for day in range(1, count + 1)]


def home(outlet: Outlet, head: str = "", body: str = "") -> None:
    html = (
        f"<!doctype html><html lang=en-GB><head><title>The Paper | Home</title>{head}</head><body>{body}</body></html>"
    )
    outlet.serve("/", Reply(html.encode()))


def sitemap(urls: list[str], more: str = "") -> Reply:
    body = MAP.format(more=more, urls="".join(f"<url><loc>{url}</loc></url>" for url in urls))
    return Reply(body.encode(), type="application/xml")


def test_a_wordpress_outlet_with_everything(desk: Desk) -> None:
    outlet = desk.outlet()
    urls = stories(outlet)
    home(
        outlet,
        '<link rel=alternate type="application/rss+xml" href="/feed/">'
        '<link rel=alternate type="application/rss+xml" title="Comments Feed" href="/comments/feed/">'
        '<link rel="https://api.w.org/" href="/wp-json/">',
    )
    outlet.serve("/feed/", Reply(rss(*(item(url, "A story") for url in urls)), type="application/rss+xml"))
    posts = [{"link": url, "date_gmt": "2026-11-01T00:00:00", "title": {"rendered": "A"}} for url in urls]
    outlet.serve("/wp-json/wp/v2/posts", Reply(json.dumps(posts).encode(), type="application/json"))
    outlet.serve("/robots.txt", Reply(f"Sitemap: {outlet.url('/maps/news.xml')}\n".encode(), type="text/plain"))
    outlet.serve("/maps/news.xml", sitemap(urls, NEWS))
    result = desk.run("sources", "add", outlet.url(), "--name", "the-paper", "--allow-private")
    assert result.code == 0, result.err
    paper = load_sources(desk.watchlist)["the-paper"]
    assert (paper.title, paper.language, paper.checked) == ("The Paper", "en", None)
    assert list(paper.discover.places()) == [
        ("feed", outlet.url("/feed/")),
        ("news_sitemap", outlet.url("/maps/news.xml")),
        ("wordpress", outlet.url("/wp-json/wp/v2/posts")),
    ]
    assert all(paper.wants(url) for url in urls)
    assert not paper.wants(outlet.url("/category/news/"))
    assert outlet.hits("/comments/feed/") == 0
    assert {headers["User-Agent"].split("/")[0] for _, headers in outlet.asked} == {"Dealwatch"}
    checked = desk.run("sources", "check", "--json")
    assert checked.code == 0, checked.out + checked.err
    assert [(row["kind"], row["found"], row["articles"]) for row in checked.rows] == [
        ("feed", "feed", 5),
        ("news_sitemap", "news sitemap", 5),
        ("wordpress", "posts", 5),
    ]
    before = desk.file("the-paper").read_text()
    again = desk.run("sources", "add", outlet.url(), "--name", "the-paper", "--allow-private")
    assert again.code == 2
    assert "is there already; --force writes over it" in again.err
    assert desk.file("the-paper").read_text() == before


def test_common_paths_are_tried_where_nothing_is_said_and_robots_is_obeyed(desk: Desk) -> None:
    outlet = desk.outlet()
    home(outlet)
    outlet.serve("/robots.txt", Reply(b"User-agent: *\nDisallow: /feed\n", type="text/plain"))
    outlet.serve("/feed/", Reply(rss(item(outlet.url("/2026/11/01/a/"), "A")), type="application/rss+xml"))
    outlet.serve("/sitemap.xml", sitemap(stories(outlet)))
    result = desk.run("sources", "add", outlet.url(), "--name", "mapped", "--allow-private")
    assert result.code == 0, result.err
    assert [kind for kind, _ in load_sources(desk.watchlist)["mapped"].discover.places()] == ["sitemap"]
    assert outlet.hits("/feed/") == 0


def test_with_nothing_but_links_the_homepage_becomes_the_listing(desk: Desk) -> None:
    outlet = desk.outlet()
    links = "".join(f"<a href='/a/{number}.html'>Story</a>" for number in range(10_001, 10_008))
    home(outlet, body=links + "<a href='/about'>About</a>")
    result = desk.run("sources", "add", outlet.url(), "--name", "listed", "--allow-private")
    assert result.code == 0, result.err
    assert "the homepage itself is the listing" in result.out
    listed = load_sources(desk.watchlist)["listed"]
    assert list(listed.discover.places()) == [("listing", outlet.url("/"))]
    assert listed.wants(outlet.url("/a/10001.html"))
    assert not listed.wants(outlet.url("/about"))


def test_where_nothing_is_found_a_clear_word_and_no_file(desk: Desk) -> None:
    outlet = desk.outlet()
    home(outlet, body="<a href='/about'>About</a><a href='http://[bad'>Broken</a>")
    result = desk.run("sources", "add", outlet.url(), "--name", "empty", "--allow-private")
    assert result.code == 2
    assert "write" in result.err
    assert "with a listing" in result.err
    assert list((desk.watchlist / "sources").iterdir()) == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:9/", "leads inward (--allow-private opts out)"),
        ("http://169.254.169.254/", "link-local"),
        ("ftp://paper.example/", "only http and https"),
    ],
)
def test_addresses_that_cannot_be_asked(desk: Desk, address: str, said: str) -> None:
    result = desk.run("sources", "add", address, "--name", "x")
    assert (result.code, list((desk.watchlist / "sources").iterdir())) == (2, [])
    assert said in result.err
    assert len(result.err.splitlines()) == 1


def test_a_title_full_of_markup_still_makes_a_file_in_order(desk: Desk) -> None:
    outlet = desk.outlet()
    home(outlet, '<meta property="og:site_name" content="No: \'{x}\' # &amp; &#1;\n - &quot;">')
    outlet.serve("/rss", Reply(rss(item(outlet.url("/n/a-b-c"), "A")), type="application/rss+xml"))
    result = desk.run("sources", "add", outlet.url(), "--name", "no", "--allow-private")
    assert result.code == 0, result.err
    assert load_sources(desk.watchlist)["no"].title.startswith("No: '{x}' # &")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.retail-news.co.uk/", "retail-news"),
        ("https://e.vnexpress.net/news", "vnexpress"),
        ("https://36kr.com/", "36kr"),
        ("http://127.0.0.1:8000/", "127-0-0-1"),
        ("https://界面.example/", "outlet"),
    ],
)
def test_names_from_addresses(url: str, name: str) -> None:
    assert name_of(url) == name


def test_a_homepage_of_rubbish_is_read_without_an_error() -> None:
    page = read_homepage(Answer("https://paper.example/", b"\x00\xff<html lang=><link rel=alternate href>", now()))
    assert (page.language, page.feeds, page.links, page.title) == (None, [], [], "paper")
