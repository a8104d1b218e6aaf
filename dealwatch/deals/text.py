"""A story as sentences, each with its place (code points) in the field it came from. English and Chinese."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dealwatch.deals.records import Field, Story
from dealwatch.deals.script import lower, plain

MAX_TITLE = 400
MAX_TEXT = 16_000
"""Longer texts are read up to here: what a story reports stands at its top, and cost stays bounded."""
MAX_SENTENCE = 600
Masked = dict[Field, str]
"""The two fields with names blotted out by MASK, of the same length."""
MASK = "\0"

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "inc",
        "ltd",
        "co",
        "corp",
        "plc",
        "vs",
        "no",
        "nos",
        "approx",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "u.s",
        "u.k",
        "e.g",
        "i.e",
        "bros",
        "dept",
        "est",
        "gen",
        "gov",
        "jr",
        "sr",
        "prof",
        "rep",
        "sen",
        "ca",
        "bhd",
        "sdn",
    ]
)
_ENGLISH_END = re.compile(r"[.!?](?<![.!?][.!?])[.!?]*[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9€$£¥])")
_CHINESE_END = re.compile(r"[。！？；!?]+[\"'）)]*")
_LAST_WORD = re.compile(r"[\w.&]+$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`start` and `end` are code points of `field`; `index` is 0 for the headline and counts on through the text."""

    field: Field
    start: int
    end: int
    index: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Texts:
    """The two fields of a story as they stand, in the one spelling, and that in lower case."""

    raw: dict[Field, str]
    plain: dict[Field, str]
    lower: dict[Field, str]


def texts(story: Story) -> Texts:
    raw: dict[Field, str] = {"title": story.title[:MAX_TITLE], "text": story.text[:MAX_TEXT]}
    spelled: dict[Field, str] = {field: plain(text) for field, text in raw.items()}
    return Texts(raw, spelled, {field: lower(text) for field, text in spelled.items()})


def sentences(both: Texts) -> list[Sentence]:
    """The headline (one sentence however it is punctuated), then the sentences of the text."""
    found: list[Sentence] = []
    title = both.plain["title"]
    if title.strip():
        found.append(Sentence("title", 0, len(title), 0, 0))
    first = 0 if found else 1
    text = both.plain["text"]
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        for start, end in _split(line):
            found.append(Sentence("text", at + start, at + end, len(found) + first, number))
        at += len(line) + 1
    return found


def _split(line: str) -> list[tuple[int, int]]:
    cuts = sorted({match.end() for match in _CHINESE_END.finditer(line) if _ends_chinese(line, match)})
    cuts += [match.end() for match in _ENGLISH_END.finditer(line) if not _abbreviated(line, match.start())]
    parts: list[tuple[int, int]] = []
    start = 0
    for cut in [*sorted(set(cuts)), len(line)]:
        while cut - start > MAX_SENTENCE:
            parts.append((start, start + MAX_SENTENCE))
            start += MAX_SENTENCE
        if line[start:cut].strip():
            parts.append((start, cut))
        start = cut
    return parts


def _ends_chinese(line: str, match: re.Match[str]) -> bool:
    """A plain ! or ? ends a sentence on its own only after a Chinese character; others belong to English."""
    return line[match.start()] in "。！？；" or (match.start() > 0 and "\u3400" <= line[match.start() - 1] <= "\u9fff")


def _abbreviated(line: str, dot: int) -> bool:
    word = _LAST_WORD.search(line[max(0, dot - 12) : dot])
    if line[dot] != "." or word is None:
        return False
    last = word.group().lower()
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())


def places_of(words: str, text: str) -> Iterator[int]:
    """Where the words stand in a text, at word borders."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield at
        at = text.find(words, at + 1)


def stands(words: str, text: str) -> bool:
    """Whether the words stand in a text, at word borders."""
    return next(places_of(words, text), None) is not None
