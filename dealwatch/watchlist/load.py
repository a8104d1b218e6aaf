"""YAML in, validated models out. A mistake names file, line and field, says what is wrong and how to mend it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from dealwatch.errors import WatchlistError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Model(BaseModel):
    """Base of every watchlist model: an unknown key is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its plain data, and the line (from 1) on which each place in that data starts."""

    path: Path
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it (a missing key has no line of its own)."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: str) -> WatchlistError:
        where = ".".join(str(part) for part in place)
        return WatchlistError(f"{self.path}:{self.line(place)}: {where + ': ' if where else ''}{message}")


def yaml_files(folder: Path) -> list[Path]:
    """Every `*.yaml` below `folder`, in a stable order; not in hidden folders, where drafts lie."""
    if not folder.is_dir():
        raise WatchlistError(f"{folder}: no such folder; name the right one with --watchlist DIR")
    files = (path for path in folder.rglob("*.yaml") if not _hidden(path.relative_to(folder)))
    return sorted(files)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def read_document(path: Path) -> Document:
    """Parse one YAML file. Raises WatchlistError for a file that cannot be read, is not YAML, or repeats a key."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise WatchlistError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WatchlistError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise WatchlistError(f"{path}:{line}: not valid YAML: {getattr(error, 'problem', None) or error}") from error
    finally:
        loader.dispose()
    lines: dict[Place, int] = {}
    for place, line in _lines(node, (), path):
        lines.setdefault(place, line)
    return Document(path, data, lines)


def _lines(node: Any, place: Place, path: Path) -> Iterator[tuple[Place, int]]:
    if node is None:
        return
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _lines(child, (*place, index), path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[Hashable] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise WatchlistError(f"{path}:{line}: {key.value}: stands twice in the same place; keep one of the two")
        seen.add(key.value)
        yield (*place, key.value), line
        yield from _lines(value, (*place, key.value), path)


def validate(model: type[M], document: Document, place: Place = (), data: Any = None) -> M:
    """The document (or the part `data` of it at `place`) as a `model`. Raises WatchlistError naming every mistake."""
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        messages = [
            str(document.error((*place, *problem["loc"]), _plain(problem, model)))
            for problem in error.errors(include_url=False)
        ]
        raise WatchlistError("\n".join(messages)) from error


def _plain(problem: Any, model: type[BaseModel]) -> str:
    """Pydantic's message in words that say the fix."""
    if problem["type"] == "missing":
        return "is missing; add it"
    if problem["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) if len(problem["loc"]) == 1 else "see the documentation"
        return f"is not a known key; known here: {known}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    given = problem.get("input")
    return f"{message} (it is {given!r})" if isinstance(given, str | int | float | bool) else message
