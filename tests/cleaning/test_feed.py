"""The feed's words and times, where the page has none or worse."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean import CleanedPage, CleanError
from pipelines.cleaning.feed import from_feed, plain, with_feed

AT = datetime(2019, 11, 25, 8, 0, tzinfo=UTC)


def test_markup_and_signature_are_taken_out() -> None:
    html = (
        "<p>Amazon &amp; Pinduoduo</p><p>open a <b>store</b>.<br/>Soon.</p><script>alert(1)</script><!-- x -->"
        "<p>The post Amazon appeared first on <a href='/'>Harbour News</a>.</p>"
    )
    assert plain(html) == "Amazon & Pinduoduo\nopen a store.\nSoon."


def test_a_story_of_the_feeds_words() -> None:
    page = from_feed("Amazon &amp; Pinduoduo", "<p>A store.</p>", "en")
    assert (page.title, page.text, page.lang, page.text_source) == ("Amazon & Pinduoduo", "A store.", "en", "feed")
    assert from_feed("Amazon opens", None, None).text == "Amazon opens"


@pytest.mark.parametrize("title", [None, "", " <b> </b> "])
def test_no_words_no_story(title: str | None) -> None:
    with pytest.raises(CleanError, match="no title"):
        from_feed(title, "words", "en")


@pytest.mark.parametrize(
    ("page_time", "where", "expected"),
    [
        (None, None, (AT, "feed")),
        (AT - timedelta(hours=8), "meta, zone guessed", (AT, "feed")),
        (AT.replace(hour=0), "url, day only", (AT, "feed")),
        (AT - timedelta(hours=1), "json-ld", (AT - timedelta(hours=1), "json-ld")),
        (AT - timedelta(days=9), "url, day only", (AT - timedelta(days=9), "url, day only")),
    ],
)
def test_the_feeds_exact_time_beats_a_guess(
    page_time: datetime | None, where: str | None, expected: tuple[datetime, str]
) -> None:
    page = CleanedPage(title="A", text="B", published=page_time, published_from=where)
    found = with_feed(page, "feed title", "zh", AT, None)
    assert (found.published, found.published_from) == expected
    assert (found.title, found.lang) == ("A", "zh")


@given(st.text(max_size=200))
def test_any_summary_becomes_plain_lines(summary: str) -> None:
    assert all(line == " ".join(line.split()) and line for line in plain(summary).split("\n") if plain(summary))
