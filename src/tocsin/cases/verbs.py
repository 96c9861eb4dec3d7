"""What people do to a case. Each verb is pure: a case, its surroundings and a time in, events out, or the reason why
not.

`act` is their one edge: it loads and settles the case, asks the verb, and writes events, rows and the next timer
together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.cases import arming, ownership, settling, store
from tocsin.cases.aggregate import Aggregate, apply
from tocsin.cases.climbing import Scene
from tocsin.cases.context import Around, Desk
from tocsin.cases.lifecycle import Verb, require
from tocsin.cases.opening import TIMER, assignment
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.ledger import work
from tocsin.ledger.journal import Event, Head
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

Plan = Callable[[Aggregate, Around], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Done:
    """A case after a verb. `events`: how many were written, those that settling found included."""

    state: Aggregate
    events: int


def act(tx: Tx, desk: Desk, case: int, plan: Plan) -> Done:
    """Settle a case, let `plan` say what happens to it, and write it all. The caller holds the case's lock."""
    before = store.load(tx, case)
    state = store.copy(before)
    head = desk.journal.head(tx, case)
    around = desk.around(tx, head.at)
    scene = _scene(tx, around, state)
    events = settling.settle(scene, state)
    for event in plan(state, around):
        events.append(event)
        apply(state, event.kind, event.said(), around.now)
    if events:
        _write(tx, desk, head, before, state, events)
    return Done(state, len(events))


def settle(tx: Tx, desk: Desk, case: int) -> Done:
    """Only what is due; the case's timer calls it."""
    return act(tx, desk, case, lambda state, around: ())


def acknowledge(viewer: Viewer) -> Plan:
    """Somebody has it: the climbing stops, the acknowledge clock too, and whoever it was leads the technical work."""

    def plan(state: Aggregate, around: Around) -> list[Event]:
        viewer.require("cases.work")
        require(Verb.ACKNOWLEDGE, state)
        lead = ids.to_text(viewer.user) if viewer.user else None
        payload = {"lead": lead, "stops": _stops(state, "acknowledge")}
        return [Event("case.acknowledged", payload, viewer.actor), *_stopped(state, "acknowledged", viewer)]

    return plan


def assign(viewer: Viewer, owner: str) -> Plan:
    """Give the case to a person, by name."""

    def plan(state: Aggregate, around: Around) -> list[Event]:
        viewer.require("cases.work")
        require(Verb.ASSIGN, state)
        user = around.directory.by_name.get(owner)
        if user is None or not user.active:
            raise InvalidInput(f"there is no active user {owner!r}", place="owner", expected="the name of a user")
        return [assignment(around, state, user.id, f"assigned by {viewer.actor}", viewer.actor)]

    return plan


def resolve(viewer: Viewer, note: str | None) -> Plan:
    """The problem is solved. A case that nobody owned is owned by whoever resolves it."""

    def plan(state: Aggregate, around: Around) -> list[Event]:
        viewer.require("cases.work")
        require(Verb.RESOLVE, state)
        events = []
        if state.case.owner is None and viewer.user is not None:
            events.append(assignment(around, state, viewer.user, "resolved it", viewer.actor))
        taken = {"assign"} if events else set()
        stops = [[run.clock, run.cycle] for run in state.clocks if run.outcome is None and run.clock not in taken]
        payload = {"note": note, "stops": stops}
        return [*events, Event("case.resolved", payload, viewer.actor), *_stopped(state, "stopped", viewer)]

    return plan


def note(viewer: Viewer, text: str) -> Plan:
    """Write something down, for colleagues."""

    def plan(state: Aggregate, around: Around) -> list[Event]:
        viewer.require("cases.work")
        return [Event("case.noted", {"text": text, "audience": "internal"}, viewer.actor)]

    return plan


def _stops(state: Aggregate, *clocks: str) -> list[list[Any]]:
    found = (state.running(clock) for clock in clocks)
    return [[run.clock, run.cycle] for run in found if run is not None]


def _stopped(state: Aggregate, how: str, viewer: Viewer) -> list[Event]:
    return [
        Event("path.stopped", {"escalation": ids.to_text(climb.id), "state": how}, viewer.actor)
        for climb in state.escalations
        if climb.state in ("climbing", "exhausted")
    ]


def _scene(tx: Tx, around: Around, state: Aggregate) -> Scene:
    case = state.case
    owner = tx.row("SELECT owner FROM accounts WHERE id = ?", (case.account,)) if case.account else None
    return Scene(around.policies.compiled(case.policy_version), around, case, owner[0] if owner else None, around.now)


def _write(tx: Tx, desk: Desk, head: Head, before: Aggregate, state: Aggregate, events: list[Event]) -> None:
    case = state.case
    desk.journal.append(tx, case.id, events, head)
    store.save(tx, before, state)
    rearm(tx, state)
    changes: dict[int, int] = {}
    for holder, change in ((_loaded(before), -1), (_loaded(state), 1)):
        if holder is not None:
            changes[holder] = changes.get(holder, 0) + change
    ownership.shift_loads(tx, changes)
    for event in events:
        if desk.subscribers.hears(event.kind):
            desk.subscribers.tell(tx, event.kind, [(case.id, event.payload)])


def rearm(tx: Tx, state: Aggregate) -> None:
    """Set the case's one timer to its next instant."""
    at = arming.next_instant(state)
    if at is None:
        work.disarm(tx, TIMER, state.case.id)
    else:
        work.arm(tx, TIMER, state.case.id, at)


def _loaded(state: Aggregate) -> int | None:
    return state.case.owner if state.case.state == "open" else None
