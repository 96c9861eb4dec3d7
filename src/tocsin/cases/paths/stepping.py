"""Taking a path's next step, and telling the team's lead where a step found nobody. Pure."""

from tocsin.cases import alerting, guarding
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.happenings.paths import PathUnreached
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.wording import say
from tocsin.ledger.journal import Event


def take(scene: Scene, state: Aggregate, escalation: Escalation) -> list[Event]:
    """The steps that fire now, and what is told of those that reached nobody; or, where a guard keeps them back, that
    they wait."""
    guard = guarding.hush(scene, escalation)
    if guard is not None:
        return guarding.held(scene, state, escalation, guard)
    steps = climbing.fire(scene, escalation)
    events = [step.event() for step in steps]
    silent = [step for step in steps if not step.notified]
    if not silent:
        return events
    if all(step.nobody for step in silent):
        says = say("a step of the path {path} named nobody", path=escalation.path)
    else:
        says = say("a step of the path {path} could not reach anybody", path=escalation.path)
    return [*events, alerting.alert(scene, "nobody", says, alerting.lead(scene))]


def unreached(scene: Scene, state: Aggregate, escalation: int, passed: int, step: int) -> list[Event]:
    """Every page of a step has failed for good, so there is nobody to wait for: the next one starts now, or as soon as
    the path's hours begin. Nothing where the path has gone on meanwhile. `passed`: as the pages have it, which is below
    0 for those that were declined (`path.declined`)."""
    for climb in state.live():
        if climb.id == escalation and climbing.last_fired(scene, climb) == (max(passed, -1 - passed), step):
            return _skipped(scene, climb, passed, step)
    return []


def _skipped(scene: Scene, climb: Escalation, passed: int, step: int) -> list[Event]:
    next_at = None
    if climb.state == "climbing" and climb.next_at is not None:
        next_at = min(climb.next_at, climbing.waited(scene, climb, None))
    skipped = PathUnreached(escalation=ids.to_text(climb.id), passed=passed, step=step, next_at=next_at)
    says = say("no page of a step of the path {path} could be delivered", path=climb.path)
    return [skipped.event(), alerting.alert(scene, "nobody", says, alerting.lead(scene))]
