"""Undoing what was done to a case, in one transaction; of a link, at both its ends."""

from tocsin.cases import acting, retracing, staging, store, undoing
from tocsin.cases.acting import Done, Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.retracing import PLACE
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.undo import Undoable, meant, other_end, undo
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


def touched(tx: Tx, desk: Desk, case: int, event: int | None = None) -> tuple[int, ...]:
    """The cases that the undo would change, this one first: what its caller locks."""
    state = store.load(tx, case)
    try:
        done = meant(state, staging.scenes(tx, desk, [state])[case], event)
    except NotAllowed:  # which the undo itself says
        return (case,)
    other = other_end(done)
    return (case,) if other is None else (case, other)


def take_back(tx: Tx, desk: Desk, viewer: Viewer, case: int, event: int | None = None) -> Done:
    """Undo what this event of a case says, or the last thing that can be undone. The caller holds the locks of all that
    are `touched`."""
    state = store.load(tx, case)
    done = meant(state, staging.scenes(tx, desk, [state])[case], event)
    other = other_end(done)
    result = acting.act(tx, desk, case, undo(viewer, done.event.seq))
    if other is not None:
        acting.act(tx, desk, other, _other(viewer, done))
    return result


def _other(viewer: Viewer, done: Undoable) -> Plan:
    """The plan for the case at the other end."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        undo.begin(viewer, state)
        deed = retracing.of(scene.history(), done.deed.actor, done.deed.at)
        if deed is None:
            says = say(
                "what was done to case {number} with it cannot be told from what else was done then",
                number=state.case.number,
            )
            raise NotAllowed(says, place=PLACE, expected=say("unlink"))
        return undoing.back(scene, state, deed, done.verb.name, deed.first, viewer.actor)

    return plan
