"""Writing source files: a new one from what was found, and the day on which an old one was checked."""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from dealwatch.errors import WatchlistError
from dealwatch.files import replace_text
from dealwatch.watchlist.load import read_document
from dealwatch.watchlist.sources import Source, read_source

_PLAIN = re.compile(r"[\w./:%~+-]+", re.ASCII)
_CHECKED = re.compile(r"^checked:.*$", re.MULTILINE)


def source_text(
    name: str,
    title: str,
    homepage: str,
    language: str | None,
    discover: Mapping[str, Sequence[str]],
    include: Sequence[str],
    *,
    allow_private: bool = False,
) -> str:
    """The YAML of a source file, ten lines or so, in the order that people read it."""
    lines = [
        f"name: {_scalar(name)}",
        f"title: {_quoted(title)}",
        f"homepage: {_scalar(homepage)}",
        f"language: {_scalar(language) if language else 'null'}",
        "discover:",
    ]
    for kind in ("feeds", "news_sitemaps", "sitemaps", "wordpress"):
        if discover.get(kind):
            lines += [f"  {kind}:", *(f"    - {_scalar(url)}" for url in discover[kind])]
    if discover.get("listings"):
        lines += ["  listings:", *(f"    - {{url: {_quoted(url)}}}" for url in discover["listings"])]
    lines += ["include:", *(f"  - {_quoted(pattern)}" for pattern in include)] if include else []
    minute = sum(name.encode()) % 60  # outlets spread over the hour, the same one always at the same minute
    lines += [
        f'schedule: "{minute} * * * *"',
        f"politeness: {'{delay: 0, allow_private: true}' if allow_private else '{delay: 2}'}",
        "keep_text_days: 90",
        "expect: {articles_per_week: 0}",
        "checked: null",
    ]
    return "\n".join(lines) + "\n"


def write_source(folder: Path, name: str, text: str, *, force: bool) -> Path:
    """`folder/name.yaml`, whole or not at all, and only if it is in order. Raises WatchlistError, also where the file
    is there already and `force` is not given."""
    target = folder / f"{name}.yaml"
    with tempfile.TemporaryDirectory(dir=_made(folder), prefix=".new-") as room:
        draft = Path(room) / target.name
        draft.write_text(text, "utf-8")
        _in_order(draft, target)
        try:
            if force:
                replace_text(target, text)
            else:
                os.link(draft, target)  # unlike a rename, this fails where there is a file already
        except FileExistsError as error:
            raise WatchlistError(
                f"{target}: is there already; --force writes over it, --name chooses another"
            ) from error
        except OSError as error:
            raise WatchlistError(f"{target}: cannot be written: {error.strerror}") from error
    return target


def write_checked(path: Path, day: date) -> None:
    """Put `day` into the file's `checked:` line and leave all else as it is. Raises WatchlistError."""
    text = path.read_text("utf-8")
    line = f"checked: {day.isoformat()}"
    text = _CHECKED.sub(line, text, count=1) if _CHECKED.search(text) else f"{text.rstrip()}\n{line}\n"
    write_source(path.parent, path.stem, text, force=True)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WatchlistError(f"{folder}: cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise WatchlistError(f"{folder}: cannot be written to; check its permissions")
    return folder


def _in_order(draft: Path, target: Path) -> Source:
    try:
        return read_source(read_document(draft))
    except WatchlistError as error:
        raise WatchlistError(str(error).replace(str(draft), str(target))) from error


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and not text.isdigit() and text not in _WORDS else _quoted(text)


# What YAML would read as something other than text (language "no", name "null").
_WORDS = {"no", "yes", "on", "off", "true", "false", "null", "y", "n", "~"}


def _quoted(text: str) -> str:
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)
