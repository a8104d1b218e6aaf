"""The labelled news of the project: figures may only rise. Raise a floor when the figures have risen."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealwatch.cli import cli
from tests.deals.conftest import GOLD, WATCHLIST


def measured(path: Path) -> dict[str, dict[str, float]]:
    done = CliRunner().invoke(cli, ["rules", "eval", str(path), "--json", "--watchlist", str(WATCHLIST)])
    assert done.exit_code == 0, done.output
    figures: dict[str, dict[str, float]] = json.loads(done.output)
    return figures


FLOORS = {
    "blind": {"f1": 0.90, "precision": 0.91, "recall": 0.88, "whole": 0.61, "both_sides": 0.72},
    "fresh": {"f1": 0.93, "precision": 0.94, "recall": 0.92, "whole": 0.68, "both_sides": 0.83},
    "fresh-2": {"f1": 0.89, "precision": 0.89, "recall": 0.88, "whole": 0.63, "both_sides": 0.78},
    "fresh-3": {"f1": 0.87, "precision": 0.94, "recall": 0.80, "whole": 0.46, "both_sides": 0.67},
    "fresh-4": {"f1": 0.87, "precision": 0.90, "recall": 0.82, "whole": 0.54, "both_sides": 0.75},
}


@pytest.mark.parametrize("name", FLOORS)
def test_the_figures_hold_on_news_that_was_not_fitted(name: str) -> None:
    figures = measured(GOLD / f"{name}.jsonl")["all"]
    assert figures["items"] >= 60
    assert {key: figures[key] for key, floor in FLOORS[name].items() if figures[key] < floor} == {}


def test_fitting_is_repeatable(tmp_path: Path) -> None:
    gold = str(WATCHLIST / "labelled" / "news" / "first.jsonl")
    runs = [
        CliRunner().invoke(cli, ["rules", "fit", gold, "--dry-run", "--watchlist", str(WATCHLIST)]) for _ in range(2)
    ]
    assert runs[0].exit_code == 0, runs[0].output
    assert runs[0].output == runs[1].output
    assert "fitted on" not in runs[0].output, "a dry run writes nothing"
