"""Settling a case: everything that has become due on it by now, in due order. Pure.

Every verb settles its case first, and the case's timer does nothing else; so it never matters whether a timer fired in
time, twice or not at all before somebody acts: the same events result, late ones saying how late.
"""

from tocsin.cases import climbing
from tocsin.cases.aggregate import Aggregate, apply
from tocsin.cases.climbing import Scene
from tocsin.ledger.journal import Event


def settle(scene: Scene, state: Aggregate) -> list[Event]:
    """The events that are due by `scene.now`; the state is brought forward by each of them."""
    events: list[Event] = []
    if state.case.state != "open" or state.case.imported:
        return events
    while (event := _next(scene, state)) is not None:
        for found in event:
            apply(state, found.kind, found.payload, scene.now)
            events.append(found)
    return events


def _next(scene: Scene, state: Aggregate) -> list[Event] | None:
    """The events of the earliest instant that has come; at one instant a breach comes before a step."""
    due: list[tuple[int, int, int]] = []
    for place, run in enumerate(state.clocks):
        if run.outcome is None and run.paused_at is None and scene.now > run.due_at:
            due.append((run.due_at + 1, 0, place))
    for place, climb in enumerate(state.escalations):
        if climb.state == "climbing" and climb.next_at is not None and climb.next_at <= scene.now:
            due.append((climb.next_at, 1, place))
    if not due:
        return None
    _, what, place = min(due)
    if what:
        return climbing.fire(scene, state.escalations[place])
    run = state.clocks[place]
    late = scene.now - run.due_at
    return [Event("clock.breached", {"clock": run.clock, "cycle": run.cycle, "due_at": run.due_at, "late": late})]
