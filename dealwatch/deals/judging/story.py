"""The cues of a story: what its headline, lead, body and proving sentence hold, by name."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dealwatch.deals.judging.linear import Cues
from dealwatch.deals.judging.signs import Signs
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.records import Side

READ = 12
"""Sentences that are read for cues; what a story reports stands at its top."""
LEAD = 2
"""Sentences of the text that count as its lead."""
HALF = 50.0
"""Per cent: who buys more has bought the company, and a stake is a smaller thing."""
_SHARE = re.compile(r"\d+(?:\.\d+)?")
_TOKEN = re.compile(r"[a-z][a-z'&-]*|\d+|[\u3400-\u9fff]")
WORTH = {"title": 1.0, "lead": 1.0, "body": 0.6}
"""What a cue is worth by where it stands."""


def zone(line: Line) -> str:
    return "title" if line.index == 0 else "lead" if line.index <= LEAD else "body"


def story_cues(reading: Reading, signs: Signs) -> Cues:
    """Every cue of the story, each 0 to 1."""
    cues: Cues = {}
    for line in reading.lines[: READ + 1]:
        where = zone(line)
        cues.update(dict.fromkeys(_line_cues(where, line, signs), WORTH[where]))
    for candidate in signs.found:
        score = min(candidate.score, 1.0)
        for cue in (f"rule {candidate.rule.id}", f"{zone(candidate.line)} type {candidate.type}"):
            cues[cue] = max(cues.get(cue, 0.0), score)
        cue = f"{candidate.type} by {candidate.actor or 'nobody'} {candidate.rule.actor}"
        cues[cue] = max(cues.get(cue, 0.0), score)
    cues.update(_shape(reading))
    return cues


def anywhere(cues: Cues) -> Cues:
    """The cues told whatever their place, since so they are better known; what is no word keeps its own beside."""
    told: Cues = {}
    for cue, value in cues.items():
        place, _, rest = cue.partition(" ")
        if place != "body" and rest[:1] != "'":
            told[cue] = value
        if place in WORTH:
            somewhere = "any " + rest
            if value > told.get(somewhere, 0.0):
                told[somewhere] = value
    return told


def _line_cues(where: str, line: Line, signs: Signs) -> list[str]:
    cues = [f"{where} veto {veto.id}" for veto in signs.vetoes.get(line.index, ())]
    for hedge, _ in signs.hedges.get(line.index, ()):
        cues += (f"{where} hedge {hedge.id}", f"{where} status {hedge.status}")
    cues += [f"{where} {tag}" for tag in line.marks if tag[0] != "="]
    words = _words(line)
    cues += [f"{where} '{word}'" for word in words]
    if line.index <= LEAD:
        cues += [f"{where} '{left} {right}'" for left, right in pairwise(words)]
    return cues


def _words(line: Line) -> list[str]:
    """The words in order; names stand as C (Chinese) or F (foreign), sums as $, numbers as #, Chinese characters one by
    one."""
    marked = [(name.start, name.end, _side(name.side)) for name in line.names]
    marked += [(amount.start, amount.end, "$") for amount in line.amounts]
    words: list[str] = []
    base = at = line.sentence.start
    for start, end, mark in sorted(marked):
        if start < at:
            continue
        words += _TOKEN.findall(line.text[at - base : start - base])
        words.append(mark)
        at = end
    words += _TOKEN.findall(line.text[at - base :])
    return ["#" if word[0].isdigit() else word for word in words]


def _side(side: Side) -> str:
    return side[0].upper()


def _shape(reading: Reading) -> Iterator[tuple[str, float]]:
    """Who stands in the headline and how the story is built."""
    title = [line for line in reading.lines if line.index == 0]
    sides = "".join(_side(n.side) for line in title for n in line.names if not n.bystander)[:4]
    yield f"headline of {sides or 'nobody'}", 1.0
    for line in reading.lines:
        if line.index > LEAD:
            break
        for name in line.names:
            if name.bystander or name.reference:
                continue
            yield f"{zone(line)} {name.side} {name.kind}", 1.0
            if name.industry:
                yield f"head industry {name.industry}", 1.0
            if name.tier < 3:
                yield f"head {name.name}", 1.0
                yield f"head {name.side} of {name.home}", 1.0
    abroad = china = 0.0
    for line in reading.lines:
        worth = 2.0 if line.index == 0 else 1.0 if line.index <= 3 else 0.2
        for hit in line.places:
            weight = worth * (0.3 if hit.people else 1.0)
            if hit.code == "CN":
                china += weight
            else:
                abroad += weight
    yield "markets abroad", min(abroad, 6.0) / 6
    yield "markets china", min(china, 6.0) / 6
    yield "length", min(len(reading.texts.raw["text"]) / 3000, 1.0)
    if any(line.text.rstrip("\"' ").endswith(("?", "？")) for line in title):
        yield "headline asks", 1.0
    for share in _shares(reading):
        yield f"a share {'over' if share > HALF else 'up to'} half", 1.0
    percents = sum(len(line.marks.get("{percent}", ())) for line in reading.lines if line.index <= 4)
    yield "percents", min(percents, 6) / 6


def _shares(reading: Reading) -> Iterator[float]:
    """Per cents told near the top beside words of stakes and purchases."""
    for line in reading.lines[: READ // 2]:
        if not any(line.has(tag) for tag in ("<stake>", "<acquire>", "<take>", "<sell_stake>")):
            continue
        for start, end in line.marks.get("{percent}", ()):
            number = _SHARE.match(line.text[start - line.sentence.start : end - line.sentence.start])
            if number:
                yield float(number.group())
