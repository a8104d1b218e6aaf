"""One reading of a story: its sentences, and in each the marks (names, words, places, sums) that patterns meet."""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace

from dealwatch.deals.amounts import Amount, amounts
from dealwatch.deals.names import Name
from dealwatch.deals.phrases import Phrases
from dealwatch.deals.records import Field
from dealwatch.deals.rules import Rules
from dealwatch.deals.text import Sentence, Texts, sentences

Span = tuple[int, int]
_PERCENT = re.compile(
    r"\d+(?:\.\d+)?\s?(?:%|percent|per cent|pc\b|pct\b)|百分之\w+"
    r"|[一二三四五六七八九]成(?![立功为本员])|\d成(?![立功为本员])"
)
_SPOKEN_SHARE = re.compile(r"\b(?:half|a third|a quarter|two-thirds|three-quarters) of\b")
BEFORE, AFTER = "<bystander_before>", "<bystander_after>"
_KIND_SLOTS = {"platform": "{platform}", "payment": "{wallet}", "logistics": "{carrier}", "investor": "{investor}"}


_CHINA_UNIT = re.compile(r"\w*(?:'s)? ?(?:china\b(?!'s)|in china\b|中国(?!市场|消费|天猫|内地|大陆|的)|在华)")


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
    """Compiles the families, words and places of the rules once, and reads stories with them."""

    def __init__(self, rules: Rules) -> None:
        tags: dict[str, set[str]] = defaultdict(set)
        for name, forms in rules.families.items():
            for form in forms:
                tags[form].add(f"<{name}>")
        patterns = [p for rule in rules.rules for p in (*rule.patterns, *rule.unless)]
        patterns += [p for veto in rules.vetoes for p in (*veto.patterns, *veto.spares)]
        patterns += [p for hedge in rules.hedges for p in hedge.patterns]
        for word in {word for pattern in patterns for word in pattern.words}:
            tags[word].add("=" + word)
        self._places: dict[str, tuple[str, bool]] = {}
        for place in rules.places:
            for word in place.words:
                self._places.setdefault(word, (place.code, False))
            for word in place.people:
                self._places.setdefault(word, (place.code, True))
        self._tags = {form: tuple(sorted(names)) for form, names in tags.items()}
        self._phrases = Phrases(dict.fromkeys([*self._tags, *self._places]))

    def read(self, both: Texts, names: list[Name]) -> Reading:
        lines = [
            Line(s, both.lower[s.field][s.start : s.end], both.plain[s.field][s.start : s.end]) for s in sentences(both)
        ]
        for field_name in both.lower:
            self._mark(field_name, both, [line for line in lines if line.sentence.field == field_name], names)
        return Reading(both, lines)

    def _mark(self, field_name: Field, both: Texts, lines: list[Line], names: list[Name]) -> None:
        starts = [line.sentence.start for line in lines]
        if not starts:
            return

        def line_at(start: int, end: int) -> Line | None:
            line = lines[max(0, bisect_right(starts, start) - 1)]
            return line if line.sentence.start <= start and end <= line.sentence.end else None

        covered: list[Span] = []
        hits = self._phrases.find(both.lower[field_name])
        names = [name for name in names if name.field == field_name]
        for name in self._bystanders(names, hits, both.lower[field_name]):
            if line := line_at(name.start, name.end):
                line.names.append(name)
                covered.append((name.start, name.end))
                for tag in slots_of(name):
                    line.marks[tag].append((name.start, name.end))
                if name.side == "foreign" and _CHINA_UNIT.match(both.lower[field_name], _tail(name)):
                    line.marks["<unit>"].append((name.start, name.end))
        inside = _Cover(covered)
        reach = -1
        for number, start, end in hits:
            form = self._phrases.phrases[number]
            if form in self._tags and not inside.holds(start, end) and (line := line_at(start, end)):
                for tag in self._tags[form]:
                    line.marks[tag].append((start, end))
            if (
                form in self._places
                and start >= reach
                and not inside.holds(start, end)
                and (line := line_at(start, end))
            ):
                if form == "us" and both.plain[field_name][start:end] != "US":
                    continue
                reach = end
                code, people = self._places[form]
                if not people and not form.isascii():
                    people = not _LOCATIVE.search(
                        both.lower[field_name][max(0, start - 4) : start]
                    ) and not _MARKET.match(both.lower[field_name], end)
                line.places.append(PlaceHit(code, start, end, people))
                line.marks["{china}" if code == "CN" else "{abroad}"].append((start, end))
        for line in lines:
            self._mark_numbers(line)

    def _bystanders(self, names: list[Name], hits: list[tuple[int, int, int]], lowered: str) -> list[Name]:
        """The names, those with a word of comparison or ownership right beside them marked as bystanders."""
        ends: set[int] = set()
        starts: set[int] = set()
        for number, start, end in hits:
            tags = self._tags.get(self._phrases.phrases[number], ())
            if BEFORE in tags:
                ends.add(end)
            if AFTER in tags:
                starts.add(start)
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

    @staticmethod
    def _mark_numbers(line: Line) -> None:
        at = line.sentence.start
        for amount in amounts(line.text):
            line.amounts.append(Amount(amount.start + at, amount.end + at, amount.value, amount.currency))
            line.marks["{amount}"].append((amount.start + at, amount.end + at))
        for shape in (_PERCENT, _SPOKEN_SHARE):
            for match in shape.finditer(line.text):
                line.marks["{percent}"].append((match.start() + at, match.end() + at))


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


class _Cover:
    """Which spans lie within a name: a family's word inside "Best Buy" says nothing."""

    def __init__(self, spans: list[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]

    def holds(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._spans[at][1]
