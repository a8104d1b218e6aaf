"""Fitting the models on labelled news, with scikit-learn: the same news and rules give the same weights."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from dealwatch.deals.flag import Flagger, proofs
from dealwatch.deals.judging.linear import Cues
from dealwatch.deals.judging.models import BRIEF, QUESTIONS
from dealwatch.deals.judging.names import named
from dealwatch.deals.judging.story import anywhere
from dealwatch.deals.judging.sums import sums
from dealwatch.deals.reading import Reading
from dealwatch.deals.records import DealType, Story

STRENGTH = {"deal": 2.0, "brief": 2.0, "type": 0.6, "status": 0.6, "direction": 0.3, "principal": 0.1, "sum": 0.2}
"""How far the weights may leave zero: the inverse of the ridge."""
BAGS = {"deal": 12, "brief": 12}
"""Random halves of the stories that a question is fitted on; the mean of their weights is kept. Measured: it steadies
"deal or not" (dev F1 0.83 to 0.85), and does nothing for the other questions."""
RARE = 6
"""A cue met in fewer rows says nothing for certain."""
SLIGHT = 0.06
"""Weights below this are left out: together they change next to nothing, and cost half of the time."""
Same = Callable[[str], str]
Weights = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled story: the first of its deals tells the fields, all of them the principals. `deals` may be empty.

    `picked` is a story that was picked since it reports a deal: it says nothing of how news with and without differ.
    """

    story: Story
    deals: Sequence[Mapping[str, Any]]
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """What one question is fitted on: cues, and the right answer, row by row."""

    cues: list[Cues]
    answers: list[str]


def fit(examples: Iterable[Example], flagger: Flagger, same: Same) -> Weights:
    """The weights of every question. `same` maps a name to what stands for all names of its company.

    Raises ImportError where scikit-learn is not installed.
    """
    rows = rows_of(examples, flagger, same)
    return {
        question: _weights(rows[question], answers, STRENGTH[question], BAGS.get(question, 1))
        for question, answers in QUESTIONS.items()
    }


def rows_of(examples: Iterable[Example], flagger: Flagger, same: Same) -> dict[str, Rows]:
    """The labelled stories as rows of cues, question by question."""
    rows = {question: Rows([], []) for question in QUESTIONS}
    for example in examples:
        reading = flagger.read(example.story)
        if reading is None:
            continue
        judged = flagger.judge(reading)
        if not example.picked:
            answer = "yes" if example.deals else "no"
            rows["deal"].cues.append(judged.cues)
            rows["deal"].answers.append(answer)
            if brief := flagger.read(_cut(example.story, reading)):
                rows["brief"].cues.append(flagger.judge(brief).cues)
                rows["brief"].answers.append(answer)
        if not example.deals:
            continue
        told = anywhere(judged.cues)
        for question in ("type", "status", "direction"):
            rows[question].cues.append(told)
            rows[question].answers.append(str(example.deals[0][question]))
        wanted = {same(party) for deal in example.deals for party in deal["parties"]}
        for each in named(reading, judged.topic, judged.signs):
            rows["principal"].cues.append(each.cues)
            rows["principal"].answers.append("yes" if _is_one(same(each.name.name), wanted) else "no")
        kind = cast(DealType, example.deals[0]["type"])
        own = _figures(str(example.deals[0].get("amount") or ""))
        for sum_ in sums(reading, proofs(judged.signs.found, kind), kind):
            written = reading.texts.raw[sum_.line.sentence.field][sum_.amount.start : sum_.amount.end]
            rows["sum"].cues.append(sum_.cues)
            rows["sum"].answers.append("yes" if own and _figures(written) == own else "no")
    return rows


def _cut(story: Story, reading: Reading) -> Story:
    """The story as a brief: its first sentences alone."""
    ends = [line.sentence.end for line in reading.lines if 0 < line.index <= BRIEF]
    return replace(story, text=story.text[: max(ends, default=0)])


def _figures(amount: str) -> str:
    return "".join(character for character in amount if character.isdigit())


def _is_one(name: str, wanted: set[str]) -> bool:
    """Whether a name is among those wanted, or is a longer or shorter form of one of them."""
    return name in wanted or (len(name) > 4 and any(len(w) > 4 and (w in name or name in w) for w in wanted))


def _weights(rows: Rows, answers: Sequence[str], strength: float, bags: int) -> dict[str, dict[str, float]]:
    """One logistic regression an answer, against all others."""
    import numpy
    import scipy.sparse
    from sklearn.feature_extraction import DictVectorizer

    counts = Counter(cue for cues in rows.cues for cue in cues)
    common = {cue for cue, times in counts.items() if times >= RARE}
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([{c: v for c, v in cues.items() if c in common} for cues in rows.cues]).tocsr()
    met = matrix != 0
    matrix.indices, matrix.indptr = matrix.indices.astype(numpy.int32), matrix.indptr.astype(numpy.int32)
    names = vectorizer.get_feature_names_out()
    weights: dict[str, dict[str, float]] = {}
    for answer in answers:
        labels = numpy.array([given == answer for given in rows.answers])
        if labels.all() or not labels.any():
            raise ValueError(f"no labelled story tells {answer!r} from the rest; add some that do")
        scale = _telling(met, labels)
        bias, fitted_weights = _regression((matrix @ scipy.sparse.diags(scale)).tocsr(), labels, strength, bags)
        row = {"": round(bias, 3)}
        fitted = zip(names, fitted_weights * scale, strict=True)
        row |= {name: round(float(weight), 3) for name, weight in fitted if abs(weight) >= SLIGHT}
        weights[answer] = row
    return weights


def _regression(matrix: Any, labels: Any, strength: float, bags: int) -> tuple[float, Any]:
    """Bias and weights: of all rows, or the mean over so many random halves of them (Breiman, "Bagging Predictors",
    Machine Learning 24, 1996)."""
    import numpy
    from sklearn.linear_model import LogisticRegression

    random = numpy.random.default_rng(0)
    count = matrix.shape[0]
    models = []
    for _ in range(bags):
        part = numpy.sort(random.permutation(count)[: count // 2]) if bags > 1 else numpy.arange(count)
        if labels[part].all() or not labels[part].any():
            part = numpy.arange(count)
        model = LogisticRegression(C=strength, solver="liblinear", random_state=0)
        models.append(model.fit(matrix[part], labels[part]))
    bias = float(numpy.mean([model.intercept_[0] for model in models]))
    return bias, numpy.mean([model.coef_[0] for model in models], axis=0)


def _telling(met: Any, labels: Any) -> Any:
    """How freely each cue may be weighed: more, the further its share among the right rows is from that among the rest.

    After Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification" (ACL 2012).
    """
    import numpy

    inside = 1.0 + numpy.asarray(met[labels].sum(axis=0), dtype=float).ravel()
    outside = 1.0 + numpy.asarray(met[~labels].sum(axis=0), dtype=float).ravel()
    ratio = numpy.log((inside / inside.sum()) / (outside / outside.sum()))
    return 0.5 + numpy.abs(ratio) / 2
