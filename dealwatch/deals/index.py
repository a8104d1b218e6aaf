"""Which rules, vetoes and hedges a line meets, without trying most of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dealwatch.deals.patterns import Match, Pattern, find
from dealwatch.deals.reading import Line
from dealwatch.deals.rules import Hedge, Rule, Veto

Entry = Rule | Veto | Hedge


class Index:
    """Patterns waiting under the rarest thing they need, so that most are never tried on a line."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._waiting: dict[str, list[tuple[frozenset[str], Entry, Pattern]]] = defaultdict(list)
        """Tag -> what else must be there, the entry, and its pattern."""
        for entry in entries:
            for pattern in entry.patterns:
                needs = frozenset(tags[0] for tags in pattern.required if len(tags) == 1)
                for tag in _key(pattern):
                    self._waiting[tag].append((needs, entry, pattern))

    def met(self, line: Line, text: str) -> list[tuple[Entry, Match]]:
        """Every entry met in the line, once each, by any of its patterns that fits; `text` is of its field."""
        met: dict[str, tuple[Entry, Match]] = {}
        present = set(line.marks)
        for tag in line.marks:
            for needs, entry, pattern in self._waiting.get(tag, ()):
                if not needs <= present or entry.id in met:
                    continue
                match = find(pattern, line.marks, text)
                if match and not any(find(spare, line.marks, text) for spare in _unless(entry)):
                    met[entry.id] = (entry, match)
        return list(met.values())


def _unless(entry: Entry) -> Sequence[Pattern]:
    if isinstance(entry, Rule):
        return entry.unless
    return entry.spares if isinstance(entry, Veto) else ()


def _key(pattern: Pattern) -> tuple[str, ...]:
    """The step least often there: a family before a word before a slot, and of those the one with fewest choices."""
    return min(pattern.required, key=lambda tags: (tags[0][0] == "{", tags[0][0] == "=", len(tags)))
