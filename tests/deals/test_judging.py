"""Judging by fitted weights: linear models, their file, what they may and may not answer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dealwatch.cli import cli
from dealwatch.deals.fitting import Example, rows_of
from dealwatch.deals.flag import Flagger
from dealwatch.deals.judging.fields import settle
from dealwatch.deals.judging.linear import Model, Table
from dealwatch.deals.judging.models import QUESTIONS, Models
from dealwatch.deals.judging.story import anywhere
from dealwatch.deals.records import DEAL_TYPES, STATUSES, Mention, Story
from dealwatch.errors import WatchlistError
from dealwatch.watchlist.flagger import load_unfitted
from dealwatch.watchlist.models import load_models, write_models
from tests.deals.conftest import WATCHLIST

Flag = Callable[..., tuple[Mention, ...]]


def nothing_known() -> dict[str, dict[str, dict[str, float]]]:
    return {question: {answer: {"": 0.0} for answer in answers} for question, answers in QUESTIONS.items()}


def test_a_model_adds_up_what_the_cues_weigh() -> None:
    model = Model({"yes": {"": -1.0, "rule buys": 2.0, "veto court": -3.0}})
    assert model.probability({"rule buys": 0.5}) == 0.5
    assert model.strongest({"rule buys": 1.0, "veto court": 1.0}, "yes", 1) == [("veto court", -3.0)]


def test_each_answer_has_its_own_total() -> None:
    table = Table({"exit": {"": 0.5, "lead 'leaves'": 1.0}, "storefront": {"lead 'store'": 2.0}})
    assert table.totals({"lead 'leaves'": 1.0, "lead 'store'": 0.5, "never met": 1.0}) == [1.5, 1.0]


def test_the_likeliest_answers_make_the_deal() -> None:
    weights = nothing_known()
    weights["type"]["storefront"] = {"any 'store'": 2.0}
    weights["status"]["announced"] = {"any 'to'": 1.0}
    weights["direction"]["inbound"] = {"any 'store'": -1.0}
    fields = settle(Models.of(weights), {"lead 'store'": 1.0, "title 'to'": 1.0})
    assert (fields.type, fields.status, fields.direction) == ("storefront", "announced", "outbound")


@given(
    types=st.fixed_dictionaries({kind: st.floats(-5, 5) for kind in DEAL_TYPES}),
    statuses=st.fixed_dictionaries({status: st.floats(-5, 5) for status in STATUSES}),
)
def test_only_an_exit_is_ever_terminated(types: dict[str, float], statuses: dict[str, float]) -> None:
    weights = nothing_known()
    weights["type"] = {kind: {"": weight} for kind, weight in types.items()}
    weights["status"] = {status: {"": weight} for status, weight in statuses.items()}
    fields = settle(Models.of(weights), {})
    assert (fields.status == "terminated") <= (fields.type == "exit")
    assert fields.type != "exit" or fields.status not in ("announced", "completed")


def test_without_weights_nothing_is_flagged() -> None:
    story = Story("x", "Burberry opens flagship store on Tmall", "Burberry opened a flagship store on Tmall on Monday.")
    assert load_unfitted(WATCHLIST).flag(story) == ()


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    weights = nothing_known()
    weights["deal"]["yes"]["rule buys"] = 1.25
    write_models(tmp_path, weights, 3)
    models = load_models(tmp_path)
    assert models.deal.weights["yes"] == {"": 0.0, "rule buys": 1.25}
    assert models.digest


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("{", "Expecting property name"),
        ("[]", "fit"),
        ('{"weights": {}}', "weights.deal: needs weights for yes"),
        ('{"weights": {"deal": []}}', "weights.deal: needs weights for yes"),
        ('{"weights": {"deal": {"yes": {}, "no": {}}}}', "weights.deal: needs weights for yes, and for nothing else"),
        ('{"weights": {"deal": {"yes": {"rule buys": NaN}}}}', "weights.deal.yes: needs weights by cue"),
        ('{"weights": {"deal": {"yes": {"rule buys": "much"}}}}', "weights.deal.yes: needs weights by cue"),
    ],
)
def test_a_bad_file_of_weights_is_one_clear_error(tmp_path: Path, text: str | None, complaint: str) -> None:
    file = tmp_path / "rules" / "fitted.json"
    file.parent.mkdir()
    if text is not None:
        file.write_text(text)
    with pytest.raises(WatchlistError) as error:
        load_models(tmp_path)
    assert str(file) in str(error.value) and complaint in str(error.value)
    assert "dealwatch rules fit" in str(error.value)


def test_fitting_learns_what_it_is_shown(tmp_path: Path) -> None:
    """A watchlist fitted on its own few stories tells those stories apart."""
    watchlist = tmp_path / "watchlist"
    shutil.copytree(WATCHLIST, watchlist, ignore=shutil.ignore_patterns("labelled", "open", "sources"))
    gold = WATCHLIST / "labelled" / "news" / "first.jsonl"
    done = CliRunner().invoke(cli, ["rules", "fit", str(gold), "--watchlist", str(watchlist)])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(cli, ["rules", "eval", str(gold), "--json", "--watchlist", str(watchlist)])
    assert json.loads(done.output)["all"]["f1"] > 0.95


def test_labelled_news_without_its_label_is_named_by_file_and_line(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "a", "title": "t", "text": "x"}\n')
    done = CliRunner().invoke(cli, ["rules", "fit", str(gold), "--watchlist", str(WATCHLIST)])
    assert done.exit_code != 0
    assert f"{gold}:1" in f"{done.output}{done.exception}"


def test_brackets_and_escape_codes_of_a_story_are_shown_as_they_are(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text(
        "JD.com to buy Ceconomy\n\nJD.com has agreed to buy [sic] Ceconomy [/caption] \033[2J for $2bn.\n", "utf-8"
    )
    done = CliRunner().invoke(cli, ["flag", str(story), "--explain", "--watchlist", str(WATCHLIST)])
    assert done.exit_code == 0, done.output
    assert "proven by: “JD.com has agreed to buy [sic] Ceconomy [/caption] \ufffd[2J for $2bn.”" in done.output
    assert "\033[2J" not in done.output


def test_the_explanation_names_rules_and_cues(tmp_path: Path, flagger: Flagger) -> None:
    story = tmp_path / "story.txt"
    story.write_text(
        "Alibaba's quarterly revenue rose 10%\n\nAlibaba posted revenue of $38 billion, and bought back shares."
    )
    done = CliRunner().invoke(cli, ["flag", str(story), "--explain", "--watchlist", str(WATCHLIST)])
    assert done.exit_code == 0, done.output
    assert "NOT FLAGGED" in done.output
    assert "veto earnings" in done.output or "no rule is met" in done.output


def test_cues_are_told_whatever_their_place_too() -> None:
    told = anywhere({"title x": 1.0, "body x": 0.6, "body y": 0.6, "length": 0.2})
    assert told == {"title x": 1.0, "any x": 1.0, "any y": 0.6, "length": 0.2}


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Yum Brands buys a 51% stake in the Alibaba chain", "a share over half"),
        ("Alibaba takes a 50% stake in Carrefour", "a share up to half"),
        ("Alibaba says sales rose 70%", None),
    ],
)
def test_more_than_half_of_the_shares_is_told_from_a_stake(flagger: Flagger, sentence: str, cue: str | None) -> None:
    reading = flagger.read(Story("x", sentence, ""))
    assert reading is not None
    cues = flagger.judge(reading).cues
    assert [each for each in cues if each.startswith("a share")] == ([cue] if cue else [])


def test_a_story_picked_for_its_deal_teaches_its_fields_alone() -> None:
    deal = {"type": "storefront", "status": "completed", "direction": "inbound", "parties": ["Burberry", "Tmall"]}
    story = Story("x", "Burberry opens flagship store on Tmall", "Burberry opened a flagship store on Tmall on Monday.")
    flagger = load_unfitted(WATCHLIST)
    rows = rows_of([Example(story, [deal], picked=True)], flagger, str.lower)
    assert rows["deal"].answers == []
    assert rows["type"].answers == ["storefront"]
    assert rows["principal"].answers.count("yes") == 2


def test_a_sum_of_another_kind_is_not_the_deals(flag: Flag) -> None:
    (mention,) = flag(
        "JD.com to buy German retailer Ceconomy for €2.2 billion",
        "JD.com has agreed to buy Ceconomy for €2.2 billion in cash, the Chinese company said on Thursday. The board of"
        " the German retailer supports the offer. Ceconomy had sales of €22 billion last year.",
    )
    assert (mention.amount, mention.amount_value, mention.amount_currency) == ("€2.2 billion", 2.2e9, "EUR")


PLAIN = [
    "{c} to acquire {f} for $1.2 billion|{c} has agreed to acquire {f}, the two companies said on Monday.",
    "{f} opens flagship store on Tmall|{f} has opened a flagship store on Tmall, Alibaba's marketplace, it said.",
    "{c} takes 20% stake in {f}|{c} has bought a 20% stake in {f}, the company said. The price was not disclosed.",
    "{c} and {f} sign strategic partnership|{c} and {f} have signed a cooperation agreement to sell in China.",
    "{f} to close all its stores in China|{f} will close all its stores in China and leave the market, it said.",
]


@pytest.mark.parametrize("template", PLAIN)
@pytest.mark.parametrize(("chinese", "foreign"), [("JD.com", "Carrefour"), ("Anta Sports", "Puma")])
def test_plain_news_is_flagged(flag: Flag, template: str, chinese: str, foreign: str) -> None:
    title, text = template.format(c=chinese, f=foreign).split("|")
    assert flag(title, text)
