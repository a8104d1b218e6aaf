"""`watchlist/rules/*.yaml` in, `dealwatch.deals.rules.Rules` out. Every mistake names file and line."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from dealwatch.deals.inflect import expand
from dealwatch.deals.patterns import Pattern, PatternError, parse
from dealwatch.deals.records import DealType, Status
from dealwatch.deals.rules import Hedge, Place, Rule, Rules, Scope, Veto
from dealwatch.deals.script import lower, plain
from dealwatch.errors import WatchlistError
from dealwatch.watchlist.load import Document, Model, read_document, validate, yaml_files
from dealwatch.watchlist.load import Place as Where

WORDS = "words"
PLACES = "places.yaml"


class WordsFile(Model):
    about: str
    families: dict[str, tuple[str, ...]]


class PlaceEntry(Model):
    words: tuple[str, ...]
    people: tuple[str, ...] = ()


class PlacesFile(Model):
    about: str
    places: dict[str, PlaceEntry]


class Examples(Model):
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


class RuleEntry(Examples):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    why: str = Field(min_length=8)
    weight: float = Field(gt=0, le=3)
    patterns: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    actor: Literal["buyer", "seller", "target"] = "buyer"


class RulesFile(Model):
    about: str
    type: DealType
    rules: list[RuleEntry]


class VetoEntry(Examples):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    why: str = Field(min_length=8)
    scope: Scope
    factor: float = Field(ge=0, le=1)
    kind: Literal["background", "topic", "sector", "shape"] = "topic"
    patterns: tuple[str, ...] = Field(min_length=1)
    types: frozenset[DealType] = frozenset()
    spares: tuple[str, ...] = ()


class VetoesFile(Model):
    about: str
    vetoes: list[VetoEntry]


class HedgeEntry(Examples):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    why: str = Field(min_length=8)
    status: Status
    patterns: tuple[str, ...] = Field(min_length=1)


class HedgesFile(Model):
    about: str
    hedges: list[HedgeEntry]


def load_rules(watchlist: Path) -> Rules:
    """All rules. Raises WatchlistError naming every mistake: a pattern that cannot be read, a family nobody defined."""
    folder = watchlist / "rules"
    documents = {path: read_document(path) for path in yaml_files(folder)}
    builder = _Builder()
    for path, document in documents.items():
        builder.add(path, document)
    builder.check()
    digest = hashlib.sha256()
    for path in sorted(documents):
        digest.update(path.read_bytes())
    return Rules(
        families=builder.families,
        rules=tuple(builder.rules),
        vetoes=tuple(builder.vetoes),
        hedges=tuple(builder.hedges),
        places=tuple(builder.places),
        digest=digest.hexdigest(),
    )


class _Builder:
    def __init__(self) -> None:
        self.families: dict[str, tuple[str, ...]] = {}
        self.rules: list[Rule] = []
        self.vetoes: list[Veto] = []
        self.hedges: list[Hedge] = []
        self.places: list[Place] = []
        self._ids: dict[str, str] = {}
        self._used: list[tuple[Pattern, str]] = []
        self._problems: list[str] = []

    def add(self, path: Path, document: Document) -> None:
        data = document.data if isinstance(document.data, dict) else {}
        if path.name == PLACES:
            places = validate(PlacesFile, document).places
            self.places += [Place(code, _forms(p.words), _forms(p.people)) for code, p in places.items()]
        elif "families" in data:
            self._add_families(document)
        elif "vetoes" in data:
            self._add_vetoes(document)
        elif "hedges" in data:
            self._add_hedges(document)
        else:
            self._add_rules(document)

    def _add_families(self, document: Document) -> None:
        for name, forms in validate(WordsFile, document).families.items():
            if name in self.families:
                self._problem(document, ("families", name), "the family stands in another file too; keep one")
            self.families[name] = _forms(forms)

    def _add_rules(self, document: Document) -> None:
        file = validate(RulesFile, document)
        for number, entry in enumerate(file.rules):
            place = ("rules", number)
            where = self._id(document, place, entry.id)
            patterns = self._patterns(document, (*place, "patterns"), entry.patterns)
            unless = self._patterns(document, (*place, "unless"), entry.unless)
            self.rules.append(
                Rule(
                    entry.id,
                    file.type,
                    patterns,
                    entry.weight,
                    entry.why,
                    entry.actor,
                    unless,
                    entry.must_match,
                    entry.must_not_match,
                    where,
                )
            )

    def _add_vetoes(self, document: Document) -> None:
        for number, entry in enumerate(validate(VetoesFile, document).vetoes):
            place = ("vetoes", number)
            where = self._id(document, place, entry.id)
            patterns = self._patterns(document, (*place, "patterns"), entry.patterns)
            spares = self._patterns(document, (*place, "spares"), entry.spares)
            self.vetoes.append(
                Veto(
                    entry.id,
                    entry.scope,
                    patterns,
                    entry.factor,
                    entry.kind,
                    frozenset(entry.types),
                    spares,
                    entry.must_match,
                    entry.must_not_match,
                    where,
                )
            )

    def _add_hedges(self, document: Document) -> None:
        for number, entry in enumerate(validate(HedgesFile, document).hedges):
            place = ("hedges", number)
            where = self._id(document, place, entry.id)
            patterns = self._patterns(document, (*place, "patterns"), entry.patterns)
            self.hedges.append(Hedge(entry.id, entry.status, patterns, entry.must_match, entry.must_not_match, where))

    def _id(self, document: Document, place: Where, identity: str) -> str:
        where = f"{document.path}:{document.line(place)}"
        if identity in self._ids:
            self._problem(document, place, f"the id {identity!r} is taken by {self._ids[identity]}; choose another")
        self._ids[identity] = where
        return where

    def _patterns(self, document: Document, place: Where, written: Sequence[str]) -> tuple[Pattern, ...]:
        patterns = []
        for number, text in enumerate(written):
            try:
                pattern = parse(plain(text))
            except PatternError as error:
                self._problem(document, (*place, number), str(error))
                continue
            patterns.append(pattern)
            self._used.append((pattern, f"{document.path}:{document.line((*place, number))}"))
        return tuple(patterns)

    def _problem(self, document: Document, place: Where, message: str) -> None:
        self._problems.append(str(document.error(place, message)))

    def check(self) -> None:
        for pattern, where in self._used:
            for family in sorted(pattern.families - self.families.keys()):
                self._problems.append(
                    f"{where}: {pattern.text!r} uses <{family}>, which no words file defines; define it"
                )
        if self._problems:
            raise WatchlistError("\n".join(self._problems))


def _forms(written: Iterable[str]) -> tuple[str, ...]:
    """Every spelling of the entries, in the one spelling and lower case."""
    return tuple(dict.fromkeys(lower(plain(form)).strip() for entry in written for form in expand(entry)))
