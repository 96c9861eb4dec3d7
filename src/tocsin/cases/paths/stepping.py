"""Taking a path's next step, and telling the team's lead where a step found nobody. Pure."""

from tocsin.cases import alerting
from tocsin.cases.aggregate import Escalation
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event


def take(scene: Scene, escalation: Escalation) -> list[Event]:
    """The steps that fire now, and what is told of those that reached nobody."""
    events = climbing.fire(scene, escalation)
    silent = [event.payload for event in events if not event.payload["notified"]]
    if not silent:
        return events
    why = "named nobody" if all(step["nobody"] for step in silent) else "could not reach anybody"
    says = f"a step of the path {escalation.path} {why}"
    return [*events, alerting.alert(scene, "nobody", says, alerting.lead(scene))]
