"""How settled a deal is, read in the headline, the lead and the sentence that proves it."""

from collections.abc import Sequence

from dealwatch.deals.candidates import Index
from dealwatch.deals.patterns import Match
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.records import DealType, Status
from dealwatch.deals.rules import Hedge

Found = tuple[Hedge, Line, Match]


def status_of(deal_type: DealType, anchor: Line, reading: Reading, hedges: Index[Hedge]) -> tuple[Status, Found | None]:
    """The status and the hedge it stands on (None where it follows from the type or by default)."""
    lines = [line for line in reading.lines if line.index <= 2]
    if anchor not in lines:
        lines.append(anchor)
    met: dict[int, dict[str, Found]] = {}
    for line in lines:
        for hedge, match in hedges.met(line, reading.texts.lower[line.sentence.field]):
            met.setdefault(line.index, {}).setdefault(hedge.status, (hedge, line, match))
    order = [line.index for line in lines]
    denied = _first(met, "denied", order[:2])
    if denied:
        return "denied", denied
    reported = _first(met, "reported", [index for index in order if index <= 1 or index == anchor.index])
    if reported and (reported[1].index in (0, anchor.index) or "completed" not in met.get(anchor.index, {})):
        return "reported", reported
    if deal_type == "exit":
        return "terminated", None
    return _done_or_coming(met, anchor)


def _first(met: dict[int, dict[str, Found]], status: str, order: Sequence[int]) -> Found | None:
    return next((met[index][status] for index in order if status in met.get(index, {})), None)


def _done_or_coming(met: dict[int, dict[str, Found]], anchor: Line) -> tuple[Status, Found | None]:
    """Done against yet to come: the anchor speaks first, then the lead, then the headline."""
    order = [anchor.index, *(index for index in (1, 2, 0) if index != anchor.index)]
    score = 0.0
    for index, weight in zip(order, (1.0, 0.7, 0.5, 0.6), strict=False):
        here = met.get(index, {})
        score += weight * (("completed" in here) - ("announced" in here) * 1.1)
    if score > 0:
        return "completed", _first(met, "completed", order)
    return "announced", _first(met, "announced", order)
