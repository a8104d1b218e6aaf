"""What a page says: text, names, language, canonical address, and clear reasons where it says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean import CleanedPage, CleanError, clean
from tests.cleaning.conftest import BODY, BODY_CHINESE, page

URL = "https://news.example/2019/11/25/amazon-pinduoduo/"


def test_the_story_and_nothing_else() -> None:
    html = page(
        before='<p class="byline">By <a rel="author" href="/a">Ann Lee</a></p>',
        after='<div class="related-posts"><h3>Related</h3><a href="/x">Alibaba buys a grocer</a></div>',
    )
    found = clean(html.encode(), URL)
    assert [line for line in found.text.splitlines() if line in BODY] == BODY
    assert "All rights reserved" not in found.text
    assert "Alibaba buys a grocer" not in found.text
    assert found.text_source == "page"


def test_names_from_meta_and_json_ld() -> None:
    head = (
        '<meta property="og:site_name" content="Harbour News"><meta name="author" content="Ann Lee">'
        '<meta property="og:title" content="Amazon opens on Pinduoduo - Harbour News">'
    )
    found = clean(page(head=head).encode(), URL)
    assert (found.title, found.author, found.site) == ("Amazon opens on Pinduoduo", "Ann Lee", "Harbour News")


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://news.example/a/", "https://news.example/a/"),
        ("/a/", "https://news.example/a/"),
        ("//other.example/a", "https://other.example/a"),
        ("https://news.example/", "https://news.example/"),
        ("javascript:alert(1)", None),
        ("", URL),
    ],
)
def test_canonical_address_is_made_absolute_as_written(href: str, expected: str | None) -> None:
    found = clean(page(head=f'<link rel="canonical" href="{href}">').encode(), URL)
    assert found.canonical_url == expected


@pytest.mark.parametrize(
    ("claimed", "paragraphs", "expected"),
    [
        ("en-GB", BODY, "en"),
        ("en", BODY_CHINESE, "zh"),
        ("zh-CN", BODY_CHINESE, "zh"),
        ("zh", BODY, None),
        ("", BODY, None),
    ],
)
def test_language_is_what_the_characters_show(claimed: str, paragraphs: list[str], expected: str | None) -> None:
    assert clean(page(paragraphs, lang=claimed).encode(), URL).lang == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "PNG"),
        (b"\x1f\x8b\x08\x00" + b"\1\2\3" * 50, "gzip"),
        (bytes(range(256)) * 20, "binary"),
        (b"<html><body><div id=root></div><script>start()</script></body></html>", "built by script"),
        (b"<html><body><p>Not found</p></body></html>", "characters of text"),
        (b"x" * 5_000_001, "over 5 MB"),
        (b"<!-- nothing -->", "empty|characters of text"),
    ],
)
def test_what_is_no_story_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(CleanError, match=reason) as caught:
        clean(body, URL)
    assert "\n" not in str(caught.value)


_BITS = st.sampled_from(
    ["<p>", "</p>", "<div class=", "'", '"', ">",
     "<script type='application/ld+json'>", "{", "}", '"@type":', "[[", "</",
     "<table><tr><td>", "<br>", "&#0;", "&#xd800;", "\0", "<![CDATA[", "<!--", "<svg>", "<time datetime='", "的", "é",
     "<html lang=", "<meta property='og:title' content='", '"datePublished": "9999-12-31T23:59:59-12:00"', "word " * 40]
)  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=600), st.lists(_BITS, max_size=40).map(lambda bits: "".join(bits).encode("utf-8", "replace"))
    ),
    st.sampled_from([None, "utf-8", "gbk", "latin-1", "utf-7", "nonsense", "big5", "iso-2022-jp", "utf-16"]),
    st.sampled_from([URL, "", "http://[", "not an address"]),
)
def test_any_bytes_give_a_page_or_a_reason(body: bytes, encoding: str | None, url: str) -> None:
    try:
        found = clean(body, url, encoding)
    except CleanError as error:
        assert str(error)
        return
    assert isinstance(found, CleanedPage)
    found.text.encode("utf-8")
    found.title.encode("utf-8")
    assert found.published is None or found.published.tzinfo is not None
