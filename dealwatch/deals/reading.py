"""One reading of a story: its sentences, and in each the marks (names, words, places, sums) that patterns meet."""

import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dealwatch.deals.amounts import Amount, amounts
from dealwatch.deals.names import Name
from dealwatch.deals.phrases import Hit, Phrases
from dealwatch.deals.records import Field
from dealwatch.deals.rules import Rules
from dealwatch.deals.script import has_cjk
from dealwatch.deals.text import Sentence, Texts, sentences

Span = tuple[int, int]
# Each begins with a class or a letter, so that the search leaps to where one may stand, and no digit is tried twice.
_SHARES = (
    re.compile(r"\d(?<!\d\d)\d*(?:\.\d+)?\s?(?:%|percent|per cent|pc\b|pct\b)"),
    re.compile(r"百分之\w+"),
    re.compile(r"[\d一二三四五六七八九]成(?![立功为本员])"),
)
BEFORE, AFTER = "<bystander_before>", "<bystander_after>"
BOTH = "<both_sides>"
_SLOT_OF = {"spoken_share": ("{percent}",)}
"""Families whose words fill a slot too: "half of" is a share."""
_KIND_SLOTS = {"platform": "{platform}", "payment": "{wallet}", "logistics": "{carrier}", "investor": "{investor}"}


_CHINA_UNIT = re.compile(r"[a-z]*(?:'s)? ?(?:china\b(?!'s)|in china\b|中国(?!市场|消费|天猫|内地|大陆|的)|在华)")


_LOCATIVE = re.compile(
    r"(?:在|到|进|赴|于|入|向|驻|往|去|落户|登陆|进军|来|抵达|杀入|回|退出|撤出|撤离|离开|告别)[^，。]{0,2}$"
)
_MARKET = re.compile("市场|首店|站|业务|区|公司|消费|门店|店|开|内地|大陆|全境|民众|用户|上线|商户|本土|当地")


def _tail(name: Name) -> int:
    """Where to look for the China that makes a name a China unit: in its last word or right behind it."""
    return max(name.start, name.end - 5)


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A market named in the story. `people` is True for "German" rather than "Germany"."""

    code: str
    start: int
    end: int
    people: bool


@dataclass(slots=True)
class Line:
    """One sentence with what stands in it. Spans are code points of the sentence's field."""

    sentence: Sentence
    text: str
    plain: str
    names: list[Name] = field(default_factory=list)
    places: list[PlaceHit] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    marks: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))

    @property
    def index(self) -> int:
        return self.sentence.index

    def has(self, tag: str) -> bool:
        return tag in self.marks


@dataclass(slots=True)
class Reading:
    """A story read: `lines[0]` is the headline where there is one."""

    texts: Texts
    lines: list[Line]

    def names(self) -> list[Name]:
        return [name for line in self.lines for name in line.names]


class Reader:
    """The families, words and places of the rules, looked for among `phrases`, and stories read with them."""

    def __init__(self, rules: Rules, phrases: Phrases) -> None:
        tags: dict[int, set[str]] = defaultdict(set)
        for name, forms in rules.families.items():
            for form in forms:
                tags[phrases.add(form)].update((f"<{name}>", *_SLOT_OF.get(name, ())))
        for word in _words(rules):
            tags[phrases.add(word)].add("=" + word)
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}  # few objects stay in the processor's cache
        rows = {number: tuple(sys.intern(tag) for tag in sorted(names)) for number, names in tags.items()}
        # By the number of the phrase.
        self._tags = {number: shared.setdefault(row, row) for number, row in rows.items()}
        self._places: dict[int, tuple[str, bool]] = {}
        for place in rules.places:
            for word in place.words:
                self._places.setdefault(phrases.add(word), (place.code, False))
            for word in place.people:
                self._places.setdefault(phrases.add(word), (place.code, True))
        self._before = frozenset(number for number, row in self._tags.items() if BEFORE in row)
        self._after = frozenset(number for number, row in self._tags.items() if AFTER in row)

    def read(self, both: Texts, names: list[Name], hits: Mapping[Field, Sequence[Hit]]) -> Reading:
        """The story as lines, headline first. `names` are in order within each field, `hits` those of the phrases."""
        lines = [
            Line(s, both.lower[s.field][s.start : s.end], both.plain[s.field][s.start : s.end]) for s in sentences(both)
        ]
        for field_name in both.lower:
            here = [line for line in lines if line.sentence.field == field_name]
            if here:
                self._mark(both, here, [name for name in names if name.field == field_name], hits[field_name])
                _mark_numbers(both.lower[field_name], here)
        return Reading(both, lines)

    def _mark(self, both: Texts, lines: list[Line], names: list[Name], hits: Sequence[Hit]) -> None:
        """Marks names, words and places in the lines of one field."""
        field_name = lines[0].sentence.field
        lowered = both.lower[field_name]
        at = _Walk(lines)
        capitals = both.plain[field_name] != lowered
        covered: list[Span] = []
        for name in self._bystanders(names, hits, lowered):
            if line := at.line(name.start, name.end):
                line.names.append(name)
                covered.append((name.start, name.end))
                for tag in slots_of(name):
                    line.marks[tag].append((name.start, name.end))
                if name.side == "foreign" and _CHINA_UNIT.match(lowered, _tail(name)):
                    line.marks["<unit>"].append((name.start, name.end))
        inside = _Cover(sorted(covered))
        at = _Walk(lines)
        reach = -1
        for number, start, end in hits:
            tags, place = self._tags.get(number, ()), self._places.get(number)
            if not tags and not place:
                continue
            if inside.holds(start, end):  # a family's word inside "Best Buy" says nothing
                continue
            line = at.line(start, end)
            if line is None:
                continue
            span = (start, end)
            for tag in tags:
                line.marks[tag].append(span)
            if place is None or start < reach:
                continue
            code, people = place
            if capitals and not _written_as_place(both.plain[field_name][start:end], code):
                continue
            reach = end
            line.places.append(PlaceHit(code, start, end, people or _is_people(lowered, start, end)))
            line.marks["{china}" if code == "CN" else "{abroad}"].append(span)

    def _bystanders(self, names: list[Name], hits: Sequence[Hit], lowered: str) -> list[Name]:
        """The names, those with a word of comparison or ownership right beside them marked as bystanders."""
        ends = {end for number, _, end in hits if number in self._before}
        starts = {start for number, start, _ in hits if number in self._after}
        if not ends and not starts:
            return names
        marked = []
        for name in names:
            left = name.start
            while left and lowered[left - 1] in " \"'(":
                left -= 1
            right = name.end
            while right < len(lowered) and lowered[right] in ' ")':
                right += 1
            beside = left in ends or right in starts or name.end in starts
            marked.append(replace(name, bystander=True) if beside else name)
        return marked


def _words(rules: Rules) -> list[str]:
    """Every word that a pattern names by itself."""
    patterns = [p for rule in rules.rules for p in (*rule.patterns, *rule.unless)]
    patterns += [p for veto in rules.vetoes for p in (*veto.patterns, *veto.spares)]
    patterns += [p for hedge in rules.hedges for p in hedge.patterns]
    return sorted({word for pattern in patterns for word in pattern.words})


def _mark_numbers(lowered: str, lines: list[Line]) -> None:
    """Marks sums and shares in the lines of one field."""
    at = _Walk(lines)
    for amount in amounts(lowered):
        if line := at.line(amount.start, amount.end):
            line.amounts.append(amount)
            line.marks["{amount}"].append((amount.start, amount.end))
    for shape in _SHARES:
        at = _Walk(lines)
        for match in shape.finditer(lowered):
            if line := at.line(*match.span()):
                line.marks["{percent}"].append(match.span())


def _written_as_place(shown: str, code: str) -> bool:
    """Whether a place has its capital: "Turkey" and "US", not "turkey" and "us". Chinese has none, nor have "abroad"
    and "the mainland"."""
    if shown.lower() == "us":
        return shown == "US"
    return not shown.islower() or has_cjk(shown) or code == "ABR" or "mainland" in shown


def _is_people(lowered: str, start: int, end: int) -> bool:
    """In Chinese one word is both land and people: a land only where something happens there (在德国, 德国市场)."""
    if not has_cjk(lowered[start:end]):
        return False
    return not _LOCATIVE.search(lowered[max(0, start - 4) : start]) and not _MARKET.match(lowered, end)


def slots_of(name: Name) -> list[str]:
    """The slots a name can fill; a bystander fills none."""
    if name.bystander:
        return []
    slots = ["{party}", "{" + name.side + "}"]
    if name.kind == "platform" and name.side == "foreign":
        slots.append("{marketplace}")
    elif name.kind in _KIND_SLOTS:
        slots.append(_KIND_SLOTS[name.kind])
    if name.tier == 3:
        slots.append("{unknown}")
    return slots


class _Walk:
    """The line in which a span lies, asked for span by span from left to right."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._at = 0

    def line(self, start: int, end: int) -> Line | None:
        """None where the span crosses the end of a line."""
        lines = self._lines
        while self._at + 1 < len(lines) and lines[self._at + 1].sentence.start <= start:
            self._at += 1
        sentence = lines[self._at].sentence
        return lines[self._at] if sentence.start <= start and end <= sentence.end else None


class _Cover:
    """Whether a span lies within a name, asked for span by span from left to right."""

    def __init__(self, spans: list[Span]) -> None:
        self._spans = spans
        self._at = -1

    def holds(self, start: int, end: int) -> bool:
        spans = self._spans
        while self._at + 1 < len(spans) and spans[self._at + 1][0] <= start:
            self._at += 1
        return self._at >= 0 and end <= spans[self._at][1]
