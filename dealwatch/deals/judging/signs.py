"""What an analyst's rules, vetoes and hedges meet in a story, line by line, each looked for once."""

from collections.abc import Sequence
from dataclasses import dataclass

from dealwatch.deals.candidates import Candidate, candidate
from dealwatch.deals.index import Index
from dealwatch.deals.patterns import Match
from dealwatch.deals.reading import Reading
from dealwatch.deals.rules import Hedge, Veto
from dealwatch.deals.topic import Topic


@dataclass(frozen=True, slots=True)
class Signs:
    """`found` are the rules met, with their sides; vetoes and hedges stand by the index of their line."""

    found: Sequence[Candidate]
    vetoes: dict[int, list[Veto]]
    hedges: dict[int, list[tuple[Hedge, Match]]]


def look(reading: Reading, index: Index, topic: Topic) -> Signs:
    """Every rule whose sides the story tells, every veto and every hedge that its lines meet, in reading order."""
    found: list[Candidate] = []
    vetoes: dict[int, list[Veto]] = {}
    hedges: dict[int, list[tuple[Hedge, Match]]] = {}
    for line in reading.lines:
        vetoes[line.index], hedges[line.index] = [], []
        for entry, match in index.met(line, reading.texts.lower[line.sentence.field]):
            if isinstance(entry, Veto):
                vetoes[line.index].append(entry)
            elif isinstance(entry, Hedge):
                hedges[line.index].append((entry, match))
            elif met := candidate(entry, match, line, topic):
                found.append(met)
    return Signs(found, vetoes, hedges)
