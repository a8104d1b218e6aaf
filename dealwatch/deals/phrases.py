"""Many phrases at once: one compiled automaton, with word borders checked in Unicode."""

from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

Hit = tuple[int, int, int]
"""(number of the phrase, start, end) in code points."""


class Phrases:
    """Finds every phrase of a list in a lower-case text, overlapping ones too.

    A phrase that begins or ends in a letter or digit of an alphabet must stand at a word border there; Chinese
    characters have no borders.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases: Sequence[str] = tuple(phrases)
        self._automaton = (
            AhoCorasick(list(self.phrases), implementation=Implementation.ContiguousNFA) if self.phrases else None
        )
        self._borders = [(_bordered(phrase[0]), _bordered(phrase[-1])) for phrase in self.phrases]

    def find(self, text: str) -> list[Hit]:
        """All hits in order of their start, the longer first."""
        if self._automaton is None:
            return []
        hits = []
        last = len(text)
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            left, right = self._borders[number]
            if left and start and _bordered(text[start - 1]):
                continue
            if right and end < last and _bordered(text[end]):
                continue
            hits.append((number, start, end))
        hits.sort(key=lambda hit: (hit[1], -hit[2]))
        return hits


def _bordered(character: str) -> bool:
    """True for a letter or digit of a script that parts its words with spaces."""
    return character.isalnum() and not "\u2e80" <= character <= "\ua4cf"
