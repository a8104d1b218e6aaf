"""The door of the pure core: a story in, the deals it reports out, each with the spans that prove it."""

import hashlib
from collections.abc import Iterable

from dealwatch.deals.candidates import Candidate, Matcher
from dealwatch.deals.names import EntityLike, Names
from dealwatch.deals.reading import Line, Reader, Reading
from dealwatch.deals.records import Evidence, Mention, Party, Story
from dealwatch.deals.rules import Rules
from dealwatch.deals.text import texts

CODE = "1"


class Flagger:
    """Entities and rules, compiled once. `ruleset` names exactly what was compiled."""

    def __init__(self, entities: Iterable[EntityLike], rules: Rules) -> None:
        entities = list(entities)
        self.rules = rules
        self.names = Names(entities)
        self._reader = Reader(rules)
        self._matcher = Matcher(rules)
        seen = hashlib.sha256(f"{CODE}{rules.digest}".encode())
        for entity in entities:
            seen.update(repr(entity).encode())
        self.ruleset = seen.hexdigest()[:16]

    def flag(self, story: Story) -> tuple[Mention, ...]:
        """The deals the story reports, best proven first; () for most stories."""
        both = texts(story)
        names = self.names.find(both)
        if not any(name.side == "chinese" for name in names):
            return ()
        reading = self._reader.read(both, names)
        for line in reading.lines[:4]:
            for rule, match in self._matcher.rules(line, both.lower[line.sentence.field]):
                chinese = next((n for n in line.names if n.side == "chinese"), None)
                foreign = next((n for n in line.names if n.side == "foreign"), None)
                if chinese and foreign:
                    s = line.sentence
                    field = s.field
                    evidence = Evidence(rule.id, field, match.start, match.end, both.raw[field][match.start : match.end])
                    parties = tuple(Party(n.name, n.side, True, n.home) for n in (foreign, chinese))
                    sentence = both.raw[field][s.start : s.end].strip()
                    return (Mention(rule.type, parties, "inbound", "announced", sentence, 0.5, evidence=(evidence,)),)
        return ()
