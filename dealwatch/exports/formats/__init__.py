"""The formats: each one small class in a file of its own, found by being here."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import BinaryIO, ClassVar

from dealwatch.errors import DealwatchError
from dealwatch.exports.deal import Deal


@dataclass(frozen=True, slots=True)
class Selection:
    """The deals to write, once, in a stable order; and what to say about them.

    `identity` is the archive's own id: what a feed's and a calendar's ids are made of.
    """

    deals: Iterable[Deal]
    title: str
    made_at: datetime
    identity: str

    def __iter__(self) -> Iterator[Deal]:
        return iter(self.deals)


_formats: dict[str, type["Format"]] = {}


class Format(ABC):
    """One way to write deals down. Memory stays flat however many there are. A subclass with a name is registered."""

    name: ClassVar[str]
    title: ClassVar[str]
    ending: ClassVar[str]
    mime: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if "name" in cls.__dict__:
            _formats[cls.name] = cls

    @abstractmethod
    def write(self, deals: Selection, out: BinaryIO) -> None:
        """Write everything to `out`, a file that can seek."""


@cache
def formats() -> dict[str, type[Format]]:
    """Every format by its name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_formats.items()))


def format_named(name: str) -> type[Format]:
    """Raises DealwatchError for a name that no format has."""
    if name not in formats():
        raise DealwatchError(f"no format is called {name!r}; there are {', '.join(formats())}")
    return formats()[name]
