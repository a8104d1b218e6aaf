"""What must hold for any text at all."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from dealwatch.deals.flag import Flagger
from dealwatch.deals.inflect import expand
from dealwatch.deals.records import Story
from dealwatch.deals.script import lower, plain
from dealwatch.watchlist.flagger import load_flagger
from tests.deals.conftest import WATCHLIST

FLAGGER: Flagger = load_flagger(WATCHLIST)
PIECES = """
Alibaba|Tmall|阿里巴巴|京東|Carrefour|家乐福|buys|opens a flagship store on|收购|入驻|in China
will|合资|51%|，|。|.|,|「|」
's|has taken a stake in|$1.2 billion|The French group|İ|ﬁ|denied|退出|the two companies|Zwibbel|\u200b|😀
""".replace("\n", "|").split("|")
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=40).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_any_story_is_read_and_its_evidence_is_its_own(title: str, text: str) -> None:
    story = Story("x", title, text)
    mentions = FLAGGER.flag(story)
    assert mentions == FLAGGER.flag(story)
    for mention in mentions:
        assert 0 <= mention.score <= 1
        for piece in mention.evidence:
            field = title if piece.field == "title" else text
            assert field[piece.start : piece.end] == piece.quote


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_spelling_and_case_keep_the_length(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert len(lower(plain(text))) == len(text)


def test_a_long_hostile_story_costs_no_more_than_a_long_one() -> None:
    def seconds(text: str) -> float:
        started = time.perf_counter()
        FLAGGER.flag(Story("x", text[:400], text))
        return time.perf_counter() - started

    for piece in (
        "Alibaba buys Carrefour ",
        "阿里巴巴收购家乐福",
        "Tmall store opens. ",
        "A" * 50 + " ",
        "buys buys sells ",
        "1",
        ".",
        "China. Gap. ",
        "China gap. Gap Gap ",
    ):
        FLAGGER.flag(Story("x", piece, piece))
        assert seconds(piece * 40_000) < 3.0


def test_verb_forms() -> None:
    assert set(expand("shut~ up shop")) == {"shut up shop", "shuts up shop", "shutting up shop"}
    assert set(expand("snap~ up")) == {"snap up", "snaps up", "snapped up", "snapping up"}
    assert "acquiring" in expand("acquire~")
    assert expand("joint venture") == ("joint venture",)
