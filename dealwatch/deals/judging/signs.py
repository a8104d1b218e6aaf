"""What the rules of an analyst meet in a story: rules, vetoes and hedges, line by line, each looked for once."""

from collections.abc import Sequence
from dataclasses import dataclass

from dealwatch.deals.candidates import Candidate
from dealwatch.deals.index import Index
from dealwatch.deals.patterns import Match
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.rules import Hedge, Veto


@dataclass(frozen=True, slots=True)
class Signs:
    """`found` are the rules met, with their sides; vetoes and hedges stand by the index of their line."""

    found: Sequence[Candidate]
    vetoes: dict[int, list[Veto]]
    hedges: dict[int, list[tuple[Hedge, Match]]]

    @property
    def anchor(self) -> Line | None:
        """The line that proves a deal best."""
        best = max(self.found, key=lambda candidate: candidate.score, default=None)
        return best.line if best else None


def look(reading: Reading, found: Sequence[Candidate], vetoes: Index[Veto], hedges: Index[Hedge]) -> Signs:
    """Every veto and hedge that the lines of the story meet, beside the rules already found."""
    met_vetoes = {}
    met_hedges = {}
    for line in reading.lines:
        text = reading.texts.lower[line.sentence.field]
        met_vetoes[line.index] = [veto for veto, _ in vetoes.met(line, text)]
        met_hedges[line.index] = hedges.met(line, text)
    return Signs(found, met_vetoes, met_hedges)
