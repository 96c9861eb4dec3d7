"""How an unknown CSV file is written: guesses from its beginning, for a draft that a person reads. Nothing decides by
them."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.clocks import written as times
from tocsin.clocks.written import Order
from tocsin.core.errors import InvalidInput
from tocsin.intake.csv_rows import BROKEN, CsvFile, CsvTable, Format, Record, breaks_off, open_csv
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.conversions import Convert

LOOKED_AT = 1000  # rows
_BYTES = 1 << 18
_CHARACTERS = 1 << 24  # of the rows that are looked at; a packed file may hold a thousand times its size
_DELIMITERS = (",", ";", "\t", "|")


def form_of(path: CsvFile) -> Format:
    """Delimiter and encoding of a file. InvalidInput where it cannot be opened, or breaks off at its beginning."""
    stream, raw = open_csv(path)
    with stream, raw:
        try:
            begin = stream.read(_BYTES)
        except BROKEN as error:
            raise breaks_off(error, 1) from None
    encoding = "utf-8" if _decodes(begin) else "cp1252"
    header, _, rest = begin.decode(encoding, "replace").removeprefix("\ufeff").partition("\n")
    if header.lower().lstrip('"').startswith("sep="):
        header = rest.partition("\n")[0]
    return Format(max(_DELIMITERS, key=header.count), encoding=encoding)


def sample(path: CsvFile, form: Format) -> tuple[list[str], list[list[str]]]:
    """The header of a file and its first rows. InvalidInput where it has no header that can be read."""
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, form)
        rows, size = [], 0
        for found in table:
            if isinstance(found, Record):
                rows.append(found.fields)
                size += sum(map(len, found.fields))
            if len(rows) == LOOKED_AT or size > _CHARACTERS:
                break
    return table.columns, rows


class Times(NamedTuple):
    """How a column of times is written: whether some of them name no zone, and an example of which day and month could
    be either; `day_first` says which, where another value of the column does."""

    zoneless: bool
    example: str | None
    day_first: bool | None


def times_of(texts: Sequence[str]) -> Times:
    """What must be known of these times before they can be read."""
    order = times.Evidence(texts).order
    zoneless = share(texts, conversions.time(None, None, Order(True))) < share(
        texts, conversions.time(None, conversions.zone("UTC"), Order(True))
    )
    return Times(zoneless, next(filter(times.ambiguous, texts), None), order)


def share(texts: Sequence[str], convert: Convert) -> float:
    """How many of these can be read so, from 0 to 1."""
    fit = 0
    for text in texts:
        try:
            convert(text)
            fit += 1
        except InvalidInput:
            continue
    return fit / len(texts) if texts else 0.0


def _decodes(begin: bytes) -> bool:
    """Whether this is UTF-8; a character may be cut at the end."""
    try:
        begin.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(begin) == _BYTES and error.start > len(begin) - 4
    return True
