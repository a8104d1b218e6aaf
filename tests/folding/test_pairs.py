"""Folding measured on labelled pairs: stories of one event belong together, near misses of the same parties do not."""

from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from dealwatch.deals.families import Families
from dealwatch.deals.partition import fold_mentions
from dealwatch.deals.records import Mention, Party, Side, Story

PRECISION, RECALL = 0.97, 0.90
PAIRS = Path(__file__).with_name("pairs.yaml")
Pair = tuple[int, int]


@cache
def labelled() -> tuple[list[dict[str, Any]], Families]:
    data = yaml.safe_load(PAIRS.read_text("utf-8"))
    return data["stories"], Families(data["parents"])


def story(number: int, row: dict[str, Any]) -> tuple[Story, list[Mention]]:
    def parties(names: list[str], side: Side) -> list[Party]:
        return [Party(name.removesuffix("~"), side, not name.endswith("~")) for name in names]

    day = row.get("day")
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) if day else None
    value, currency = str(row.get("amount", "")).split() or (None, None)
    said = Mention(
        type=row["type"],
        parties=(*parties(row["f"], "foreign"), *parties(row["c"], "chinese")),
        direction=row["to"],
        status=row["status"],
        sentence=row["title"],
        score=0.9,
        amount=row.get("amount"),
        amount_value=float(value) if value else None,
        amount_currency=currency,
        market=row.get("market", "CN" if row["to"] == "inbound" else None),
        named=tuple(row.get("also", ())),
    )
    return Story(str(number), row["title"], row["text"], row["lang"], at), [said]


def pairs(groups: list[Any]) -> set[Pair]:
    return {(a, b) for a, b in combinations(range(len(groups)), 2) if groups[a] == groups[b]}


def near_misses(rows: list[dict[str, Any]]) -> set[Pair]:
    """Pairs of two events that have a principal in common."""
    return {
        (a, b)
        for (a, one), (b, two) in combinations(enumerate(rows), 2)
        if one["event"] != two["event"] and {*one["c"], *one["f"]} & {*two["c"], *two["f"]}
    }


def name(rows: list[dict[str, Any]], pair: Pair) -> str:
    return " | ".join(f"{rows[each]['event']}: {rows[each]['title']}" for each in pair)


def test_there_are_pairs_enough_of_every_kind() -> None:
    rows, _ = labelled()
    same = pairs([row["event"] for row in rows])
    assert len(same) >= 50
    assert len(near_misses(rows)) >= 100
    assert sum(rows[a]["lang"] != rows[b]["lang"] for a, b in same) >= 30
    assert sum(rows[a]["status"] != rows[b]["status"] for a, b in same) >= 15


def test_pairs_are_folded_and_near_misses_kept_apart() -> None:
    rows, families = labelled()
    numbers = [deal for (deal,) in fold_mentions([story(n, row) for n, row in enumerate(rows)], families)]
    wanted, found = pairs([row["event"] for row in rows]), pairs(numbers)
    right = wanted & found
    missed = [name(rows, pair) for pair in sorted(wanted - found)]
    wrong = [name(rows, pair) for pair in sorted(found - wanted)]
    precision, recall = len(right) / len(found), len(right) / len(wanted)
    print(f"pairs {len(wanted)}, near misses {len(near_misses(rows))}: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= PRECISION, wrong
    assert recall >= RECALL, missed


def test_stories_in_two_languages_are_folded_as_well_as_those_in_one() -> None:
    rows, families = labelled()
    numbers = [deal for (deal,) in fold_mentions([story(n, row) for n, row in enumerate(rows)], families)]
    across = {(a, b) for a, b in pairs([row["event"] for row in rows]) if rows[a]["lang"] != rows[b]["lang"]}
    assert len(across & pairs(numbers)) / len(across) >= RECALL
