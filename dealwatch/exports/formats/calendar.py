"""iCalendar (RFC 5545): the day on which each deal reached each status."""

from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO, ClassVar

from dealwatch.clock import parse_iso
from dealwatch.exports.deal import Deal, PublicStep
from dealwatch.exports.formats import Format, Selection
from dealwatch.exports.words import title_of

_LINE = 73  # octets, so that the fold's blank and the break stay within 75


class Calendar(Format):
    name: ClassVar[str] = "ics"
    title: ClassVar[str] = "iCalendar of the days on which deals moved"
    ending: ClassVar[str] = ".ics"
    mime: ClassVar[str] = "text/calendar; charset=utf-8"

    def write(self, deals: Selection, out: BinaryIO) -> None:
        head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dealwatch//Deals//EN", "CALSCALE:GREGORIAN",
                f"X-WR-CALNAME:{_escaped(deals.title)}")  # fmt: skip
        out.writelines(_folded(line) for line in head)
        for deal in deals:
            for step in deal.steps:
                out.writelines(_folded(line) for line in _event(deal, step, deals.identity))
        out.write(_folded("END:VCALENDAR"))


def _event(deal: Deal, step: PublicStep, identity: str) -> Iterator[str]:
    day = parse_iso(step.at).date()
    yield "BEGIN:VEVENT"
    yield f"UID:deal-{deal.id}-{step.status}@{identity}"
    yield f"DTSTAMP:{parse_iso(deal.changed_at):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(title_of(deal, step.status))}"
    yield f"DESCRIPTION:{_escaped(_sentence(deal, step))}"
    yield f"CATEGORIES:{deal.type},{step.status}"
    yield f"SEQUENCE:{deal.revision}"
    yield "TRANSP:TRANSPARENT"
    if step.url:
        yield f"URL:{step.url}"
    yield "END:VEVENT"


def _sentence(deal: Deal, step: PublicStep) -> str:
    """The sentence of the story that the event leads to."""
    return next((story.sentence for story in deal.stories if step.url and story.url == step.url), deal.sentence)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> bytes:
    """The line in octets, broken where it is too long but never inside a character."""
    parts, current = [], b""
    for char in line:
        octets = char.encode()
        if len(current) + len(octets) > _LINE:
            parts.append(current)
            current = b""
        current += octets
    return b"\r\n ".join([*parts, current]) + b"\r\n"
