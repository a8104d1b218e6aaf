"""Atom (RFC 4287): for feed readers. An entry keeps its id for ever; a change moves its `updated`."""

import uuid
from io import TextIOWrapper
from typing import BinaryIO, ClassVar
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from dealwatch.clock import iso
from dealwatch.exports.deal import Deal
from dealwatch.exports.formats import Format, Selection
from dealwatch.exports.words import amount_of, summary_of, title_of

_NAMESPACE = "http://www.w3.org/2005/Atom"


class Atom(Format):
    name: ClassVar[str] = "atom"
    title: ClassVar[str] = "Atom feed"
    ending: ClassVar[str] = ".atom"
    mime: ClassVar[str] = "application/atom+xml; charset=utf-8"

    def write(self, deals: Selection, out: BinaryIO) -> None:
        text = TextIOWrapper(out, "utf-8", newline="\n")
        xml = XMLGenerator(text, "utf-8", short_empty_elements=True)
        xml.startDocument()
        xml.startElement("feed", AttributesImpl({"xmlns": _NAMESPACE}))
        _leaf(xml, "id", str(uuid.UUID(deals.identity).urn))
        _leaf(xml, "title", deals.title)
        _leaf(xml, "updated", iso(deals.made_at))
        xml.startElement("author", AttributesImpl({}))
        _leaf(xml, "name", "Dealwatch")
        xml.endElement("author")
        for deal in deals:
            _entry(xml, deal, deals.identity)
        xml.endElement("feed")
        xml.endDocument()
        text.detach()


def _entry(xml: XMLGenerator, deal: Deal, identity: str) -> None:
    xml.startElement("entry", AttributesImpl({}))
    _leaf(xml, "id", uuid.uuid5(uuid.UUID(identity), f"deal/{deal.id}").urn)
    _leaf(xml, "title", title_of(deal))
    _leaf(xml, "published", deal.first_at)
    _leaf(xml, "updated", deal.changed_at)
    for number, story in enumerate(story for story in deal.told if story.url):
        rel = "related" if number else "alternate"
        _leaf(xml, "link", attributes={"rel": rel, "href": story.url or "", "title": story.title})
    for term in (deal.type, deal.direction, deal.status, *(party.name for party in deal.parties)):
        _leaf(xml, "category", attributes={"term": term})
    _leaf(xml, "summary", deal.sentence)
    amount = amount_of(deal)
    lines = [summary_of(deal), *([f"Amount: {amount}"] if amount else [])]
    lines += [f"{story.outlet}: {story.title}" for story in deal.stories]
    _leaf(xml, "content", "\n".join(lines))
    xml.endElement("entry")


def _leaf(xml: XMLGenerator, name: str, text: str = "", attributes: dict[str, str] | None = None) -> None:
    xml.startElement(name, AttributesImpl(attributes or {}))
    xml.characters(text)
    xml.endElement(name)
