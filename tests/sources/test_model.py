"""Source files: what is right loads, what is wrong is named with file, line, field and the fix."""

from pathlib import Path

import pytest

from dealwatch.errors import WatchlistError
from dealwatch.watchlist.sources import Listing, load_sources, pick

SHIPPED = Path(__file__).resolve().parents[2] / "watchlist"
GOOD = """\
name: paper
title: Paper
homepage: https://paper.example/
language: en
discover:
  feeds: [https://paper.example/feed]
include: ['^https://paper\\.example/20\\d\\d/']
schedule: "7,37 * * * *"
politeness: {delay: 3}
keep_text_days: 90
expect: {articles_per_week: 20}
checked: null
"""


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / "sources" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_loads(tmp_path: Path) -> None:
    put(tmp_path, "paper", GOOD)
    paper = load_sources(tmp_path)["paper"]
    assert paper.politeness.delay == 3
    assert paper.checked is None
    assert paper.wants("https://paper.example/2026/a")
    assert not paper.wants("https://paper.example/tag/2026")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Paper\n", "", "1: title: is missing; add it"),
        ("language: en", "langauge: en", "4: langauge: is not a known key; known here: name, title"),
        ("https://paper.example/feed", "ftp://paper.example/feed", "6: discover.feeds.0: is not a web address"),
        ("https://paper.example/feed", "/feed", "6: discover.feeds.0: is not a web address"),
        ("https://paper.example/feed", "https://me:pw@paper.example/", "6: discover.feeds.0: holds a user name"),
        ("feeds: [https://paper.example/feed]", "feeds: []", "5: discover: names no address"),
        ("20\\d\\d/'", "20(\\d\\d/'", "7: include.0: is not a regular expression"),
        ("7,37 * * * *", "7,67 * * * *", "8: schedule: is not a cron line"),
        ("7,37 * * * *", "0 0 30 2 *", "8: schedule: names a day that no such month has"),
        ("{delay: 3}", "{delay: -1}", "9: politeness.delay: Input should be greater than or equal to 0"),
        ("{delay: 3}", "{obey_robots: false}", "9: politeness.obey_robots: is not a known key"),
        ("90", "0", "10: keep_text_days: "),
        ("null", "last week", "12: checked: "),
        ("name: paper", "name: Paper!", "1: name: "),
        ("name: paper", "name: other", "1: name: 'other' is not the file's name; rename the file to other.yaml"),
    ],
)
def test_a_mistake_names_file_line_field_and_fix(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = put(tmp_path, "paper", GOOD.replace(old, new, 1))
    with pytest.raises(WatchlistError) as raised:
        load_sources(tmp_path)
    assert str(raised.value).startswith(f"{path}:{said}")


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    put(tmp_path, "one", "name: one\n")
    put(tmp_path, "two", "- a list\n")
    put(tmp_path, "three", "name: [\n")
    with pytest.raises(WatchlistError) as raised:
        load_sources(tmp_path)
    text = str(raised.value)
    assert "one.yaml:1: homepage: is missing" in text
    assert "two.yaml:1: is not a source" in text
    assert "three.yaml:2: not valid YAML" in text


def test_an_outlet_listed_twice_is_named_with_both_files(tmp_path: Path) -> None:
    put(tmp_path, "paper", GOOD)
    other = GOOD.replace("name: paper", "name: zine").replace("https://paper.example/\n", "http://www.paper.example\n")
    put(tmp_path, "zine", other)
    with pytest.raises(WatchlistError) as raised:
        load_sources(tmp_path)
    homepage, address = str(raised.value).splitlines()
    assert homepage.endswith(
        f"zine.yaml:3: homepage: the homepage http://www.paper.example stands in {tmp_path}/sources/paper.yaml too;"
        " take it out of one"
    )
    assert "zine.yaml:5: discover: the discovery address https://paper.example/feed" in address


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ("{url: 'https://paper.example/news', pages: 3}", "put {page} in it"),
        ("{url: 'https://paper.example/news/{number}'}", "may hold {page} and no other braces"),
        ("{url: 'https://paper.example/news', links: '('}", "is not a regular expression"),
    ],
)
def test_a_listing_that_cannot_be_walked_is_a_mistake(tmp_path: Path, listing: str, said: str) -> None:
    put(tmp_path, "paper", GOOD.replace("feeds: [https://paper.example/feed]", f"listings: [{listing}]"))
    with pytest.raises(WatchlistError, match=r"paper\.yaml:6: discover\.listings\.0") as raised:
        load_sources(tmp_path)
    assert said in str(raised.value)


def test_the_pages_of_a_listing() -> None:
    url = "https://paper.example/news/{page}"
    assert [Listing(url=url).page(step) for step in (0, 1)] == [
        "https://paper.example/news/1",
        "https://paper.example/news/2",
    ]
    assert Listing(url=url, first_page=0).page(0) == "https://paper.example/news/0"


def test_a_name_that_is_not_listed_gets_a_hint(tmp_path: Path) -> None:
    put(tmp_path, "paper", GOOD)
    sources = load_sources(tmp_path)
    assert list(pick(sources, [])) == ["paper"]
    with pytest.raises(WatchlistError, match="papr: no such source; did you mean paper"):
        pick(sources, ["papr"])


def test_the_shipped_outlets_are_in_order_and_polite() -> None:
    sources = load_sources(SHIPPED)
    assert len(sources) >= 60
    assert sum(source.language == "zh" for source in sources.values()) >= 10
    assert all(source.politeness.delay >= 2 for source in sources.values())
    assert not any(source.politeness.allow_private for source in sources.values())
    assert all(source.expect.articles_per_week for source in sources.values())
    minutes = [int(part) for source in sources.values() for part in source.schedule.split()[0].split(",")]
    assert max(minutes.count(minute) for minute in set(minutes)) <= 4, "outlets are spread over the hour"


def test_shipped_patterns_are_about_the_outlets_own_host() -> None:
    for source in load_sources(SHIPPED).values():
        assert source.include, source.name
        assert not source.wants(source.homepage), f"{source.name}: the homepage is no article"
        assert not any(source.wants(url) for _, url in source.discover.places()), source.name
        assert not source.wants("https://elsewhere.example/2026/01/02/some-story-about-a-deal-12345678.html")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("technode", "https://technode.com/2019/11/24/amazon-marketplace-resurfaces-in-china-with-store-on-pinduoduo/"),
        ("pandaily", "https://pandaily.com/jd-logistics-closes-acquisition-of-deppon/?utm_source=newsletter"),
        ("krasia", "https://kr-asia.com/didi-to-shut-food-delivery-business-in-japan"),
        ("scmp", "https://www.scmp.com/tech/big-tech/article/3175144/chinese-social-e-commerce-firm"),
        ("caixin-global", "https://www.caixinglobal.com/2026-01-15/poland-fines-temu-17-million-102404015.html"),
        ("yicai-global", "https://www.yicaiglobal.com/news/uks-sainsburys-ends-talks-with-jdcom-over-argos-sale"),
        ("nikkei-asia", "https://asia.nikkei.com/business/retail/miniso-shares-plunge"),
        ("36kr", "https://36kr.com/p/3012345678901234"),
        ("jiemian", "https://www.jiemian.com/article/13765902.html"),
        ("bangkok-post-business", "https://www.bangkokpost.com/business/2494934/jd-central-to-end-thai-operations"),
    ],
)
def test_shipped_patterns_take_stories_of_the_outlet(name: str, url: str) -> None:
    assert load_sources(SHIPPED)[name].wants(url)
