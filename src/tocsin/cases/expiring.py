"""What ends by itself: a hold, an acknowledgement, a request that nobody answered, a question to triage. Pure."""

from tocsin.cases import alerting, raising
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.happenings.clocks import ClocksStarted
from tocsin.cases.happenings.judging import RequestAnswered, Triaged, TriageKept
from tocsin.cases.happenings.people import AcknowledgementEnded, Nudged
from tocsin.cases.happenings.progress import Released
from tocsin.cases.paths import climbing, escalating
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import ids, instants
from tocsin.core.wording import Said, plain, say, words_of
from tocsin.ledger.journal import Event
from tocsin.policy.levels import raised

_SILENCE = say("nobody answered in time")


def release(scene: Scene, state: Aggregate) -> list[Event]:
    """The hold has lasted as long as it may; its clocks run on from that instant, however late this is."""
    assert state.case.held_until is not None
    return [released(scene, state, state.case.held_until, say("it was on hold as long as the policy allows"))]


def released(scene: Scene, state: Aggregate, at: int, reason: Said | str, actor: str = "engine") -> Event:
    """`case.released`: every paused clock runs on from `at`."""
    held = [run for run in state.clocks if run.outcome is None and run.paused_at is not None]
    clocks = [change for run in held if (change := ticking.resumed(run, scene.around, at))]
    return Released(reason=plain(reason), at=at, clocks=clocks, words=words_of(reason)).event(actor)


def nudge(scene: Scene, state: Aggregate) -> list[Event]:
    """A reminder to whoever acknowledged."""
    expires = state.case.expires_at()
    assert expires is not None
    at = instants.whole(expires)
    says = say("the acknowledgement expires at {time} unless somebody works on the case", time=at)
    people = alerting.responder(scene) or alerting.lead(scene)
    return [Nudged(expires_at=expires).event(), alerting.alert(scene, "nudge", says, people)]


def acknowledgement(scene: Scene, state: Aggregate, why: str = "expired") -> list[Event]:
    """It expires: the path begins again, under a new acknowledge clock."""
    answered = [climb for climb in state.escalations if climb.state == "acknowledged"]
    mine = [climb for climb in answered if climb.kind == state.case.kind] or answered
    begun = [begun_again(scene, mine[-1])] if mine else escalating.path_of(scene, state, state.case.level)
    return _unanswered_again(scene, state, ended(state, state.case.kind, why), begun)


def left(scene: Scene, state: Aggregate, user: int) -> list[Event]:
    """Whoever had answered has left: as though that expired now, without waiting for it. A parent pages for those that
    follow it."""
    case, events = state.case, []
    if case.level == "standard":
        return []
    if case.escalation_manager == user and case.beside("relationship"):
        events.append(ended(state, "relationship", "left"))
        climbs = [climb for climb in state.escalations if climb.kind == "relationship"]
        if climbs and climbs[-1].state == "acknowledged":
            events.append(begun_again(scene, climbs[-1]))
    holder = case.escalation_manager if case.kind == "relationship" else case.technical_lead
    if holder != user or case.acknowledged_at is None:
        return events
    if case.parent is not None:
        return [*events, ended(state, case.kind, "left")]
    return [*events, *acknowledgement(scene, state, "left")]


def given_back(scene: Scene, state: Aggregate, climb: Escalation, actor: str) -> list[Event]:
    """Whoever had answered an escalation cannot help: its path begins again. Where it stands beside the engineers'
    work, theirs goes on, and so does what they have answered."""
    gone, begun = ended(state, climb.kind, "declined", actor), [begun_again(scene, climb)]
    return [gone, *begun] if state.case.beside(climb.kind) else _unanswered_again(scene, state, gone, begun)


def ended(state: Aggregate, kind: str | None, why: str, actor: str = "engine") -> Event:
    """`case.acknowledgement_ended`: whoever answered an escalation of this kind has it no more."""
    case = state.case
    lead = case.escalation_manager if kind == "relationship" else case.technical_lead
    over = AcknowledgementEnded(lead=ids.to_text(lead) if lead else None, why=why, kind=kind or "technical")
    return over.event(actor)


def _unanswered_again(scene: Scene, state: Aggregate, ended: Event, begun: list[Event]) -> list[Event]:
    """Nobody has the case any more: there is a new acknowledge clock, and the path that had been answered begins again,
    as an escalation of its own."""
    run = ticking.last_run(state, ACKNOWLEDGE)
    if run is None or run.outcome is None:
        return [ended, *begun]
    clock = ticking.once_more(run, scene.around, run.cycle + 1, scene.now, state.case.opened_at)
    started = arming.on_hold(scene.policy, state, [clock], scene.now)
    return [ended, ClocksStarted(clocks=started).event(), *begun]


def request(scene: Scene, state: Aggregate) -> list[Event]:
    """Silence accepts. Where the case has risen as far meanwhile, that was the answer."""
    level = state.case.requested_level
    assert level is not None
    if not raised(state.case.level, level):
        reason = say("the case is at {level} already", level=state.case.level)
        return [RequestAnswered(accepted=True, reason=plain(reason), words=words_of(reason)).event()]
    answer = RequestAnswered(accepted=True, reason=plain(_SILENCE), words=words_of(_SILENCE)).event()
    why = "nobody answered the request in time, so it was accepted"
    return [answer, *raising.by_engine(scene, state, level, why)]


def triage(scene: Scene, state: Aggregate) -> list[Event]:
    """Nobody answered: a case just below a level takes it."""
    level = state.case.triage_level
    if level and scene.around.guards.automation_off(scene.now) is not None:
        return _kept_in_triage(scene)
    last = scene.last()
    answer = Triaged(
        answer=level,
        reason=plain(_SILENCE),
        words=words_of(_SILENCE),
        asks=[] if last is None or last.triage is None else list(last.triage.asks),
        was=state.case.level,
        otherwise=level or state.case.level,
    ).event()
    why = "nobody answered triage in time, so the higher level was taken"
    return [*(raising.by_engine(scene, state, level, why) if level else []), answer]


def _kept_in_triage(scene: Scene) -> list[Event]:
    """What automation would do, were it on, waits for a person, of whom the lead is reminded."""
    again = scene.now + scene.policy.expiry
    says = say("nobody answered triage, and automation is off, so the case keeps its level")
    return [TriageKept(answer_by=again).event(), alerting.alert(scene, "triage", says, alerting.lead(scene))]


def begun_again(scene: Scene, climb: Escalation) -> Event:
    """The path of an escalation from its first step, in the hours that it keeps."""
    first_at = scene.now
    if climb.hours is not None:
        begun, _ = climbing.of(scene, climb)
        first_at = begun.policy.document.calendars[climb.hours].next_open(scene.now)
    return escalating.again(scene, climb, first_at)
