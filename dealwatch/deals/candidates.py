"""Rules met in the lines of a story: each meeting is a candidate for a deal, with the two sides it ties."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dealwatch.deals.names import Name
from dealwatch.deals.patterns import Match, Pattern, find
from dealwatch.deals.reading import Line, Reading, Span
from dealwatch.deals.records import DealType, Side
from dealwatch.deals.rules import Rule, Rules, Veto

CHINESE_SLOTS = ("{chinese}", "{platform}", "{wallet}")
LEAD = 3
"""Sentences of the text that count as its lead."""


@dataclass(slots=True)
class Candidate:
    """One rule met in one line. `chinese` and `foreign` are the sides; a side told only as a place has no name.

    `pairing` says how firmly the sides are told: 1 both named here, less where one is a place or comes from the headline.
    """

    rule: Rule
    line: Line
    match: Match
    trigger: Span
    chinese: Name | None
    foreign: Name | None
    pairing: float
    actor: Side | None
    factors: dict[str, float] = field(default_factory=dict)

    @property
    def type(self) -> DealType:
        return self.rule.type

    @property
    def score(self) -> float:
        score = self.rule.weight / 3 * self.pairing
        for factor in self.factors.values():
            score *= factor
        return score


class Matcher:
    """Finds the candidates of a reading. Patterns wait under the rarest thing they need, so most are never tried."""

    def __init__(self, rules: Rules) -> None:
        self._rules = _by_key((rule, rule.patterns) for rule in rules.rules)
        self._vetoes = _by_key((veto, veto.patterns) for veto in rules.vetoes)

    def rules(self, line: Line, text: str) -> list[tuple[Rule, Match]]:
        """Every rule met in the line, once each, by its first pattern that fits."""
        met: dict[str, tuple[Rule, Match]] = {}
        for rule, pattern in _waiting(self._rules, line):
            if rule.id in met:
                continue
            match = find(pattern, line.marks, text)
            if match and not any(find(unless, line.marks, text) for unless in rule.unless):
                met[rule.id] = (rule, match)
        return list(met.values())

    def vetoes(self, line: Line, text: str) -> list[tuple[Veto, Match]]:
        met: dict[str, tuple[Veto, Match]] = {}
        for veto, pattern in _waiting(self._vetoes, line):
            if veto.id in met:
                continue
            match = find(pattern, line.marks, text)
            if match and not any(find(spare, line.marks, text) for spare in veto.spares):
                met[veto.id] = (veto, match)
        return list(met.values())


def _by_key(rules: Iterable[tuple[Rule | Veto, Sequence[Pattern]]]) -> dict[str, list[tuple[Rule | Veto, Pattern]]]:
    waiting: dict[str, list[tuple[Rule | Veto, Pattern]]] = defaultdict(list)
    for rule, patterns in rules:
        for pattern in patterns:
            for tag in _key(pattern):
                waiting[tag].append((rule, pattern))
    return dict(waiting)


def _key(pattern: Pattern) -> tuple[str, ...]:
    """The step least often there: a family or word before a slot, and of those the one with fewest choices."""
    steps = pattern.required
    return min(steps, key=lambda tags: (any(tag.startswith("{") for tag in tags), any(tag.startswith("=") for tag in tags), len(tags)))


def _waiting(by_key: dict[str, list[tuple[Rule | Veto, Pattern]]], line: Line) -> Iterable[tuple[Rule | Veto, Pattern]]:
    for tag in line.marks:
        yield from by_key.get(tag, ())
