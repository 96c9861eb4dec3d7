"""The one edge of the verbs: loads and settles cases, asks a plan what happens to each, and writes events, rows and the
next timers together. What a parent goes through, its children follow in the same transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tocsin.cases import calling, followers, settling, sight, staging, store, writing
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import apply_all
from tocsin.cases.clocks import idle, moving
from tocsin.cases.context import Around, Desk
from tocsin.cases.family import following, objecting, provisional
from tocsin.cases.scene import Scene
from tocsin.cases.writing import Change
from tocsin.core.errors import TocsinError
from tocsin.ledger.journal import EMPTY, Event
from tocsin.storage.transaction import Tx

Plan = Callable[[Aggregate, Scene], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Done:
    """A case after a verb. `events`: how many were written, those that settling found included; `first`: the number of
    the first that the verb itself wrote, None where it wrote none."""

    state: Aggregate
    events: int
    first: int | None = None


def act(tx: Tx, desk: Desk, case: int, plan: Plan) -> Done:
    """Settle a case, let `plan` say what happens to it, and write it all. The caller holds the case's lock."""
    done = act_many(tx, desk, {case: plan})[case]
    if isinstance(done, Exception):
        raise done
    return done


def act_many(tx: Tx, desk: Desk, plans: Mapping[int, Plan]) -> dict[int, Done | TocsinError]:
    """As `act`, for many cases in few statements; the reason in place of what a case does not allow."""
    answers, changes = _tried(tx, desk, plans)
    writing.write(tx, desk, [change for change in changes if change.events])
    _follow(tx, desk, changes)
    return answers


def trial(tx: Tx, desk: Desk, plans: Mapping[int, Plan]) -> dict[int, Done | TocsinError]:
    """What `act_many` would make of each case now. Nothing is written, so a transaction that only reads is enough."""
    return _tried(tx, desk, plans)[0]


def _tried(tx: Tx, desk: Desk, plans: Mapping[int, Plan]) -> tuple[dict[int, Done | TocsinError], list[Change]]:
    held = store.load_many(tx, plans)
    heads = desk.journal.heads(tx, plans)
    owners = staging.account_owners(tx, held.values())
    around = desk.around(tx)
    answers: dict[int, Done | TocsinError] = {}
    changes: list[Change] = []
    for case, plan in plans.items():
        before, head = held.get(case), heads.get(case, EMPTY)
        if before is None:
            answers[case] = sight.absent(case)
            continue
        here = replace(around, now=max(around.now, head.at))
        try:
            after, events, place = _planned(tx, desk, here, before, owners, plan)
        except TocsinError as reason:
            answers[case] = reason
            continue
        changes.append(Change(before, after, events, head))
        answers[case] = Done(after, len(events), None if place is None else head.length + place + 1)
    return answers, changes


def settle_many(tx: Tx, desk: Desk, cases: Iterable[int]) -> dict[int, Done | TocsinError]:
    """Only what is due; the timers of cases call it."""
    return act_many(tx, desk, dict.fromkeys(cases, _nothing))


def _nothing(state: Aggregate, scene: Scene) -> Sequence[Event]:
    return ()


def _planned(
    tx: Tx, desk: Desk, around: Around, before: Aggregate, owners: Mapping[int, int | None], plan: Plan
) -> tuple[Aggregate, list[Event], int | None]:
    """The state behind what is due, what is planned, what that means for the clocks, what has become due by it (the
    first step of a path), the end of its call-ins where it is over, and what its followers are told; the events of all;
    and the place of the first that is planned. Nothing is stored yet."""
    state = store.copy(before)
    scene = staging.scene(tx, desk, around, state, owners)
    due = settling.settle(scene, state)
    planned = list(plan(state, scene.again(state)))
    apply_all(state, planned, around.now)
    renewed = idle.renewed(scene.again(state), state, planned)
    apply_all(state, renewed, around.now)
    moved = moving.moved(scene.again(state), state, planned)
    apply_all(state, moved, around.now)
    happened = [*due, *planned, *renewed, *moved, *settling.settle(scene.again(state), state)]
    told = followers.told(scene.again(state), before.case, state, happened)
    last = [*calling.over(state), *told]
    apply_all(state, last, around.now)
    return state, [*happened, *last], len(due) if planned else None


def _follow(tx: Tx, desk: Desk, changes: Sequence[Change]) -> None:
    """What children take over from their parents."""
    for change in changes:
        _lift(tx, desk, change)
        _contest(tx, desk, change)
        _catch_up(tx, desk, change)
        heard = following.heard(change.events)
        if not heard:
            continue
        children = store.children(tx, change.after.case.id)
        if children:
            store.lock(tx, children)
            act_many(tx, desk, dict.fromkeys(children, provisional.follow(heard, change.after)))


def _lift(tx: Tx, desk: Desk, change: Change) -> None:
    """A case that others follow is as grave as they, and worked on where one of them is: only it pages."""
    before, case = change.before.case, change.after.case
    if case.parent is None or case.state != "open":
        return
    if all(getattr(before, name) == getattr(case, name) for name in ("level", "severity", "kind", "imported")):
        return
    store.lock(tx, [case.parent])
    act_many(tx, desk, {case.parent: following.lifted(change.after)})


def _contest(tx: Tx, desk: Desk, change: Change) -> None:
    """What the customer or the source of a case says against a claim is said against that of its parent."""
    case = change.after.case
    if case.parent is not None and not case.imported and objecting.objected(change.events) is not None:
        store.lock(tx, [case.parent])
        act_many(tx, desk, {case.parent: objecting.contested(change.before.case, change.after, change.events)})


def _catch_up(tx: Tx, desk: Desk, change: Change) -> None:
    """A case that already followed another, and of which something new is asked, has what that one's people did."""
    parent, asked = change.after.case.parent, following.newly_asked(change.before, change.after)
    kept = provisional.is_kept(change.before, change.after)
    if parent is not None and (asked or kept):
        store.lock(tx, [parent])
        whole = store.load(tx, parent)
        if kept:
            plan = provisional.settled(whole)
        elif change.after.case.provisional_until is not None:
            plan = provisional.counting(whole)
        else:
            plan = following.catching_up(whole, asked)
        act_many(tx, desk, {change.after.case.id: plan})
