"""What needs somebody now: open escalations by urgency, cases that nobody owns, and how many of which there are."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import lasting, needs, tickets
from tocsin.cases.queries.lasting import Group, LargeGroups
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.queries.urgency import Standing, order, standing
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.policy.versions import Policies
from tocsin.storage.transaction import Tx

MOST_SORTED = 200  # escalations that are looked at for the order, of more than that the first by what they need
_UNANSWERED, _BREACHED, _WAITS = (needs.WHY[name] for name in ("unanswered", "breached", "waits"))
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
    tx: Tx,
    viewer: Viewer,
    severities: Mapping[str, int],
    now: int,
    limit: int,
    only: Only = needs.EVERYTHING,
    large: LargeGroups | None = None,
    *,
    shared: bool = False,
) -> Board:
    """`severities`: their order by name, 0 the gravest. `limit`: of cases of each kind; `shared`: of those that are
    escalated and those that nobody owns together, which have half of it each, and what the others leave. Of more than
    `sorted_of` escalations those that come last by `first` are not sorted in."""
    viewer.require("cases.read")
    if lasting.written(tx):
        found = _lasting(tx, viewer, severities, limit, only, large, shared)
    else:
        found = _rows(tx, viewer, limit, only, shared)
    return arranged(found, severities, now, limit, lambda states: tickets.of(tx, viewer, states), shared=shared)


def first(group: Group, severities: Mapping[str, int]) -> tuple[int, str, int]:
    """Sorts groups of escalations: those that nobody has answered, those that missed a target, those in hand, those
    that wait for somebody else; within each by level and severity."""
    in_hand = 3 if group.needs & _WAITS else 1 if group.needs & _BREACHED else 2
    return 0 if group.needs & _UNANSWERED else in_hand, group.level, severities.get(group.severity, len(severities))


def _lasting(
    tx: Tx,
    viewer: Viewer,
    severities: Mapping[str, int],
    limit: int,
    only: Only,
    large: LargeGroups | None,
    shared: bool,
) -> BoardParts:
    """By the spans that last."""
    amounts = lasting.amounts(tx, viewer, only, large)

    def having(bits: int) -> list[Group]:
        return sorted((group for group in amounts if group.needs & bits), key=lambda one: first(one, severities))

    escalated = having(needs.WHY["escalated"])
    unowned = [group for group in having(needs.WHY["unowned"]) if group.level == "standard"]
    room = _room(limit, sum(amounts[group] for group in escalated)) if shared else limit
    return BoardParts(
        lasting.summed(amounts),
        _loaded(tx, lasting.first(tx, viewer, escalated, sorted_of(limit, shared=shared), only)),
        _loaded(tx, lasting.oldest(tx, viewer, unowned, room, only)),
        _loaded(tx, lasting.oldest(tx, viewer, having(needs.OWES), limit, only)),
    )


def _rows(tx: Tx, viewer: Viewer, limit: int, only: Only, shared: bool) -> BoardParts:
    """By the cases themselves, while some have no spans yet."""
    most = sorted_of(limit, shared=shared)
    return BoardParts(
        needs.counts(tx, viewer, only),
        _load(tx, viewer, f"{needs.LIVE} AND level IN ('executive', 'senior')", _FIRST, most, only),
        _load(tx, viewer, f"{needs.LIVE} AND level = 'standard' AND owner IS NULL", "id", limit, only),
        _load(tx, viewer, needs.OWING, "id", limit, only),
    )


def sorted_of(limit: int, *, shared: bool = False) -> int:
    """How many escalations are looked at for the order."""
    return min(MOST_SORTED, 2 * limit) if shared else MOST_SORTED


def _room(limit: int, others: int) -> int:
    """What is left of a limit beside others, half of it at the least."""
    return max(limit // 2, limit - others)


def arranged(
    found: BoardParts,
    severities: Mapping[str, int],
    at: int,
    limit: int,
    said: Said,
    *,
    shared: bool = False,
) -> Board:
    """The board of these cases as of an instant, limited as `look` does. `said`: their tickets, of those that are
    shown."""
    standings = [(state, standing(state, at)) for state in found.escalated]
    standings.sort(key=lambda pair: order(pair[0], pair[1], severities))
    unowned = found.unowned[: _room(limit, len(standings))] if shared else found.unowned
    bare, owing = ([(state, standing(state, at)) for state in states] for states in (unowned, found.owing))
    shown = (standings[: limit - len(bare) if shared else limit], bare, owing)
    known = said([state for part in shown for state, _ in part])
    return Board(found.counts, *([Row(state, how, known[state.case.id]) for state, how in part] for part in shown))


def questions(tx: Tx, viewer: Viewer, limit: int, only: Only = needs.EVERYTHING) -> list[Row]:
    """The cases about which the policy or a colleague asks something, the first to be answered by itself first."""
    viewer.require("cases.read")
    asked = f"{needs.LIVE} AND (triage_at IS NOT NULL OR requested_level IS NOT NULL)"  # as an index has it
    found = _load(tx, viewer, asked, "coalesce(triage_at, request_due_at), id", limit, only)
    said = tickets.of(tx, viewer, found)
    return [Row(state, standing(state, tx.now), said[state.case.id]) for state in found]


def _load(tx: Tx, viewer: Viewer, condition: str, by: str, limit: int, only: Only) -> list[Aggregate]:
    seen, parameters = sight.narrowed(viewer, *only.condition())
    rows = tx.rows(
        f"SELECT id FROM cases WHERE {condition} AND {seen} ORDER BY {by} LIMIT ?",
        (*parameters, limit),
    )
    return _loaded(tx, [row[0] for row in rows])


def _loaded(tx: Tx, cases: Sequence[int]) -> list[Aggregate]:
    found = store.load_many(tx, cases)
    return [found[case] for case in cases]


def name_of(account: accounts.Account | None) -> str | None:
    return None if account is None else str(account.facts.get("name") or account.external_id)
