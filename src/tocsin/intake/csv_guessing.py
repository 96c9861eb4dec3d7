"""How an unknown CSV file is written: guesses from its beginning, for a draft that a person reads. Nothing decides by
them."""

from collections.abc import Sequence
from pathlib import Path

from tocsin.core.errors import InvalidInput
from tocsin.intake import conversions
from tocsin.intake.conversions import Convert
from tocsin.intake.csv_rows import CsvTable, Format, Record, open_csv

LOOKED_AT = 1000  # rows
_BYTES = 1 << 18
_DELIMITERS = (",", ";", "\t", "|")
_MOST = 0.9  # of the values that must fit a guess
# The first that fits; where day and month could be either, the day comes first, as in most of the world.
TIMES: tuple[str | None, ...] = (
    None,
    *(
        f"{date}{time}"
        for date in ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d %b %Y", "%d/%b/%y")
        for time in (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "")
    ),
)


def form_of(path: Path) -> Format:
    """Delimiter and encoding of a file. InvalidInput where it cannot be opened."""
    stream, raw = open_csv(path)
    with stream, raw:
        begin = stream.read(_BYTES)
    encoding = "utf-8" if _decodes(begin) else "cp1252"
    header = begin.split(b"\n", 1)[0].decode(encoding, "replace")
    return Format(max(_DELIMITERS, key=header.count), encoding=encoding)


def sample(path: Path, form: Format) -> tuple[list[str], list[list[str]]]:
    """The header of a file and its first rows. InvalidInput where it has no header that can be read."""
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, form)
        rows = []
        for found in table:
            if isinstance(found, Record):
                rows.append(found.fields)
            if len(rows) == LOOKED_AT:
                break
    return table.columns, rows


def time_form(texts: Sequence[str]) -> str | None:
    """The form of these times, as of `strptime`; None: ISO 8601, or none that is known here."""
    zone = conversions.zone("UTC")
    return next((form for form in TIMES if share(texts, conversions.time(form, zone)) >= _MOST), None)


def decimal_sign(texts: Sequence[str]) -> str | None:
    """The decimal sign, where more of these numbers can be read with it than without."""
    fits: dict[str | None, float] = {None: share(texts, conversions.number)}
    fits |= {sign: share(texts, conversions.grouped(sign, conversions.number)) for sign in ".,"}
    return max(fits, key=lambda sign: fits[sign])


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
