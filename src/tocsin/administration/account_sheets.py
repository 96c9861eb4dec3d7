"""Accounts from a table, as a spreadsheet or a customer database writes it: what it would change, and changing that. A
cell that is empty leaves the fact as it is; what the table does not name stays."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from tocsin.administration import accounts
from tocsin.core import numbers, sheets
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import Said, say
from tocsin.intake.csv_rows import CsvFile, CsvTable, Record, open_csv
from tocsin.intake.mapping import guessing, headings
from tocsin.intake.mapping.headings import TICKET, HeadingNames
from tocsin.people import accounts as stored
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

MOST_ROWS = 20_000
_ATTRIBUTE = "attributes."  # before the name of one, as a heading
_PARTED = re.compile(r"[;,|\n]")
SHOWN = 100  # rows of each kind
_AT_ONCE = 100  # rows of one transaction
_LONGEST = 40  # characters that are shown of an id that is refused


def _called(field: str, *more: str) -> HeadingNames:
    known = TICKET[field]
    return HeadingNames((*known.english, *more), known.others)


_COLUMNS: Mapping[str, HeadingNames] = {
    "external_id": _called("account.external_id", "external id", "account", "id", "key"),
    "name": _called("account.name", "name"),
    "segment": _called("account.segment"),
    "plan": _called("account.plan"),
    "region": _called("account.region"),
    "language": HeadingNames(("language", "locale"), ("sprache", "langue", "idioma", "lingua")),
    "arr": _called("account.arr"),
    "renewal": HeadingNames(("renewal", "renewal date", "renews on", "contract end"), ("vertragsende",)),
    "products": HeadingNames(
        ("products", "product list", "entitlements"), ("produkte", "produits", "productos", "produtos", "prodotti")
    ),
    "owner": HeadingNames(("owner", "account owner", "account manager"), ("kundenbetreuer", "betreuer")),
}


class SheetRow(NamedTuple):
    """What a line says of an account: its facts, and its `owner`."""

    line: int
    external_id: str
    said: dict[str, Any]


class SheetChange(NamedTuple):
    """What a row would change: each fact with what it was and what it becomes. `new`: there is no such account yet."""

    line: int
    external_id: str
    new: bool
    facts: Sequence[tuple[str, Any, Any]]


class SheetRefusal(NamedTuple):
    line: int
    external_id: str
    why: Said
    place: str


@dataclass(slots=True)
class Looked:
    """What a table would change, or has changed. `columns`: the column of each field; `unused`: the others. Of changes
    and refusals the first are kept, and all are counted."""

    columns: Mapping[str, str]
    unused: Sequence[str]
    rows: int = 0
    new: int = 0
    changed: int = 0
    refused: int = 0
    changes: list[SheetChange] = field(default_factory=list)
    refusals: list[SheetRefusal] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.rows - self.new - self.changed - self.refused

    def count(self, change: SheetChange | None) -> None:
        if change is None:
            return
        if change.new:
            self.new += 1
        else:
            self.changed += 1
        if len(self.changes) < SHOWN:
            self.changes.append(change)

    def refuse(self, line: int, external_id: str, why: Said, place: str = "") -> None:
        self.refused += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append(SheetRefusal(line, external_id, why, place))


def look(here: Installation, who: Viewer, file: CsvFile) -> Looked:
    """What a table would change, with nothing written. InvalidInput where it has no column of ids."""
    looked, rows = _read(file)
    for part in _parts(rows):
        with here.database.reading(here.clock.now()) as tx:
            people = here.desk.directory.get(tx)
            known = stored.by_external_id(tx, [row.external_id for row in part])
            for row in (_joined(one, known.get(one.external_id)) for one in part):
                try:
                    accounts.require_owner(people, who, known.get(row.external_id), row.said)
                    looked.count(_change(row, known.get(row.external_id), people))
                except TocsinError as error:
                    looked.refuse(row.line, row.external_id, error.says, error.place or "")
    return looked


def apply(here: Installation, who: Viewer, file: CsvFile) -> Looked:
    """Change what a table says, some rows in a transaction; what is refused changes nothing. The same table again
    changes nothing more. Forbidden once whoever sent it may not change accounts any more."""
    looked, rows = _read(file)
    for part in _parts(rows):
        for row, done in zip(part, here.writer.write(partial(_written, here=here, who=who, part=part)), strict=True):
            if isinstance(done, TocsinError):
                looked.refuse(row.line, row.external_id, done.says, done.place or "")
            else:
                looked.count(done)
    return looked


def _written(
    tx: Tx, here: Installation, who: Viewer, part: Sequence[SheetRow]
) -> list[SheetChange | TocsinError | None]:
    found: list[SheetChange | TocsinError | None] = []
    who = here.desk.directory.get(tx).still(who, "accounts.write")
    for one in part:
        people = here.desk.directory.get(tx)
        known = stored.by_external_id(tx, [one.external_id]).get(one.external_id)
        row = _joined(one, known)
        try:
            accounts.require_owner(people, who, known, row.said)
        except TocsinError as error:
            found.append(error)
            continue
        change = _change(row, known, people)
        if change is not None:
            accounts.write(tx, here, who, row.external_id, row.said)
        found.append(change)
    return found


def _read(file: CsvFile) -> tuple[Looked, Iterator[SheetRow]]:
    form = guessing.form_of(file)
    stream, raw = open_csv(file)
    with stream, raw:
        columns = CsvTable(stream, form).columns
    chosen = {name: one.column for name, one in headings.chosen(_COLUMNS, columns).items()}
    if "external_id" not in chosen:
        raise InvalidInput(
            say("no column holds the id of the account"),
            place="file",
            expected=say("a column such as {choices}", choices="account id, customer id, id"),
        )
    chosen |= {_ATTRIBUTE + name[len(_ATTRIBUTE) :]: name for name in columns if name.lower().startswith(_ATTRIBUTE)}
    looked = Looked(chosen, [name for name in columns if name not in chosen.values()])
    return looked, _rows(file, looked, columns, chosen)


def _rows(file: CsvFile, looked: Looked, columns: Sequence[str], chosen: Mapping[str, str]) -> Iterator[SheetRow]:
    places = {name: columns.index(column) for name, column in chosen.items()}
    seen: dict[str, int] = {}
    stream, raw = open_csv(file)
    with stream, raw:
        for found in CsvTable(stream, guessing.form_of(file)):
            looked.rows += 1
            if looked.rows > MOST_ROWS:
                raise InvalidInput(
                    say("the table is too long"), place="file", expected=say("at most {most} rows", most=MOST_ROWS)
                )
            if not isinstance(found, Record):
                looked.refuse(found.line, "", say("this line cannot be read: {reason}", reason=found.reason))
                continue
            row = _row(found, places)
            if isinstance(row.said.get("arr"), str):
                text = repr(row.said["arr"][:40])
                looked.refuse(row.line, row.external_id[:_LONGEST], say("{text} is not a number", text=text), "arr")
                continue
            try:
                accounts.check(row.external_id, row.said)
            except InvalidInput as error:
                looked.refuse(row.line, row.external_id[:_LONGEST], error.says, error.place or "")
                continue
            if row.external_id in seen:
                line = seen[row.external_id]
                looked.refuse(row.line, row.external_id, say("line {line} names the same account", line=line))
                continue
            seen[row.external_id] = row.line
            yield row


def _row(found: Record, places: Mapping[str, int]) -> SheetRow:
    """What a line says; an amount that cannot be read stays a text."""
    cells = {name: _cell(found.fields[place]) for name, place in places.items()}
    external_id = cells.pop("external_id")
    said: dict[str, Any] = {name: text for name, text in cells.items() if text}
    if "arr" in said and (amount := numbers.read(said["arr"])) is not None:
        said["arr"] = float(amount)
    if "products" in said:
        said["products"] = [name for part in _PARTED.split(said["products"]) if (name := part.strip())]
    attributes = {name[len(_ATTRIBUTE) :]: said.pop(name) for name in list(said) if name.startswith(_ATTRIBUTE)}
    if attributes:
        said["attributes"] = attributes
    return SheetRow(found.line, external_id, said)


def _cell(text: str) -> str:
    """What stands in a cell, without what our own tables put before what a spreadsheet would carry out."""
    text = text.strip()
    return text[1:] if text.startswith("'") and sheets.cell(text[1:]) == text else text


def _parts(rows: Iterator[SheetRow]) -> Iterator[list[SheetRow]]:
    part: list[SheetRow] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _joined(row: SheetRow, known: Account | None) -> SheetRow:
    """With the attributes that the account has and the row does not name."""
    if known is None or "attributes" not in row.said:
        return row
    joined = {**(known.facts.get("attributes") or {}), **row.said["attributes"]}
    return row._replace(said={**row.said, "attributes": joined})


def _change(row: SheetRow, known: Account | None, people: Directory) -> SheetChange | None:
    """None where nothing would change."""
    before: dict[str, Any] = {} if known is None else known.facts | {"owner": people.name_of(known.owner)}
    facts = [(name, before.get(name), value) for name, value in row.said.items() if before.get(name) != value]
    if known is not None and not facts:
        return None
    return SheetChange(row.line, row.external_id, known is None, facts)
