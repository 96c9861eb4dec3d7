"""Writing cases down: rows, events, how they stand from now on, the one timer of each, what its owner has to do, and
whoever hears of it; of many cases by few statements. New cases and changed ones are written alike."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tocsin.cases import attention, ownership, spans, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.ledger import work
from tocsin.ledger.journal import EMPTY, Event, Head
from tocsin.storage.transaction import Tx

TIMER = "case"  # the kind of work that wakes a case when something on it is due


class Change(NamedTuple):
    """A case before and after, the events that lie between, and the end of its record before them."""

    before: Aggregate
    after: Aggregate
    events: Sequence[Event]
    head: Head


class New(NamedTuple):
    """A case that has just begun, and its first events."""

    after: Aggregate
    events: Sequence[Event]


def write(tx: Tx, desk: Desk, changed: Sequence[Change], new: Sequence[New] = ()) -> None:
    """All that this means for the tables."""
    store.insert(tx, [one.after for one in new])
    store.save_many(tx, [(one.before, one.after) for one in changed])
    begun = [(one.after.case.id, EMPTY, one.events) for one in new]
    desk.journal.extend(tx, [*begun, *((one.after.case.id, one.head, one.events) for one in changed)])
    spans.write(tx, _stands(tx, changed, new))
    _arm(tx, [one.after for one in new])
    rearm(tx, [one.after for one in changed])
    ownership.shift_loads(tx, _shifts(changed, new))
    _tell(tx, desk, [*new, *changed])


def rearm(tx: Tx, states: Sequence[Aggregate]) -> None:
    """Set the one timer of each case to its next instant."""
    instants = {state.case.id: attention.next_instant(state) for state in states}
    work.disarm_many(tx, TIMER, [case for case, at in instants.items() if at is None])
    work.arm_many(tx, TIMER, [(case, at) for case, at in instants.items() if at is not None])


def _stands(tx: Tx, changed: Sequence[Change], new: Sequence[New]) -> Iterator[spans.Written]:
    """How each case stood, and stands now."""
    for one in new:
        yield spans.Written(one.after.case.id, one.after.case.opened_at, None, spans.of(one.after))
    for change in changed:
        at = max(tx.now, change.head.at)
        yield spans.Written(change.after.case.id, at, spans.of(change.before), spans.of(change.after))


def _arm(tx: Tx, states: Sequence[Aggregate]) -> None:
    """The first timers of new cases."""
    instants = [(state.case.id, attention.next_instant(state)) for state in states]
    work.enqueue(tx, [work.row(TIMER, case, at) for case, at in instants if at is not None])


def _shifts(changed: Sequence[Change], new: Sequence[New]) -> dict[int, int]:
    """By how much the load of each owner changes."""
    loads: Counter[int] = Counter()
    for state, shift in (
        *((one.before, -1) for one in changed),
        *((one.after, 1) for one in changed),
        *((one.after, 1) for one in new),
    ):
        if state.case.state == "open" and state.case.owner is not None:
            loads[state.case.owner] += shift
    return loads


def _tell(tx: Tx, desk: Desk, changes: Sequence[Change | New]) -> None:
    heard: dict[str, list[tuple[int, Any]]] = {}
    for change in changes:
        for event in change.events:
            if desk.subscribers.hears(event.kind):
                heard.setdefault(event.kind, []).append((change.after.case.id, event.payload))
    for kind, happened in heard.items():
        desk.subscribers.tell(tx, kind, happened)
