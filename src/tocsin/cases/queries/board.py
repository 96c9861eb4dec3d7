"""What needs somebody now: open escalations by urgency, cases that nobody owns, and how many of which there are."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import needs, tickets
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.queries.urgency import Standing, order, standing
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.policy.versions import Policies
from tocsin.storage.transaction import Tx

MOST_SORTED = (
    1000  # escalations that are looked at for the order: unanswered ones first, then by level, then the oldest
)
_FIRST = (
    f"CASE WHEN acknowledged_at IS NULL AND parent IS NULL THEN 0 WHEN {needs.WAITING} THEN 2 ELSE 1 END, level, id"
)


class Row(NamedTuple):
    """A case, how it stands, and what its ticket says."""

    state: Aggregate
    how: Standing
    ticket: TicketView


class Board(NamedTuple):
    """`counts` of cases that the viewer sees, by why they need somebody; `escalated` holds the first of them. `owing`:
    cases that are over, of which a missed promise is still to be kept."""

    counts: dict[str, int]
    escalated: list[Row]
    unowned: list[Row]
    owing: list[Row]


class BoardParts(NamedTuple):
    """What a board is made of: the counts, and the first cases of each kind, as they are or as they were."""

    counts: dict[str, int]
    escalated: list[Aggregate]
    unowned: list[Aggregate]
    owing: list[Aggregate]


Said = Callable[[Sequence[Aggregate]], Mapping[int, TicketView]]


def severities(policies: Policies, at: int) -> dict[str, int]:
    """The order of severities in the policy that is in force at an instant, by name, 0 the gravest; none where there is
    no policy."""
    names = policies.at(at).document.severities if policies.in_force(at) is not None else ()
    return {name: place for place, name in enumerate(names)}


def look(
    tx: Tx, viewer: Viewer, severities: Mapping[str, int], now: int, limit: int, only: Only = needs.EVERYTHING
) -> Board:
    """`severities`: their order by name, 0 the gravest. Of more than MOST_SORTED escalations the newest that
    somebody has are not sorted in."""
    viewer.require("cases.read")
    found = BoardParts(
        needs.counts(tx, viewer, only),
        _load(tx, viewer, f"{needs.LIVE} AND level IN ('executive', 'senior')", _FIRST, MOST_SORTED, only),
        _load(tx, viewer, f"{needs.LIVE} AND level = 'standard' AND owner IS NULL", "id", limit, only),
        _load(tx, viewer, needs.OWING, "id", limit, only),
    )
    return arranged(found, severities, now, limit, lambda states: tickets.of(tx, viewer, states))


def arranged(found: BoardParts, severities: Mapping[str, int], at: int, limit: int, said: Said) -> Board:
    """The board of these cases as of an instant. `said`: their tickets, of those that are shown."""
    standings = [(state, standing(state, at)) for state in found.escalated]
    standings.sort(key=lambda pair: order(pair[0], pair[1], severities))
    bare, owing = ([(state, standing(state, at)) for state in states] for states in (found.unowned, found.owing))
    shown = (standings[:limit], bare, owing)
    known = said([state for part in shown for state, _ in part])
    return Board(found.counts, *([Row(state, how, known[state.case.id]) for state, how in part] for part in shown))


def questions(tx: Tx, viewer: Viewer, limit: int, only: Only = needs.EVERYTHING) -> list[Row]:
    """The cases about which the policy or a colleague asks something, the first to be answered by itself first."""
    viewer.require("cases.read")
    asked = f"({needs.condition('triage')} OR {needs.condition('requests')})"
    found = _load(tx, viewer, asked, "coalesce(triage_at, request_due_at), id", limit, only)
    said = tickets.of(tx, viewer, found)
    return [Row(state, standing(state, tx.now), said[state.case.id]) for state in found]


def _load(tx: Tx, viewer: Viewer, condition: str, by: str, limit: int, only: Only) -> list[Aggregate]:
    seen, parameters = sight.narrowed(viewer, *only.condition())
    rows = tx.rows(
        f"SELECT id FROM cases WHERE {condition} AND {seen} ORDER BY {by} LIMIT ?",
        (*parameters, limit),
    )
    found = store.load_many(tx, [row[0] for row in rows])
    return [found[row[0]] for row in rows]


def name_of(account: accounts.Account | None) -> str | None:
    return None if account is None else str(account.facts.get("name") or account.external_id)
