"""Calling people in beside the path of a case: whom, when they are paged again, and when nobody came. Pure.

A call-in pages one person, or whoever is on call for a roster or a team. They are paged again every five minutes, three
times in all; from the second time on the backup of the roster is paged too, and the lead of the team. The first who
answers ends it. Where nobody does, whoever called them in is told.
"""

from collections.abc import Iterable

from tocsin.cases import addressing, alerting
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, Call
from tocsin.cases.happenings.calls import CallEnded, CallPaged, ended
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.clock import MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event

AGAIN = 5 * MINUTE
ROUNDS = 3


def meant(scene: Scene, target: str, rounds: int, caller: int | None) -> list[Named]:
    """Whom a target means when it is paged for the time behind `rounds`, each once: those whose role works on cases,
    and never whoever calls."""
    users = scene.around.directory.users
    found = {user: Named(user, why) for user, why in reversed(_everybody(scene, target, rounds))}
    return [one for one in reversed(found.values()) if one.user != caller and users[one.user].may("cases.work")]


def take(scene: Scene, call: Call) -> list[Event]:
    """What follows when the wait of a call-in is over: the next time that its people are paged, or its end."""
    for rounds in range(call.rounds, ROUNDS):
        people = [one for one in meant(scene, call.target, rounds, call.caller) if not _declined(call, one)]
        reached = [one for one in people if one.user in scene.around.reachable]
        if reached:
            missed = [one for one in people if one.user not in scene.around.reachable]
            return [_paged(scene, call, rounds, reached, missed)]
    return _ended(scene, call)


def over(state: Aggregate) -> list[Event]:
    """The end of the call-ins of a case that is over."""
    if state.case.state == "open":
        return []
    return [_end(call, "over") for call in state.calling()]


def withdrawn(calls: Iterable[Call], actor: str) -> list[Event]:
    """The end of call-ins that whoever called takes back. NotAllowed where somebody comes already, or it has ended."""
    ended = list(calls)
    for call in ended:
        if call.state == "answered":
            raise NotAllowed(say("somebody has answered the call-in"), place="call-in")
        if call.state != "calling":
            raise NotAllowed(say("the call-in has ended already"), place="call-in")
    return [_end(call, "withdrawn", actor) for call in ended]


def open_for(state: Aggregate, user: int | None) -> list[Call]:
    """The call-ins that wait for an answer of this user."""
    return [call for call in state.calling() if call.calls(user)]


def tell_caller(scene: Scene, call: Call, says: Said) -> list[Event]:
    """A notice to whoever called somebody in, where they can be reached."""
    caller = call.caller
    if caller is None or caller not in scene.around.reachable or not scene.around.directory.users[caller].active:
        return []
    return [alerting.alert(scene, "call", says, [Named(caller, "caller")])]


def _everybody(scene: Scene, target: str, rounds: int) -> list[tuple[int, str]]:
    kind, _, name = target.partition(":")
    if kind == "user":
        return [(user, target) for user in addressing.resolve(target, scene)]
    if kind == "roster":
        return _on_call(scene, name, rounds, target)
    team = scene.around.directory.teams.get(name)
    if team is None:
        return []
    found = _on_call(scene, team.roster, rounds, target) if team.roster is not None else []
    lead = [(user, target) for user in addressing.resolve(f"lead:{name}", scene)]
    return [*found, *lead] if rounds or not found else found


def _on_call(scene: Scene, roster: str, rounds: int, why: str) -> list[tuple[int, str]]:
    wanted = [f"oncall:{roster}", *([f"oncall:{roster}:backup"] if rounds else [])]
    return [(user, why) for one in wanted for user in addressing.resolve(one, scene)]


def _declined(call: Call, person: Named) -> bool:
    return f" {ids.to_text(person.user)} " in call.declined


def _paged(scene: Scene, call: Call, rounds: int, reached: list[Named], missed: list[Named]) -> Event:
    paged = CallPaged(
        call=ids.to_text(call.id),
        round=rounds + 1,
        notified=[addressing.person(scene.around, one) for one in reached],
        unreachable=[addressing.person(scene.around, one) for one in missed],
        next_at=scene.now + AGAIN,
    )
    return paged.event()


def _ended(scene: Scene, call: Call) -> list[Event]:
    """Nobody is left who could be paged, or they were paged often enough."""
    waiting = set(call.called.split()) - set(call.declined.split())
    state = "unanswered" if waiting or not call.called else "declined"
    says = ended(state, call.target)
    told = tell_caller(scene, call, says) or [alerting.alert(scene, "call", says, alerting.workers(scene))]
    return [_end(call, state), *told]


def _end(call: Call, state: str, actor: str = "engine") -> Event:
    return CallEnded(call=ids.to_text(call.id), target=call.target, state=state).event(actor)
