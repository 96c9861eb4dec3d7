"""Lines of CSV for spreadsheets (RFC 4180, UTF-8), which take none of their cells for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8


def written(head: Iterable[str], rows: Iterable[Iterable[Any]], at_once: int = 200) -> Iterator[str]:
    """The whole sheet, some lines at a time. Of nothing a cell is empty; of a flag `true` or `false`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(MARK)
    writer.writerow(list(head))
    for place, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if place % at_once == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: Any) -> str:
    """What stands in a cell. A text that a spreadsheet would carry out, also one behind white space, begins with an
    apostrophe; numbers do not need it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) or text.lstrip().startswith(_FORMULAS) else text


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
