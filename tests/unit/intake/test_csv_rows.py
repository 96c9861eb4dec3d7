"""The rows of a file: whatever is broken is refused alone, with its line, and the rows behind it are read."""

import gzip
import io
from pathlib import Path

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.intake.csv_rows import RECORD_AT_MOST, CsvTable, Format, Record, Refused, open_csv

HEADER = b"id,text,more\n"


def read(data: bytes, form: Format | None = None) -> list[Record | Refused]:
    return list(CsvTable(io.BytesIO(data), form or Format()))


def test_lines_are_those_on_which_a_record_begins() -> None:
    rows = read(HEADER + b'1,"two\nlines, and a ""quote""",x\r\n\n\n2,b,c')
    assert rows == [Record(2, ["1", 'two\nlines, and a "quote"', "x"]), Record(6, ["2", "b", "c"])]


@pytest.mark.parametrize(
    "data",
    [b'id,text\r1,"a\nb"\r\r2,c\r', b'id,text\r1,"a\nb"\r\r2,c', b'\xef\xbb\xbf"id","text"\r1,"a\rb"\r\r2,c\r'],
    ids=["as it was", "without the last", "with a mark, quoted"],
)
def test_lines_that_end_in_carriage_returns_alone_are_read(data: bytes) -> None:
    assert read(data) == [Record(2, ["1", "a\nb"]), Record(5, ["2", "c"])]


def test_a_long_file_of_carriage_returns_is_read_line_by_line() -> None:
    rows = [f"{number},{'x' * 90}" for number in range(3000)]
    found = read("\r".join(["id,text", *rows]).encode())
    assert [record.fields for record in found if isinstance(record, Record)] == [row.split(",") for row in rows]


BROKEN = {
    "a quote inside a field": (b'2,"a"b,c\n', "a broken quote", ""),
    "too few columns": (b"2,b\n", "wrong number of columns", ""),
    "too many columns": (b"2,b,c,d\n", "wrong number of columns", ""),
    "a quote of two lines, then too few columns": (b'2,"b\n"\n', "wrong number of columns", ""),
    "NUL": (b"2,b\0b,c\n", "a NUL character", "text"),
    "invalid UTF-8": (b"2,b,\xff\xfe\n", "not utf-8", "more"),
    "half a character": (b"2,\xed\xa0\x80,c\n", "not utf-8", "text"),
    "a bare carriage return": (b"2,b\rb,c\n", "a bare carriage return", ""),
    "a long line": (b"2," + b"b" * (RECORD_AT_MOST + 1) + b",c\n", "too long", ""),
    "a very long line": (b"2," + b"b" * (3 * RECORD_AT_MOST) + b"\n", "too long", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_refused_alone(name: str) -> None:
    data, reason, place = BROKEN[name]
    rows = read(HEADER + b"1,b,c\n" + data + b"3,b,c\n")
    first, refused, last = rows
    assert isinstance(refused, Refused)
    assert (refused.line, refused.reason, refused.place) == (3, reason, place)
    assert first == Record(2, ["1", "b", "c"])
    assert last == Record(3 + data.count(b"\n"), ["3", "b", "c"])


def test_a_quote_that_is_not_closed_does_not_swallow_the_rest() -> None:
    rows = read(HEADER + b'1,"b,c\n2,b,c\n3,b,c\n')
    assert isinstance(rows[0], Refused)
    assert (rows[0].line, rows[0].reason) == (2, "a quote that is not closed")
    assert rows[1:] == [Record(3, ["2", "b", "c"]), Record(4, ["3", "b", "c"])]


def test_a_quote_that_a_later_row_closes_costs_its_own_row_only() -> None:
    rows = read(HEADER + b'1,"b,c\n2,"b, b",c\n3,b,c\n')
    assert [row.line for row in rows if isinstance(row, Refused)] == [2]
    assert rows[1:] == [Record(3, ["2", "b, b", "c"]), Record(4, ["3", "b", "c"])]


def test_an_open_quote_before_very_much_text_is_found_in_bounds() -> None:
    line = b"2," + b"b" * 1000 + b",c\n"
    rows = read(HEADER + b'1,"b,c\n' + line * 3000)
    assert isinstance(rows[0], Refused)
    assert rows[0].reason == "too long"
    assert len(rows) == 3001
    assert all(isinstance(row, Record) for row in rows[1:])
    assert rows[-1].line == 3002


def test_the_byte_order_mark_and_blanks_around_names_are_no_part_of_them() -> None:
    assert CsvTable(io.BytesIO(b"\xef\xbb\xbf id , text\n1,2\n"), Format()).columns == ["id", "text"]


def test_other_forms() -> None:
    rows = read("id;text;more\n1;'ä;b';c\n".encode("cp1252"), Format(";", "'", "cp1252"))
    assert rows == [Record(2, ["1", "ä;b", "c"])]


@pytest.mark.parametrize(("data", "expected"), [(b"", "empty"), (b"\n\n", "empty"), (b'"id,text\n', "header")])
def test_without_a_header_nothing_is_read(data: bytes, expected: str) -> None:
    with pytest.raises(InvalidInput, match=f"line 1: .*{expected}"):
        read(data)


def packed(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "tickets.csv"  # the content decides, not the name
    path.write_bytes(data)
    return path


def test_a_gzipped_file_is_unpacked(tmp_path: Path) -> None:
    stream, raw = open_csv(packed(tmp_path, gzip.compress(HEADER + b"1,b,c\n")))
    with stream, raw:
        assert list(CsvTable(stream, Format())) == [Record(2, ["1", "b", "c"])]


def test_a_file_that_breaks_off_says_on_which_line(tmp_path: Path) -> None:
    rows = b"".join(b"%d,b%d,c\n" % (number, number * 7919) for number in range(5000))
    whole = gzip.compress(HEADER + rows)
    stream, raw = open_csv(packed(tmp_path, whole[: len(whole) // 2]))
    found: list[Record | Refused] = []
    with stream, raw, pytest.raises(InvalidInput, match=r"line \d+: the file breaks off") as error:
        found.extend(CsvTable(stream, Format()))
    assert error.value.place is not None
    assert int(error.value.place.split()[1]) == len(found) + 2 > 1000


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        open_csv(tmp_path / "none.csv")
