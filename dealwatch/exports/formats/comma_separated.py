"""CSV: one row a deal, for spreadsheets and scripts."""

import codecs
import csv
import io
from typing import BinaryIO, ClassVar

from dealwatch.exports.deal import Deal
from dealwatch.exports.formats import Format, Selection

COLUMNS = (
    "id", "type", "direction", "status", "state", "revision", "chinese", "foreign", "amount", "amount_value",
    "amount_currency", "market", "first_at", "last_at", "sentence", "headline", "outlet", "url", "stories", "score",
)  # fmt: skip
Cell = str | int | float | None


class Csv(Format):
    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV, one row a deal"
    ending: ClassVar[str] = ".csv"
    mime: ClassVar[str] = "text/csv; charset=utf-8"

    def __init__(self, bom: bool = False) -> None:
        """`bom` puts a byte order mark first: Excel takes the file for UTF-8 only then."""
        self._bom = bom

    def write(self, deals: Selection, out: BinaryIO) -> None:
        if self._bom:
            out.write(codecs.BOM_UTF8)
        text = io.TextIOWrapper(out, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for deal in deals:
            writer.writerow([defused(cell) for cell in cells(deal)])
        text.detach()


def cells(deal: Deal) -> tuple[Cell, ...]:
    """The deal's values in the order of COLUMNS."""
    story = deal.headline
    return (
        deal.id,
        deal.type,
        deal.direction,
        deal.status,
        deal.state,
        deal.revision,
        deal.names("chinese"),
        deal.names("foreign"),
        deal.amount,
        deal.amount_value,
        deal.amount_currency,
        deal.market,
        deal.first_at,
        deal.last_at,
        deal.sentence,
        story.title if story else None,
        story.outlet if story else None,
        story.url if story else None,
        len(deal.stories),
        deal.score,
    )


def defused(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it, which shows it as text."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000")[:1] in (
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "＝",
        "＋",
        "－",
        "＠",
    ):
        return "'" + cell if cell.strip() else cell
    return cell
