"""What people do to a case. Each verb is pure: a case, its surroundings and a time in, events out, or the reason why
not.

`act_many` is their one edge: it loads and settles the cases, asks the verbs, and writes events, rows and the next
timers together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tocsin.cases import arming, ownership, settling, store
from tocsin.cases.aggregate import LIVE, Aggregate, apply
from tocsin.cases.climbing import Scene
from tocsin.cases.context import Around, Desk
from tocsin.cases.lifecycle import Verb, require
from tocsin.cases.opening import TIMER, assignment
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.ledger import work
from tocsin.ledger.journal import EMPTY, Event, Head
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

Plan = Callable[[Aggregate, Around], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Done:
    """A case after a verb. `events`: how many were written, those that settling found included."""

    state: Aggregate
    events: int


def act(tx: Tx, desk: Desk, case: int, plan: Plan) -> Done:
    """Settle a case, let `plan` say what happens to it, and write it all. The caller holds the case's lock."""
    done = act_many(tx, desk, {case: plan})[case]
    if isinstance(done, Exception):
        raise done
    return done


def act_many(tx: Tx, desk: Desk, plans: Mapping[int, Plan]) -> dict[int, Done | TocsinError]:
    """As `act`, for many cases in few statements; the reason in place of what a case does not allow."""
    held = store.load_many(tx, plans)
    heads = desk.journal.heads(tx, plans)
    owners = account_owners(tx, held.values())
    around = desk.around(tx)
    answers: dict[int, Done | TocsinError] = {}
    changes: list[_Change] = []
    for case, plan in plans.items():
        before, head = held.get(case), heads.get(case, EMPTY)
        if before is None:
            answers[case] = store.absent(case)
            continue
        here = replace(around, now=max(around.now, head.at))
        try:
            change = _Change(head, before, *_planned(here, before, owners, plan))
        except TocsinError as reason:
            answers[case] = reason
            continue
        changes.append(change)
        answers[case] = Done(change.after, len(change.events))
    _write(tx, desk, [change for change in changes if change.events])
    return answers


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
        if climb.state in LIVE
    ]


class _Change(NamedTuple):
    """A case before and after, and the events that lie between."""

    head: Head
    before: Aggregate
    after: Aggregate
    events: list[Event]


def _planned(
    around: Around, before: Aggregate, owners: Mapping[int, int | None], plan: Plan
) -> tuple[Aggregate, list[Event]]:
    """The state behind what is due, what is planned, and what has become due by that (the first step of a path), and
    the events of all. Nothing is stored yet."""
    state = store.copy(before)
    case = state.case
    owner = owners.get(case.account) if case.account else None
    scene = Scene(around.policies.compiled(case.policy_version), around, case, owner, around.now)
    events = settling.settle(scene, state)
    for event in plan(state, around):
        events.append(event)
        apply(state, event.kind, event.said(), around.now)
    events += settling.settle(scene, state)
    return state, events


def account_owners(tx: Tx, states: Iterable[Aggregate]) -> dict[int, int | None]:
    """Who has the accounts of these cases, by account."""
    accounts = padded(sorted({state.case.account for state in states if state.case.account}))
    return (
        dict(tx.rows(f"SELECT id, owner FROM accounts WHERE id IN ({marks(accounts)})", accounts)) if accounts else {}
    )


def _write(tx: Tx, desk: Desk, changes: Sequence[_Change]) -> None:
    """Events, rows, timers, loads and whoever hears of it, for all cases together."""
    store.save_many(tx, [(change.before, change.after) for change in changes])
    desk.journal.extend(tx, [(change.after.case.id, change.head, change.events) for change in changes])
    rearm_many(tx, [change.after for change in changes])
    loads: Counter[int] = Counter()
    for change in changes:
        for holder, shift in ((_loaded(change.before), -1), (_loaded(change.after), 1)):
            if holder is not None:
                loads[holder] += shift
    ownership.shift_loads(tx, loads)
    heard: dict[str, list[tuple[int, Any]]] = {}
    for change in changes:
        for event in change.events:
            if desk.subscribers.hears(event.kind):
                heard.setdefault(event.kind, []).append((change.after.case.id, event.said()))
    for kind, happened in heard.items():
        desk.subscribers.tell(tx, kind, happened)


def rearm(tx: Tx, state: Aggregate) -> None:
    """Set the case's one timer to its next instant."""
    rearm_many(tx, [state])


def rearm_many(tx: Tx, states: Sequence[Aggregate]) -> None:
    """Set the one timer of each case to its next instant."""
    instants = {state.case.id: arming.next_instant(state) for state in states}
    work.disarm_many(tx, TIMER, [case for case, at in instants.items() if at is None])
    work.arm_many(tx, TIMER, [(case, at) for case, at in instants.items() if at is not None])


def _loaded(state: Aggregate) -> int | None:
    return state.case.owner if state.case.state == "open" else None
