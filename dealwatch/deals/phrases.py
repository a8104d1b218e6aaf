"""Many phrases at once: one compiled automaton, with word borders checked in Unicode."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

Hit = tuple[int, int, int]
"""(number of the phrase, start, end) in code points."""


class Phrases:
    """Finds every phrase of a list in a lower-case text, overlapping ones too, in one pass over the text.

    A phrase that begins or ends in a letter or digit of an alphabet must stand at a word border there; Chinese
    characters have no borders.
    """

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self.phrases: list[str] = []
        self._numbers: dict[str, int] = {}
        self._borders = bytearray()  # a phrase a byte: 1 where it needs a border on its left, 2 on its right
        self._automaton: AhoCorasick | None = None
        for phrase in phrases:
            self.add(phrase)

    def add(self, phrase: str) -> int:
        """Its number: the same one for the same phrase."""
        if phrase not in self._numbers:
            self._numbers[phrase] = len(self.phrases)
            self.phrases.append(phrase)
            self._borders.append(_bordered(phrase[0]) + 2 * _bordered(phrase[-1]))
            self._automaton = None
        return self._numbers[phrase]

    def find(self, text: str) -> list[Hit]:
        """All hits in order of their start, the longer first."""
        if not self.phrases:
            return []
        if self._automaton is None:
            self._automaton = AhoCorasick(self.phrases, implementation=Implementation.ContiguousNFA)
        hits = []
        last = len(text)
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            borders = self._borders[number]
            if borders & 1 and start and _bordered(text[start - 1]):
                continue
            if borders & 2 and end < last and _bordered(text[end]):
                continue
            hits.append((number, start, end))
        hits.sort(key=lambda hit: (hit[1], -hit[2]))
        return hits


def _bordered(character: str) -> bool:
    """True for a letter or digit of a script that parts its words with spaces."""
    return character.isalnum() and not "\u2e80" <= character <= "\ua4cf"
