"""Which way the business goes: a foreign side coming to China is inbound, a Chinese side going abroad outbound."""

from collections.abc import Sequence

from dealwatch.deals.candidates import HOSTS, Candidate
from dealwatch.deals.names import Name
from dealwatch.deals.reading import Reading
from dealwatch.deals.records import DealType, Direction, Side

ABROAD_PLATFORMS = frozenset(
    [
        "AliExpress",
        "Temu",
        "Shein",
        "Lazada",
        "Trendyol",
        "Daraz",
        "Keeta",
        "Kilimall",
        "Miravia",
        "Kikuu",
        "Tokopedia",
        "TikTok",
        "LightInTheBox",
        "DHgate",
        "Shoplazza",
    ]
) | {
    "TikTok Shop",
    "AliExpress Russia",
    "AliExpress Korea",
    "Club Factory",
    "JD Worldwide Mall",
    "Joybuy",
    "Ochama",
    "JD Central",
    "SheIn",
}
"""Platforms of Chinese owners that sell outside China."""
HOME_KINDS = frozenset({"platform", "retailer"})


def direction_of(
    deal_type: DealType, group: Sequence[Candidate], chinese: Name | None, foreign: Name | None, reading: Reading
) -> Direction:
    """By type, then by who the sides are, then by the markets the lead speaks of."""
    abroad, china = markets(group, reading)
    if chinese is None:
        return "inbound"
    if foreign is None:
        return "outbound"
    if deal_type in ("storefront", "exit") and chinese.kind == "platform":
        return "outbound" if chinese.name in ABROAD_PLATFORMS else "inbound"
    if deal_type in ("investment", "acquisition"):
        return _by_target(group, chinese, foreign, china, abroad)
    if deal_type == "exit":
        return "outbound" if any(c.actor == "chinese" for c in group) else "inbound"
    if deal_type == "market_entry":
        return "outbound" if group[0].actor == "chinese" else "inbound"
    return _tie(chinese, foreign, china, abroad)


def markets(group: Sequence[Candidate], reading: Reading) -> tuple[float, float]:
    """How much headline, lead and the proving lines speak of places abroad and of China, as markets."""
    abroad = china = 0.0
    proving = {candidate.line.index for candidate in group}
    for line in reading.lines:
        worth = 2.0 if line.index == 0 else 1.0 if line.index <= 3 or line.index in proving else 0.2
        for hit in line.places:
            weight = worth * (0.3 if hit.people else 1.0)
            if hit.code == "CN":
                china += weight
            else:
                abroad += weight
    return abroad, china


def _by_target(group: Sequence[Candidate], chinese: Name, foreign: Name, china: float, abroad: float) -> Direction:
    """A purchase goes where the thing bought is: a China unit is inbound whoever buys it, else the buyer tells."""
    if buyer(group, chinese, foreign) == "foreign":
        abroad_unit = any(place.code != "CN" and not place.people for c in group[:2] for place in c.line.places)
        return "outbound" if abroad_unit and china == 0 and chinese.kind in ("restaurant", "retailer") else "inbound"
    if any(_buys_unit(candidate) for candidate in group if candidate.line.index <= 4):
        return "inbound"
    selling = any(candidate.rule.actor == "seller" for candidate in group[:3])
    return "inbound" if selling and china > abroad + 1.5 else "outbound"


def _buys_unit(candidate: Candidate) -> bool:
    """Whether a China unit stands by the words of the purchase."""
    left, right = candidate.trigger
    return any(start - right <= 60 and left - end <= 60 for start, end in candidate.line.marks.get("<unit>", ()))


def buyer(group: Sequence[Candidate], chinese: Name, foreign: Name) -> Side:
    """Which side buys: by the actors of the candidates, by score; the headline's counts threefold. Kinds lean it."""
    votes: dict[Side, float] = {"chinese": 0.3, "foreign": 0.0}
    votes["foreign"] += 0.8 if foreign.kind == "investor" and chinese.kind != "investor" else 0.0
    votes["foreign"] += 0.4 if foreign.kind == "group" and chinese.kind in ("brand", "restaurant") else 0.0
    votes["chinese"] += 0.8 if chinese.kind == "investor" and foreign.kind != "investor" else 0.0
    for candidate in group:
        if candidate.actor:
            side = candidate.actor if candidate.rule.actor == "buyer" else _other(candidate.actor)
            votes[side] += candidate.score * (3 if candidate.line.index == 0 else 1)
    return "chinese" if votes["chinese"] >= votes["foreign"] else "foreign"


def _other(side: Side) -> Side:
    return "foreign" if side == "chinese" else "chinese"


def _tie(chinese: Name, foreign: Name, china: float, abroad: float) -> Direction:
    if chinese.name in ABROAD_PLATFORMS:
        return "outbound"
    if chinese.name in HOSTS and foreign.kind in ("brand", "retailer", "unlisted", "restaurant", "group"):
        return "inbound"
    balance = abroad - china
    balance += _CHINESE_LEAN.get(chinese.kind, 0.0) + _FOREIGN_LEAN.get(foreign.kind, 0.0)
    return "outbound" if balance > 0 else "inbound"


_CHINESE_LEAN = {
    "payment": 1.0,
    "logistics": 1.5,
    "brand": 1.5,
    "restaurant": 1.5,
    "retailer": 0.0,
    "platform": -1.5,
    "group": -0.5,
}
_FOREIGN_LEAN = {"brand": -0.7, "logistics": 1.0, "platform": 0.5, "payment": -0.7}
