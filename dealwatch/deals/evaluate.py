"""How good the flagging is on labelled news: the figures of the labelling guide, overall and by part."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dealwatch.deals.records import Mention

FIELDS = ("type", "direction", "status", "amount")
Same = Callable[[str], str]
"""From a name to what stands for all names of its family."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A labelled deal."""

    type: str
    parties: tuple[str, ...]
    direction: str
    status: str
    amount: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled story and what was found in it."""

    id: str
    lang: str
    title: str
    wanted: tuple[Wanted, ...]
    found: tuple[Mention, ...]

    @property
    def verdict(self) -> str:
        """`hit`, `missed`, `false`, or `right` for a story rightly left alone."""
        if self.wanted:
            return "hit" if self.found else "missed"
        return "false" if self.found else "right"


@dataclass(slots=True)
class Figures:
    """Counts, and the ratios that are made of them. A ratio of nothing is 0."""

    items: int = 0
    hits: int = 0
    false: int = 0
    missed: int = 0
    deals: int = 0
    whole: int = 0
    both_sides: int = 0
    extra: int = 0
    parties_right: int = 0
    parties_wrong: int = 0
    parties_missed: int = 0
    fields: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))

    def as_dict(self) -> dict[str, float]:
        return {
            "items": self.items,
            "f1": _f1(self.hits, self.false, self.missed),
            "precision": _share(self.hits, self.hits + self.false),
            "recall": _share(self.hits, self.hits + self.missed),
            "false": self.false,
            "missed": self.missed,
            "deals": self.deals,
            "whole": _share(self.whole, self.deals),
            "both_sides": _share(self.both_sides, self.deals),
            "party_f1": _f1(self.parties_right, self.parties_wrong, self.parties_missed),
            **{name: _share(self.fields[name], self.deals) for name in FIELDS},
            "extra": self.extra,
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _f1(right: int, wrong: int, missed: int) -> float:
    return _share(2 * right, 2 * right + wrong + missed)


def figures(items: Iterable[Item], same: Same) -> Figures:
    """The figures of these items."""
    total = Figures()
    for item in items:
        total.items += 1
        total.hits += item.verdict == "hit"
        total.missed += item.verdict == "missed"
        total.false += item.verdict == "false"
        if item.wanted:
            total.extra += max(0, len(item.found) - len(item.wanted))
        for wanted, found in pairs(item, same):
            _count(total, wanted, found, same)
    return total


def pairs(item: Item, same: Same) -> list[tuple[Wanted, Mention | None]]:
    """Each labelled deal with the found one most like it, each used once."""
    rest = list(item.found)
    paired: list[tuple[Wanted, Mention | None]] = []
    for wanted in item.wanted:
        best = max(rest, key=lambda found: _likeness(wanted, found, same), default=None)
        if best is not None:
            rest.remove(best)
        paired.append((wanted, best))
    return paired


def whole(wanted: Wanted, found: Mention | None, same: Same) -> bool:
    """Whether both sides, type, direction and status are right."""
    if found is None or not _both_sides(wanted, found, same):
        return False
    return (wanted.type, wanted.direction, wanted.status) == (found.type, found.direction, found.status)


def _count(total: Figures, wanted: Wanted, found: Mention | None, same: Same) -> None:
    want, got = _families(wanted.parties, same), _families(found.names if found else (), same)
    total.deals += 1
    total.parties_right += len(want & got)
    total.parties_wrong += len(got - want)
    total.parties_missed += len(want - got)
    total.both_sides += found is not None and _both_sides(wanted, found, same)
    total.whole += whole(wanted, found, same)
    if found is None:
        return
    for name in ("type", "direction", "status"):
        total.fields[name] += getattr(wanted, name) == getattr(found, name)
    total.fields["amount"] += _digits(wanted.amount) == _digits(found.amount)


def _both_sides(wanted: Wanted, found: Mention, same: Same) -> bool:
    want = _families(wanted.parties, same)
    return len(want & _families(found.names, same)) >= min(2, len(want))


def _likeness(wanted: Wanted, found: Mention, same: Same) -> int:
    shared = _families(wanted.parties, same) & _families(found.names, same)
    return 2 * len(shared) + (wanted.type == found.type) + (wanted.direction == found.direction)


def _families(names: Sequence[str], same: Same) -> set[str]:
    return {same(name) for name in names}


def _digits(amount: str | None) -> str:
    return "".join(character for character in amount or "" if character.isdigit())


def wanted_deals(label: Any) -> tuple[Wanted, ...]:
    """The deals of an item's `label`, as the gold format has them. Raises KeyError or TypeError for another shape."""
    return tuple(
        Wanted(deal["type"], tuple(deal["parties"]), deal["direction"], deal["status"], deal.get("amount"))
        for deal in label["deals"]
    )
