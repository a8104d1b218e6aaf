"""The fitted models of the flagging, one a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dealwatch.deals.judging.linear import Model, Table
from dealwatch.deals.records import DEAL_TYPES, STATUSES

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "deal": ("yes",),
    "brief": ("yes",),
    "type": DEAL_TYPES,
    "status": STATUSES,
    "direction": ("inbound",),
    "principal": ("yes",),
    "sum": ("yes",),
}
"""What is asked, and the answers there are: does the story report a deal, asked otherwise of a brief; of which type,
how settled, which way (else outbound); is this name a principal; is this sum the deal's own."""
BRIEF = 2
"""Sentences of text up to which a story is a brief, such as feeds give of pages that ask for a login: fewer cues add
up there, so each must weigh more."""


@dataclass(frozen=True, slots=True)
class Models:
    """`deal` or `brief`, `type`, `status`, `direction` are asked of a story's cues, `principal` of a name's, `sum` of a
    sum's."""

    deal: Model
    brief: Model
    type: Model
    status: Model
    direction: Model
    principal: Model
    sum: Model
    digest: str = ""
    fields: Table = field(init=False, repr=False, compare=False)
    """Type, status and direction in one, its labels in that order: a story's cues are looked up once, not thrice."""

    def __post_init__(self) -> None:
        asked = {"type": self.type, "status": self.status, "direction": self.direction}
        rows = {f"{name} {answer}": asked[name].weights[answer] for name in asked for answer in QUESTIONS[name]}
        object.__setattr__(self, "fields", Table(rows))

    def asked(self, sentences: int) -> Model:
        """The model that says whether a story of that many sentences, its headline aside, reports a deal."""
        return self.brief if sentences <= BRIEF else self.deal

    def fields_of(self, cues: Mapping[str, float]) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
        """The totals for each type, for each status, and for the way inbound."""
        totals = self.fields.totals(cues)
        return totals[: len(DEAL_TYPES)], totals[len(DEAL_TYPES) : -1], totals[-1:]

    @property
    def cues(self) -> set[str]:
        """Every cue that weighs something for some question of a story."""
        asked = (self.deal, self.brief, self.type, self.status, self.direction)
        return {cue for model in asked for row in model.weights.values() for cue in row}

    @classmethod
    def of(cls, weights: Mapping[str, Mapping[str, Mapping[str, float]]], digest: str = "") -> "Models":
        """From question -> answer -> cue -> weight."""
        return cls(**{question: Model(weights[question]) for question in QUESTIONS}, digest=digest)

    @classmethod
    def unfitted(cls) -> "Models":
        """Models that know nothing: every answer is as likely as the others, and no story reports a deal."""
        never = {question: {"yes": {"": -30.0}} for question in ("deal", "brief")}
        return cls.of({q: never.get(q) or {a: {} for a in answers} for q, answers in QUESTIONS.items()})
