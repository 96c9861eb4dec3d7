"""The storm guard: once many cases of one product area and type are escalated by themselves, further ones follow one of
them, which pages for all. Read and written within the transaction that opens the cases; nothing is dropped.

A storm is a row by what its cases have in common. Who opens one holds the row, so that no two nodes begin one storm.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.cases import acting, sight, store
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.context import Around, Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.family import following
from tocsin.cases.happenings.storms import JoinedStorm, StormBegun, StormOver
from tocsin.cases.mentions import called
from tocsin.cases.reclassifying import ENGINE
from tocsin.cases.scene import Scene
from tocsin.cases.tables import trigger_hits
from tocsin.core import ids
from tocsin.core.wording import say
from tocsin.ledger import work
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import STORM, Decision
from tocsin.policy.levels import EXECUTIVE
from tocsin.storage.transaction import Tx, marks, padded

QUEUE = "storm"  # the kind of work that finds a storm over
_NONE = "-"
_BATCH = 16


class Joined(NamedTuple):
    """A case joins a storm: the one that pages for it, and what is written down of that."""

    parent: Aggregate
    event: JoinedStorm


class LastingStorm(NamedTuple):
    """A storm that lasts. `of`: product area and type; `parent`: which pages for all."""

    of: str
    parent: int
    began_at: int
    last_at: int
    over_at: int
    joined: int


class _Front:
    """What is known of one storm within a transaction. `calm`: the cases that were counted and page for themselves."""

    def __init__(self, row: LastingStorm | None, calm: list[int]) -> None:
        self.standing = row is not None
        self.parent = None if row is None else row.parent
        self.began_at, self.joined = (0, 0) if row is None else (row.began_at, row.joined)
        self.calm = calm
        self.touched = False


class Storms:
    """The storms of one transaction. Where the rule is muted or the policy has none, nothing is read."""

    def __init__(self, tx: Tx, desk: Desk, around: Around, policy: Policy) -> None:
        self._tx, self._desk, self._around, self._policy = tx, desk, around, policy
        self._rule = policy.document.storm
        self._on = self._rule.more_than is not None and STORM not in around.guards.muted(around.now)
        self._fronts: dict[str, _Front] = {}
        self._open: dict[int, Aggregate] = {}
        self._rows: list[tuple[str, str, int, int]] = []
        self._told: dict[int, list[Event]] = {}
        self._children: dict[int, list[Aggregate]] = {}

    def joined(self, state: Aggregate, decision: Decision) -> Joined | None:
        """Whether a case that has just been decided joins one that pages for it. What is executive, or of a type that
        the policy calls grave, never does, nor a matter of the relationship alone."""
        of = self._of(decision)
        if of is None:
            return None
        front = self._fronts.get(of)
        if front is None:
            front = self._fronts[of] = self._read(of)
        now, case = self._tx.now, state.case.id
        most = self._rule.more_than or 0
        if not front.standing:
            if len(front.calm) < most:
                front.calm.append(case)
                self._rows.append((STORM, of, now, case))
                self._open[case] = state
                return None
            front.parent = self._oldest(front.calm)
            if front.parent is None:
                return None
            front.standing, front.began_at, front.joined = True, now, 0
            begun = StormBegun(alike=of, amount=most, within=str(self._rule.within), policy=self._policy.version)
            self._told.setdefault(front.parent, []).append(begun.event())
        front.touched = True
        parent = self._joinable(front.parent)
        if parent is None:  # somebody has dealt with it: what comes now is new, and pages for those that follow
            front.parent, self._open[case] = case, state
            return None
        front.joined += 1
        self._children.setdefault(parent.case.id, []).append(state)
        event = JoinedStorm(
            alike=of,
            amount=most,
            within=str(self._rule.within),
            policy=self._policy.version,
            case=ids.to_text(parent.case.id),
            number=parent.case.number,
        )
        return Joined(parent, event)

    def write(self) -> None:
        """Once the cases are written: what was counted, which storms stand, and what they mean for those that page."""
        tx, now = self._tx, self._tx.now
        tx.insert(trigger_hits, self._rows)
        touched = {of: front for of, front in self._fronts.items() if front.touched}
        if not touched:
            return
        over = now + self._rule.within.microseconds
        tx.run_many(
            "UPDATE storms SET parent = ?, began_at = ?, last_at = ?, over_at = ?, joined = ? WHERE counted = ?",
            [(front.parent, front.began_at, now, over, front.joined, of) for of, front in touched.items()],
        )
        parents = {front.parent for front in touched.values() if front.parent is not None}
        work.arm_many(tx, QUEUE, [(parent, over) for parent in parents])
        plans = {parent: self._plan(parent) for parent in parents if parent in self._told or parent in self._children}
        acting.act_many(tx, self._desk, plans)

    def _of(self, decision: Decision) -> str | None:
        """What a case has in common with others of a storm; None for one that is never part of any."""
        escalated = decision.kind == "technical" and decision.level not in ("standard", EXECUTIVE)
        if not self._on or not escalated or decision.type is None or decision.override is not None:
            return None
        if self._policy.document.types[decision.type].grave:
            return None
        return f"{decision.product_area or _NONE}, {decision.type}"

    def _read(self, of: str) -> _Front:
        """The row of a storm, held until the transaction ends."""
        tx = self._tx
        tx.run("INSERT INTO storms (counted, joined) VALUES (?, 0) ON CONFLICT (counted) DO NOTHING", (of,))
        hold = " FOR UPDATE" if tx.dialect == "postgresql" else ""
        row = tx.row(
            f"SELECT counted, parent, began_at, last_at, over_at, joined FROM storms WHERE counted = ?{hold}", (of,)
        )
        storm = None if row is None else LastingStorm(*row)
        if storm is not None and storm.parent is not None and storm.over_at > tx.now:
            return _Front(storm, [])
        since = tx.now - self._rule.within.microseconds
        calm = tx.rows(
            "SELECT case_id FROM trigger_hits WHERE trigger = ? AND counted = ? AND at > ?"
            " ORDER BY at, case_id LIMIT ?",
            (STORM, of, since, self._rule.more_than),
        )
        return _Front(None, [found[0] for found in calm])

    def _oldest(self, calm: list[int]) -> int | None:
        """Which of these cases is to page for others: the first that nobody has dealt with."""
        self._load(case for case in calm if case not in self._open)
        return next((case for case in calm if self._joinable(case) is not None), None)

    def _joinable(self, case: int | None) -> Aggregate | None:
        """The case, if others may follow it: it is open, follows none itself, and nobody says that it is contained."""
        if case is None:
            return None
        if case not in self._open:
            self._load([case])
        state = self._open.get(case)
        if state is None or state.case.state != "open" or state.case.parent is not None:
            return None
        dealt_with = state.case.contained_at is not None or state.case.containment_claimed_at is not None
        return None if dealt_with or state.case.confidential or state.case.level == "standard" else state

    def _load(self, cases: Iterable[int]) -> None:
        wanted = list(cases)
        if wanted:
            store.lock(self._tx, wanted)
            self._open |= store.load_many(self._tx, wanted)

    def _plan(self, parent: int) -> Plan:
        """What pages for others is as grave as they; of those that are alike one is enough to tell."""
        told = self._told.get(parent, [])
        alike: dict[tuple[object, ...], Aggregate] = {}
        for child in self._children.get(parent, []):
            clocks = tuple((run.clock, run.target, run.calendar) for run in child.clocks)
            alike.setdefault((child.case.level, child.case.severity, child.case.kind, clocks), child)

        def plan(state: Aggregate, scene: Scene) -> list[Event]:
            draft = Draft(state, scene.now)
            draft.add_all(told)
            for child in alike.values():
                why = say("{case} follows it", case=called(child.case))
                draft.add_all(following.as_grave(scene.again(draft.state), draft.state, child, why, ENGINE))
            return draft.events

        return plan


def standing(tx: Tx, viewer: Viewer) -> list[tuple[LastingStorm, Case]]:
    """The storms that last, the newest first, each with the case that pages for all, where this viewer sees it."""
    rows = tx.rows(
        "SELECT counted, parent, began_at, last_at, over_at, joined FROM storms"
        " WHERE parent IS NOT NULL AND over_at > ? ORDER BY began_at DESC, counted",
        (tx.now,),
    )
    found = [LastingStorm(*row) for row in rows]
    cases = store.rows_of(tx, [storm.parent for storm in found])
    return [(storm, cases[storm.parent]) for storm in found if sight.sees(viewer, cases[storm.parent])]


def end(tx: Tx, desk: Desk) -> int:
    """Write down which storms are over; how many were looked at."""
    due = [item.subject for item in work.due(tx, QUEUE, _BATCH, "cases")]
    if not due:
        return 0
    chosen = padded(due)
    rows = tx.rows(
        f"SELECT counted, parent, began_at, last_at, over_at, joined FROM storms WHERE parent IN ({marks(chosen)})",
        tuple(chosen),
    )
    found = [LastingStorm(*row) for row in rows]
    lasting = [storm for storm in found if storm.over_at > tx.now]
    over = [storm for storm in found if storm.over_at <= tx.now]
    work.disarm_many(tx, QUEUE, due)
    work.arm_many(tx, QUEUE, [(storm.parent, storm.over_at) for storm in lasting])
    tx.run_many("UPDATE storms SET parent = NULL WHERE counted = ?", [(storm.of,) for storm in over])
    store.lock(tx, [storm.parent for storm in over])
    acting.act_many(tx, desk, {storm.parent: _over(storm) for storm in over})
    return len(due)


def _over(storm: LastingStorm) -> Plan:
    said = StormOver(joined=storm.joined, began_at=storm.began_at, last_at=storm.last_at)
    return lambda state, scene: [said.event()]
