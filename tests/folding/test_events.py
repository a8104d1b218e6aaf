"""Events told in two languages or at two stages, flagged and folded from their texts alone."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealwatch.cli import cli

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "tests" / "gold"
PRECISION = 0.97
RECALL = {"events": 0.88, "told": 0.92}
"""Of the pairs whose stories are both flagged. Floors may only rise."""


@pytest.mark.parametrize("name", RECALL)
def test_events_told_twice_are_folded_from_their_texts(name: str) -> None:
    stories = GOLD / f"{name}.jsonl"
    words = ["flag", "--jsonl", str(stories), "--fold", "--watchlist", str(ROOT / "watchlist")]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    deals = {row["id"]: {deal["deal_id"] for deal in row["deals"]} for row in rows if row["deals"]}
    events = json.loads((GOLD / f"{name}.json").read_text("utf-8")).values()
    wanted = {pair for event in events for pair in combinations(sorted(set(event) & deals.keys()), 2)}
    found = {(a, b) for a, b in combinations(sorted(deals), 2) if deals[a] & deals[b]}
    assert len(wanted) >= 20
    assert len(wanted & found) / len(found) >= PRECISION, sorted(found - wanted)
    assert len(wanted & found) / len(wanted) >= RECALL[name], sorted(wanted - found)
