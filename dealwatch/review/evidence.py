"""A story's text with its evidence marked: spans of code points become runs of plain text, each with its marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

MARKS = {
    "trigger": "trigger",
    "chinese": "chinese",
    "foreign": "foreign",
    "hedge": "hedge",
    "status": "hedge",
    "amount": "amount",
    "market": "amount",
}
MAX_PARAGRAPH = 1200
"""Code points of a paragraph that are shown: enough for any real one, small beside a hostile one."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` (end not included), and what they stand for."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text whose every character carries the same marks; `proof`: it is part of the proving sentence."""

    text: str
    marks: tuple[str, ...] = ()
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """The paragraph around the proving sentence. `cut_before`, `cut_after`: there was more of it."""

    runs: tuple[Run, ...]
    cut_before: bool = False
    cut_after: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def runs(text: str, spans: Iterable[Span], proof: tuple[int, int] | None = None) -> tuple[Run, ...]:
    """`text` cut wherever a span begins or ends. Joined, the runs are the text again; overlapping spans give runs
    with several marks; spans outside the text, empty or reversed ones count for nothing."""
    kept = [
        Span(max(0, span.start), min(len(text), span.end), MARKS.get(span.role, "trigger"))
        for span in spans
        if span.start < span.end and span.start < len(text) and span.end > 0
    ]
    edges = {0, len(text)} | {edge for span in kept for edge in (span.start, span.end)}
    if proof:
        edges |= {min(max(edge, 0), len(text)) for edge in proof}
    cuts = sorted(edges)
    found = []
    for start, end in pairwise(cuts):
        marks = {span.role: None for span in kept if span.start <= start and span.end >= end}
        proven = proof is not None and proof[0] <= start and end <= proof[1]
        found.append(Run(text[start:end], tuple(sorted(marks)), proven))
    return tuple(found)


def passage(text: str | None, sentence: str, spans: Sequence[Span]) -> Passage:
    """The paragraph in which the sentence stands, marked; the sentence alone where the text is gone."""
    at = text.find(sentence) if text and sentence else -1
    if text is None or at < 0:
        return Passage(runs(sentence[:MAX_PARAGRAPH], (), (0, len(sentence))), cut_after=len(sentence) > MAX_PARAGRAPH)
    first = text.rfind("\n", 0, at) + 1
    last = text.find("\n", at + len(sentence))
    last = len(text) if last < 0 else last
    start = max(first, min(at, at + len(sentence) // 2 - MAX_PARAGRAPH // 2))
    start = first if at + len(sentence) - first <= MAX_PARAGRAPH else start
    end = min(last, start + MAX_PARAGRAPH)
    moved = [Span(span.start - start, span.end - start, span.role) for span in spans]
    proof = (at - start, at + len(sentence) - start)
    return Passage(runs(text[start:end], moved, proof), start > first, end < last)
