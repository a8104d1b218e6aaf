"""Listed names in a story: who is named, where, and on which side they stand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dealwatch.deals.phrases import Phrases
from dealwatch.deals.records import Field, Side
from dealwatch.deals.script import has_cjk, lower, plain
from dealwatch.deals.text import Texts

OPENING = 160
"""Characters of the text in which a name of the headline is told again."""
MAX_EXACT = 4
"""A short name in capitals ("JD", "SF", "DFS") counts only as written."""


_ARM = re.compile(
    r" (?:Sky)?(?:Cargo|Capital|Ventures|Bank|Logistics|Pay|Foods|Beauty|Sports|Express|Freight|Airlines|Airways|"
    r"Enterprise|Pharmaceuticals?|Dairy|Ventures|Duty Free|Beverages|Brewery|Catering|Securities|Post)\b"
)
"""A word behind a listed name that makes it the name of an arm: "Qatar Airways Cargo"."""


_GENERIC = re.compile(
    r" (?:Group|Holdings?|International|Corporation|Company|Inc|Limited|Superstores|Stores|Retail|Capital|Brands|Foods|Enterprises|Partners|Pharmacy|Supermarkets?)$"  # noqa: E501
)


class EntityLike(Protocol):
    """What the matcher reads of an entity; `dealwatch.watchlist.entities.Entity` is one."""

    @property
    def name(self) -> str: ...
    @property
    def side(self) -> Side: ...
    @property
    def kind(self) -> str: ...
    @property
    def home(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def industry(self) -> str | None: ...
    @property
    def not_in(self) -> tuple[str, ...]: ...
    @property
    def only_with(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Name:
    """One place in the story where a company is named. `family` holds the name of its uppermost listed owner.

    `tier` is 1 for a hand-kept entity, 2 for one of the open world, 3 for a name found by its shape alone.
    """

    name: str
    side: Side
    kind: str
    home: str | None
    family: str
    field: Field
    start: int
    end: int
    tier: int = 1
    parents: tuple[str, ...] = ()
    industry: str | None = None
    bystander: bool = False
    """Named only to explain somebody else: a rival, an owner, a backer, a comparison."""
    reference: bool = False
    """Not named here but stood for by a noun or pronoun ("the French group")."""


@dataclass(frozen=True, slots=True)
class _Alias:
    entity: int
    exact: str | None
    capital: bool


class Names:
    """The compiled list of all names. The first owner of a spelling keeps it.

    `weaker` are the brands of the open world: only `resolve` knows them, their spelling alone says nothing.
    """

    def __init__(self, entities: Iterable[EntityLike], weaker: Iterable[EntityLike] = ()) -> None:
        self.entities: list[EntityLike] = list(entities)
        self._weaker = {lower(plain(entity.name)): entity for entity in weaker}
        self._by_name = {entity.name: entity for entity in reversed(self.entities)}
        self._parents = [self._chain(entity) for entity in self.entities]
        self._aliases: dict[str, list[_Alias]] = {}
        self._blocks: dict[str, set[int]] = {}
        self._needs: list[frozenset[str]] = []
        for number, entity in enumerate(self.entities):
            self._add(number, entity)
        spellings = dict.fromkeys([*self._aliases, *self._blocks])
        spellings.update(dict.fromkeys(word for needs in self._needs for word in needs))
        self._phrases = Phrases(spellings)
        self._short = self._short_forms()

    def __len__(self) -> int:
        return len(self.entities)

    def _chain(self, entity: EntityLike) -> tuple[str, ...]:
        chain: list[str] = []
        while entity.parent and entity.parent not in chain and entity.parent in self._by_name:
            chain.append(entity.parent)
            entity = self._by_name[entity.parent]
        return tuple(chain)

    def _add(self, number: int, entity: EntityLike) -> None:
        for spelling in dict.fromkeys((entity.name, *entity.aliases)):
            shown = plain(spelling).strip()
            if len(shown) < 2:
                continue
            exact = shown if len(shown) <= MAX_EXACT and shown.isupper() else None
            capital = shown[0].isupper() and not has_cjk(shown)
            self._aliases.setdefault(lower(shown), []).append(_Alias(number, exact, capital))
        for phrase in entity.not_in:
            self._blocks.setdefault(lower(plain(phrase)).strip(), set()).add(number)
        self._needs.append(frozenset(lower(plain(word)) for word in entity.only_with))

    def _short_forms(self) -> dict[str, EntityLike]:
        """ "Frasers" for Frasers Group: too plain to look for everywhere, yet telling where a name stands out."""
        short: dict[str, EntityLike] = {}
        for entity in self.entities:
            form = lower(_GENERIC.sub("", plain(entity.name)))
            if len(form) > 3 and form not in self._aliases:
                short.setdefault(form, entity)
        return short

    def resolve(self, name: str) -> EntityLike | None:
        """Whom a name that stands out by its shape may mean: a listed house's short form, or an open-world brand."""
        form = lower(plain(name))
        return self._by_name.get(name) or self._short.get(form) or self._weaker.get(form)

    def find(self, both: Texts) -> list[Name]:
        """Every listed name of the story, headline first, in order; of overlapping ones the longest first."""
        hits = {field: self._phrases.find(both.lower[field]) for field in both.lower}
        present = {self._phrases.phrases[number] for found in hits.values() for number, _, _ in found}
        return [name for field, found in hits.items() for name in self._names(field, found, both, present)]

    def _names(
        self, field: Field, hits: Sequence[tuple[int, int, int]], both: Texts, present: set[str]
    ) -> Iterable[Name]:
        spelled = both.plain[field]
        loose = has_cjk(spelled[:300])
        blocked: dict[int, list[tuple[int, int]]] = {}
        for phrase, start, end in hits:
            for number in self._blocks.get(self._phrases.phrases[phrase], ()):
                blocked.setdefault(number, []).append((start, end))
        reach = 0
        for phrase, start, end in hits:
            if start < reach:
                continue
            for alias in self._aliases.get(self._phrases.phrases[phrase], ()):
                if not _spelled(alias, spelled[start:end], loose):
                    continue
                if any(a <= start and end <= b for a, b in blocked.get(alias.entity, ())):
                    continue
                if not self._allowed(alias.entity, self._phrases.phrases[phrase], present) and not _told_as_name(
                    spelled[start:end], both
                ):
                    continue
                arm = _ARM.match(spelled, end)
                reach = arm.end() if arm else end
                yield self._name(alias.entity, field, start, reach, spelled[start:reach] if arm else None)
                break

    def _allowed(self, number: int, spelling: str, present: set[str]) -> bool:
        needs = self._needs[number]
        if not needs or needs & present:
            return True
        entity = self.entities[number]
        others = {lower(plain(alias)) for alias in (entity.name, *entity.aliases)} - {spelling}
        return any(other in present and spelling not in other.split() for other in others)

    def _name(self, number: int, field: Field, start: int, end: int, arm: str | None) -> Name:
        entity = self.entities[number]
        parents = self._parents[number]
        if arm:
            parents = (entity.name, *parents)
        family = parents[-1] if parents else entity.name
        return Name(
            arm or entity.name,
            entity.side,
            entity.kind,
            entity.home,
            family,
            field,
            start,
            end,
            1,
            parents,
            entity.industry,
        )


def _told_as_name(shown: str, both: Texts) -> bool:
    """Whether a single everyday word stands as a name: with its capital in headline and opening, or alone within a
    sentence ("as Gap said")."""
    if not shown[:1].isupper() or has_cjk(shown) or len(shown) < 3 or " " in shown:
        return False
    text = both.plain["text"]
    word = re.escape(shown)
    if re.search(rf"\b{word}\b", both.plain["title"]) and re.search(rf"\b{word}\b", text[:OPENING]):
        return True
    return re.search(rf"[a-z,] {word}(?:'s\b|[.,;:)]| (?![A-Z]))", text) is not None


def _spelled(alias: _Alias, text: str, loose: bool) -> bool:
    """In Chinese text Latin names often stand in small letters; elsewhere a name has its capital."""
    if alias.exact is not None:
        return text == alias.exact
    return not alias.capital or (loose and len(text) >= 4) or text[0].isupper() or text[0].isdigit()
