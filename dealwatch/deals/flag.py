"""The door of the pure core: a story in, the deals it reports out, each with the spans that prove it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dealwatch.deals.candidates import Candidate
from dealwatch.deals.index import Index
from dealwatch.deals.judging.fields import Fields, settle
from dealwatch.deals.judging.linear import Cues, Model
from dealwatch.deals.judging.models import Models
from dealwatch.deals.judging.names import named
from dealwatch.deals.judging.principals import principals
from dealwatch.deals.judging.signs import Signs, look
from dealwatch.deals.judging.story import story_cues
from dealwatch.deals.judging.summary import summary
from dealwatch.deals.judging.sums import Sum, own_sum, sums
from dealwatch.deals.names import EntityLike, Name, Names
from dealwatch.deals.phrases import Hit, Phrases
from dealwatch.deals.reading import Line, Reader, Reading
from dealwatch.deals.records import DealType, Direction, Evidence, Field, Mention, Party, Status, Story
from dealwatch.deals.references import refer
from dealwatch.deals.rules import Rules
from dealwatch.deals.script import has_cjk
from dealwatch.deals.text import Texts, texts
from dealwatch.deals.topic import Topic
from dealwatch.deals.towns import Places
from dealwatch.deals.unlisted import unlisted
from dealwatch.deals.weigh import Vetoes, weigh

CODE = "5"
"""Changes whenever this room's code changes what it flags: part of the ruleset's name."""
THRESHOLD = 0.57


@dataclass(frozen=True, slots=True)
class Judged:
    """A story as the models see it: what was met in it, its cues, and how likely it reports a deal."""

    reading: Reading
    topic: Topic
    signs: Signs
    cues: Cues
    model: Model
    """The one that was asked whether it reports a deal."""
    probability: float

    @property
    def flagged(self) -> bool:
        return self.probability >= THRESHOLD


class Flagger:
    """Entities, rules and fitted models, compiled once. `ruleset` names exactly what was compiled."""

    def __init__(
        self, entities: Iterable[EntityLike], rules: Rules, models: Models, weaker: Iterable[EntityLike] = ()
    ) -> None:
        entities, weaker = list(entities), list(weaker)
        self.rules = rules
        self.models = models
        self._phrases = Phrases()
        self.names = Names(entities, weaker, self._phrases)
        self._reader = Reader(rules, self._phrases)
        self._index = Index([*rules.rules, *rules.vetoes, *rules.hedges])
        self._places = Places(
            (word for place in rules.places for word in (*place.words, *place.people)),
            (word for place in rules.places if place.code == "CN" for word in (*place.words, *place.people)),
        )
        self._china = frozenset(map(self._phrases.add, self._places.china_words))
        seen = hashlib.sha256(f"{CODE}{rules.digest}{models.digest}".encode())
        for entity in (*entities, *weaker):
            seen.update(repr(entity).encode())
        self.ruleset = seen.hexdigest()[:16]

    def flag(self, story: Story) -> tuple[Mention, ...]:
        """The deal the story reports; () for most stories. Of a round-up it is the one told best."""
        reading = self.read(story)
        if reading is None:
            return ()
        judged = self.judge(reading)
        return (self.mention(judged),) if judged.flagged else ()

    def read(self, story: Story) -> Reading | None:
        """The story with its names and words marked; None where nothing Chinese is named at all."""
        both = texts(story)
        hits = self._hits(both)
        names = self.names.find(both, hits)
        if not any(name.side == "chinese" for name in names) and not self._speak_of_china(hits):
            return None
        return self._mark(both, names, hits)

    def _hits(self, both: Texts) -> dict[Field, list[Hit]]:
        return {field: self._phrases.find(text) for field, text in both.lower.items()}

    def _mark(self, both: Texts, names: list[Name], hits: dict[Field, list[Hit]]) -> Reading:
        names = names + unlisted(both, names, self._places, self.names.resolve)
        return self._reader.read(both, sorted(names, key=lambda name: (name.field, name.start)), hits)

    def met(self, story: Story) -> set[str]:
        """The ids of all rules, vetoes and hedges that any sentence of the story meets, whatever comes of it."""
        both = texts(story)
        hits = self._hits(both)
        reading = self._mark(both, self.names.find(both, hits), hits)
        return {
            entry.id for line in reading.lines for entry, _ in self._index.met(line, both.lower[line.sentence.field])
        }

    def _speak_of_china(self, hits: dict[Field, list[Hit]]) -> bool:
        return any(number in self._china for found in hits.values() for number, _, _ in found)

    def judge(self, reading: Reading) -> Judged:
        """How likely the story reports a deal, flagged or not, and what speaks for it."""
        topic = Topic(reading)
        refer(reading, topic)
        signs = look(reading, self._index, topic)
        vetoes = Vetoes(reading, signs.vetoes)
        weigh(signs.found, topic, vetoes)
        cues = {**story_cues(reading, signs), **summary(signs.found, reading, vetoes)}
        model = self.models.asked(sum(line.index > 0 and _tells(line) for line in reading.lines))
        return Judged(reading, topic, signs, cues, model, model.probability(cues))

    def mention(self, judged: Judged) -> Mention:
        """What the story would be reported as, flagged or not."""
        fields = settle(self.models, judged.cues)
        everyone = named(judged.reading, judged.topic, judged.signs)
        sides = principals(everyone, self.models.principal, fields.type)
        proving = proofs(judged.signs.found, fields.type)
        own = own_sum(sums(judged.reading, proving, fields.type), self.models.sum)
        return _mention(judged, fields, sides, proving, own)


def _mention(
    judged: Judged, fields: Fields, sides: Sequence[Name], proving: Sequence[Candidate], own: Sum | None
) -> Mention:
    reading = judged.reading
    raw = reading.texts.raw
    evidence = [_evidence(candidate, reading) for candidate in proving[:3]] or [_opening(reading)]
    evidence += [_span("name", name.side, name.field, name.start, name.end, reading) for name in sides]
    evidence += _hedge(judged, fields.status)
    amount = None
    if own:
        field, start, end = own.line.sentence.field, own.amount.start, own.amount.end
        amount = raw[field][start:end]
        evidence.append(_span("amount", "amount", field, start, end, reading))
    sentence = (_proving_line(proving) if proving else reading.lines[0]).sentence
    return Mention(
        type=fields.type,
        parties=tuple(Party(name.name, name.side, name.tier < 3, name.home) for name in sides),
        direction=fields.direction,
        status=fields.status,
        sentence=raw[sentence.field][sentence.start : sentence.end].strip(),
        score=round(judged.probability, 4),
        amount=amount,
        amount_value=own.amount.value if own else None,
        amount_currency=own.amount.currency if own else None,
        market=_market(sides, proving, fields.direction, reading),
        evidence=tuple(dict.fromkeys(evidence)),
        named=_named(reading, {name.name for name in sides}),
    )


def _tells(line: Line) -> bool:
    """Not so "Read on" and its like behind a feed's summary."""
    return len(line.text.strip()) >= (12 if has_cjk(line.text) else 30)


HEAD = 2
"""Sentences of the text in which a hedge may stand as evidence."""


def _hedge(judged: Judged, status: Status) -> list[Evidence]:
    """The words of headline or lead that tell the status, where a hedge was met there."""
    for line in judged.reading.lines:
        for hedge, match in judged.signs.hedges[line.index] if line.index <= HEAD else ():
            if hedge.status == status:
                span = _span(hedge.id, "hedge", line.sentence.field, match.start, match.end, judged.reading)
                return [span]
    return []


def proofs(found: Sequence[Candidate], kind: DealType) -> list[Candidate]:
    """The rules met, best first: those of the deal's own type where there are any."""
    own = [candidate for candidate in found if candidate.type == kind]
    return sorted(own or found, key=lambda candidate: -candidate.score)


def _named(reading: Reading, parties: set[str]) -> tuple[str, ...]:
    """Companies near the top of the story that are no parties, listed ones first; of those that nobody listed some are
    no companies."""
    names = [name for line in reading.lines[:15] for name in line.names if not name.reference]
    names.sort(key=lambda name: name.tier == 3)
    return tuple(dict.fromkeys(name.name for name in names if name.name not in parties))[:16]


def _proving_line(proofs: Sequence[Candidate]) -> Line:
    """What proves the deal best: a sentence of the text rather than the headline, which the reader sees anyway."""
    best = proofs[0]
    return next((c.line for c in proofs[:3] if c.line.index and c.score >= best.score / 2), best.line)


def _opening(reading: Reading) -> Evidence:
    """The headline, where no rule is met but the words of headline and lead together tell of a deal."""
    sentence = reading.lines[0].sentence
    return _span("words", "trigger", sentence.field, sentence.start, sentence.end, reading)


def _evidence(candidate: Candidate, reading: Reading) -> Evidence:
    start, end = candidate.trigger
    return _span(candidate.rule.id, "trigger", candidate.line.sentence.field, start, end, reading)


def _span(rule: str, role: str, field: str, start: int, end: int, reading: Reading) -> Evidence:
    return Evidence(rule, field, start, end, reading.texts.raw[field][start:end], role)  # type: ignore[arg-type,index]


def _market(sides: Sequence[Name], proofs: Sequence[Candidate], way: Direction, reading: Reading) -> str | None:
    """The country the business goes to: the mainland if inbound, else the country most named by headline and proof."""
    if way == "inbound":
        return "CN"
    counts: dict[str, float] = {}
    proving = {candidate.line.index for candidate in proofs[:3]}
    for line in reading.lines:
        if line.index <= HEAD or line.index in proving:
            for hit in line.places:
                if hit.code != "CN" and len(hit.code) == 2:
                    counts[hit.code] = counts.get(hit.code, 0.0) + (0.4 if hit.people else 1.0)
    if counts:
        return max(counts, key=lambda code: counts[code])
    return next((name.home for name in sides if name.side == "foreign"), None)
