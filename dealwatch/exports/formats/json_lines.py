"""JSON Lines: one deal a line, in the shape that docs/deal.schema.json publishes."""

import json
from typing import Any, BinaryIO, ClassVar

from dealwatch.exports.deal import Deal
from dealwatch.exports.formats import Format, Selection


class JsonLines(Format):
    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines, all fields, by docs/deal.schema.json"
    ending: ClassVar[str] = ".jsonl"
    mime: ClassVar[str] = "application/x-ndjson"

    def write(self, deals: Selection, out: BinaryIO) -> None:
        for deal in deals:
            out.write(deal.model_dump_json().encode() + b"\n")


def schema() -> str:
    """The published JSON Schema of a line; docs/deal.schema.json holds exactly this."""
    found: dict[str, Any] = Deal.model_json_schema(mode="serialization")
    published = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(published, indent=2, ensure_ascii=False) + "\n"
