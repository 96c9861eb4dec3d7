"""Loading and saving a case: aggregate in, changed rows out."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from tocsin.cases import sight
from tocsin.cases.aggregate import LIVE, Aggregate, Call, Case, Escalation, RunningClock
from tocsin.cases.tables import calls, cases, clocks, escalations
from tocsin.policy.levels import LevelName
from tocsin.storage.seam import lock_rows
from tocsin.storage.transaction import Row, Tx, marks, padded

_CASE = ", ".join(column.name for column in cases.columns)
_CLOCK = ", ".join(column.name for column in clocks.columns)
_ESCALATION = ", ".join(column.name for column in escalations.columns)
_CALL = ", ".join(column.name for column in calls.columns)
_CASE_CHANGES = [field for field in Case.__struct_fields__ if field != "id"]
_CLOCK_CHANGES = [field for field in RunningClock.__struct_fields__ if field not in ("clock", "cycle")]
_UPDATE_CLOCK = (
    f"UPDATE clocks SET {', '.join(f'{name} = ?' for name in _CLOCK_CHANGES)}"
    " WHERE case_id = ? AND clock = ? AND cycle = ?"
)
_CLIMB_CHANGES = ("state", "passed", "step", "next_at", "needed", "answers", "held_by")
_UPDATE_ESCALATION = (
    "UPDATE escalations SET state = ?, pass = ?, step = ?, next_at = ?, needed = ?, answers = ?, held_by = ?"
    " WHERE id = ?"
)
_CALL_CHANGES = ("state", "rounds", "next_at", "called", "declined", "answered_by", "ended_at")
_UPDATE_CALL = f"UPDATE calls SET {', '.join(f'{name} = ?' for name in _CALL_CHANGES)} WHERE id = ?"


def load(tx: Tx, case: int) -> Aggregate:
    """One case with its clocks, escalations and call-ins; NotFound where there is none."""
    found = load_many(tx, [case])
    if case not in found:
        raise sight.absent(case)
    return found[case]


def load_many(tx: Tx, wanted: Iterable[int]) -> dict[int, Aggregate]:
    """Cases by id; those that do not exist are left out."""
    chosen = padded(list(dict.fromkeys(wanted)))
    if not chosen:
        return {}
    within = f"IN ({marks(chosen)})"
    found = {
        row[0]: Aggregate(_case(row), [], []) for row in tx.rows(f"SELECT {_CASE} FROM cases WHERE id {within}", chosen)
    }
    for row in tx.rows(f"SELECT {_CLOCK} FROM clocks WHERE case_id {within} ORDER BY case_id, cycle, clock", chosen):
        found[row[0]].clocks.append(RunningClock(*row[1:]))
    for row in tx.rows(f"SELECT {_ESCALATION} FROM escalations WHERE case_id {within} ORDER BY id", chosen):
        found[row[1]].escalations.append(Escalation(row[0], *row[2:]))
    for row in tx.rows(f"SELECT {_CALL} FROM calls WHERE case_id {within} ORDER BY id", chosen):
        found[row[1]].calls.append(Call(row[0], *row[2:]))
    return found


def exist(tx: Tx) -> bool:
    """Whether there is any case at all."""
    return tx.row("SELECT 1 FROM cases LIMIT 1") is not None


def count_live(tx: Tx) -> int:
    """How many cases are open and worked on."""
    row = tx.row("SELECT count(*) FROM cases WHERE state = 'open' AND NOT imported")
    return row[0] if row else 0


def live_after(tx: Tx, level: LevelName, after: int, limit: int) -> list[int]:
    """Cases of this level that are open and worked on, behind the case `after`, in the order of ids."""
    rows = tx.rows(
        "SELECT id FROM cases WHERE state = 'open' AND NOT imported AND level = ? AND id > ? ORDER BY id LIMIT ?",
        (level, after, limit),
    )
    return [row[0] for row in rows]


def count_unanswered(tx: Tx) -> int:
    """How many escalations of such cases wait for an answer."""
    live = sorted(LIVE)
    row = tx.row(
        "SELECT count(*) FROM escalations e JOIN cases c ON c.id = e.case_id"
        f" WHERE c.state = 'open' AND NOT c.imported AND e.state IN ({marks(live)})",
        live,
    )
    return row[0] if row else 0


def count_by_level(tx: Tx) -> dict[tuple[str, str], int]:
    """How many cases there are by level and state, but for imported history."""
    rows = tx.rows(
        "SELECT level, state, count(*) FROM cases WHERE NOT imported GROUP BY level, state ORDER BY level, state"
    )
    return {(level, state): amount for level, state, amount in rows}


def held_back(tx: Tx, by: Collection[int], most: int) -> list[int]:
    """Cases of which a path waits for the end of a guard other than these."""
    chosen = padded(sorted(by)) if by else [0]
    rows = tx.rows(
        "SELECT DISTINCT case_id FROM escalations WHERE held_by IS NOT NULL AND state = 'climbing' AND next_at > ?"
        f" AND held_by NOT IN ({marks(chosen)}) ORDER BY case_id LIMIT ?",
        (tx.now, *chosen, most),
    )
    return [row[0] for row in rows]


def untouched_since(tx: Tx, at: int, levels: Sequence[LevelName], most: int) -> list[int]:
    """Open cases of these levels on which nobody has acted since that instant, those first on which nobody did the
    longest; not those that wait for others, by a hold, a claim or a parent."""
    rows = tx.rows(
        "SELECT id FROM cases WHERE state = 'open' AND NOT imported AND held_at IS NULL AND parent IS NULL"
        " AND resolution_claimed_at IS NULL AND coalesce(active_at, opened_at) <= ?"
        f" AND level IN ({marks(levels)}) ORDER BY coalesce(active_at, opened_at), id LIMIT ?",
        (at, *levels, most),
    )
    return [row[0] for row in rows]


def live_among(tx: Tx, escalations: Iterable[int]) -> set[int]:
    """Those of these escalations that wait for an answer."""
    chosen = padded(sorted(set(escalations)))
    if not chosen:
        return set()
    statement = f"SELECT id FROM escalations WHERE id IN ({marks(chosen)}) AND state IN ({marks(LIVE)})"
    return {row[0] for row in tx.rows(statement, (*chosen, *LIVE))}


def path_states_between(tx: Tx, low: int, high: int) -> dict[int, str]:
    """The states of the escalations of the cases from id `low` to `high`, by escalation."""
    return dict(tx.rows("SELECT id, state FROM escalations WHERE case_id >= ? AND case_id <= ?", (low, high)))


def rows_of(tx: Tx, wanted: Iterable[int]) -> dict[int, Case]:
    """The rows of these cases by id, without clocks and escalations."""
    chosen = padded(sorted(set(wanted)))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT {_CASE} FROM cases WHERE id IN ({marks(chosen)})", chosen)
    return {row[0]: _case(row) for row in rows}


def imported(tx: Tx, wanted: Iterable[int]) -> set[int]:
    """Those of these cases that are imported history."""
    chosen = padded(sorted(wanted))
    if not chosen:
        return set()
    holds = "imported" if tx.dialect == "postgresql" else "imported = 1"
    return {row[0] for row in tx.rows(f"SELECT id FROM cases WHERE id IN ({marks(chosen)}) AND {holds}", chosen)}


def lock(tx: Tx, wanted: Iterable[int]) -> None:
    """Hold these cases until the transaction ends, so that no other changes them meanwhile."""
    lock_rows(tx, "cases", wanted)


def children(tx: Tx, parent: int) -> list[int]:
    """The cases that follow this one, those that are over included."""
    return [
        row[0] for row in tx.rows("SELECT id FROM cases WHERE parent = ? AND state <> 'merged' ORDER BY id", (parent,))
    ]


def parents(tx: Tx, states: Iterable[Aggregate]) -> dict[int, Case]:
    """The cases that these follow, by the id of the one that follows."""
    followed = {state.case.id: state.case.parent for state in states if state.case.parent is not None}
    found = rows_of(tx, followed.values())
    return {child: found[parent] for child, parent in followed.items() if parent in found}


def cases_between(tx: Tx, low: int, high: int) -> list[Case]:
    """The rows of the cases from id `low` to `high`. Row by row, as the audit compares them."""
    return [_case(row) for row in tx.rows(f"SELECT {_CASE} FROM cases WHERE id >= ? AND id <= ?", (low, high))]


def clocks_between(tx: Tx, low: int, high: int) -> list[tuple[int, RunningClock]]:
    """The clocks of these cases, each with its case."""
    rows = tx.rows(f"SELECT {_CLOCK} FROM clocks WHERE case_id >= ? AND case_id <= ?", (low, high))
    return [(row[0], RunningClock(*row[1:])) for row in rows]


def escalations_between(tx: Tx, low: int, high: int) -> list[tuple[int, Escalation]]:
    """The escalations of these cases, each with its case."""
    rows = tx.rows(f"SELECT {_ESCALATION} FROM escalations WHERE case_id >= ? AND case_id <= ?", (low, high))
    return [(row[1], Escalation(row[0], *row[2:])) for row in rows]


def calls_between(tx: Tx, low: int, high: int) -> list[tuple[int, Call]]:
    """The call-ins of these cases, each with its case."""
    rows = tx.rows(f"SELECT {_CALL} FROM calls WHERE case_id >= ? AND case_id <= ?", (low, high))
    return [(row[1], Call(row[0], *row[2:])) for row in rows]


def call_states(tx: Tx, wanted: Iterable[int]) -> dict[int, str]:
    """The states of these call-ins, by their ids."""
    chosen = padded(sorted(set(wanted)))
    return dict(tx.rows(f"SELECT id, state FROM calls WHERE id IN ({marks(chosen)})", chosen)) if chosen else {}


def copy(state: Aggregate) -> Aggregate:
    """A copy to compare with later; `save` writes what differs from it."""
    replace = msgspec.structs.replace
    return Aggregate(
        replace(state.case),
        [replace(run) for run in state.clocks],
        [replace(climb) for climb in state.escalations],
        [replace(call) for call in state.calls],
    )


def insert(tx: Tx, states: Sequence[Aggregate]) -> None:
    """Write many new cases in few statements."""
    tx.insert(cases, [case_row(state.case) for state in states])
    _insert_parts(tx, [(state.case.id, state.clocks, state.escalations, state.calls) for state in states])


def save(tx: Tx, before: Aggregate, after: Aggregate) -> None:
    """Write the difference of two states of one case."""
    save_many(tx, [(before, after)])


def save_many(tx: Tx, changes: Sequence[tuple[Aggregate, Aggregate]]) -> None:
    """Write the differences of two states each of many cases, in few statements."""
    rows: dict[str, list[Row]] = {}
    runs: list[Row] = []
    climbs: list[Row] = []
    rung: list[Row] = []
    parts = []
    for before, after in changes:
        case = after.case
        if case != before.case:
            statement, row = _case_change(before.case, case)
            rows.setdefault(statement, []).append(row)
        held = {(run.clock, run.cycle): run for run in before.clocks}
        for run in after.clocks:
            if (old := held.get((run.clock, run.cycle))) is not None and old != run:
                values = (getattr(run, name) for name in _CLOCK_CHANGES)
                runs.append((*values, case.id, run.clock, run.cycle))
        known = {climb.id: climb for climb in before.escalations}
        climbs += [
            (*(getattr(climb, name) for name in _CLIMB_CHANGES), climb.id)
            for climb in after.escalations
            if (was := known.get(climb.id)) is not None and was != climb
        ]
        new_clocks = [run for run in after.clocks if (run.clock, run.cycle) not in held]
        new_climbs = [climb for climb in after.escalations if climb.id not in known]
        asked = {call.id: call for call in before.calls}
        rung += [
            (*(getattr(call, name) for name in _CALL_CHANGES), call.id)
            for call in after.calls
            if call.id in asked and asked[call.id] != call
        ]
        parts.append((case.id, new_clocks, new_climbs, [call for call in after.calls if call.id not in asked]))
    for statement, together in rows.items():
        tx.run_many(statement, together)
    tx.run_many(_UPDATE_CLOCK, runs)
    tx.run_many(_UPDATE_ESCALATION, climbs)
    tx.run_many(_UPDATE_CALL, rung)
    _insert_parts(tx, parts)


def _case_change(before: Case, after: Case) -> tuple[str, Row]:
    """The statement that writes the columns in which a case differs, and its parameters. Only those: a column that is
    set costs its index and its foreign key, whether its value changes or not."""
    changed = [name for name in _CASE_CHANGES if getattr(before, name) != getattr(after, name)]
    statement = f"UPDATE cases SET {', '.join([f'{name} = ?' for name in changed])} WHERE id = ?"
    return statement, (*(getattr(after, name) for name in changed), after.id)


def case_row(case: Case) -> Row:
    return msgspec.structs.astuple(case)


def _case(row: Row) -> Case:
    case = Case(*row)
    case.imported, case.confidential = bool(case.imported), bool(case.confidential)
    return case


def _insert_parts(tx: Tx, parts: Sequence[tuple[int, list[RunningClock], list[Escalation], list[Call]]]) -> None:
    astuple = msgspec.structs.astuple
    tx.insert(clocks, [(case, *astuple(run)) for case, runs, _, _ in parts for run in runs])
    tx.insert(escalations, [(climb.id, case, *astuple(climb)[1:]) for case, _, climbs, _ in parts for climb in climbs])
    tx.insert(calls, [(call.id, case, *astuple(call)[1:]) for case, _, _, asked in parts for call in asked])
