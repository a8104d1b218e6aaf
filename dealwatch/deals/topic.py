"""Whom a story is about: the names of its headline and lead, by weight."""

from collections import defaultdict

from dealwatch.deals.names import Name
from dealwatch.deals.reading import Reading
from dealwatch.deals.records import Side

LEAD = 4
"""Sentences of the text that count as its lead."""


class Topic:
    """`title` and `head` (headline and lead) hold names; bystanders stand in neither."""

    def __init__(self, reading: Reading) -> None:
        self.weight: dict[str, float] = defaultdict(float)
        self.best: dict[str, Name] = {}
        for line in reading.lines:
            worth = 3.0 if line.index == 0 else 2.0 if line.index <= LEAD else 0.5
            for name in {name.name: name for name in line.names}.values():
                self.weight[name.name] += worth * (0.3 if name.bystander else 1.0)
                self.best.setdefault(name.name, name)
        self.head = {
            name.name for line in reading.lines if line.index <= LEAD for name in line.names if not name.bystander
        }
        self.title = {
            name.name for line in reading.lines if line.index == 0 for name in line.names if not name.bystander
        }

    def of(self, side: Side, *, among: set[str] | None = None) -> Name | None:
        """The weightiest name of a side."""
        names = [n for n in self.best.values() if n.side == side and (among is None or n.name in among)]
        return max(names, key=lambda name: self.weight[name.name], default=None)
