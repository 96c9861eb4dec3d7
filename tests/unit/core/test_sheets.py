"""Lines of CSV: read again as they were written, and no cell is a formula."""

import csv
import io
from typing import Any

import pytest

from tocsin.core import sheets


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3.5, "-3.5"),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@name", "'@name"),
        ("\t=1", "'\t=1"),
        ("  =cmd", "'  =cmd"),
        ("\r\nx", "'\r\nx"),
        ("a=b", "a=b"),
    ],
)
def test_cells(value: Any, cell: str) -> None:
    assert sheets.cell(value) == cell


def test_a_sheet_comes_in_parts_and_is_read_again() -> None:
    rows = [[number, f'a "quoted", {number}\nline'] for number in range(5)]
    parts = list(sheets.written(("number", "text"), iter(rows), at_once=2))
    assert len(parts) == 3
    text = "".join(parts)
    assert text.startswith("\ufeffnumber,text\r\n")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read[1:] == [[str(number), said] for number, said in rows]
