"""Rules are checked, never ignored: a mistake names file and line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dealwatch.cli import cli
from dealwatch.deals.patterns import PatternError, find, parse
from tests.deals.conftest import WATCHLIST

RULES = """about: "a test"
type: exit
rules:
  - id: test-rule
    why: A rule only for this test
    weight: 2
    patterns: ["{pattern}"]
    must_match: ["{must}"]
    must_not_match: ["{must_not}"]
"""


def check(watchlist: Path) -> Result:
    return CliRunner().invoke(cli, ["rules", "check", "--watchlist", str(watchlist)])


def error(result: Result) -> str:
    return f"{result.output}{result.exception}"


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    """A small watchlist of its own: the rules, and the two entity files that the sentences name."""
    copy = tmp_path / "watchlist"
    shutil.copytree(WATCHLIST / "rules", copy / "rules")
    shutil.copytree(WATCHLIST / "entities", copy / "entities")
    return copy


def write(watchlist: Path, pattern: str, must: str = "Gap quits China", must_not: str = "Gap opens in China") -> Path:
    path = watchlist / "rules" / "test.yaml"
    path.write_text(
        RULES.replace("{pattern}", pattern).replace("{must}", must).replace("{must_not}", must_not), "utf-8"
    )
    return path


def test_the_rules_keep_their_promises() -> None:
    result = check(WATCHLIST)
    assert result.exit_code == 0, error(result)
    assert "examples hold" in result.output


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("{foreign} <no_such_family>", "no words file defines"),
        ("{nobody} <quit>", "there is no slot {nobody}"),
        ("<quit>?", "nothing must be there"),
        ("Quit {china}", "has a capital"),
        (".. <quit>", "a gap needs something before it"),
        ("{foreign .. <quit>", "is no step"),
        ("((quit)) {china}", "no regular expression"),
        ("quit~ {china}", "no regular expression"),
        ("quit .... {china}", "no regular expression"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_an_error_with_its_line(watchlist: Path, pattern: str, complaint: str) -> None:
    path = write(watchlist, pattern)
    result = check(watchlist)
    assert result.exit_code != 0
    assert complaint in error(result)
    assert f"{path}:7" in error(result)


def test_a_rule_that_breaks_its_promise_is_an_error(watchlist: Path) -> None:
    write(watchlist, "{foreign} .. quits|leaves .. {china}", must="Carrefour opens in China")
    result = check(watchlist)
    assert result.exit_code != 0
    assert "test-rule: must match" in error(result)


def test_an_unknown_key_is_an_error(watchlist: Path) -> None:
    path = write(watchlist, "{foreign} .. quits .. {china}")
    path.write_text(path.read_text("utf-8").replace("why:", "because:"), "utf-8")
    assert "because" in error(check(watchlist))


def test_patterns_keep_order_and_distance() -> None:
    text = "one two three four five"
    marks = {"=one": [(0, 3)], "=two": [(4, 7)], "=five": [(19, 23)]}
    assert find(parse("one two"), marks, text)
    assert find(parse("one five"), marks, text) is None
    assert find(parse("one .. five"), marks, text)
    assert find(parse("five .. one"), marks, text) is None
    assert find(parse("five & one"), marks, text)
    assert find(parse("one nine? two"), marks, text)


def test_a_pattern_of_nothing_is_refused() -> None:
    with pytest.raises(PatternError):
        parse("")
