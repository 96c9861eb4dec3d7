"""Which case somebody means, by whatever they call it: its number, its id, or its ticket's own number. Every command,
route and page that takes a case asks here."""

from typing import NamedTuple

from tocsin.cases import sight
from tocsin.core import ids
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.people.permissions import Permission, Viewer
from tocsin.storage.transaction import Tx

_EXPECTED = say("the number of a case (`tocsin case list --search WORDS`), its id, or its ticket's own number")


class NamedCase(NamedTuple):
    """A case by its id. `also`: numbers of other cases that have a ticket called so, which were not meant."""

    case: int
    also: tuple[int, ...] = ()


def named(tx: Tx, viewer: Viewer, reference: str, permission: Permission = "cases.read") -> NamedCase:
    """The case behind a number or an id; where no case has it, the one whose ticket is called so. `#17` means the
    number alone.

    Forbidden without the permission, whether there is such a case or not; NotFound where there is none for this viewer;
    Conflict where only tickets are called so, and several of them.
    """
    viewer.require(permission)
    case = find(tx, viewer, reference)
    tickets = [] if reference.startswith("#") else with_ticket(tx, viewer, reference)
    if case is not None:
        return NamedCase(case, tuple(number for ticket, number in tickets if ticket != case))
    if len(tickets) > 1:
        some = " and ".join(f"#{number}" for _, number in tickets)
        raise Conflict(
            say("more than one case has the ticket {reference}", reference=reference[:40]),
            place="case",
            expected=say("one of {some}", some=some),
        )
    if not tickets:
        raise NotFound(say("there is no case {reference}", reference=reference[:40]), place="case", expected=_EXPECTED)
    return NamedCase(tickets[0][0])


def found(tx: Tx, viewer: Viewer, reference: str, permission: Permission = "cases.read") -> int:
    """The same without the others."""
    return named(tx, viewer, reference, permission).case


def find(tx: Tx, viewer: Viewer, reference: str) -> int | None:
    """The case with this number or id; None where there is none for this viewer, or it is neither."""
    digits = reference.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 13:
        column, value = "number", int(digits)
    else:
        try:
            column, value = "id", ids.from_text(reference, "case")
        except InvalidInput:
            return None
    seen, parameters = sight.condition(viewer)
    row = tx.row(f"SELECT id FROM cases WHERE {column} = ? AND {seen}", (value, *parameters))
    return row[0] if row else None


def with_ticket(tx: Tx, viewer: Viewer, external_id: str) -> list[tuple[int, int]]:
    """Up to three cases that the viewer sees and that have this ticket, whoever sent it: id and number, the oldest
    first."""
    seen, parameters = sight.condition(viewer)
    return tx.rows(
        f"SELECT id, number FROM cases WHERE external_id = ? AND {seen} ORDER BY id LIMIT 3", (external_id, *parameters)
    )
