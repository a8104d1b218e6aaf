"""Whether two names mean one principal: the same, its owner or its brand, or an unlisted name spelled differently."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

from dealwatch.deals.records import Party
from dealwatch.deals.script import has_cjk, is_pinyin, plain

OWNER = 0.9
"""How sure it is that a brand and its owner stand for each other."""
SIBLING = 0.15
"""Two brands of one owner are seldom meant by one deal."""
ALIKE = 0.86
NAMED = 0.7
"""How sure a side is if each of two stories names the other one's principal too, as no principal."""
HEARD = 0.8
"""How sure two names are that begin alike, one of them spelled out by its sound."""
MAX_DEPTH = 8
_LEGAL_WORDS = """
    inc co corp corporation company ltd limited llc llp plc group holding holdings sa spa srl gmbh ag nv bv ab as oy
    pte pty bhd sdn kk pt tbk the and of international global
"""
_LEGAL = frozenset(_LEGAL_WORDS.split())
_CHINESE_LEGAL = re.compile(r"(?:股份|有限|责任|公司|集团|控股|国际|品牌)+$")


class Families:
    """Who owns whom: `parents` maps a canonical name to that of its owner."""

    def __init__(self, parents: Mapping[str, str] | None = None) -> None:
        self._parents = dict(parents or {})
        self._members: dict[str, set[str]] = {}
        for name in {*self._parents, *self._parents.values()}:
            self._members.setdefault(self.root(name), set()).add(name)

    def owners(self, name: str) -> tuple[str, ...]:
        """The owner, its owner, and so on up."""
        chain: list[str] = []
        while name in self._parents and self._parents[name] not in chain and len(chain) < MAX_DEPTH:
            name = self._parents[name]
            chain.append(name)
        return tuple(chain)

    def root(self, name: str) -> str:
        owners = self.owners(name)
        return owners[-1] if owners else name

    def kin(self, name: str) -> frozenset[str]:
        """Every listed name under the same uppermost owner, and the name itself."""
        return frozenset({name, *self._members.get(self.root(name), ())})

    def alike(self, a: Party, b: Party, across: bool = False) -> float | None:
        """How sure it is that both mean one principal, 0 to 1; None where that cannot be told: two scripts, or,
        `across` two languages, an unlisted name in pinyin, which says how it sounds, not how the firm spells it."""
        if a.name == b.name:
            return 1.0
        if a.listed and b.listed:
            return self._related(a.name, b.name)
        if has_cjk(a.name) != has_cjk(b.name):
            return None
        likeness = spelled_alike(a.name, b.name)
        if not across or likeness:
            return likeness
        return heard_alike(a.name, b.name) if _may_be_spelled(a) or _may_be_spelled(b) else 0.0

    def _related(self, a: str, b: str) -> float:
        up, down = self.owners(a), self.owners(b)
        if b in up or a in down:
            return OWNER
        return SIBLING if set(up) & set(down) else 0.0


def _may_be_spelled(party: Party) -> bool:
    """Whether a name may be Chinese characters spelled out: that of a Chinese house that nobody listed."""
    return not party.listed and party.side == "chinese" and is_pinyin(_first_word(party.name))


def heard_alike(a: str, b: str) -> float | None:
    """How alike two names are of which one is in pinyin: "Wuhou Tea" and "Wuhouchadian" begin alike; None if unsure."""
    short, long = sorted((_first_word(a), _first_word(b)), key=len)
    rest = long.removeprefix(short)
    return HEARD if len(rest) < len(long) and is_pinyin(short) and (not rest or is_pinyin(f"a{rest}")) else None


def _first_word(name: str) -> str:
    return bare(name).split(" ")[0]


def spelled_alike(a: str, b: str) -> float:
    """How alike two spellings of names are, legal forms aside: 1.0 the same, 0.0 no likeness worth counting."""
    first, second = bare(a), bare(b)
    if first == second:
        return 1.0
    if block(a) != block(b):
        return 0.0
    short, long = sorted((first, second), key=len)
    if len(short) >= (2 if has_cjk(short) else 4) and _begins(long, short):
        return 0.9
    ratio = SequenceMatcher(None, first, second, autojunk=False).ratio()
    return ratio if ratio >= ALIKE and len(short) > 3 else 0.0


def block(name: str) -> str:
    """What all spellings of one name begin with: only within it are unlisted names compared."""
    return bare(name)[:3] if not has_cjk(name) else bare(name)[:2]


def _begins(long: str, short: str) -> bool:
    return long.startswith(short) and (has_cjk(short) or long[len(short)] == " ")


def bare(name: str) -> str:
    """The name without accents, case, punctuation and legal form; never empty where the name is not."""
    text = unicodedata.normalize("NFKD", plain(name)).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    if has_cjk(text):
        return _CHINESE_LEGAL.sub("", text) or text
    words = re.sub(r"[^\w]+", " ", text.replace("'", "")).split()
    return " ".join(word for word in words if word not in _LEGAL) or " ".join(words)
