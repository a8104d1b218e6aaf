"""`kill -9` in the middle of a crawl loses nothing and doubles nothing."""

from pathlib import Path

from benchmarks.kill import differences, measure


def test_after_three_kills_the_archive_is_that_of_an_undisturbed_crawl(tmp_path: Path) -> None:
    result = measure(tmp_path, kills=3, seed=20261123)
    assert result.kills == 3
    assert result.rows["articles"] == 36
    assert result.rows["addresses"] == 41
    assert result.rows["deals"] >= 17
    assert result.differences == []


def test_the_comparison_sees_what_is_lost_and_what_is_doubled() -> None:
    expected = {"deals": [("a",), ("b",)]}
    assert differences(expected, {"deals": [("b",), ("a",)]}) == []
    assert differences(expected, {"deals": [("a",)]}) == ["deals: lost ('b',)"]
    assert differences(expected, {"deals": [("a",), ("a",), ("b",)]}) == ["deals: not there undisturbed ('a',)"]
