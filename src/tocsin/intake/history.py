"""The rows of an event history, in the order in which they happened, and the people and teams that stand in it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.core import instants
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.intake.csv_import import left_out, rows_of
from tocsin.intake.csv_rows import CsvTable, Record, Refused, open_csv
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rows import BoundMapping
from tocsin.intake.telling import Told
from tocsin.ledger.journal import Journal
from tocsin.people import directory
from tocsin.people.permissions import Role
from tocsin.storage.transaction import Tx

_OTHER = re.compile(r"[^a-z0-9._]+")


@dataclass(slots=True)
class KnownNames:
    """The names by which users or teams of a file are known here: lower case, without spaces, each once."""

    by_text: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def of(self, text: str) -> str:
        """The name for a text of the file."""
        found = self.by_text.get(text)
        if found is None:
            plain = _OTHER.sub("-", text.lower()).strip("-")[:90] or "nameless"
            found, number = plain, 1
            while found in self._taken:
                number += 1
                found = f"{plain}-{number}"
            self.by_text[text] = found
            self._taken.add(found)
        return found


@dataclass(slots=True)
class History:
    """A file that was read: its rows by time, and who stands in it. `rows` counts those that were refused too;
    `unread`: values that were cut or taken as missing."""

    told: list[Told] = field(default_factory=list)
    users: KnownNames = field(default_factory=KnownNames)
    teams: KnownNames = field(default_factory=KnownNames)
    rows: int = 0
    refused: list[Refused] = field(default_factory=list)
    unread: list[Refused] = field(default_factory=list)
    assumed: Counter[str] = field(default_factory=Counter)


def read(path: Path, mapping: CaseMapping, place: str = "mapping") -> History:
    """All rows of a file, held in memory, because they are put in the order of their times: then of their tickets, of
    the column `after`, and of the file. InvalidDocument where the mapping says nothing of a history."""
    if not mapping.history:
        wanted = say("how a row tells when, by whom and what")
        raise InvalidDocument([Problem(say("this key is missing"), "history", None, wanted)], place=place)
    found = History()
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, mapping.form)
        bound = BoundMapping(mapping, table.columns, place, lambda: rows_of(path, mapping))
        placed = list(_placed(table, bound, found))
        found.assumed = bound.heard
    found.told = [told for _, told in sorted(placed, key=lambda each: each[0])]
    return found


_Place = tuple[int, str, int, int]


def _placed(rows: Iterable[Record | Refused], bound: BoundMapping, found: History) -> Iterator[tuple[_Place, Told]]:
    for row in rows:
        found.rows += 1
        if isinstance(row, Refused):
            found.refused.append(row)
            continue
        if bound.ignored(row.fields) is not None:
            continue
        ticket = ""
        bound.forgiven = lambda error: found.unread.append(left_out(row.line, ticket, error))  # noqa: B023
        try:
            ticket = bound.external_id(row)
            after, told = _told(ticket, row, bound, found.users.of, found.teams.of)
        except TocsinError as error:
            found.refused.append(left_out(row.line, ticket, error))
            continue
        yield (told.at, told.ticket, after, told.line), told


def _told(
    ticket: str, row: Record, bound: BoundMapping, user: Callable[[str], str], team: Callable[[str], str]
) -> tuple[int, Told]:
    given = bound.body(ticket, row.fields)
    bound.case(given)
    said = bound.history(row.fields)
    for name in ("at", "state"):
        if said[name] is None:
            raise InvalidInput(say("the column is empty"), place=f"history.{name}", expected=say("text"))
    by, owner, moved = said.get("by"), said.get("owner"), said.get("team")
    told = Told(
        ticket,
        row.line,
        instants.from_datetime(said["at"]),
        user(by) if by else None,
        said["state"],
        user(owner) if owner else None,
        team(moved) if moved else None,
        said.get("reason"),
        given,
    )
    return said.get("after") or 0, told


def enrol(tx: Tx, mint: IdMint, journal: Journal, history: History, role: Role = "senior", by: str = "import") -> None:
    """The users and teams that stand in a history, as far as there are none of these names. By their role their word
    counts: a history knows nobody who confirms what others claim."""
    known = directory.load(tx)
    for text, name in history.users.by_text.items():
        if name not in known.by_name:
            directory.add_user(tx, mint, journal, name, by=by, role=role, display=text)
    for name in history.teams.by_text.values():
        if name not in known.teams:
            directory.add_team(tx, mint, journal, name, by=by)
