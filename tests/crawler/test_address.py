"""One address however it is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealwatch.address import canonical, key, same_site

PAGE = "https://outlet.com/2026/11/amazon-opens-store"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://outlet.com/2026/11/amazon-opens-store#comments",
        "https://outlet.com/2026/11/amazon-opens-store?utm_source=rss&utm_medium=feed",
        "https://outlet.com/2026/11/amazon-opens-store?fbclid=abc&gclid=1&spm=a1.b2&mc_cid=7",
        "https://outlet.com/2026/11/amazon-opens-store?from=singlemessage&isappinstalled=0",
        "https://outlet.com:443/2026/11/amazon-opens-store",
        "HTTPS://Outlet.COM/2026/11/amazon-opens-store",
        "https://outlet.com/2026/./10/../11/amazon-opens-store",
        "https://outlet.com/2026/11/amazon%2Dopens%2dstore",
        "https://outlet.com/2026/11/amazon-opens-store/amp/",
        "https://outlet.com/amp/2026/11/amazon-opens-store",
        "https://outlet.com/2026/11/amazon-opens-store?amp=1",
        "https://outlet.com/2026/11/amazon-opens-store?outputType=amp",
        "https://amp.outlet.com/2026/11/amazon-opens-store",
        "https://reader:secret@outlet.com/2026/11/amazon-opens-store",
        "https://outlet.com\\2026\\11\\amazon-opens-store",
        "  https://outlet.com/2026/11/amazon-\nopens-store ",
        "https://www.google.com/amp/s/outlet.com/2026/11/amazon-opens-store",
        "https://outlet-com.cdn.ampproject.org/c/s/outlet.com/2026/11/amazon-opens-store",
    ],
)
def test_spellings_of_one_page_are_fetched_from_one_address(spelling: str) -> None:
    assert canonical(spelling).rstrip("/") == PAGE
    assert key(spelling) == key(PAGE)


@pytest.mark.parametrize(
    "other", ["http://outlet.com/2026/11/amazon-opens-store", "https://www.outlet.com/2026/11/amazon-opens-store/"]
)
def test_scheme_www_and_trailing_slash_are_kept_for_fetching_but_not_for_identity(other: str) -> None:
    assert canonical(other) == other
    assert key(other) == key(PAGE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://outlet.com/news_view.html?idx=8576", "https://outlet.com/news_view.html?idx=8723"),
        ("https://outlet.com/a?from=2026-01-01", "https://outlet.com/a?from=2026-02-01"),
        ("https://outlet.com/?p=12", "https://outlet.com/?p=13"),
        ("https://outlet.com/A", "https://outlet.com/a"),
        ("https://outlet.com/amp-power", "https://outlet.com/power"),
        ("https://amp.com.au/a", "https://com.au/a"),
        ("https://outlet.com:8080/a", "https://outlet.com/a"),
        ("https://outlet.com/a%2Fb", "https://outlet.com/a/b"),
        ("https://en.outlet.com/a", "https://outlet.com/a"),
    ],
)
def test_different_pages_stay_different(first: str, second: str) -> None:
    assert key(first) != key(second)


def test_parameters_keep_order_and_blanks_for_the_server_but_not_for_identity() -> None:
    url = "http://outlet.co.kr/view?idx=8&page=1&find=&date="
    assert canonical(url) == url
    assert key(url) == key("http://outlet.co.kr/view?page=1&idx=8")


def test_international_names_and_paths() -> None:
    assert canonical("https://Bücher.example/Größe") == "https://xn--bcher-kva.example/Gr%C3%B6%C3%9Fe"
    assert key("https://outlet.cn/新闻") == key("https://outlet.cn/%E6%96%B0%e9%97%bb")


@pytest.mark.parametrize(
    "text", ["", "news", "ftp://outlet.com/a", "javascript:alert(1)", "http://", "http://a b/", "http://[::1", "//x/y"]
)
def test_what_is_no_web_address_becomes_nothing(text: str) -> None:
    assert canonical(text) == "" == key(text)


def test_sites() -> None:
    assert same_site("https://www.outlet.com/a", "http://outlet.com/b")
    assert same_site("https://m.outlet.com/a", "https://amp.outlet.com/a")
    assert not same_site("https://outlet.com/", "https://outlet.org/")
    assert not same_site("http://127.0.0.1:8001/", "http://127.0.0.1:8002/")
    assert not same_site("", "")


_WEB = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        ["outlet.com", "www.outlet.com", "amp.outlet.com", "amp.amp.outlet.com", "例子.cn", "a:80", "u@h.com"]
    ),
    st.lists(
        st.sampled_from(["/", "/amp", "/..", "/.", "/a", "/%2e", "/%41", "/%zz", "/é", ".amp", ".html", "//"])
    ).map("".join),
    st.sampled_from(["", "?"]),
    st.lists(st.sampled_from(["a=1", "&", "amp", "=", "utm_id=2", "b=%3d", "c d", "ref=rss", "新", "%", "#"])).map(
        "".join
    ),
)


@given(st.one_of(st.text(), _WEB, st.text().map("http://".__add__), st.text().map("https://outlet.com/".__add__)))
def test_any_text_has_one_normal_form(text: str) -> None:
    address = canonical(text)
    assert canonical(address) == address
    assert key(address) == key(text)
    assert address == "" or address.startswith(("http://", "https://"))
    assert address.isascii()
