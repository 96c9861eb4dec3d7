"""Cases as they stood when they were opened: the facts of their first decisions, the newest cases first; but for those
with which people practise."""

from typing import NamedTuple

from tocsin.cases import sight
from tocsin.cases.aggregate import PRACTICE
from tocsin.cases.queries import DECIDING
from tocsin.ledger import journal
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import kept_from_bytes
from tocsin.policy.facts import Facts
from tocsin.storage.transaction import Tx

_REAL = f"NOT (imported AND source = '{PRACTICE}')"


class Opening(NamedTuple):
    """A case when it was opened. `facts` None where no decision of it is stored, or its content was erased."""

    id: int
    number: int
    opened_at: int
    facts: Facts | None


def count(tx: Tx, viewer: Viewer, since: int) -> int:
    """How many cases that the viewer sees were opened since then."""
    seen, parameters = sight.condition(viewer)
    found = tx.row(f"SELECT count(*) FROM cases WHERE opened_at >= ? AND {_REAL} AND {seen}", (since, *parameters))
    return int(found[0]) if found else 0


def page(tx: Tx, viewer: Viewer, since: int, before: int | None, size: int) -> list[Opening]:
    """So many of the cases that the viewer sees and that were opened since then; `before`: the id behind which to go
    on, None to begin."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    beyond, at = ("id < ? AND ", (before,)) if before is not None else ("", ())
    rows = tx.rows(
        f"SELECT id, number, opened_at FROM cases WHERE {beyond}opened_at >= ? AND {_REAL} AND {seen}"
        " ORDER BY id DESC LIMIT ?",
        (*at, since, *parameters, size),
    )
    stored = journal.oldest(tx, [row[0] for row in rows], DECIDING)
    return [
        Opening(id, number, opened_at, kept_from_bytes(stored[id]).facts if id in stored else None)
        for id, number, opened_at in rows
    ]
