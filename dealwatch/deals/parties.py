"""The principals of a deal: the two sides, names in one breath with them, and a target or seller."""

from collections import defaultdict

from dealwatch.deals.candidates import SINGLE, Candidate
from dealwatch.deals.events import Event
from dealwatch.deals.names import Name
from dealwatch.deals.reading import Line, Reading
from dealwatch.deals.topic import LEAD

JOINTS = frozenset(
    {",", "and", ", and", "&", "、", "和", "与", "以及", "及", "plus", "跟", "，", "as well as", "or", "两大", "+"}
)
MOST = 6
"""Principals of one deal; a longer list is a list of somebody's customers."""


def parties_of(event: Event, reading: Reading) -> list[Name]:
    """The names to report, actor first."""
    actor = event.group[0].actor
    sides = [_arm(name, reading) for name in (event.chinese, event.foreign) if name]
    if event.type == "market_entry" and len(sides) == 2:
        sides = [name for name in sides if name.side == (actor or "chinese")]
    if len(sides) == 1 and event.type not in SINGLE:
        other = _other_name(event, sides[0], reading)
        sides += [other] if other else []
    if len(sides) == 1 and event.type == "exit":
        sides += _left_platform(event, sides[0], reading)
    if actor == "foreign":
        sides.reverse()
    for name in list(sides):
        sides += [each for each in _listed_with(name, event) if _new(each, sides)]
    if event.type == "acquisition" and len(sides) == 2:
        sides += _third(event, sides, reading)
    return sides[:MOST]


def _left_platform(event: Event, side: Name, reading: Reading) -> list[Name]:
    """The platform on which a store closes: one named in the first lines or in those that prove the exit."""
    lines = [line for line in reading.lines if line.index <= 2] + _proving(event.group)
    platforms = [
        n for line in lines for n in line.names if n.kind == "platform" and n.side != side.side and not n.bystander
    ]
    return platforms[:1] if side.kind != "platform" else []


def _new(name: Name, sides: list[Name]) -> bool:
    """Not there yet, nor a parent or child of one that is."""
    return not any(_same_house(name, side) for side in sides)


def _same_house(one: Name, other: Name) -> bool:
    return one.name == other.name or one.name in other.parents or other.name in one.parents


def _other_name(event: Event, side: Name, reading: Reading) -> Name | None:
    """Where only one side has a name: the name most often met in the lines that prove the deal, whatever its side."""
    votes: dict[str, float] = defaultdict(float)
    names: dict[str, Name] = {}
    for candidate in event.group:
        for name in candidate.line.names:
            if not name.bystander and not _same_house(name, side) and name.family != side.family:
                votes[name.name] += candidate.score * (1.5 if candidate.line.index == 0 else 1.0)
                names.setdefault(name.name, name)
    for line in reading.lines if not votes else ():
        for name in line.names if line.index <= 5 else ():
            if not name.bystander and not _same_house(name, side) and name.family != side.family:
                votes[name.name] += (2.0 if line.index == 0 else 1.0) * (1.0 if name.side == side.side else 2.0)
                names.setdefault(name.name, name)
    return names[max(votes, key=lambda name: votes[name])] if votes else None


def _arm(name: Name, reading: Reading) -> Name:
    """The arm that acts ("Qatar Airways Cargo") rather than the house it belongs to, where the lead names it."""
    for line in reading.lines:
        for other in line.names if line.index <= LEAD else ():
            if other.parents[:1] == (name.name,) and other.name.startswith(name.name + " "):
                return other
    return name


def _listed_with(name: Name, event: Event) -> list[Name]:
    """Names of the same side that stand in one list with `name` in the line that proves the deal."""
    if event.type not in ("partnership", "investment", "exit", "acquisition"):
        return []
    found: list[Name] = []
    for line in _proving(event.group):
        places = [index for index, each in enumerate(line.names) if each.name == name.name]
        for place in places:
            found += _chain(line, place, 1) + _chain(line, place, -1)
        if found:
            break
    return [
        each
        for each in found
        if each.side == name.side and (event.type == "partnership" or each.side == "chinese" or event.type == "exit")
    ]


def _chain(line: Line, place: int, step: int) -> list[Name]:
    chain: list[Name] = []
    while 0 <= place + step < len(line.names):
        left, right = sorted((place, place + step))
        between = line.plain[line.names[left].end - line.sentence.start : line.names[right].start - line.sentence.start]
        if between.strip().lower() not in JOINTS or line.names[place + step].bystander:
            break
        place += step
        chain.append(line.names[place])
    return chain


def _third(event: Event, sides: list[Name], reading: Reading) -> list[Name]:
    """The target beside the seller, or the seller beside the target: named in the headline, or twice in the lead."""
    counts: dict[str, int] = defaultdict(int)
    names: dict[str, Name] = {}
    for line in reading.lines:
        if line.index > 3:
            break
        for name in {n.name: n for n in line.names if not n.bystander}.values():
            counts[name.name] += 3 if line.index == 0 else 1
            names.setdefault(name.name, name)
    proving = {name.name for line in _proving(event.group) for name in line.names}
    fitting = [
        name
        for name in names.values()
        if name.side == "foreign"
        and counts[name.name] >= 2
        and name.name in proving
        and _new(name, sides)
        and name.kind not in ("payment", "logistics")
    ]
    return fitting[:1]


def _proving(group: list[Candidate]) -> list[Line]:
    lines: list[Line] = []
    for candidate in group:
        if candidate.line not in lines:
            lines.append(candidate.line)
    return lines[:3]
