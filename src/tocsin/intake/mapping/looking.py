"""How a mapping reads a file, for whoever drafts it: which column each field comes from, and what the draft asks."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tocsin.core import texts
from tocsin.core.wording import Said, marked, verbatim
from tocsin.intake.csv_rows import CsvFile
from tocsin.intake.mapping import draft, guessing
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.sources import Constant

_REMARK = "  # "
_ASKING = ("none of the columns", "no numbers;", "add `")
# What drafts ask (`draft.py`, `drafted.py`); a remark may ask several of them.
_ASKED = (
    marked("or {columns}?"),
    marked("in which zone are these times?"),
    marked("days of a spreadsheet; in which zone are these times?"),
    marked("is the day first in {example}, as is usual in this language?"),
    marked("add `day_first: true` or `false`: which is the day in {example}?"),
    marked('add `decimal: "."` or `","`: which is the mark in {example}?'),
    marked("no numbers; say what each text means"),
    marked("which of these are over?"),
    marked("is it? new, working, waiting, resolved or closed"),
    marked("several rows have one id: the last counts; is it the id of a ticket?"),
    marked("none of the columns looks like it; is there one?"),
    marked("none of the columns looks like it; name one"),
)
_LONGEST = 120


class ReadField(NamedTuple):
    """A field of a ticket with the columns that it is read from, and what stands there first; without a column, what
    it always is."""

    field: str
    columns: str
    example: str


class DraftQuestion(NamedTuple):
    """A line of a draft that is not sure, with its number from 1, and what it asks, one text each."""

    line: int
    rule: str
    asks: tuple[Said, ...]


def drafted(file: CsvFile, name: str) -> str:
    """A first mapping for a file of this name. InvalidInput where it has no header."""
    form = guessing.form_of(file)
    header, rows = guessing.sample(file, form)
    return draft.draft(name.split(".")[0][:100] or "file", form, header, rows)


def fields(file: CsvFile, mapping: CaseMapping) -> list[ReadField]:
    """What the mapping reads of a file, each field with an example."""
    header, rows = guessing.sample(file, mapping.form)
    found = []
    for rule in mapping.every_rule:
        places = [header.index(place.name) for place in rule.places if place.name in header]
        constant = next((str(each.value) for each in rule.sources if isinstance(each, Constant)), "")
        found.append(ReadField(rule.field, rule.named, constant or _example(rows, places)))
    return found


def questions(mapping: str) -> Iterator[DraftQuestion]:
    """What the text of a draft asks whoever reads it."""
    for number, line in enumerate(mapping.splitlines(), 1):
        rule, between, asks = line.partition(_REMARK)
        if between and ("?" in asks or asks.startswith(_ASKING)):
            yield DraftQuestion(number, rule.strip(), tuple(_asked(asks)))


def _asked(remark: str) -> Iterator[Said]:
    """What a remark asks, to be said in any language; what no draft of ours asks stands as it was written."""
    while remark:
        found = next(((text, match) for text, each in _PATTERNS if (match := each.match(remark))), None)
        if found is None:
            yield verbatim(remark)
            return
        text, match = found
        yield Said(text, match.groupdict())
        remark = remark[match.end() :]


def _pattern(text: str) -> re.Pattern[str]:
    places = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))
    return re.compile(f"{places}(?:; | |$)")


_PATTERNS = [(text, _pattern(text)) for text in _ASKED]


def _example(rows: Sequence[Sequence[str]], places: Sequence[int]) -> str:
    for row in rows:
        for place in places:
            if place < len(row) and row[place].strip():
                return texts.line(row[place], _LONGEST)
    return ""
