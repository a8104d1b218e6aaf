"""Likeness of texts: near copies by MinHash over shingles, and shared words of headlines. English and Chinese."""

import re
from array import array
from hashlib import blake2b

from rensa import RMinHash

from dealwatch.deals.script import lower, plain

PERMUTATIONS = 128
BANDS = 32
ROWS = PERMUTATIONS // BANDS
SEED = 20261123
COPY = 0.45
"""From this likeness on a text is a copy: a tenth of the words edited leaves about 0.68, three tenths 0.32."""
MIN_SHINGLES = 12
"""Shorter texts have no signature: two short notices are alike without being copies."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
_HEADLINE_TOKEN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_STOP_WORDS = """
    a an the of in on at to for from by with and or as its it is are was were be been has have had will would could may
    that this these those which who than into over after before out up off about more new says said say report reports
    source sources company firm group china chinese deal
"""
_STOP = frozenset(_STOP_WORDS.split())


def signature(text: str) -> bytes | None:
    """The text's MinHash, 128 x 4 bytes; None for a text too short to tell.

    Shingles are two words of English, three characters of Chinese; so that edits cost about as much in both.
    """
    tokens = _TOKEN.findall(lower(plain(text)))
    shingles = {_shingle(tokens, start) for start in range(len(tokens) - 1)}
    if len(shingles) < MIN_SHINGLES:
        return None
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(sorted(shingles))
    return array("I", sketch.digest()).tobytes()


def _shingle(tokens: list[str], start: int) -> str:
    wide = 3 if tokens[start] >= "\u3040" else 2
    return " ".join(tokens[start : start + wide])


def likeness(a: bytes, b: bytes) -> float:
    """The estimated share of shingles that two texts have in common (Jaccard), 0 to 1."""
    first, second = memoryview(a).cast("I"), memoryview(b).cast("I")
    return sum(x == y for x, y in zip(first, second, strict=True)) / PERMUTATIONS


def bands(sketch: bytes) -> list[int]:
    """The 32 keys under which the signature is found again, as signed 64-bit integers."""
    width = ROWS * 4
    return [
        int.from_bytes(
            blake2b(sketch[band * width : (band + 1) * width], digest_size=8, salt=band.to_bytes(2, "big")).digest(),
            "big",
            signed=True,
        )
        for band in range(BANDS)
    ]


def words(text: str) -> frozenset[str]:
    """The words of a headline that say something: no stop words; Chinese as pairs of characters."""
    found: set[str] = set()
    for token in _HEADLINE_TOKEN.findall(lower(plain(text))):
        if token[0] >= "\u3040":
            found.update(token[at : at + 2] for at in range(len(token) - 1))
        elif token not in _STOP and (len(token) > 2 or token.isdigit()):
            found.add(_stem(token))
    return frozenset(found)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """The share of the shorter one's words that the other has too."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0
