"""How a mapping reads a file, for whoever drafts it: which column each field comes from, and what the draft asks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tocsin.core import texts
from tocsin.intake.csv_rows import CsvFile
from tocsin.intake.mapping import draft, guessing
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.sources import Constant

_REMARK = "  # "
_ASKING = ("none of the columns", "no numbers;", "add `")
_LONGEST = 120


class ReadField(NamedTuple):
    """A field of a ticket with the columns that it is read from, and what stands there first; without a column, what
    it always is."""

    field: str
    columns: str
    example: str


class DraftQuestion(NamedTuple):
    """A line of a draft that is not sure, with its number from 1, and what it asks."""

    line: int
    rule: str
    asks: str


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
            yield DraftQuestion(number, rule.strip(), asks)


def _example(rows: Sequence[Sequence[str]], places: Sequence[int]) -> str:
    for row in rows:
        for place in places:
            if place < len(row) and row[place].strip():
                return texts.line(row[place], _LONGEST)
    return ""
