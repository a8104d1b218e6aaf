"""One spelling for matching: traditional Chinese to simplified, full width to plain, curly quotes to straight.

Every function keeps the length of the text, so that a span found in the plain text is the same span of the original.
"""

import re
from functools import lru_cache

import opencc

_STRAIGHT = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "「": '"', "」": '"', "『": '"', "』": '"', "〝": '"', "〞": '"', "‐": "-", "‑": "-", "–": "-", "—": "—",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "\t": " ", "\r": " ", "\u00ad": " ", "\u200b": " ",
}  # fmt: skip
# Characters whose usual reading in business news differs from OpenCC's first choice for a lone character.
_OVERRIDES = {"乾": "干", "著": "着", "於": "于", "裡": "里", "臺": "台", "瀏": "浏", "麼": "么"}


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    """The translation table, one character to one character; built once from OpenCC's own dictionaries."""
    characters = [
        chr(code) for block in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00)) for code in range(*block)
    ]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {ord(a): b for a, b in zip(characters, simplified, strict=True) if a != b and len(b) == 1}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？；：（）"}
    table |= {ord(a): b for a, b in (_STRAIGHT | _OVERRIDES).items()}
    return table


def plain(text: str) -> str:
    """`text` in the one spelling, of the same length in code points."""
    return text.translate(_table())


def lower(text: str) -> str:
    """Lower case of the same length: the few characters that grow when lowered stay as they are."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)


_CJK = re.compile("[\u3400-\u9fff]")


def has_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


LONGEST = 24
"""Letters of a word that is asked for its syllables: they part in many ways, and the web sends words of any length."""
_PINYIN = re.compile(
    "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|[aei]ng|ong|ian|iao|uai|uan|a[ino]|e[inr]|ou|in|un|i[aeu]|u[aieo]|[aeiouv])){2,}"
)


def is_pinyin(word: str) -> bool:
    """Whether a word may be Chinese characters spelled out: two syllables of pinyin or more."""
    return len(word) <= LONGEST and _PINYIN.fullmatch(word.lower()) is not None
