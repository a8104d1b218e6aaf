"""Who the principals are: of the names of a story, those that the fitted model takes for the sides of its deal."""

from collections.abc import Sequence

from dealwatch.deals.judging.linear import Model
from dealwatch.deals.judging.names import Named
from dealwatch.deals.names import Name
from dealwatch.deals.records import SINGLE, DealType

MOST = 6
"""Principals of one deal; a longer list is a list of somebody's customers."""
SURE = 0.35
"""From here on a name is a principal whoever else is one."""
SIDE = 0.15
"""The least likely name that is taken to fill a side which nobody else fills."""


def principals(found: Sequence[Named], model: Model, deal_type: DealType) -> list[Name]:
    """The names to report, in the order of their first mention. Never empty where a name was found."""
    likely = {each.name.name: model.probability(each.cues) for each in found}
    ranked = sorted(found, key=lambda each: -likely[each.name.name])
    chosen: list[Named] = []
    for each in ranked[:MOST]:
        if likely[each.name.name] >= SURE and not any(_one_company(each, other) for other in chosen):
            chosen.append(each)
    least = SURE if deal_type in SINGLE else SIDE
    for each in ranked:
        alone = all(each.side != other.side for other in chosen)
        if alone and likely[each.name.name] >= least:
            chosen.append(each)
    chosen = chosen or ranked[:1]
    names = {each.name.name for each in chosen[:MOST]}
    return [each.name for each in found if each.name.name in names]


def _one_company(one: Named, other: Named) -> bool:
    """Whether one name is the other in short: "Regina Miracle" and "Regina Miracle International". Names that the
    watchlist holds apart (Carrefour, Carrefour Taiwan) are two."""
    if one.name.tier < 3 and other.name.tier < 3:
        return False
    short, long = sorted((one.name.name.lower().split(), other.name.name.lower().split()), key=len)
    return one.side == other.side and long[: len(short)] == short
