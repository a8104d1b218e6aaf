"""The pattern language of the rules: what it means, how it is read, how it is matched.

    {foreign} .. <open> .. <store> on {platform}

    word         this very word (several joined by _ for a phrase: set_up); in lower case
    <open>       any form of a word family; <open|launch> of one of several
    {foreign}    a slot: chinese, foreign, party, platform, china, abroad, amount, percent ...; {chinese|china} either
    a b          b follows a with at most 2 words between
    a .. b       at most 8 words between
    a ... b      b anywhere later in the same sentence
    x?           x may be missing
    a & b        both in the sentence, in any order

A Chinese word counts as half a character pair: two characters are one word of distance.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GAPS = {" ": 2, "..": 8, "...": 200}
SLOTS = frozenset(
    [
        "chinese",
        "foreign",
        "party",
        "platform",
        "marketplace",
        "china",
        "abroad",
        "amount",
        "percent",
        "unknown",
        "wallet",
        "carrier",
        "investor",
    ]
)
_TOKEN = re.compile(r"(?<!\S)(?:\.\.\.|\.\.|&)(?!\S)|<[^<>\s]+>\??|\{[^{}\s]+\}\??|[^\s<>{}]+")
_NO_SIGN = re.compile(r"[()\[\]*+\\^$~!]|^\.+$")
Span = tuple[int, int]
Marks = Mapping[str, Sequence[Span]]


class PatternError(ValueError):
    """A pattern that says nothing sensible; the text says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a pattern: any of `tags`, at most `gap` words after the step before it."""

    tags: tuple[str, ...]
    gap: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """`groups` are the parts joined by &; each is a row of items to be met in order."""

    text: str
    groups: tuple[tuple[Item, ...], ...]
    required: tuple[tuple[str, ...], ...] = ()
    """Tags of every step that may not be missing: a quick test before the real match."""

    @property
    def families(self) -> frozenset[str]:
        return frozenset(t[1:-1] for g in self.groups for i in g for t in i.tags if t.startswith("<"))

    @property
    def words(self) -> frozenset[str]:
        return frozenset(t[1:] for g in self.groups for i in g for t in i.tags if t.startswith("="))


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was met: (tag, start, end) for every step that was there, in order."""

    steps: tuple[tuple[str, int, int], ...]

    @property
    def start(self) -> int:
        return min(start for _, start, _ in self.steps)

    @property
    def end(self) -> int:
        return max(end for _, _, end in self.steps)


def parse(text: str) -> Pattern:
    """The pattern written in `text`. Raises PatternError."""
    if stray := _TOKEN.sub("", text).strip():
        raise PatternError(
            f"{stray.split()[0]!r} in {text!r} is no step; close each {{slot}} and <family>, and keep to words"
        )
    groups: list[tuple[Item, ...]] = []
    items: list[Item] = []
    gap = " "
    for token in _TOKEN.findall(text):
        if token in ("..", "..."):
            if not items:
                raise PatternError("a gap needs something before it")
            gap = token
        elif token == "&":  # noqa: S105
            groups.append(_closed(items, text))
            items, gap = [], " "
        else:
            items.append(_item(token, GAPS[gap]))
            gap = " "
    if gap != " ":
        raise PatternError("a gap needs something after it")
    groups.append(_closed(items, text))
    required = tuple(item.tags for group in groups for item in group if not item.optional)
    return Pattern(text, tuple(groups), required)


def _closed(items: list[Item], text: str) -> tuple[Item, ...]:
    if not items or all(item.optional for item in items):
        raise PatternError(f"{text!r} has a part in which nothing must be there; write at least one step without ?")
    if items[0].optional:
        raise PatternError(f"{text!r} begins with a step that may be missing; leave it out")
    return tuple(items)


def _item(token: str, gap: int) -> Item:
    optional = token.endswith("?") and len(token) > 1
    body = token[:-1] if optional else token
    if body.startswith("<"):
        return Item(tuple(f"<{name}>" for name in body[1:-1].split("|")), gap, optional)
    if body.startswith("{"):
        slots = body[1:-1].split("|")
        for slot in slots:
            if slot not in SLOTS:
                raise PatternError(f"there is no slot {{{slot}}}; the slots are {', '.join(sorted(SLOTS))}")
        return Item(tuple("{" + slot + "}" for slot in slots), gap, optional)
    if any(not part.strip("_") for part in body.split("|")):
        raise PatternError(f"{token!r} has an empty choice; write a word on both sides of each |")
    if sign := _NO_SIGN.search(body):
        raise PatternError(
            f"{body!r} has a {sign.group()}; the language is no regular expression, docs/rules.md has its signs"
        )
    if body != body.lower():
        raise PatternError(f"{body!r} has a capital; words are matched in lower case, write {body.lower()!r}")
    return Item(tuple("=" + word.replace("_", " ") for word in body.split("|")), gap, optional)


def find(pattern: Pattern, marks: Marks, text: str) -> Match | None:
    """The first place where the pattern is met in one sentence; `marks` has its spans by tag, in order, over `text`."""
    present = marks.keys()
    for tags in pattern.required:
        if present.isdisjoint(tags):
            return None
    steps: list[tuple[str, int, int]] = []
    for group in pattern.groups:
        found = _follow(group, 0, None, marks, text, [2000])
        if found is None:
            return None
        steps.extend(found)
    return Match(tuple(sorted(steps, key=lambda step: step[1])))


def _follow(
    items: Sequence[Item], at: int, end: int | None, marks: Marks, text: str, budget: list[int]
) -> list[tuple[str, int, int]] | None:
    """The steps from item `at` on, after `end`; `budget` bounds the work on hostile sentences."""
    if at == len(items):
        return []
    item = items[at]
    for tag in item.tags:
        for start, stop in marks.get(tag, ()):
            if end is not None and (start < end or words_between(text, end, start) > item.gap):
                continue
            budget[0] -= 1
            if budget[0] < 0:
                return None
            rest = _follow(items, at + 1, stop, marks, text, budget)
            if rest is not None:
                return [(tag, start, stop), *rest]
    return _follow(items, at + 1, end, marks, text, budget) if item.optional else None


def words_between(text: str, start: int, end: int) -> int:
    """How many words stand between two places of `text`; two Chinese characters count as one word."""
    piece = text[start:end]
    if piece.isascii():
        return max(0, piece.count(" ") - 1) if piece.strip() else 0
    return sum("\u3400" <= character <= "\u9fff" for character in piece) // 2 + max(0, piece.count(" ") - 1)
