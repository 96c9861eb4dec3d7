"""What may be wrong with an open case that nobody notices: no timer, no owner, a path that stands still. Pure.

An open case always has something that will happen by itself, or a parent that speaks for it; somebody who has it; and,
while it is escalated and unanswered, a path that climbs. Whatever breaks that (a fault of ours, a hand in the database)
is found here.
"""

from typing import NamedTuple

from tocsin.cases import attention, ownership
from tocsin.cases.aggregate import LIVE, Aggregate, Case
from tocsin.clocks.kinds import ASSIGN
from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.core.wording import Said, marked, say
from tocsin.people.directory import Directory
from tocsin.people.permissions import role_name

PATIENCE = 30 * SECOND  # how late a step may be before its path is said to stand still
FOR_PEOPLE = ("owner_away", "unanswered")  # what no machine can put right


class Timer(NamedTuple):
    """The row of work that wakes a case."""

    due_at: int
    aside: bool


class HealthFinding(NamedTuple):
    """`what`: timer, family, owner, owner_away, path, unanswered or unheard; `says`: a sentence for a person, its times
    as programs write them."""

    what: str
    says: Said


def examine(
    state: Aggregate, timer: Timer | None, directory: Directory, now: int, parent: Case | None = None
) -> list[HealthFinding]:
    """What is wrong with a case; nothing, for a healthy one and for one that was imported. One that is over needs no
    more than a timer, where a clock still runs. `parent`: the case that it follows."""
    if state.case.imported:
        return []
    if state.case.state != "open":
        return _timer(state, timer)
    return [*_timer(state, timer), *_family(state, parent), *_owner(state, directory), *_path(state, timer, now)]


def unanswered(state: Aggregate) -> bool:
    """Whether somebody must still acknowledge the case."""
    case = state.case
    waits = case.level != "standard" and case.acknowledged_at is None
    return waits and case.state == "open" and not case.imported and case.parent is None


def live(state: Aggregate) -> list[int]:
    """The escalations whose pages must not get lost."""
    return [climb.id for climb in state.escalations if climb.state in LIVE] if unanswered(state) else []


def _timer(state: Aggregate, timer: Timer | None) -> list[HealthFinding]:
    wanted = attention.next_instant(state)
    if wanted is None or (timer is not None and (timer.aside or timer.due_at == wanted)):
        return []
    should = instants.whole(wanted)
    if timer is None:
        return [HealthFinding("timer", say("its timer should be set for {wanted}, and it has none", wanted=should))]
    found = instants.whole(timer.due_at)
    says = say("its timer should be set for {wanted}, and it is set for {found}", wanted=should, found=found)
    return [HealthFinding("timer", says)]


def _family(state: Aggregate, parent: Case | None) -> list[HealthFinding]:
    """A case is silent behind a parent only while that one is open, and follows no other itself."""
    if state.case.parent is None:
        return []
    if parent is None:
        return [HealthFinding("family", say("it follows a case that does not exist"))]
    if parent.state != "open":
        says = say("it follows case {number}, which is {state}", number=parent.number, state=say(parent.state))
        return [HealthFinding("family", says)]
    if parent.parent is not None:
        says = say("it follows case {number}, which follows another one", number=parent.number)
        return [HealthFinding("family", says)]
    return []


def _owner(state: Aggregate, directory: Directory) -> list[HealthFinding]:
    owner = state.case.owner
    if owner is None:
        runs = [run for run in state.clocks if run.clock == ASSIGN]
        last = max(runs, key=lambda run: run.cycle, default=None)
        watched = last is not None and last.outcome in (None, "breached")
        return [] if watched else [HealthFinding("owner", say("nobody owns it, and no clock asks for an owner"))]
    user = directory.users.get(owner)
    if user is None:
        return [HealthFinding("owner_away", say("its owner does not exist"))]
    if ownership.may_own(user):
        return []
    if user.active:
        text = marked("its owner {name} has the role {role}, which does not work on cases")
        return [HealthFinding("owner_away", say(text, name=user.name, role=role_name(user.role)))]
    return [HealthFinding("owner_away", say("its owner {name} is no longer active", name=user.name))]


def _path(state: Aggregate, timer: Timer | None, now: int) -> list[HealthFinding]:
    if not unanswered(state):
        return []
    if not live(state):
        return [HealthFinding("path", say("it is escalated and unanswered, and no path is running"))]
    if not state.climbing():
        return [_silence(state)]
    for climb in state.climbing():
        if climb.next_at is None:
            says = say("path {path} stands still: its next step has no time", path=climb.path)
            return [HealthFinding("path", says)]
        if climb.next_at < now - PATIENCE and not (timer is not None and timer.aside):
            due = instants.whole(climb.next_at)
            says = say("path {path} stands still: a step was due at {time}", path=climb.path, time=due)
            return [HealthFinding("path", says)]
    return []


def _silence(state: Aggregate) -> HealthFinding:
    """No path climbs any more, and nobody has answered."""
    if any(climb.state == "unheard" for climb in state.escalations):
        return HealthFinding("unheard", say("it is escalated, and nobody whom its path names could be reached"))
    return HealthFinding(
        "unanswered", say("it is escalated, everybody on its path was paged, and nobody has acknowledged it")
    )
