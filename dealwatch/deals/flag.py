"""The door of the pure core: a story in, the deals it reports out, each with the spans that prove it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dealwatch.deals.candidates import Candidate, Index, candidates
from dealwatch.deals.direction import direction_of, markets
from dealwatch.deals.events import Event, gather
from dealwatch.deals.names import EntityLike, Name, Names
from dealwatch.deals.parties import parties_of
from dealwatch.deals.reading import Reader, Reading
from dealwatch.deals.records import Evidence, Mention, Party, Story
from dealwatch.deals.references import refer
from dealwatch.deals.rules import Rules
from dealwatch.deals.score import Vetoes, features, probability, weigh
from dealwatch.deals.status import status_of
from dealwatch.deals.text import Texts, texts
from dealwatch.deals.topic import Topic
from dealwatch.deals.unlisted import unlisted
from dealwatch.deals.value import amount_of

CODE = "1"
"""Changes whenever this room's code changes what it flags: part of the ruleset's name."""
THRESHOLD = 0.5
EVIDENCE = 0.3
"""The least a deal's best sentence must be worth, however much else speaks for it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A possible deal with its composite scores; `mention` is what it would be reported as."""

    event: Event
    features: dict[str, float]
    probability: float


class Flagger:
    """Entities and rules, compiled once. `ruleset` names exactly what was compiled."""

    def __init__(self, entities: Iterable[EntityLike], rules: Rules, weaker: Iterable[EntityLike] = ()) -> None:
        entities, weaker = list(entities), list(weaker)
        self.rules = rules
        self.names = Names(entities, weaker)
        self._reader = Reader(rules)
        self._index = Index(rules.rules)
        self._vetoes = Index(rules.vetoes)
        self._hedges = Index(rules.hedges)
        places = [word for place in rules.places for word in (*place.words, *place.people)]
        self._places = frozenset(places)
        self._china = tuple(
            w for place in rules.places if place.code == "CN" for w in (*place.words, *place.people) if w.isascii()
        )
        self._china_words = tuple(
            w for p in rules.places if p.code == "CN" for w in (*p.words[:4], "中国", "内地", "大陆", "chinese")
        )
        seen = hashlib.sha256(f"{CODE}{rules.digest}".encode())
        for entity in (*entities, *weaker):
            seen.update(repr(entity).encode())
        self.ruleset = seen.hexdigest()[:16]

    def flag(self, story: Story) -> tuple[Mention, ...]:
        """The deals the story reports, best proven first; () for most stories."""
        reading = self.read(story)
        if reading is None:
            return ()
        judged = self.judge(reading)
        return tuple(self.mention(each, reading) for each in self._kept(judged))

    def read(self, story: Story) -> Reading | None:
        """The story with its names and words marked; None where nothing Chinese is named at all."""
        both = texts(story)
        names = self.names.find(both)
        if not any(name.side == "chinese" for name in names) and not self._speaks_of_china(both):
            return None
        return self._mark(both, names)

    def _mark(self, both: Texts, names: list[Name]) -> Reading:
        names = _swing(names)
        names += unlisted(both, names, self._places, self._china, self.names.resolve)
        return self._reader.read(both, sorted(names, key=lambda name: (name.field, name.start)))

    def met(self, story: Story) -> set[str]:
        """The ids of all rules, vetoes and hedges that any sentence of the story meets, whatever comes of it."""
        both = texts(story)
        reading = self._mark(both, self.names.find(both))
        return {
            entry.id
            for line in reading.lines
            for index in (self._index, self._vetoes, self._hedges)
            for entry, _ in index.met(line, both.lower[line.sentence.field])
        }

    def _speaks_of_china(self, both: Texts) -> bool:
        return any(word in text for text in both.lower.values() for word in self._china_words)

    def judge(self, reading: Reading) -> list[Judged]:
        """Every possible deal of the story, likeliest first, flagged or not."""
        topic = Topic(reading)
        refer(reading, topic)
        found = candidates(reading, self._index, topic)
        if not found:
            return []
        vetoes = Vetoes(reading, self._vetoes)
        weigh(found, topic, vetoes)
        judged = []
        for event in gather(found, topic)[:6]:
            values = features(event.all, reading, vetoes, event.type)
            judged.append(Judged(event, values, probability(values, self.rules.weights)))
        return sorted(judged, key=lambda each: -each.probability)

    def features(self, story: Story) -> dict[str, float] | None:
        """The composite scores of the story's weightiest event, for fitting; None where nothing speaks for a deal."""
        reading = self.read(story)
        judged = self.judge(reading) if reading is not None else []
        return max(judged, key=lambda each: each.event.worth).features if judged else None

    def _kept(self, judged: list[Judged]) -> list[Judged]:
        """The likeliest event if it is likely enough, and a second one that stands on sentences of its own."""
        likely = [each for each in judged if each.probability >= THRESHOLD and each.features["best"] >= EVIDENCE]
        return likely[:1] + [each for each in likely[1:3] if _stands_alone(each.event, likely[0].event)][:1]

    def mention(self, judged: Judged, reading: Reading) -> Mention:
        event = judged.event
        anchor = _proof(event).line
        status, hedge = status_of(event.type, event.group, reading, self._hedges)
        value = amount_of(event.type, event.all, reading)
        raw = reading.texts.raw
        evidence = [_evidence(candidate, reading) for candidate in event.group[:3]]
        sides = parties_of(event, reading)
        for name in sides:
            evidence.append(_span("name", name.side, name.field, name.start, name.end, reading))
        if hedge:
            entry, line, match = hedge
            evidence.append(_span(entry.id, "hedge", line.sentence.field, match.start, match.end, reading))
        amount = None
        if value:
            line, sum_ = value
            amount = raw[line.sentence.field][sum_.start : sum_.end]
            evidence.append(_span("amount", "amount", line.sentence.field, sum_.start, sum_.end, reading))
        sentence = raw[anchor.sentence.field][anchor.sentence.start : anchor.sentence.end].strip()
        direction = direction_of(event.type, event.group, event.chinese, event.foreign, reading)
        return Mention(
            type=event.type,
            parties=tuple(Party(name.name, name.side, name.tier < 3, name.home) for name in sides),
            direction=direction,
            status=status,
            sentence=sentence,
            score=round(judged.probability, 4),
            amount=amount,
            amount_value=value[1].value if value else None,
            amount_currency=value[1].currency if value else None,
            market=_market(event, direction, reading),
            evidence=tuple(dict.fromkeys(evidence)),
            named=_named(reading, {name.name for name in sides}),
        )


def _named(reading: Reading, parties: set[str]) -> tuple[str, ...]:
    """Listed companies near the top of the story that are no parties, in the order of their first mention."""
    names = (name for line in reading.lines[:15] for name in line.names if name.tier == 1)
    return tuple(dict.fromkeys(name.name for name in names if name.name not in parties))[:12]


SECOND = 0.95
"""What the best sentence of a second deal must be worth."""


def _stands_alone(event: Event, first: Event) -> bool:
    """Whether an event is a piece of news beside the first: its own sentence names both sides, one of them another."""
    best = event.group[0]
    lines = {candidate.line.index for candidate in first.all}
    others = {first.chinese.family if first.chinese else None, first.foreign.family if first.foreign else None}
    pair = {best.chinese.family if best.chinese else None, best.foreign.family if best.foreign else None}
    told = best.pairing == 1.0 and not any(name.reference for name in (best.chinese, best.foreign) if name)
    return told and best.score >= SECOND and best.line.index not in lines and None not in pair and pair != others


def _swing(names: list[Name]) -> list[Name]:
    """A house abroad that a Chinese one has come to own (Lazada, Daraz) is the foreign side of the purchase itself: so
    where the headline names it beside a house at home and nobody else from abroad."""
    title = [name for name in names if name.field == "title" and not name.bystander]
    if any(name.side == "foreign" for name in title) or not any(name.home == "CN" for name in title):
        return names
    swing = {name.name for name in title if name.side == "chinese" and name.home not in ("CN", "HK", None)}
    return [replace(name, side="foreign") if name.name in swing else name for name in names]


def _proof(event: Event) -> Candidate:
    """What proves the deal best: a sentence of the text rather than the headline, which the reader sees anyway."""
    best = event.group[0]
    return next((c for c in event.group[:3] if c.line.index and c.score >= best.score / 2), best)


def _evidence(candidate: Candidate, reading: Reading) -> Evidence:
    start, end = candidate.trigger
    return _span(candidate.rule.id, "trigger", candidate.line.sentence.field, start, end, reading)


def _span(rule: str, role: str, field: str, start: int, end: int, reading: Reading) -> Evidence:
    return Evidence(rule, field, start, end, reading.texts.raw[field][start:end], role)  # type: ignore[arg-type,index]


def _market(event: Event, direction: str, reading: Reading) -> str | None:
    """The country the business goes to: the mainland if inbound, else the country most named by headline and proof."""
    if direction == "inbound":
        return "CN"
    counts: dict[str, float] = {}
    proving = {candidate.line.index for candidate in event.group[:3]}
    for line in reading.lines:
        if line.index <= 2 or line.index in proving:
            for hit in line.places:
                if hit.code != "CN" and len(hit.code) == 2:
                    counts[hit.code] = counts.get(hit.code, 0.0) + (0.4 if hit.people else 1.0)
    if counts:
        return max(counts, key=lambda code: counts[code])
    return event.foreign.home if event.foreign else None


__all__ = ["Flagger", "Judged", "Name", "markets"]
