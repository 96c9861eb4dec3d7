"""Settling a case: everything that has become due on it by now, in due order. Pure.

Every verb settles its case first, and the case's timer does nothing else; so it never matters whether a timer fired in
time, twice or not at all before somebody acts: the same events result, late ones saying how late.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from tocsin.cases import attention, breaching, calling, claims, expiring, reminding
from tocsin.cases.aggregate import Aggregate, Call, Escalation
from tocsin.cases.applying import apply_all
from tocsin.cases.clocks import moving
from tocsin.cases.family import provisional
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event


class Due(NamedTuple):
    """What is to be done at an instant, and the events that do it. At one instant a breach comes before a warning, both
    before what ends a pause or begins something."""

    at: int
    rank: int
    place: int
    events: Callable[[Scene, Aggregate], list[Event]]


def settle(scene: Scene, state: Aggregate) -> list[Event]:
    """The events that are due by `scene.now`; the state is brought forward by each of them."""
    events: list[Event] = []
    while (at := attention.next_instant(state)) is not None and at <= scene.now:
        found = min(due(state, scene.now), key=lambda one: one[:3]).events(scene, state)
        apply_all(state, found, scene.now)
        scene = scene.again(state)
        followed = moving.moved(scene, state, found)
        apply_all(state, followed, scene.now)
        events += [*found, *followed]
    return events


def due(state: Aggregate, now: int) -> Iterator[Due]:
    """What has become due by now: something as soon as `attention.next_instant` says so, and nothing before."""
    case = state.case
    if case.quiet:
        return
    for place, run in enumerate(state.clocks):
        if run.ticking and now > run.due_at:
            yield Due(run.due_at + 1, 0, place, partial(breaching.breach, run=run))
        elif run.ticking and run.warn_at is not None and run.warn_at <= now:
            yield Due(run.warn_at, 1, place, breaching.warn)
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
        (case.provisional_until if case.parent is not None else None, provisional.kept),
    ]
    for rank, (at, what) in enumerate(waiting, 2):
        if at is not None and at <= now:
            yield Due(at, rank, 0, what)
    for place, climb in enumerate(state.escalations):
        if climb.state == "climbing" and climb.next_at is not None and climb.next_at <= now:
            yield Due(climb.next_at, 10, place, partial(_step, climb=climb))
    for place, call in enumerate(state.calling()):
        if call.next_at is not None and call.next_at <= now:
            yield Due(call.next_at, 11, place, partial(_call, call=call))
    if attention.own_instant(state) is None and (at := reminding.due_at(state)) is not None and at <= now:
        yield Due(at, 12, 0, reminding.remind)


def _step(scene: Scene, state: Aggregate, climb: Escalation) -> list[Event]:
    return stepping.take(scene, state, climb)


def _call(scene: Scene, state: Aggregate, call: Call) -> list[Event]:
    return calling.take(scene, call)
