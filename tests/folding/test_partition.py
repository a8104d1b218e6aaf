"""The partition into deals hangs on the set of stories alone; one deal has one alert; people's word counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealwatch.archive import Archive, explain, hand
from dealwatch.archive import filter as door
from dealwatch.archive.deal import deal as deal_of
from dealwatch.deals.families import Families
from dealwatch.deals.fold import Report, same_deal
from dealwatch.deals.partition import Hand, fold_mentions, partition
from dealwatch.deals.records import Mention, Party, Story
from dealwatch.errors import DealwatchError
from tests.archive.conftest import FAMILIES, NOW, TEXT, dump, mention, put

DAY = timedelta(days=1)
CHINESE = [Party(name, "chinese") for name in ("Tmall", "Alibaba", "JD.com")] + [
    Party(name, "chinese", False) for name in ("Shengda Foods", "Shengdashipin")
]
FOREIGN = [Party(name, "foreign") for name in ("Walmart", "Sam's Club")] + [
    Party(name, "foreign", False) for name in ("Acme Stores", "ACME Stores Inc", "乐购超市")
]

NAMED = [party.name for party in (*CHINESE, *FOREIGN)]


@st.composite
def reports(draw: st.DrawFn) -> list[Report]:
    made = []
    for number in range(draw(st.integers(1, 9))):
        sides = draw(st.sampled_from([(1, 1), (1, 0), (0, 1), (1, 2)]))
        parties = [*draw(st.permutations(CHINESE))[: sides[0]], *draw(st.permutations(FOREIGN))[: sides[1]]]
        said = mention(
            type=draw(
                st.sampled_from(["storefront", "partnership", "market_entry", "acquisition", "investment", "exit"])
            ),
            parties=tuple(parties),
            status=draw(st.sampled_from(["reported", "announced", "completed", "denied"])),
            market=draw(st.sampled_from([None, "BR", "MX"])),
            amount_value=draw(st.sampled_from([None, 1e6, 1e8])),
            amount_currency="USD",
        )
        said = replace(said, named=tuple(draw(st.lists(st.sampled_from(NAMED), max_size=2, unique=True))))
        at = draw(st.none() | st.integers(0, 900).map(lambda days: NOW + days * DAY))
        lang = draw(st.sampled_from(["en", "zh", None]))
        made.append(Report(f"s{number // 2}#{number}", f"s{number // 2}", said, at, lang, f"Title {number}"))
    return made


def sets(parts: list[tuple[Report, ...]]) -> set[frozenset[str]]:
    return {frozenset(report.id for report in part) for part in parts}


@settings(max_examples=120, deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(given_: list[Report], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(given_, len(given_))
    parts = partition(given_, FAMILIES)
    assert sets(parts) == sets(partition(shuffled, FAMILIES))
    assert sorted(report.id for part in parts for report in part) == sorted(report.id for report in given_)
    for part in parts:
        assert not any(same_deal(a, b, FAMILIES).apart for a in part for b in part if a is not b)


@settings(max_examples=120, deadline=None)
@given(reports())
def test_a_verdict_is_the_same_from_both_sides(given_: list[Report]) -> None:
    for a in given_:
        for b in given_:
            if a is not b:
                assert same_deal(a, b, FAMILIES) == same_deal(b, a, FAMILIES)


@settings(max_examples=60, deadline=None)
@given(reports(), st.data())
def test_what_people_said_holds(given_: list[Report], data: st.DataObject) -> None:
    ids = [report.id for report in given_]
    pairs = [frozenset((a, b)) for a in ids for b in ids if a < b]
    if not pairs:
        return
    one = data.draw(st.sampled_from(pairs))
    parts = sets(partition(given_, FAMILIES, Hand(together=frozenset({one}))))
    assert any(one <= part for part in parts)
    parts = sets(partition(given_, FAMILIES, Hand(apart=frozenset({one}))))
    assert not any(one <= part for part in parts)


@settings(max_examples=20, deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_the_archive_parts_stories_like_the_pure_core_in_any_order(given_, random) -> None:  # type: ignore[no-untyped-def]
    """Each report as a story of its own, saved in two orders, and folded without an archive."""
    stories = [(f"n{number}", report.mention, report.at or NOW, report.lang) for number, report in enumerate(given_)]
    parts = []
    for order in (stories, random.sample(stories, len(stories))):
        with TemporaryDirectory() as folder, Archive.open(Path(folder) / "x.db") as archive:
            for name, said, at, lang in order:
                put(archive, name, said, at=NOW + 1000 * DAY, published=at, lang=lang, text=name, title=f"Title {name}")
            groups: dict[int, set[str]] = {}
            for row in archive.rows("SELECT m.deal_id, a.key FROM mentions m JOIN articles a ON a.id = m.article_id"):
                groups.setdefault(row["deal_id"], set()).add(row["key"].split("/")[1])
            parts.append(sorted(map(sorted, groups.values())))
            assert archive.value("SELECT count(*) FROM deals WHERE merged_into IS NULL") == len(groups)
    labelled = [(Story(n, f"Title {n}", n, lang, at), [said]) for n, said, at, lang in stories]
    numbers = fold_mentions(labelled, FAMILIES)
    loose: dict[int, list[str]] = {}
    for (story, _), (number,) in zip(labelled, numbers, strict=True):
        loose.setdefault(number, []).append(story.id)
    assert parts[0] == parts[1] == sorted(map(sorted, loose.values()))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "news.db") as opened:
        yield opened


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Archive]:
    """Two deals of two stories each: a store told twice, a stake told twice."""
    with Archive.open(tmp_path / "news.db") as archive:
        for number, kind in enumerate(("storefront", "storefront", "investment", "investment")):
            put(archive, f"s{number}", mention(type=kind), at=NOW + number * DAY, text=f"{number}", source=f"o{number}")
        yield archive


def deals(archive: Archive) -> list[list[int]]:
    return [sorted(story.article_id for story in deal.stories) for deal in door.deals(archive, door.DealFilter())]


def test_deals_merged_by_hand_stay_merged_and_come_apart_again(two: Archive) -> None:
    assert deals(two) == [[1, 2], [3, 4]]
    before = dump(two, without=("foldings", "folding_pairs"))
    assert hand.merge(two, [1, 2], "ann", NOW, FAMILIES) == 1
    assert deals(two) == [[1, 2, 3, 4]]
    put(two, "s5", mention(type="investment"), at=NOW + 5 * DAY, text="5", source="late")
    assert deals(two) == [[1, 2, 3, 4, 5]]
    merged = deal_of(two, 2)
    assert merged is not None and merged.id == 1
    assert "merged by hand" in explain.why(two, "1", "3", FAMILIES)
    assert hand.undo(two, "ann", NOW, FAMILIES) == [1, 2]
    assert deals(two) == [[1, 2], [3, 4, 5]]
    assert dump(two, without=("foldings", "folding_pairs"))["deals"] == before["deals"]
    with pytest.raises(DealwatchError, match="no merge or split"):
        hand.undo(two, "ann", NOW, FAMILIES)


def test_a_deal_split_by_hand_stays_split_and_comes_together_again(two: Archive) -> None:
    new = hand.split(two, 1, [2], "ann", NOW, FAMILIES)
    assert sorted(deals(two)) == [[1], [2], [3, 4]]
    put(two, "s5", mention(), at=NOW + DAY, text="5", source="late")
    assert [1, 2] not in [story[:2] for story in deals(two)]
    assert "split by hand" in explain.why(two, "1", "2", FAMILIES)
    hand.undo(two, "ann", NOW, FAMILIES)
    assert sorted(deals(two)) == [[1, 2, 5], [3, 4]]
    gone = deal_of(two, new)
    assert gone is not None and gone.id == 1
    hand.merge(two, [1, 2], "ann", NOW, FAMILIES)
    hand.split(two, 1, [1, 2], "bob", NOW, FAMILIES)  # the later word counts
    assert [1, 2] in [story[:2] for story in deals(two)]


@pytest.mark.parametrize(("ids", "word"), [([1], "two different"), ([1, 1], "two different"), ([1, 77], "none with")])
def test_a_merge_that_cannot_be(two: Archive, ids: list[int], word: str) -> None:
    with pytest.raises(DealwatchError, match=word):
        hand.merge(two, ids, "ann", NOW, FAMILIES)
    assert deals(two) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(("stories", "word"), [([3], "none of its stories"), ([1, 2], "leave at least one")])
def test_a_split_that_cannot_be(two: Archive, stories: list[int], word: str) -> None:
    with pytest.raises(DealwatchError, match=word):
        hand.split(two, 1, stories, "ann", NOW, FAMILIES)


def test_a_copy_adds_a_line_and_raises_nothing(two: Archive) -> None:
    text = f"{TEXT} {TEXT[::-1]}"
    first = put(two, "first", mention(type="partnership"), at=NOW, text=text)
    copy = put(
        two, "copy", mention(type="partnership"), at=NOW + DAY, source="other", text=f"By our staff. {text[:-60]}"
    )
    assert (copy.outcome, copy.alerts) == ("copy", ())
    assert tuple(two.row("SELECT copy_of, copy_score > 0.6 FROM articles WHERE id = ?", [copy.article_id]) or ()) == (
        first.article_id,
        1,
    )
    early = put(two, "early", mention(type="partnership"), at=NOW, published=NOW - 2 * DAY, source="third", text=text)
    assert [row["copy_of"] for row in two.rows("SELECT copy_of FROM articles WHERE id > 4 ORDER BY id")] == [
        early.article_id,
        early.article_id,
        None,
    ]


def test_what_is_new_raises_the_revision_and_says_so(archive: Archive) -> None:
    walmart = Party("Walmart", "foreign")
    put(archive, "1", mention(), text="1")
    put(archive, "2", mention(), at=NOW + DAY, text="2", source="b")
    said = mention(status="completed", amount="$3 million", parties=(*mention().parties, walmart))
    put(archive, "3", said, at=NOW + 2 * DAY, text="3", source="c")
    put(archive, "4", mention(status="reported"), at=NOW + 3 * DAY, text="4", source="d")
    assert [row["what"] for row in archive.rows("SELECT what FROM alert_revisions ORDER BY revision")] == [
        "new deal",
        "status reported → completed; first amount $3 million; new principal Walmart",
    ]
    assert archive.value("SELECT count(*) FROM alerts") == 1


def test_an_exit_ends_the_tie_before_it(archive: Archive) -> None:
    put(archive, "out", mention(type="exit", status="terminated"), at=NOW, text="3")
    put(archive, "stake", mention(type="investment"), at=NOW, published=NOW - 900 * DAY, text="2", source="b")
    put(archive, "store", mention(), at=NOW, published=NOW - 600 * DAY, text="1", source="c")
    put(archive, "later", mention(), at=NOW + DAY, text="4", source="d")
    rows = archive.rows("SELECT d.type, t.first_at FROM deals d JOIN deals t ON t.id = d.ends")
    assert [tuple(row) for row in rows] == [("exit", "2024-07-10T08:00:00Z")]


def test_names_are_resolved_through_owners_and_spelling() -> None:
    families = Families({"Tmall": "Alibaba", "Taobao": "Alibaba", "Lazada": "Alibaba"})
    tmall, taobao, alibaba = (Party(name, "chinese") for name in ("Tmall", "Taobao", "Alibaba"))
    assert families.alike(tmall, alibaba) == 0.9
    assert (families.alike(tmall, taobao) or 0) < 0.5
    assert families.kin("Tmall") == {"Tmall", "Taobao", "Lazada", "Alibaba"}
    spelled = [("Société Générale", "Societe Generale SA"), ("Wumart", "Wumart Group Co., Ltd."), ("盒马集团", "盒马")]
    for a, b in spelled:
        assert families.alike(Party(a, "foreign", False), Party(b, "foreign", False)) == 1.0, (a, b)
    assert families.alike(Party("Wumart", "chinese", False), Party("物美", "chinese", False)) is None
    assert families.alike(Party("Acme", "foreign", False), Party("Zenith", "foreign", False)) == 0.0


def test_mentions_are_plain_records() -> None:
    assert fold_mentions([]) == []
    assert isinstance(mention(), Mention)
