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


@pytest.mark.parametrize(
    ("name", "floors"),
    [
        ("own.jsonl", {"f1": 0.91, "precision": 0.90, "recall": 0.90, "whole": 0.46, "both_sides": 0.58}),
        ("more.jsonl", {"f1": 0.82, "precision": 0.78, "recall": 0.84, "whole": 0.37, "both_sides": 0.50}),
    ],
)
def test_the_figures_hold(name: str, floors: dict[str, float]) -> None:
    figures = measured(GOLD / name)["all"]
    assert figures["items"] >= 60
    assert {key: figures[key] for key, floor in floors.items() if figures[key] < floor} == {}


def test_fitting_is_repeatable(tmp_path: Path) -> None:
    gold = str(GOLD / "own.jsonl")
    runs = [
        CliRunner().invoke(cli, ["rules", "fit", gold, "--dry-run", "--watchlist", str(WATCHLIST)]) for _ in range(2)
    ]
    assert runs[0].exit_code == 0, runs[0].output
    assert runs[0].output == runs[1].output
    assert "fitted on" not in runs[0].output, "a dry run writes nothing"
