"""Digests for people: Markdown and HTML, grouped by type, each deal with the sentence that proves it."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import BinaryIO, ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from dealwatch.deals.records import DEAL_TYPES
from dealwatch.exports.deal import Deal
from dealwatch.exports.formats import Format, Selection
from dealwatch.exports.words import TYPE_NAMES, amount_of

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&-])")


class _Digest(Format):
    """What both share; the template does the rest."""

    template: ClassVar[str]

    def write(self, deals: Selection, out: BinaryIO) -> None:
        template = _environment().get_template(self.template)
        with _groups(deals) as groups:
            for part in template.generate(title=deals.title, groups=groups):
                out.write(part.encode())


class Markdown(_Digest):
    name: ClassVar[str] = "markdown"
    title: ClassVar[str] = "Markdown digest, grouped by type"
    ending: ClassVar[str] = ".md"
    mime: ClassVar[str] = "text/markdown; charset=utf-8"
    template: ClassVar[str] = "digest.md"


class Html(_Digest):
    name: ClassVar[str] = "html"
    title: ClassVar[str] = "HTML digest, grouped by type"
    ending: ClassVar[str] = ".html"
    mime: ClassVar[str] = "text/html; charset=utf-8"
    template: ClassVar[str] = "digest.html"


@contextmanager
def _groups(deals: Selection) -> Iterator[list[tuple[str, Iterator[Deal]]]]:
    """Each type that has deals, with them. They are parted on disk: one deal in memory at a time."""
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for deal in deals:
            if deal.type not in files:
                files[deal.type] = stack.enter_context(tempfile.TemporaryFile())
            files[deal.type].write(deal.model_dump_json().encode() + b"\n")
        for file in files.values():
            file.seek(0)
        yield [(TYPE_NAMES[name], _read(files[name])) for name in DEAL_TYPES if name in files]


def _read(file: BinaryIO) -> Iterator[Deal]:
    return (Deal.model_validate_json(line) for line in file)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dealwatch.exports"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = _markdown
    environment.filters["amount"] = amount_of
    return environment


def _markdown(text: str) -> str:
    """Text from the web as Markdown that shows it letter by letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
