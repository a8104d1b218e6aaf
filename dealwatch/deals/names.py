"""Listed names in a story: who is named, where, and on which side they stand."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dealwatch.deals.phrases import Hit, Phrases
from dealwatch.deals.records import Field, Side
from dealwatch.deals.script import has_cjk, lower, plain
from dealwatch.deals.text import Texts, places_of, stands

OPENING = 160
"""Characters of the text in which a name of the headline is told again."""
MAX_EXACT = 4
"""A short name in capitals ("JD", "SF", "DFS") counts only as written."""


_ARM = re.compile(
    r" (?:Sky)?(?:Cargo|Capital|Ventures|Bank|Logistics|Pay|Foods|Beauty|Sports|Express|Freight|Airlines|Airways|"
    r"Enterprise|Pharmaceuticals?|Dairy|Duty Free|Beverages|Brewery|Catering|Securities|Post)\b"
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
    """The list of all names, looked for among `phrases`. The first owner of a spelling keeps it.

    `weaker` are the brands of the open world: only `resolve` knows them, their spelling alone says nothing.
    """

    def __init__(self, entities: Iterable[EntityLike], weaker: Iterable[EntityLike], phrases: Phrases) -> None:
        self.entities: list[EntityLike] = list(entities)
        self._weaker = {lower(plain(entity.name)): entity for entity in weaker}
        self._by_name = {entity.name: entity for entity in reversed(self.entities)}
        self._parents = [self._chain(entity) for entity in self.entities]
        self._phrases = phrases
        # By the number of the phrase: whose name it is, whose name it is not, by the number of the entity.
        self._aliases: dict[int, list[_Alias]] = {}
        self._blocks: dict[int, list[int]] = {}
        self._needs: list[frozenset[int]] = []
        for number, entity in enumerate(self.entities):
            for spelling, alias in _aliases(number, entity):
                self._aliases.setdefault(phrases.add(spelling), []).append(alias)
            for phrase in entity.not_in:
                self._blocks.setdefault(phrases.add(lower(plain(phrase)).strip()), []).append(number)
            self._needs.append(frozenset(phrases.add(lower(plain(word))) for word in entity.only_with))
        self._end = len(phrases.phrases)  # phrases from here on are none of ours
        self._short = self._short_forms({phrases.phrases[number] for number in self._aliases})

    def __len__(self) -> int:
        return len(self.entities)

    def _chain(self, entity: EntityLike) -> tuple[str, ...]:
        chain: list[str] = []
        while entity.parent and entity.parent not in chain and entity.parent in self._by_name:
            chain.append(entity.parent)
            entity = self._by_name[entity.parent]
        return tuple(chain)

    def _short_forms(self, aliases: Container[str]) -> dict[str, EntityLike]:
        """ "Frasers" for Frasers Group: too plain to look for everywhere, yet telling where a name stands out."""
        short: dict[str, EntityLike] = {}
        for entity in self.entities:
            form = lower(_GENERIC.sub("", plain(entity.name)))
            if len(form) > 3 and form not in aliases:
                short.setdefault(form, entity)
        return short

    def resolve(self, name: str) -> EntityLike | None:
        """Whom a name that stands out by its shape may mean: a listed house's short form, or an open-world brand."""
        form = lower(plain(name))
        return self._by_name.get(name) or self._short.get(form) or self._weaker.get(form)

    def find(self, both: Texts, hits: Mapping[Field, Sequence[Hit]]) -> list[Name]:
        """Every listed name of the story, headline first, in order; of overlapping ones the longest first. `hits` are
        those of the phrases in each field."""
        own = {field: [hit for hit in found if hit[0] < self._end] for field, found in hits.items()}
        present = {number for found in own.values() for number, _, _ in found}
        meant: dict[tuple[int, int, str], bool] = {}
        others = {entity for number in present for entity in self._blocks.get(number, ())}
        return [
            name for field, found in own.items() for name in self._names(field, found, both, present, meant, others)
        ]

    def _names(
        self,
        field: Field,
        hits: Sequence[Hit],
        both: Texts,
        present: set[int],
        meant: dict[tuple[int, int, str], bool],
        others: set[int],
    ) -> Iterator[Name]:
        """`meant` remembers of everyday words whether they are names in this story; `others` are entities from which
        the story tells something else ("JD Sports")."""
        spelled = both.plain[field]
        loose = has_cjk(spelled[:300])
        blocked = [(entity, start, end) for phrase, start, end in hits for entity in self._blocks.get(phrase, ())]
        reach = 0
        for phrase, start, end in hits:
            if start < reach:
                continue
            shown = spelled[start:end]
            for alias in self._aliases.get(phrase, ()):
                if not _spelled(alias, shown, loose):
                    continue
                if any(alias.entity == entity and a <= start and end <= b for entity, a, b in blocked):
                    continue
                if alias.exact and alias.entity in others and not self._told_in_full(alias.entity, phrase, present):
                    continue  # "JD" in a story of JD Sports
                if self._needs[alias.entity]:
                    asked = (alias.entity, phrase, shown)
                    if asked not in meant:
                        meant[asked] = self._is_meant(alias.entity, phrase, shown, both, present)
                    if not meant[asked] or _ends_longer_name(both, field, start):
                        continue
                arm = _ARM.match(spelled, end)
                reach = arm.end() if arm else end
                yield self._name(alias.entity, field, start, reach, spelled[start:reach] if arm else None)
                break

    def _is_meant(self, number: int, phrase: int, shown: str, both: Texts, present: set[int]) -> bool:
        """Whether an everyday word means the company in this story: beside a word that goes with it or another of its
        names, or told as a name."""
        if not self._needs[number].isdisjoint(present):
            return True
        return self._told_in_full(number, phrase, present) or _told_as_name(shown, both)

    def _told_in_full(self, number: int, phrase: int, present: set[int]) -> bool:
        """Whether the story holds another name of the entity, one that does not merely contain this spelling."""
        entity, spelling = self.entities[number], self._phrases.phrases[phrase]
        words = {self._phrases.phrases[each] for each in present}
        names = {lower(plain(alias)) for alias in (entity.name, *entity.aliases)} - {spelling}
        return any(name in words and spelling not in name.split() for name in names)

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


def _aliases(number: int, entity: EntityLike) -> Iterator[tuple[str, _Alias]]:
    """(the spelling that is looked for, how it must be written) for every name of an entity."""
    for spelling in dict.fromkeys((entity.name, *entity.aliases)):
        shown = plain(spelling).strip()
        if len(shown) < 2:
            continue
        exact = shown if len(shown) <= MAX_EXACT and shown.isupper() else None
        capital = shown[0].isupper() and not has_cjk(shown)
        yield lower(shown), _Alias(number, exact, capital)


def _told_as_name(shown: str, both: Texts) -> bool:
    """Whether a single everyday word stands as a name: with its capital in headline and opening, or alone within a
    sentence ("as Gap said")."""
    if not shown[:1].isupper() or has_cjk(shown) or len(shown) < 3 or " " in shown:
        return False
    text = both.plain["text"]
    if stands(shown, both.plain["title"]) and stands(shown, text[:OPENING]):
        return True
    return any(_alone(text, at, at + len(shown)) for at in places_of(shown, text))


_CAPITAL_BEFORE = re.compile(r"([A-Z]\w+) $")


def _ends_longer_name(both: Texts, field: Field, start: int) -> bool:
    """Whether a word with a capital stands right before ("Xunda Express"), and is no common noun of the text ("Retailer
    Next")."""
    before = _CAPITAL_BEFORE.search(both.plain[field], max(0, start - 24), start) if field == "text" else None
    return before is not None and not stands(before[1].lower(), both.plain["text"])


_ALONE = re.compile(r"'s\b|[.,;:)]| (?![A-Z])")


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a word follows a word in small letters or a comma, and no other capital follows it."""
    before = text[max(0, start - 2) : start]
    return before[-1:] == " " and (before[:1] == "," or before[:1].islower()) and _ALONE.match(text, end) is not None


def _spelled(alias: _Alias, text: str, loose: bool) -> bool:
    """In Chinese text Latin names often stand in small letters; elsewhere a name has its capital."""
    if alias.exact is not None:
        return text == alias.exact
    return not alias.capital or (loose and len(text) >= 4) or text[0].isupper() or text[0].isdigit()
