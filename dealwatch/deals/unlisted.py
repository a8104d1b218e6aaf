"""Names nobody listed, told by their shape and what stands around them; how, is in a file for each language.

Such names fill the sides of a deal; they never raise a score by themselves.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from cleanco import basename
from cleanco.termdata import terms_by_type

from dealwatch.deals.names import EntityLike, Name
from dealwatch.deals.records import Field
from dealwatch.deals.script import has_cjk, lower
from dealwatch.deals.text import MASK, Masked, Texts
from dealwatch.deals.towns import Places
from dealwatch.deals.unlisted_chinese import chinese
from dealwatch.deals.unlisted_english import english
from dealwatch.deals.unlisted_han import han

MOST = 12


Resolve = Callable[[str], EntityLike | None]


def unlisted(both: Texts, listed: list[Name], places: Places, resolve: Resolve) -> list[Name]:
    """Every mention, in headline and text, of the names that stand out by shape; at most MOST different ones.

    `resolve` knows short forms of listed names and the brands of the open world: such a name gets their side and kind.
    """
    chinese_text = has_cjk(both.plain["title"]) or has_cjk(both.plain["text"][:200])
    taken = {lower(name.name) for name in listed} | {both.lower[name.field][name.start : name.end] for name in listed}
    open_ = _masked(both, listed)
    found = {**chinese(both, open_), **han(open_, places)} if chinese_text else english(both, open_, places)
    names: list[Name] = []
    for shown, (side, full) in list(found.items())[:MOST]:
        canonical = tidy(full)
        known = None if has_cjk(shown) else resolve(canonical) or resolve(tidy(shown))
        if len(canonical) < 2 or (known is None and lower(canonical) in taken):
            continue
        for field, start, end in _everywhere(shown, both, open_):
            if known is None:
                names.append(Name(canonical, side, "unlisted", None, canonical, field, start, end, 3))
            else:
                family = known.parent or known.name
                name = Name(known.name, known.side, known.kind, known.home, family, field, start, end, 2)
                names.append(replace(name, industry=known.industry))
    return _outermost(names)


def _outermost(names: list[Name]) -> list[Name]:
    """Without names told as part of a longer one: "Tiema" in "Tiema Shoes"."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.field, name.start, -name.end)):
        if not kept or name.field != kept[-1].field or name.end > kept[-1].end:
            kept.append(name)
    return kept


def _masked(both: Texts, listed: list[Name]) -> Masked:
    """The two fields with every listed name blotted out, of the same length."""
    masked: Masked = {}
    for field, text in both.plain.items():
        parts, at = [], 0
        for name in sorted((name for name in listed if name.field == field), key=lambda name: name.start):
            parts += [text[at : name.start], MASK * (name.end - max(at, name.start))]
            at = max(at, name.end)
        masked[field] = "".join([*parts, text[at:]])
    return masked


@lru_cache(maxsize=1)
def _legal_words() -> frozenset[str]:
    """The last words of all legal forms, so that the library is asked only where one may stand."""
    return frozenset(
        lower(term.split()[-1]).strip(".") for term in (term for terms in terms_by_type.values() for term in terms)
    )


def tidy(name: str) -> str:
    """Without its legal form and a trailing possessive."""
    bare = re.sub(r"'s?$", "", name.strip(" .,'"))
    if has_cjk(bare) or lower(bare.split(" ")[-1]).strip(".") not in _legal_words():
        return bare
    return str(basename(bare)).strip(" .,") or bare


def _everywhere(shown: str, both: Texts, open_: Masked) -> Iterable[tuple[Field, int, int]]:
    for field in both.plain:
        loose = field == "title" and len(shown) > 3
        text = both.lower[field] if loose else both.plain[field]
        words = lower(shown) if loose else shown
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if open_[field][at] != MASK and not _joined(text[at - 1 : at]) and not _joined(text[end : end + 1]):
                yield field, at, end
            at = text.find(words, at + 1)


def _joined(character: str) -> bool:
    return character.isalnum() and not has_cjk(character)
