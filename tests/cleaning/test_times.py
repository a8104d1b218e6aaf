"""When a story was published, and where that was found."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealwatch import clock
from pipelines.clean import clean
from pipelines.cleaning.times import parse_time
from tests.cleaning.conftest import BODY_CHINESE, page

URL = "https://news.example/story"
EIGHT = datetime(2019, 11, 25, 8, 0, tzinfo=UTC)


def _json(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("head", "url", "at", "where"),
    [
        (_json('{"@type": "NewsArticle", "datePublished": "2019-11-25T16:00:00+08:00"}'), URL, EIGHT, "json-ld"),
        (
            _json('{"@graph": [{"@type": "WebPage", "datePublished": "2018-01-01T00:00:00Z"},'
                  ' {"@type": ["Article"], "datePublished": "2019-11-25T08:00:00Z"}]}'),
            URL, EIGHT, "json-ld",
        ),
        ('<meta property="article:published_time" content="2019-11-25T08:00:00Z">', URL, EIGHT, "meta"),
        ('<meta name="pubdate" content="Mon, 25 Nov 2019 03:00:00 -0500">', URL, EIGHT, "meta"),
        ('<meta name="publishdate" content="2019-11-25 08:00:00">', URL, EIGHT, "meta, zone guessed"),
        ('<meta name="date" content="2019-11-25">', URL, datetime(2019, 11, 25, tzinfo=UTC), "meta, day only"),
        ('<meta name="date" content="1574668800">', URL, EIGHT, "meta"),
        ("", "https://news.example/2019/11/25/story", datetime(2019, 11, 25, tzinfo=UTC), "url, day only"),
        (_json("{broken") + '<meta name="pubdate" content="2019-11-25T08:00:00Z">', URL, EIGHT, "meta"),
    ],
)  # fmt: skip
def test_published(head: str, url: str, at: datetime, where: str) -> None:
    found = clean(page(head=head).encode(), url)
    assert (found.published, found.published_from) == (at, where)


def test_time_elements_and_change() -> None:
    times = (
        '<time class="entry-date published" datetime="2019-11-25T16:00:00+08:00">25 November</time>'
        '<time class="updated" datetime="2019-11-26T16:00:00+08:00">26 November</time>'
    )
    found = clean(page(before=times).encode(), URL)
    assert (found.published, found.published_from) == (EIGHT, "time")
    assert (found.modified, found.modified_from) == (EIGHT + timedelta(days=1), "time")


def test_a_chinese_page_without_a_zone_keeps_chinese_time() -> None:
    html = page(BODY_CHINESE, head='<meta name="publishdate" content="2019年11月25日 16:00">')
    found = clean(html.encode(), URL)
    assert (found.published, found.published_from) == (EIGHT, "meta, zone guessed")


def test_a_clock_in_the_future_is_not_believed() -> None:
    future = clock.iso(clock.now() + timedelta(days=30))
    found = clean(page(head=f'<meta property="article:published_time" content="{future}">').encode(), URL)
    assert found.published is None


def test_a_change_before_publication_is_not_believed() -> None:
    head = _json(
        '{"@type": "Article", "datePublished": "2019-11-25T08:00:00Z", "dateModified": "2019-11-20T08:00:00Z"}'
    )
    found = clean(page(head=head).encode(), URL)
    assert (found.published, found.modified) == (EIGHT, None)


@given(st.one_of(st.text(max_size=40), st.integers(), st.none(), st.booleans(), st.from_regex(r"\d{1,14}")))
def test_any_value_is_a_time_with_a_zone_or_none(value: object) -> None:
    parsed = parse_time(value, UTC)
    assert parsed is None or parsed[0].tzinfo is not None
