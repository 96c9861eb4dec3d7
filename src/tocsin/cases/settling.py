"""Settling a case: everything that has become due on it by now, in due order. Pure.

Every verb settles its case first, and the case's timer does nothing else; so it never matters whether a timer fired in
time, twice or not at all before somebody acts: the same events result, late ones saying how late.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from tocsin.cases import attention, breaching, calling, claims, expiring, reminding
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import apply_all
from tocsin.cases.clocks import moving
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event


class _Due(NamedTuple):
    """At one instant a breach comes before a warning, both before what ends a pause or begins something."""

    at: int
    rank: int
    place: int
    events: Callable[[], list[Event]]


def settle(scene: Scene, state: Aggregate) -> list[Event]:
    """The events that are due by `scene.now`; the state is brought forward by each of them."""
    events: list[Event] = []
    while (at := attention.next_instant(state)) is not None and at <= scene.now:
        found = min(_due(scene, state), key=lambda due: due[:3]).events()
        apply_all(state, found, scene.now)
        scene = scene.again(state)
        followed = moving.moved(scene, state, found)
        apply_all(state, followed, scene.now)
        events += [*found, *followed]
    return events


def _due(scene: Scene, state: Aggregate) -> Iterator[_Due]:
    case, now = state.case, scene.now
    for place, run in enumerate(state.clocks):
        if run.ticking and now > run.due_at:
            yield _Due(run.due_at + 1, 0, place, partial(breaching.breach, scene, state, run))
        elif run.ticking and run.warn_at is not None and run.warn_at <= now:
            yield _Due(run.warn_at, 1, place, partial(breaching.warn, scene, state))
    if case.state != "open":
        return
    waiting: list[tuple[int | None, Callable[[Scene, Aggregate], list[Event]]]] = [
        (case.held_until, expiring.release),
        (case.nudge_at(), expiring.nudge),
        (case.expires_at(), expiring.acknowledgement),
        (case.answer_due_at(), expiring.request),
        (case.triage_at, expiring.triage),
        (case.alert_at, breaching.still_unowned),
        (case.claim_alert_at, claims.unconfirmed),
    ]
    for rank, (at, what) in enumerate(waiting, 2):
        if at is not None and at <= now:
            yield _Due(at, rank, 0, partial(what, scene, state))
    for place, climb in enumerate(state.escalations):
        if climb.state == "climbing" and climb.next_at is not None and climb.next_at <= now:
            yield _Due(climb.next_at, 10, place, partial(stepping.take, scene, climb))
    for place, call in enumerate(state.calling()):
        if call.next_at is not None and call.next_at <= now:
            yield _Due(call.next_at, 11, place, partial(calling.take, scene, call))
    if attention.own_instant(state) is None and (at := reminding.due_at(state)) is not None and at <= now:
        yield _Due(at, 12, 0, partial(reminding.remind, scene, state))
