"""Who "the French group", "the company", "it" and "the pair" are: the names of headline and lead they stand for."""

import re
from collections.abc import Iterator
from dataclasses import replace

from dealwatch.deals.names import Name
from dealwatch.deals.reading import BOTH, Line, Reading, slots_of
from dealwatch.deals.records import Side
from dealwatch.deals.topic import Topic

_NOUN = (
    "company|group|firm|retailer|chain|brand|label|giant|platform|marketplace|app|startup|start-up|maker|grocer|conglomerate|supermarket|investor|fund|buyer|side|partner|"
    "bank|carrier|airline|wallet|owner|seller|business|house|parent|operator|courier|discounter|bidder|suitor|backer|shareholder|website|site|store|manufacturer|fashion house|"  # noqa: E501
    "restaurant|roaster|jeweller|jeweler|distributor|department store|department stores|corporation|outfit|newcomer|internet company|tech company|shop|group's|company's|"  # noqa: E501
    "e-commerce company|e-tailer|unicorn|wholesaler|brewer|drugstore|pharmacy|shoemaker|winemaker|toymaker|postal service|post office|trader|designer|producer|dairy|unit|arm|subsidiary|venture capitalist|"  # noqa: E501
    "companies|retailers|brands|investors|partners|buyers|rivals|owners|firms"
)
_NOUN_BEHIND = re.compile(rf"[\w'-]*\s(?:[\w'&.-]+\s){{0,2}}?(?:{_NOUN})\b")
"""A noun for a firm within three words behind the place that says where the firm is from."""
_ARTICLE = re.compile(r"\b(?:the|its|their|this|that|an?|new|local|another)\s$")
_BARE = re.compile(
    r"[\"' ]*(?:it|they|the company|the group|the firm|the chain|the brand|the retailer|the app|the platform)\b"
)
_CHINESE_BARE = re.compile(
    r"(?:该公司|这家公司|该品牌|该集团|这一品牌|这家企业|该企业|该平台|这家零售商|该零售商|公司(?=宣布|表示|称|计划|将|已|拟|此前)|品牌方|集团(?=宣布|表示|称|计划|将|已|拟))"
)


def refer(reading: Reading, topic: Topic) -> None:
    """Adds to each line of the text the names its nouns and pronouns stand for, as names at that place."""
    sides: dict[Side, Name | None] = {side: topic.of(side, among=topic.head) for side in ("chinese", "foreign")}
    if not any(sides.values()):
        return
    subject: Name | None = None
    for line in reading.lines:
        found = _in_line(line, sides, subject) if line.index else []
        first = next((name for name in line.names if not name.bystander), None)
        subject = first or (found[0] if found else subject)
        if not found:
            continue
        line.names = sorted([*line.names, *found], key=lambda name: name.start)
        for name in found:
            for tag in slots_of(name):
                line.marks[tag].append((name.start, name.end))
                line.marks[tag].sort()


def _in_line(line: Line, sides: dict[Side, Name | None], subject: Name | None) -> list[Name]:
    at = line.sentence.start
    found: list[Name] = []
    for start, end in line.marks.get(BOTH, ()):
        found += [_stand_in(name, line, start, end) for name in sides.values() if name]
    for start, end, side in _nominals(line):
        name = sides[side]
        if name and not _taken(line, found, start, end):
            found.append(_stand_in(name, line, start, end))
    for bare in (_BARE.match(line.text), _CHINESE_BARE.search(line.text)):
        if bare and subject and not _taken(line, found, at + bare.start(), at + bare.end()):
            found.append(_stand_in(subject, line, at + bare.start(), at + bare.end()))
    return found


def _nominals(line: Line) -> Iterator[tuple[int, int, Side]]:
    """Nouns for a firm with a nationality or home town before them, and the side that tells: "the French group"."""
    at = line.sentence.start
    done = 0
    for place in line.places:
        noun = _NOUN_BEHIND.match(line.text, place.end - at) if place.start >= done else None
        if noun:
            article = _ARTICLE.search(line.text[max(0, place.start - at - 8) : place.start - at])
            done = at + noun.end()
            start = place.start - (len(article.group()) if article else 0)
            yield start, done, "chinese" if place.code == "CN" else "foreign"


def _taken(line: Line, found: list[Name], start: int, end: int) -> bool:
    return any(name.start < end and start < name.end for name in (*line.names, *found))


def _stand_in(name: Name, line: Line, start: int, end: int) -> Name:
    return replace(name, field=line.sentence.field, start=start, end=end, reference=True, bystander=False)
