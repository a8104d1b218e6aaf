"""Which rules, vetoes and hedges a line meets, without trying most of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from dealwatch.deals.patterns import Match, Pattern, find
from dealwatch.deals.reading import Line
from dealwatch.deals.rules import Hedge, Rule, Veto

T = TypeVar("T", Rule, Veto, Hedge)


class Index(Generic[T]):
    """Patterns waiting under the rarest thing they need, so that most are never tried on a line."""

    def __init__(self, entries: Iterable[T]) -> None:
        self._waiting: dict[str, list[tuple[T, Pattern]]] = defaultdict(list)
        for entry in entries:
            for pattern in entry.patterns:
                for tag in _key(pattern):
                    self._waiting[tag].append((entry, pattern))

    def met(self, line: Line, text: str) -> list[tuple[T, Match]]:
        """Every entry met in the line, once each, by the first of its patterns that fits."""
        met: dict[str, tuple[T, Match]] = {}
        for entry, pattern in self._candidates(line):
            if entry.id in met:
                continue
            match = find(pattern, line.marks, text)
            if match and not any(find(spare, line.marks, text) for spare in _unless(entry)):
                met[entry.id] = (entry, match)
        return list(met.values())

    def _candidates(self, line: Line) -> Iterator[tuple[T, Pattern]]:
        for tag in line.marks:
            yield from self._waiting.get(tag, ())


def _unless(entry: Rule | Veto | Hedge) -> Sequence[Pattern]:
    if isinstance(entry, Rule):
        return entry.unless
    return entry.spares if isinstance(entry, Veto) else ()


def _key(pattern: Pattern) -> tuple[str, ...]:
    """The step least often there: a family before a word before a slot, and of those the one with fewest choices."""
    return min(pattern.required, key=lambda tags: (tags[0][0] == "{", tags[0][0] == "=", len(tags)))
