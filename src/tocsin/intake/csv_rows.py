"""The records of a CSV file, one by one, each with the line on which it begins. What is broken is refused alone.

The file is read as a stream and never held as a whole. Where a quote is broken, the record's first line is refused and
reading goes on with the next line, so that one stray quote does not swallow the rows behind it.
"""

import codecs
import csv
import gzip
import re
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol, cast

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, marked, plain, say, verbatim

RECORD_AT_MOST = 1 << 20  # characters; bytes of one line
BROKEN = (OSError, EOFError, zlib.error)  # what reading a file raises that is not whole, or not packed as it says

_ENCODINGS = say("another `encoding:` in the mapping; spreadsheets of Western Europe write cp1252")
_NUL = re.compile("\0")
_UNDECODED = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte that means nothing


FALLBACK = "cp1252"
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # what spreadsheets write above the header


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. `fallback`: by which encoding a line is read that is not of the first, where nobody said
    which it is. A first line `sep=;` says better than this what stands between the columns."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    fallback: str | None = None


class Record(NamedTuple):
    """A row of the file. `line`: where it begins, from 1."""

    line: int
    fields: list[str]


class Refused(NamedTuple):
    """A row that is left out, or a value that is taken as missing. `reason` is one of few, for counting; `says`: what
    was found in this row, and `detail` the same in English. `place`: the field; `column` and `value`: where it is read
    from, and what stands there."""

    line: int
    reason: str
    says: Said | None = None
    place: str = ""
    external_id: str = ""
    column: str = ""
    value: str = ""

    @property
    def detail(self) -> str:
        return "" if self.says is None else plain(self.says)

    def told(self) -> dict[str, Any]:
        """For programs."""
        said = self._asdict()
        del said["says"]
        return said | {"detail": self.detail}


class CsvFile(Protocol):
    """Where a file is read from, as often as it takes: a path, or what somebody sent."""

    def open(self, mode: Literal["rb"], /) -> BufferedReader: ...


def open_csv(path: CsvFile) -> tuple[BinaryIO, BinaryIO]:
    """The text of a file in bytes, unpacked where it is gzipped, and as UTF-8 where it is UTF-16, with its mark or
    without; and the file itself, whose position tells how far the reading is. InvalidInput where it cannot be opened.
    """
    try:
        raw = path.open("rb")
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
    except OSError as error:
        raise InvalidInput(
            say("the file cannot be read: {strerror}", strerror=error.strerror), place=str(path)
        ) from None
    stream = gzip.GzipFile(fileobj=raw) if packed else raw
    begin = _begin(stream)
    wide = next((name for mark, name in _WIDE.items() if mark.match(begin)), None)
    if wide is not None:
        return cast(BinaryIO, codecs.EncodedFile(stream, "utf-8", wide, "replace")), raw
    return cast(BinaryIO, stream), raw


_WIDE = {
    re.compile(rb"\xff\xfe|\xfe\xff"): "utf-16",
    re.compile(rb"[^\0]\0[^\0]\0", re.DOTALL): "utf-16-le",
    re.compile(rb"\0[^\0]\0[^\0]", re.DOTALL): "utf-16-be",
}


def _begin(stream: BufferedReader | gzip.GzipFile) -> bytes:
    """The first bytes. What is broken is told when the lines are read."""
    try:
        return stream.peek(4)[:4]
    except BROKEN:
        return b""


def breaks_off(error: Exception, line: int) -> InvalidInput:
    """Of a file that cannot be read any further than this line."""
    return InvalidInput(
        say("the file breaks off: {error}", error=error), place=f"line {line}", expected=say("a whole file")
    )


class CsvTable:
    """A CSV file behind its header. InvalidInput where the header cannot be read, or where the file breaks off."""

    def __init__(self, stream: BinaryIO, form: Format) -> None:
        # This limit belongs to the process; the default is too low for a ticket's whole text. Ours comes first.
        csv.field_size_limit(2 * RECORD_AT_MOST + 2)
        self._lines = _Lines(stream, form)
        delimiter = self._lines.separator() or form.delimiter
        self._reader = csv.reader(self._lines, delimiter=delimiter, quotechar=form.quote, strict=True)
        self._encoding = form.encoding
        self.columns: list[str] = []
        self.columns = self._header()

    @property
    def otherwise(self) -> int:
        """How many lines were read by the fallback so far."""
        return self._lines.otherwise

    def __iter__(self) -> Iterator[Record | Refused]:
        width = len(self.columns)
        while (found := self._next()) is not None:
            if isinstance(found, Refused):
                yield found
                continue
            if len(found.fields) > width and not "".join(found.fields[width:]).strip():
                found = Record(found.line, found.fields[:width])  # what spreadsheets leave behind the last column
            if len(found.fields) == width:
                yield found
            else:
                counted = say("{amount} where the header has {width}", amount=len(found.fields), width=width)
                yield Refused(found.line, marked("wrong number of columns"), counted)

    def _header(self) -> list[str]:
        found = self._next()
        if isinstance(found, Record):
            names = [texts.nfc(name.strip()) for name in found.fields]
            while len(names) > 1 and not names[-1]:
                names.pop()
            return names
        if found is None:
            raise InvalidInput(
                say("the file is empty"), place="line 1", expected=say("a first line that names the columns")
            )
        raise InvalidInput(
            say("the header cannot be read: {reason}", reason=Said(found.reason, {})),
            place="line 1",
            expected=found.says or say("a first line that names the columns"),
        )

    def _next(self) -> Record | Refused | None:
        """The next record that is not blank; None at the end."""
        lines = self._lines
        while True:
            line = lines.begin()
            try:
                fields = next(self._reader)
            except StopIteration:
                return None
            except csv.Error as error:
                lines.give_back()
                return Refused(line, *_meaning(str(error)))
            except _TooLong:
                lines.give_back()
                most = say("more than {most} characters, or a quote that is not closed", most=RECORD_AT_MOST)
                return Refused(line, marked("too long"), most)
            if any(map(str.strip, fields)):  # spreadsheets write rows of nothing but delimiters
                return self._odd_characters(line, fields) or Record(line, fields)

    def _odd_characters(self, line: int, fields: list[str]) -> Refused | None:
        for text in self._lines.taken:
            if text is _OVERLONG:
                return Refused(line, marked("too long"), say("a line of more than {most} bytes", most=RECORD_AT_MOST))
            if "\0" in text:
                return self._odd(line, marked("a NUL character"), None, fields, _NUL)
            if not text.isascii() and _UNDECODED.search(text):
                return self._odd(line, f"not {self._encoding}", _ENCODINGS, fields, _UNDECODED)
        return None

    def _odd(self, line: int, reason: str, says: Said | None, fields: list[str], odd: re.Pattern[str]) -> Refused:
        """A row whose first column with such a character is named."""
        named = zip(self.columns, fields, strict=False)
        column, text = next(((name, text) for name, text in named if odd.search(text)), ("", ""))
        value = text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
        return Refused(line, reason, says, place=column, column=column, value=value)


class _TooLong(Exception):
    """A record does not end within bounds."""


_OVERLONG = "\0\n"  # stands, as this very object, for a line that is too long to be read


class _Returns:
    """A file whose lines end in carriage returns alone, read as one whose lines end in line feeds."""

    def __init__(self, begin: bytes, stream: BinaryIO) -> None:
        self._read, self._stream = self._fed(begin), stream

    def readline(self, most: int) -> bytes:
        while (end := self._read.find(b"\n") + 1) == 0 and len(self._read) < most:
            if not (more := self._stream.read(_CHUNK)):
                break
            self._read += self._fed(more)
        size = min(end or len(self._read), most)
        line, self._read = self._read[:size], self._read[size:]
        return line

    @staticmethod
    def _fed(data: bytes) -> bytes:
        return data.replace(b"\r", b"\n")


_CHUNK = 1 << 16


class _Lines:
    """The lines of a file as text. Those of the record that is being read are kept, and can be given back."""

    def __init__(self, stream: BinaryIO, form: Format) -> None:
        self._stream: BinaryIO | _Returns = stream
        self._bare = stream
        self._quote = form.quote.encode()
        self._encoding, self._fallback = form.encoding, form.fallback
        self.otherwise = 0
        self._again: deque[str] = deque()
        self._number = 0
        self._size = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > RECORD_AT_MOST:
            raise _TooLong
        text = self._again.popleft() if self._again else self._read()
        self._number += 1
        self._size += len(text)
        self.taken.append(text)
        return text

    def begin(self) -> int:
        """A new record begins; on which line."""
        self.taken.clear()
        self._size = 0
        return self._number + 1

    def give_back(self) -> None:
        """The record was none: read its lines again, but for the first."""
        self._again.extendleft(reversed(self.taken[1:]))
        self._number -= len(self.taken) - 1

    def _read(self) -> str:
        try:
            raw = self._stream.readline(RECORD_AT_MOST + 1)
            if self._number == 0 and self._returns(raw):
                self._stream = _Returns(raw, self._bare)
                raw = self._stream.readline(RECORD_AT_MOST + 1)
            overlong = len(raw) > RECORD_AT_MOST
            rest = raw
            while overlong and rest and not rest.endswith(b"\n"):
                rest = self._stream.readline(RECORD_AT_MOST)
        except BROKEN as error:
            raise breaks_off(error, self._number + 1) from None
        if not raw:
            raise StopIteration
        if overlong:
            return _OVERLONG
        text = self._decoded(raw)
        return text.removeprefix("\ufeff") if self._number == 0 else text

    def _returns(self, first: bytes) -> bool:
        """Whether the first line ends in a carriage return alone: one that stands outside of quotes."""
        line, found, rest = first.partition(b"\r")
        return bool(found) and rest != b"\n" and line.count(self._quote) % 2 == 0

    def _decoded(self, raw: bytes) -> str:
        if self._fallback is not None and not raw.isascii():
            try:
                return raw.decode(self._encoding)
            except UnicodeError:
                self.otherwise += 1
                return raw.decode(self._fallback, "surrogateescape")
        return raw.decode(self._encoding, "surrogateescape")

    def separator(self) -> str | None:
        """What the first line says to stand between the columns; it is read over. None where it is the header."""
        self.begin()
        try:
            first = next(self)
        except StopIteration:
            return None
        if found := _SEP.fullmatch(first):
            return found[1]
        self._again.appendleft(first)
        self._number -= 1
        return None


def _meaning(error: str) -> tuple[str, Said]:
    """Reason, and what was found, for what Python's reader complains of."""
    if error.startswith("unexpected end of data"):
        return marked("a quote that is not closed"), say("the rest of the file would belong to this row")
    if "expected after" in error:
        return marked("a broken quote"), say("behind a closing quote stands neither delimiter nor end of line")
    if error.startswith("new-line character"):
        return marked("a bare carriage return"), say("outside of quotes")
    return marked("not CSV"), verbatim(error)
