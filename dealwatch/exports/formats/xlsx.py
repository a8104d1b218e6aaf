"""XLSX: typed dates and amounts, a frozen header, links, and a sheet of parties."""

from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar

from dealwatch.clock import parse_iso
from dealwatch.errors import DealwatchError
from dealwatch.exports.formats import Format, Selection
from dealwatch.exports.formats.comma_separated import COLUMNS, cells

_WIDTHS = {"chinese": 22, "foreign": 22, "sentence": 60, "headline": 45, "url": 40, "first_at": 17, "last_at": 17}
_TIMES = ("first_at", "last_at")
_MAX_ROWS = 1_048_575  # of a sheet, below its header
_MAX_CELL = 32_767
_MAX_LINKS = 65_530  # Excel opens no sheet with more
_FIRST_DAY = datetime(1900, 3, 1, tzinfo=UTC)  # earlier ones Excel counts differently


class Xlsx(Format):
    name: ClassVar[str] = "xlsx"
    title: ClassVar[str] = "Excel workbook: deals, and their parties"
    ending: ClassVar[str] = ".xlsx"
    mime: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, deals: Selection, out: BinaryIO) -> None:
        try:
            from xlsxwriter import Workbook
        except ImportError as error:
            raise DealwatchError("xlsx needs the xlsx extra: pip install 'dealwatch[xlsx]', or export csv") from error
        # Rows go to disk as they come; nothing that a page wrote becomes a formula or a link by itself.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": True}  # fmt: skip
        with Workbook(out, options) as book:
            _Writer(book).write(deals)


class _Writer:
    def __init__(self, book: Any) -> None:
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._amount = book.add_format({"num_format": "#,##0.##"})
        self._link = book.add_format({"font_color": "blue", "underline": 1})
        self._deals = book.add_worksheet("Deals")
        self._parties = book.add_worksheet("Parties")
        self._links = 0

    def write(self, deals: Selection) -> None:
        self._head(self._deals, COLUMNS)
        self._head(self._parties, ("deal", "name", "side", "home"))
        row = party_row = 0
        for row, deal in enumerate(deals, 1):
            parties = list(deal.parties)
            if row > _MAX_ROWS or party_row + len(parties) > _MAX_ROWS:
                raise DealwatchError(f"a sheet holds {_MAX_ROWS:,} rows; narrow the export with --since, or export csv")
            for column, (name, cell) in enumerate(zip(COLUMNS, cells(deal), strict=True)):
                self._cell(row, column, name, cell)
            for party in parties:
                party_row += 1
                for column, cell in enumerate((deal.id, party.name, party.side, party.home)):
                    self._plain(self._parties, party_row, column, cell)
        self._deals.autofilter(0, 0, max(row, 1), len(COLUMNS) - 1)

    def _head(self, sheet: Any, names: tuple[str, ...]) -> None:
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(names):
            sheet.set_column(column, column, _WIDTHS.get(name, 13))
            sheet.write_string(0, column, name, self._bold)

    def _cell(self, row: int, column: int, name: str, cell: Any) -> None:
        if name in _TIMES and cell and parse_iso(cell) >= _FIRST_DAY:
            self._deals.write_datetime(row, column, parse_iso(cell).replace(tzinfo=None), self._time)
        elif name == "amount_value" and cell is not None:
            self._deals.write_number(row, column, cell, self._amount)
        elif name == "url" and cell and self._links < _MAX_LINKS:
            self._links += 1
            self._deals.write_url(row, column, cell, self._link, cell)
        else:
            self._plain(self._deals, row, column, cell)

    def _plain(self, sheet: Any, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, cell[:_MAX_CELL])
        elif cell is not None:
            sheet.write_number(row, column, cell)
