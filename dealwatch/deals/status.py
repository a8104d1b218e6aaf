"""How settled a deal is, read in the headline, the lead and the sentence that proves it."""

import re
from collections.abc import Sequence

from dealwatch.deals.candidates import Candidate, Index
from dealwatch.deals.inflect import IRREGULAR
from dealwatch.deals.patterns import Match
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.records import DealType, Status
from dealwatch.deals.rules import Hedge

Found = tuple[Hedge, Line, Match]
_COMING = re.compile(
    r"(?:\b(?:will|would|shall|may|could|might|to|can|soon|about to|plans? to|set to|going to|due to|hopes? to|wants? to|intends? to|agreed to|agrees to|ready to)"  # noqa: E501
    r"|'ll)\s(?:\w+ly\s|also\s|soon\s)?(?:be\s|have\s)?$"
)
_DONE = re.compile(r"\b(?:has|have|had|was|were|been|having)\s(?:\w+ly\s|just\s|now\s|already\s|been\s)*$")
_GOING = re.compile(r"\b(?:is|are|'s|'re)\s(?:\w+ly\s|now\s)?$")
_WORD = re.compile(r"[a-z'-]+")
_CHINESE_COMING = re.compile(r"(?:将|拟|计划|要|预计|即将|准备|打算|有望|待|欲|下月|明年|下周|料)[^，。；]{0,8}$")
_CHINESE_DONE = re.compile(r"(?:已|正式|刚|日前|近日|昨|完成)[^，。；]{0,8}$")
_PAPER = frozenset(
    [
        "sign",
        "signs",
        "signed",
        "signing",
        "agree",
        "agrees",
        "agreed",
        "ink",
        "inks",
        "inked",
        "announce",
        "announces",
        "announced",
        "unveil",
        "unveils",
        "unveiled",
        "seal",
        "seals",
        "team",
        "teams",
        "teamed",
        "partner",
        "partners",
        "partnered",
    ]
)
_PASTS = frozenset(
    form for forms in IRREGULAR.values() for form in forms.split()[1:-1] if not form.endswith(("ing", "s"))
)
_PAPER_TYPES = frozenset({"partnership", "joint_venture"})
"""A signature alone does not complete these: the tie has to be at work."""
_CLOSING_TYPES = frozenset({"acquisition", "investment", "joint_venture"})
"""What still waits for a nod or a closing is announced, however finished its verbs sound."""
_LIVE_TYPES = frozenset({"storefront", "market_entry"})


def status_of(
    deal_type: DealType, group: Sequence[Candidate], reading: Reading, hedges: Index[Hedge]
) -> tuple[Status, Found | None]:
    """The status and the hedge it stands on (None where it follows from the type, the tense or by default)."""
    anchor = group[0].line
    lines = [line for line in reading.lines if line.index <= 2]
    if anchor not in lines:
        lines.append(anchor)
    met: dict[int, dict[str, Found]] = {}
    for line in lines:
        for hedge, match in hedges.met(line, reading.texts.lower[line.sentence.field]):
            met.setdefault(line.index, {}).setdefault(hedge.status, (hedge, line, match))
    order = [line.index for line in lines]
    denied = _first(met, "denied", order[:3])
    if denied:
        return "denied", denied
    reported = _reported(met, anchor, order, lines)
    if reported:
        return "reported", reported
    if deal_type == "exit":
        return "terminated", None
    return _done_or_coming(met, anchor, deal_type, group, lines, [line for line in reading.lines if line.index <= 6])


def _reported(
    met: dict[int, dict[str, Found]], anchor: Line, order: Sequence[int], lines: Sequence[Line]
) -> Found | None:
    """The hedge of an unsettled story; talks that ended in a signature are settled."""
    found = _first(met, "reported", [index for index in order if index <= 1 or index == anchor.index])
    if found is None:
        return None
    if found[0].id == "talks" and any(line.has("<signed>") for line in lines if line.index <= 2):
        return None
    return found if found[1].index in (0, anchor.index) or "completed" not in met.get(anchor.index, {}) else None


def _first(met: dict[int, dict[str, Found]], status: str, order: Sequence[int]) -> Found | None:
    return next((met[index][status] for index in order if status in met.get(index, {})), None)


def _done_or_coming(
    met: dict[int, dict[str, Found]],
    anchor: Line,
    deal_type: DealType,
    group: Sequence[Candidate],
    lines: Sequence[Line],
    early: Sequence[Line],
) -> tuple[Status, Found | None]:
    """Done against yet to come: the tense of the proving verbs, then the hedges of anchor, lead and headline."""
    score = 0.0
    for candidate in group[:5]:
        score += candidate.score * tense(candidate, deal_type)
    order = [anchor.index, *(index for index in (1, 2, 0) if index != anchor.index)]
    for index, weight in zip(order, (0.6, 0.4, 0.3, 0.3), strict=False):
        here = met.get(index, {})
        score += weight * (("completed" in here) - ("announced" in here) * 1.1)
    if deal_type in _CLOSING_TYPES and any(line.has("<pending>") for line in early):
        score = -1.0
    if deal_type in _PAPER_TYPES and not any(
        line.has("<at_work>") for line in lines if line.index <= 2 or line is anchor
    ):
        score = -1.0
    if score > 0:
        return "completed", _first(met, "completed", order)
    return "announced", _first(met, "announced", order)


def tense(candidate: Candidate, deal_type: DealType) -> float:
    """1 where the proving verb says it has happened, -1 where it is yet to come, 0 where it does not say."""
    line = candidate.line
    at = candidate.trigger[0] - line.sentence.start
    before, rest = line.text[max(0, at - 30) : at], line.text[at:]
    word = _WORD.match(rest)
    if word is None:
        if _CHINESE_COMING.search(before):
            return -1.0
        return 1.0 if _CHINESE_DONE.search(before) or "了" in rest[:6] else 0.0
    verb = word.group()
    if _COMING.search(before):
        return -1.0
    if verb in _PAPER:
        return -0.6
    if _GOING.search(before):
        return -0.6 if verb.endswith("ing") else 0.3
    if _DONE.search(before) or verb in _PASTS or verb.endswith("ed"):
        return 1.0
    return 0.4 if deal_type in _LIVE_TYPES and verb.endswith("s") else 0.0
