"""What the meanings of several kinds of events share, and their words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from tocsin.cases.aggregate import Aggregate, Case, Escalation, RunningClock
from tocsin.clocks import kinds, saying
from tocsin.clocks.kinds import ClockName
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import Instant, Listed, Promise, Said, say
from tocsin.policy.model import Origin

Run = tuple[ClockName, int]  # a clock and its cycle


class Told(TypedDict):
    """Somebody whom an event names, and why."""

    user: str
    name: str | None
    why: str


class ClockStart(TypedDict):
    """A run of a clock as it begins."""

    clock: ClockName
    cycle: int
    policy_version: int
    calendar: str
    target: str
    origin: Origin
    started_at: int
    due_at: int
    warn_at: int | None
    pauses: NotRequired[str]
    paused_at: NotRequired[int | None]


class ClockChange(TypedDict):
    """What is new of a run of a clock, which `clock` and `cycle` name. `old_due_at`: when it was due before."""

    clock: ClockName
    cycle: int
    policy_version: NotRequired[int]
    calendar: NotRequired[str]
    target: NotRequired[str]
    origin: NotRequired[Origin]
    started_at: NotRequired[int]
    due_at: NotRequired[int]
    old_due_at: NotRequired[int]
    warn_at: NotRequired[int | None]
    pauses: NotRequired[str]
    paused_at: NotRequired[int | None]


def optional_id(text: str | None) -> int | None:
    return None if text is None else ids.from_text(text)


def runs_of(state: Aggregate, wanted: Iterable[Run]) -> list[RunningClock]:
    return [run_of(state, clock, cycle) for clock, cycle in wanted]


def run_of(state: Aggregate, clock: ClockName, cycle: int) -> RunningClock:
    for run in state.clocks:
        if run.clock == clock and run.cycle == cycle:
            return run
    raise NotFound(say("the case has no {clock} clock of cycle {cycle}", clock=clock, cycle=cycle))


def escalation_of(state: Aggregate, wanted: str) -> Escalation:
    number = ids.from_text(wanted)
    for escalation in state.escalations:
        if escalation.id == number:
            return escalation
    raise NotFound(say("the case has no escalation {wanted}", wanted=wanted))


def name(state: Aggregate, user: int) -> None:
    """Whoever works on a confidential case may see it."""
    case = state.case
    if not case.sees(user):
        case.named = f"{case.named or ' '}{ids.to_text(user)} "


def name_told(state: Aggregate, notified: Sequence[Told]) -> None:
    """Whoever is called to a confidential case may see it."""
    for person in notified if state.case.confidential else ():
        name(state, ids.from_text(person["user"]))


def rest(case: Case) -> None:
    """Nothing is waited for any more."""
    case.held_at = case.held_until = case.alert_at = case.triage_at = case.triage_level = None
    case.requested_level = case.request_due_at = None
    case.containment_claimed_at = case.resolution_claimed_at = None
    waits_no_more(case)


def waits_no_more(case: Case) -> None:
    """Where no claim waits to be confirmed, nobody is told of one, and what was said against it is done with."""
    if case.containment_claimed_at is case.resolution_claimed_at is None:
        case.contested_at = case.claim_alert_at = None


def stop(state: Aggregate, stops: Iterable[Run], at: int) -> None:
    """Clocks that an event stops, as of their claim where there is one; one stopped exactly when it is due is met. A
    paused one stopped when its pause began, whatever was claimed since."""
    for run in runs_of(state, stops):
        stopped = min(since for since in (run.paused_at, run.claimed_at, at) if since is not None)
        run.confirmed_at = at if run.claimed_at is not None else None
        run.outcome, run.settled_at = "met" if stopped <= run.due_at else "breached", stopped
        run.claimed_at = run.contested_at = run.paused_at = None


_MAY_CHANGE = (
    *("due_at", "target", "calendar", "origin", "policy_version", "started_at", "paused_at", "pauses", "warn_at"),
)


def change(state: Aggregate, changes: Iterable[ClockChange]) -> None:
    """Each entry names a run and what is new of it; a new due time makes older timers stale."""
    for new in changes:
        run = run_of(state, new["clock"], new["cycle"])
        before = run.due_at
        for column in _MAY_CHANGE:
            if column in new:
                setattr(run, column, new[column])  # type: ignore[literal-required]
        if run.due_at != before:
            run.generation += 1


def restore(state: Aggregate, changes: Iterable[Mapping[str, Any]]) -> None:
    """Each entry names a run and what it has again, its outcome included; a new due time makes older timers stale."""
    for again in changes:
        run = run_of(state, again["clock"], again["cycle"])
        before = run.due_at
        for column, value in again.items():
            setattr(run, column, value)
        if run.due_at != before:
            run.generation += 1


def because(reason: Said | str | None, cause: str | None = None) -> Said | str:
    """Why, with a colon before it; nothing where nobody said. `cause`: a reason in a word."""
    return behind(reason) or behind(cause and cause.replace("_", " "))


def behind(text: Any) -> Said | str:
    """A text behind a colon; nothing where there is none."""
    return say(": {text}", text=text) if text else ""


def clock(name: str) -> Said | Promise:
    """What the record calls a clock: its title, as everywhere on pages."""
    kind = kinds.of(name)
    return say(kind.title) if kind else Promise(name, saying.whole(name))


def as_of(claimed_at: Any) -> Said | str:
    """That a claim is confirmed, which keeps its time."""
    if not claimed_at:
        return ""
    return say(", confirmed as of {time}, when it was claimed", time=Instant(claimed_at))


def told(notified: Sequence[Told], unreachable: Sequence[Told]) -> Said:
    """Who was told, and who could not be reached."""
    people = Listed([person["name"] for person in notified])
    return say(
        "{told}{missed}",
        told=say("told {people}", people=people) if notified else say("told nobody"),
        missed=missed(unreachable),
    )


def missed(unreachable: Sequence[Told]) -> Said | str:
    """Who could not be reached, behind what is said before; nothing where everybody could."""
    people = Listed([person["name"] for person in unreachable])
    return say("; no way to reach {people}", people=people) if unreachable else ""


def other(number: int | None) -> Said:
    """Another case, by its number; where few may know of it, without."""
    return say("#{number}", number=number) if number else say("another case")
