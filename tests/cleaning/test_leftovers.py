"""Lines that are not the story go; the story's own sentences stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.leftovers import without_leftovers

STORY = "Amazon opened a store on Pinduoduo on Monday."


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Alibaba poised for its Hong Kong listing",
        "- Related: JD.com buys a warehouse in Poland",
        "Sign up for our weekly newsletter and get the best of our coverage",
        "Follow us on Twitter and LinkedIn",
        "© 2019 Harbour News. All rights reserved.",
        "Updated at 1:23 p.m.",
        "责任编辑:王小明",
        "未经授权,不得转载",
    ],
)
def test_lines_that_are_not_the_story(line: str) -> None:
    assert without_leftovers(f"{STORY}\n{line}\n{STORY}") == f"{STORY}\n{STORY}"


def test_titles_under_a_heading_go_and_the_story_goes_on() -> None:
    text = f"{STORY}\nRelated stories\n- JD.com buys a warehouse in Poland\n- Temu opens in Brazil\n{STORY}"
    assert without_leftovers(text) == f"{STORY}\n{STORY}"


@pytest.mark.parametrize(
    "line",
    [
        "Related Brands said on Monday that it will sell its milk on Tmall.",
        "Updated rules on parcels below 800 dollars come into force in May.",
        "Readers more often than not see more of Alibaba than of JD.com.",
        "Follow-on orders from Carrefour will come in spring, Suning said.",
        "Published accounts show that Suning paid 4.8 billion yuan.",
        "Copyright suits against sellers on AliExpress doubled last year.",
        "Recommended retail prices do not bind sellers on Temu.",
        "编辑部认为,京东的海外仓数量将继续增长。",
    ],
)
def test_sentences_of_the_story_stay(line: str) -> None:
    assert without_leftovers(f"{STORY}\n{line}") == f"{STORY}\n{line}"


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=80), max_size=12).map("\n".join))
def test_only_whole_lines_are_taken(text: str) -> None:
    lines = [line.strip() for line in text.split("\n")]
    assert all(line.strip() in lines for line in without_leftovers(text).split("\n") if line.strip())
    assert without_leftovers(without_leftovers(text)) == without_leftovers(text)
