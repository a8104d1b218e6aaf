"""Include patterns proposed from examples."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.base import unique
from crawler.shapes import looks_like_article, patterns
from dealwatch.archive.frontier import Found

parts = st.from_regex(r"[a-z0-9\-_.()+*]{1,12}", fullmatch=True)
urls = st.builds(
    lambda host, path: f"https://{host}/" + "/".join(path),
    st.sampled_from(["paper.example", "www.paper.example", "news.paper.example:8080"]),
    st.lists(parts, min_size=1, max_size=4),
)


def fits(chosen: list[str], url: str) -> bool:
    return any(re.search(pattern, url) for pattern in chosen)


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (
            ["https://paper.example/2026/11/20/a-story", "https://paper.example/2025/01/02/another/"],
            [r"^https?://(?:www\.)?paper\.example/20\d\d/\d+/\d+/[^/?#]+"],
        ),
        (
            ["http://www.paper.example/news/123456.html", "http://www.paper.example/news/9.html"],
            [r"^https?://(?:www\.)?paper\.example/news/\d+\.html"],
        ),
        (
            ["https://paper.example/tech/jd-buys-ceconomy-102414", "https://paper.example/food/a-b-c-99999"],
            [r"^https?://(?:www\.)?paper\.example/[^/]+/[^/?#]*\d+"],
        ),
    ],
)
def test_the_shape_of_articles(urls: list[str], expected: list[str]) -> None:
    assert patterns(urls) == expected


def test_rare_shapes_are_left_out_when_the_common_ones_carry() -> None:
    urls = [f"https://paper.example/article/{n}" for n in range(1000, 1030)] + ["https://paper.example/special/one/two"]
    assert patterns(urls) == [r"^https?://(?:www\.)?paper\.example/article/\d+"]


@given(st.lists(urls, min_size=1, max_size=30))
def test_patterns_compile_are_few_and_fit_nine_in_ten(found: list[str]) -> None:
    chosen = patterns(found)
    assert 1 <= len(chosen) <= 4
    assert sum(fits(chosen, url) for url in found) >= 0.9 * len(found)
    assert not any(fits(chosen, f"https://elsewhere.example{urlsplit(url).path}") for url in found)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2026/11/23/jd-opens", True),
        ("/20261123/5521.shtml", True),
        ("/article/13765902.html", True),
        ("/jd-takes-over-ceconomy-of-germany", True),
        ("/", False),
        ("/business", False),
        ("/tag/alibaba-group-of-companies", False),
        ("/category/2026/11/23/", False),
        ("/about-us", False),
        ("/author/li-wei-of-beijing", False),
    ],
)
def test_what_looks_like_an_article(path: str, expected: bool) -> None:
    assert looks_like_article(f"https://paper.example{path}") is expected


def test_of_equal_addresses_the_first_stays_with_the_newest_time_of_change() -> None:
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    links = [Found("u", "k", title="A", modified=old), Found("u", "k", title="B", modified=new), Found("u", "k")]
    assert unique(links) == [Found("u", "k", title="A", modified=new)]
