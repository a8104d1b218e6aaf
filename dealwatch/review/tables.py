"""The figures behind a chart as a CSV file."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from dealwatch.exports.formats.comma_separated import Cell, defused


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
