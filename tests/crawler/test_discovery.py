"""What the places of discovery read from what outlets send: good, broken and hostile."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.base import Answer, DiscoveryError, Place, when
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import MAX_DEPTH, MAX_UNPACKED, NewsSitemap, Sitemap
from crawler.discovery.wordpress import WordPress
from dealwatch.watchlist import sources
from tests.crawler.outlet import item, rss

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://outlet.com/x"
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def answer(body: bytes | str, url: str = URL, content_type: str | None = None) -> Answer:
    return Answer(url, body.encode() if isinstance(body, str) else body, NOW, content_type)


def urlset(*entries: tuple[str, str]) -> str:
    urls = "".join(f"<url><loc>{loc}</loc><lastmod>{at}</lastmod></url>" for loc, at in entries)
    return f'<urlset xmlns="{SPACE}">{urls}</urlset>'


def read(place: Place, body: bytes | str, **keys: str) -> list[str]:
    return [link.url for link in place.read(place.first(), answer(body, **keys)).found]


def test_a_feed_gives_words_and_times_in_utc() -> None:
    summary = "<p>A <b>big</b> &amp; bold plan.</p><p>More.</p>"
    body = rss(item("/story", "Alibaba &amp; friends", summary=summary, at="Mon, 16 Nov 2026 08:00:00 +0800"))
    [link] = Feed(URL).read(Feed(URL).first(), answer(body)).found
    assert (link.url, link.title) == ("https://outlet.com/story", "Alibaba & friends")
    assert link.summary == "A big & bold plan.\nMore."
    assert link.published == link.modified == datetime(2026, 11, 16, tzinfo=UTC)


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    body = rss(item("/one", "One"), item("/two", "Two"))
    assert read(Feed(URL), body[: body.index(b"<title>Two")])[:1] == ["https://outlet.com/one"]


def test_times_ahead_of_now_are_left_to_the_frontier() -> None:
    body = rss(item("/one", "One", at="Fri, 01 Jan 2199 00:00:00 GMT"))
    [link] = Feed(URL).read(Feed(URL).first(), answer(body)).found
    assert link.published == link.modified == datetime(2199, 1, 1, tzinfo=UTC)
    assert when("2026-11-20T13:00:00+08:00") == datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_gzipped_map_is_unpacked_and_a_bomb_is_not() -> None:
    body = urlset(("https://outlet.com/a", "2026-11-19"))
    assert read(Sitemap(URL), gzip.compress(body.encode())) == ["https://outlet.com/a"]
    with pytest.raises(DiscoveryError, match="unpacks to more than 20 MB"):
        read(Sitemap(URL), gzip.compress(b" " * (MAX_UNPACKED + 1)))


def test_entities_of_a_map_are_not_expanded() -> None:
    urls = f'<urlset xmlns="{SPACE}"><url><loc>&a;</loc></url></urlset>'
    bomb = f'<!DOCTYPE x [<!ENTITY a "https://outlet.com/secret">]>{urls}'
    assert read(Sitemap(URL), bomb) == []


def test_an_index_within_an_index_comes_to_an_end() -> None:
    def index(name: str) -> Answer:
        loc = f"<sitemap><loc>https://outlet.com/{name}</loc></sitemap>"
        return answer(f'<sitemapindex xmlns="{SPACE}">{loc}</sitemapindex>')

    place = NewsSitemap(URL)
    ask = place.first()
    for level in range(MAX_DEPTH):
        [ask] = place.read(ask, index(f"{level}")).more
    with pytest.raises(DiscoveryError, match="nested"):
        place.read(ask, index("on"))


def test_a_first_crawl_takes_a_maps_newest_hundred_and_since_goes_by_its_date() -> None:
    days = [NOW - timedelta(days=20 + day) for day in range(300)]
    body = urlset(*((f"https://outlet.com/{n}", at.date().isoformat()) for n, at in enumerate(days)))
    assert read(Sitemap(URL), body) == [f"https://outlet.com/{n}" for n in range(100)]
    assert len(read(Sitemap(URL, since=NOW - timedelta(days=220)), body)) == 200


def test_wordpress_pages_back_until_nothing_is_left() -> None:
    post = {"link": "https://outlet.com/a", "modified_gmt": "2026-11-19T08:00:00", "title": {"rendered": "A &amp; B"}}
    place = WordPress("https://outlet.com/wp-json/wp/v2/posts?categories=7", since=datetime(2026, 1, 1, tzinfo=UTC))
    first = place.first()
    assert "?categories=7&" in first.url and "after=2026-01-01T00:00:00" in first.url
    reading = place.read(first, answer(json.dumps([post, {"link": None}, "junk"])))
    assert [(link.title, link.modified) for link in reading.found] == [("A & B", datetime(2026, 11, 19, 8, tzinfo=UTC))]
    second = place.following(first, reading, new=0)
    assert second is not None and second.url.endswith("page=2")
    end = place.read(second, answer('{"code": "rest_post_invalid_page_number"}'))
    assert place.following(second, end, new=0) is None


def test_a_listing_takes_links_by_place_and_shape_in_its_own_charset() -> None:
    listing = sources.Listing(url="https://outlet.cn/list/{page}", links=r"/\d+\.html$", css="main", pages=3)
    html = "<meta charset=gbk><main><a href='/1.html'>阿里</a><a href='//evil.com/'>x</a></main><a href='/2.html'>x</a>"
    place = Listing(listing)
    reading = place.read(place.first(), answer(html.encode("gbk"), "https://outlet.cn/list/1"))
    assert [link.url for link in reading.found] == ["https://outlet.cn/1.html"]
    assert place.following(place.first(), reading, new=0) is None
    following = Listing(listing).following(place.first(), reading, new=1)
    assert following is not None and following.url == "https://outlet.cn/list/2"


@pytest.mark.parametrize("place", [Feed(URL), Sitemap(URL), WordPress(URL), Listing(sources.Listing(url=URL))])
@settings(max_examples=60)
@given(
    body=st.one_of(
        st.binary(),
        st.text().map(lambda text: f'<urlset xmlns="{SPACE}"><url><loc>{text}</loc></url></urlset>'.encode()),
        st.text().map(lambda text: rss(f"<item><link>{text}</link></item>")),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["link", "title"]), x),
        ).map(lambda data: json.dumps(data).encode()),
    )
)
def test_whatever_a_place_sends_is_links_or_one_clear_error(place: Place, body: bytes) -> None:
    try:
        links = place.read(place.first(), answer(body)).found
    except DiscoveryError as error:
        assert "\n" not in str(error)
    else:
        assert all(link.url.startswith(("http://", "https://")) and link.key for link in links)
