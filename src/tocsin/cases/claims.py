"""A claim: somebody says that the case is contained, or resolved, and a senior has to confirm it. Pure.

A claim stops its clocks for the time being. What the customer writes meanwhile contests it: the claim stays, its
clocks run on as though it were rejected, and whoever may confirm it and whoever works on the case are told. A claim
that nobody confirms or rejects is told again, ever higher.
"""

from collections.abc import Container

from tocsin.cases import addressing, alerting
from tocsin.cases.aggregate import CLAIMED_IN_TIME, Aggregate, RunningClock
from tocsin.cases.happenings.claims import Claimed, Contested
from tocsin.cases.happenings.clocks import ClocksExcused
from tocsin.cases.happenings.parts import Run
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.core.clock import DAY
from tocsin.core.wording import Listed, Said, marked, say
from tocsin.ledger.journal import Event


def made(
    scene: Scene, state: Aggregate, what: str, note: str | None, clocks: list[Run], says: Said, actor: str
) -> list[Event]:
    """`case.claimed`, and those told who may confirm it."""
    claimed = Claimed(what=what, note=note, clocks=clocks, again=_later(scene, state))
    ask = alerting.alert(scene, "claim", says, alerting.confirmers(scene, state))
    return [claimed.event(actor), ask]


def contested(
    scene: Scene,
    state: Aggregate,
    says: Said,
    actor: str,
    *,
    silent: bool = False,
    machine: bool = False,
    told: Container[int] = (),
) -> list[Event]:
    """Somebody who should know says otherwise while a claim waits; nothing where none does. `silent`: of a case whose
    parent speaks for it. `machine`: of a source that repeats itself, so people are told only what is new. `told`: users
    who hear of it already."""
    waits = waiting(state)
    if state.case.state != "open" or not waits:
        return []
    standing = [(run.clock, run.cycle) for run in state.clocks if run.stands]
    new = bool(standing) or any(at > (state.case.contested_at or 0) for at in waits.values())
    events = [Contested(what=list(waits), clocks=standing).event(actor)] if new else []
    if silent or (machine and not new):
        return events
    people = [one for one in alerting.confirmers(scene, state) + alerting.workers(scene) if one.user not in told]
    if told and not people:
        return events
    said = say("{says}, but the case is marked as {what}", says=says, what=say(_CALLED[max(waits)]))
    return [*events, alerting.alert(scene, "contested", said, people)]


def unconfirmed(scene: Scene, state: Aggregate) -> list[Event]:
    """Nobody has confirmed or rejected a claim: those who may are told again, then the lead of the team too, then
    whoever answers for the path, whom its last step names, and every lead who can be reached."""
    waits = waiting(state)
    people = alerting.confirmers(scene, state) + alerting.lead(scene)
    if _times(scene, state, min(waits.values())) > 1:
        people += alerting.leader(scene, state) + climbing.last_resort(scene, state.escalations[-1:])
        people += [one for one in addressing.everybody(scene.around) if one.user in scene.around.reachable]
    called = Listed([say(_CALLED[what]) for what in waits], " and ")
    says = say("nobody has confirmed or rejected the claim that it is {what}", what=called)
    return [alerting.alert(scene, "unconfirmed", says, people, again=_next_time(scene, state, min(waits.values())))]


def excused(state: Aggregate, since: int | None, clocks: tuple[str, ...], actor: str) -> list[Event]:
    """What ran out while a claim of the instant `since` was contested, once that is confirmed: the breach stays, and is
    excused."""
    late = [run for run in state.clocks if run.clock in clocks and _in_time(run, since)]
    named = [(run.clock, run.cycle) for run in late]
    return [ClocksExcused(clocks=named, by=CLAIMED_IN_TIME).event(actor)] if named else []


_CALLED = {"containment": marked("contained"), "resolution": marked("resolved")}


def _in_time(run: RunningClock, since: int | None) -> bool:
    return run.outcome == "breached" and since is not None and run.claimed_at == since and run.excused_by is None


def waiting(state: Aggregate) -> dict[str, int]:
    """The claims that wait, and since when."""
    case = state.case
    claims = {"containment": case.containment_claimed_at, "resolution": case.resolution_claimed_at}
    return {what: at for what, at in claims.items() if at is not None}


def _later(scene: Scene, state: Aggregate) -> int:
    """When those who may confirm have had their time: the policy's for an answer, in the hours of the newest path."""
    wait = scene.policy.document.cases.request_answer
    newest = state.escalations[-1:]
    return climbing.after(scene, newest[0], wait) if newest else scene.now + wait.microseconds


def _next_time(scene: Scene, state: Aggregate, since: int) -> int | None:
    """When an unconfirmed claim is told again: after as long as it waits already, once it was told twice, and at most
    after a day. A standard case, on which anybody's word is enough, is left to the reminders."""
    if state.case.level == "standard":
        return None
    if _times(scene, state, since) < 2:
        return _later(scene, state)
    return max(_later(scene, state), scene.now + min(scene.now - since, DAY))


def _times(scene: Scene, state: Aggregate, since: int) -> int:
    """How often that time has passed since a claim was made."""
    wait = scene.policy.document.cases.request_answer.microseconds
    newest = state.escalations[-1:]
    passed = climbing.between(scene, newest[0], since, scene.now) if newest else scene.now - since
    return passed // wait if wait else 2
