"""`watchlist/entities/**.yaml`: who is who. One file a neighbourhood (China's platforms, Germany's retailers ...)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from dealwatch.errors import WatchlistError
from dealwatch.watchlist.load import Document, Model, read_document, validate, yaml_files

Kind = Literal["platform", "retailer", "brand", "restaurant", "logistics", "payment", "investor", "enabler", "group"]


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Entity(Model):
    """A company, brand or service that can be a party to a deal, under its canonical English name."""

    name: str = Field(min_length=2)
    side: Literal["chinese", "foreign"]
    """Whose business it is, as trade readers see it (Shein and Temu are Chinese wherever they are registered)."""
    kind: Kind
    home: str = Field(pattern=r"^[A-Z]{2}$")
    """ISO 3166-1 alpha-2 of its home market. Hong Kong (HK), Macau (MO) and Taiwan (TW) are markets of their own."""
    industry: str | None = None
    parent: str | None = None
    """Canonical name of the company that owns it; must itself be listed."""
    aliases: tuple[Words, ...] = ()
    """Other names, in any language. Chinese in simplified characters; traditional spellings are folded onto them."""
    not_in: tuple[Words, ...] = ()
    """Longer phrases that contain one of the names but mean something else ("JD Sports", "Amazon rainforest")."""
    only_with: tuple[Words, ...] = ()
    """For names that are everyday words: the story must also hold one of these words, or a listed alias, to count."""


_EVERYWHERE = frozenset(
    "a an and are as at be but by for from has he her his if in into is it its more new no not of on one or our she so than that the their they this to was we were who will with you".split()  # noqa: E501,SIM905
)


def _met_everywhere(name: str) -> bool:
    """Whether nearly every story holds the name: a word of grammar, or one character alone."""
    return len(name.strip()) < 2 or name in _EVERYWHERE


class EntityFile(Model):
    """`defaults` are filled into every entity below that leaves the key out."""

    about: str
    defaults: dict[str, Any] = Field(default_factory=dict)
    entities: list[Entity]

    @model_validator(mode="before")
    @classmethod
    def _fill_defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("entities"), list):
            return data
        defaults = data.get("defaults") or {}
        filled = [{**defaults, **entity} if isinstance(entity, dict) else entity for entity in data["entities"]]
        return {**data, "entities": filled}


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    document: Document
    line: int


def load_entities(watchlist: Path) -> list[Entity]:
    """All hand-kept entities. Raises WatchlistError; a name that belongs to two entities is a mistake."""
    documents = [read_document(path) for path in yaml_files(watchlist / "entities")]
    files = [(document, validate(EntityFile, document)) for document in documents]
    problems: list[str] = []
    owners: dict[str, _Seen] = {}
    for document, file in files:
        for index, entity in enumerate(file.entities):
            line = document.line(("entities", index))
            problems += [
                f"{document.path}:{line}: {entity.name}: {name!r} stands in nearly every story; take it out"
                for name in (entity.name, *entity.aliases)
                if _met_everywhere(name)
            ]
            for name in {entity.name, *entity.aliases}:
                first = owners.setdefault(name, _Seen(entity.name, document, line))
                if (first.document, first.line) != (document, line):
                    problems.append(
                        f"{document.path}:{line}: {entity.name}: the name {name!r} already belongs to {first.name}"
                        f" ({first.document.path}:{first.line}); take it out of one of them"
                    )
    for document, file in files:
        for index, entity in enumerate(file.entities):
            if entity.parent and entity.parent not in owners:
                problems.append(
                    f"{document.path}:{document.line(('entities', index))}: {entity.name}: parent {entity.parent!r}"
                    " is not listed; list it or leave the key out"
                )
    if problems:
        raise WatchlistError("\n".join(problems))
    return [entity for _, file in files for entity in file.entities]
