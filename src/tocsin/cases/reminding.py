"""A case for which nothing else would ever happen: somebody is told that it is still open. Pure.

Every clock may have run out or been met, the paths may be over, everybody may have been told: as long as a case is
open, there is an instant at which somebody hears of it again. First whoever works on it, then the lead of its team,
then whoever answers for its path; after a day without work once a day. A case that follows another is silent: its
parent speaks for both.
"""

from tocsin.cases import alerting, coursing
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.scene import Scene
from tocsin.core.clock import DAY, HOUR
from tocsin.core.wording import say
from tocsin.ledger.journal import Event

EVERY = {"standard": DAY, "senior": 4 * HOUR, "executive": 2 * HOUR}


def due_at(state: Aggregate) -> int | None:
    """When somebody is told, if nothing else happens to the case before; None for one that is silent."""
    case = state.case
    if case.state != "open" or case.imported or case.parent is not None:
        return None
    waits = EVERY[case.level] if case.updated_at - coursing.worked_at(state) < DAY else DAY
    return case.updated_at + waits


def remind(scene: Scene, state: Aggregate) -> list[Event]:
    """Tell those whose turn it is, the higher the longer nobody has worked on the case."""
    case = state.case
    rounds = (scene.now - coursing.worked_at(state)) // EVERY[case.level]
    people = alerting.workers(scene) if rounds < 2 else []
    if not people and rounds < 3:
        people = [*alerting.workers(scene), *alerting.lead(scene)]
    if not people:
        people = [*alerting.workers(scene), *alerting.lead(scene), *alerting.leader(scene, state)]
    return [alerting.alert(scene, "still_open", say("the case is still open, and nothing has happened to it"), people)]
