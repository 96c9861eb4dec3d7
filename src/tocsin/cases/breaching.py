"""What happens when a clock warns or runs out. Pure.

A breach takes the next step of a path that climbs, whose wait restarts, one step at an instant however many clocks
ran out while nobody looked; where none does, whoever answers for the
path is told, and for a case that is not escalated the lead of its team. A clock that says whom it tells moves no path,
and tells them. A case that follows another is silent: its parent speaks for both.
"""

from tocsin.cases import addressing, alerting, questions
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.clocks import ClockBreached, ClockWarned
from tocsin.cases.paths import climbing, stepping
from tocsin.cases.scene import Scene
from tocsin.clocks import saying
from tocsin.clocks.kinds import ASSIGN, ClockKind
from tocsin.core import ids, instants
from tocsin.core.wording import Listed, Said, say
from tocsin.ledger.journal import Event


def breach(scene: Scene, state: Aggregate, run: RunningClock) -> list[Event]:
    """`clock.breached`, late by the time since, and whom it concerns."""
    kind = ticking.kind_of(run, scene.around.policies)
    silent = state.case.parent is not None
    unowned = kind.nags and not silent
    breached = ClockBreached(
        clock=run.clock,
        cycle=run.cycle,
        due_at=run.due_at,
        late=scene.now - run.due_at,
        again=_one_target_later(scene, run) if unowned else None,
    ).event()
    if silent:
        return [breached]
    steps = _steps(scene, state) if kind.climbs else []
    if steps and not unowned:
        return [breached, *steps]
    people = alerting.lead(scene) if unowned else _concerned(scene, state, kind)
    called, at = Said(saying.called(kind), {}), instants.whole(run.due_at)
    says = say("{clock} was due at {time} and is overdue", clock=called, time=at)
    return [breached, alerting.alert(scene, "breach", says, people, run, lasts=kind.outlives), *steps]


def warn(scene: Scene, state: Aggregate) -> list[Event]:
    """One message for all clocks of the case that warn at this instant, and for those whose warnings were missed."""
    now = scene.now
    runs = [run for run in state.clocks if run.ticking and run.warn_at is not None and run.warn_at <= now <= run.due_at]
    events = [_warned(scene, run) for run in runs]
    if state.case.parent is not None:
        return events
    kinds = [ticking.kind_of(run, scene.around.policies) for run in runs]
    escalated = state.case.level != "standard"
    people: list[Named] = []
    if any(kind.climbs for kind in kinds):
        people += alerting.workers(scene)
        people += alerting.lead(scene) if escalated or state.case.owner is None else []
    people += [person for kind in kinds if not kind.climbs for person in _told(scene, kind)]
    due = [alerting.due(run, kind) for run, kind in zip(runs, kinds, strict=True)]
    says = due[0] if len(due) == 1 else say("{clocks}", clocks=Listed(due, "; "))
    return [
        *events,
        alerting.alert(scene, "warning", says, people, runs[0], lasts=any(kind.outlives for kind in kinds)),
    ]


def still_unowned(scene: Scene, state: Aggregate) -> list[Event]:
    """The team's lead is told again, each time that another target has passed."""
    run = ticking.last_run(state, ASSIGN)
    again = _one_target_later(scene, run) if run is not None and state.case.parent is None else None
    return [alerting.alert(scene, "unowned", say("nobody owns the case"), alerting.lead(scene), run, again)]


def _steps(scene: Scene, state: Aggregate) -> list[Event]:
    ready = [
        climb for climb in state.climbing() if climbing.may_fire(scene, climb) and not climbing.fired(scene, climb)
    ]
    return [event for climb in ready for event in stepping.take(scene, state, climb)]


def _concerned(scene: Scene, state: Aggregate, kind: ClockKind) -> list[Named]:
    if not kind.climbs:
        return _told(scene, kind)
    if state.case.level != "standard":
        return alerting.leader(scene, state)
    return (alerting.workers(scene) if kind.watches else []) or alerting.lead(scene)


def _told(scene: Scene, kind: ClockKind) -> list[Named]:
    """Whom a clock says that it tells; where that is nobody, those who work on the case, else its lead."""
    found = [person for text in kind.tell for person in _named(scene, text)]
    return found or alerting.workers(scene) or alerting.lead(scene)


def _named(scene: Scene, text: str) -> list[Named]:
    if text == "owner":
        return [person for person in alerting.workers(scene) if person.user == scene.case.owner]
    if text == "lead":
        return alerting.lead(scene)
    if text == "asked":
        return _asked(scene)
    return [Named(user, text) for user in addressing.resolve(text, scene)]


def _asked(scene: Scene) -> list[Named]:
    """Those who heard of a question to their team that waits for an answer."""
    people = [person for question in questions.waiting(scene.history()).values() for person in question.notified]
    return [Named(ids.from_text(person["user"]), "asked") for person in people]


def _warned(scene: Scene, run: RunningClock) -> Event:
    after = ticking.next_warning(scene.around, run.policy_version, ticking.running(run, scene.around), scene.now)
    return ClockWarned(clock=run.clock, cycle=run.cycle, due_at=run.due_at, next=after).event()


def _one_target_later(scene: Scene, run: RunningClock) -> int:
    before = ticking.running(run, scene.around)
    return before.calendar.add(scene.now, before.duration)
