"""Whom a roster names and a page does not reach, or does not wake: said once to the leads, before it is their turn. Who
is not reached is passed over; who is not woken is paged all the same. And duties of the policy that nobody holds any
more."""

from collections.abc import Sequence

from tocsin.cases.context import Around
from tocsin.core.wording import Listed, say
from tocsin.notify import waking
from tocsin.notify.destinations import Destinations
from tocsin.roster import absence
from tocsin.tools.alarms import Alarm

KIND, UNHELD = "roster.passed_over", "roster.duty_unheld"
NOT_WOKEN = "roster.not_woken"


def passed_over(around: Around) -> list[Alarm]:
    """One alarm for each roster and person on it who cannot be called as things are now."""
    gone = [
        Alarm(
            f"passed:{roster.name}:{name}"[:200],
            KIND,
            say("{name}, on the roster {roster}, {why}: passed over", name=name, roster=roster.name, why=why),
        )
        for roster in around.rosters.by_name.values()
        for name, why in absence.away(roster, around.directory, around.reachable).items()
    ]
    return [*gone, *_unheld(around)]


def _unheld(around: Around) -> list[Alarm]:
    """One alarm for each duty of the policy in force that names people or rosters, none of whom could answer a page."""
    force = around.policies.in_force(around.now)
    if force is None:
        return []
    duties = around.policies.compiled(force.version).document.duties
    return [
        Alarm(
            f"duty:{name}"[:200],
            UNHELD,
            say("nobody who could answer a page holds the duty {duty} ({targets})", duty=name, targets=Listed(targets)),
        )
        for name, targets in duties.items()
        if (people := _named(around, targets)) is not None and not any(_answers(around, user) for user in people)
    ]


def _named(around: Around, targets: Sequence[str]) -> list[str | None] | None:
    """The people by name whom these targets mean now; None where some depend on the case."""
    found: list[str | None] = []
    for target in targets:
        kind, _, rest = target.partition(":")
        if kind == "user":
            found.append(rest)
        elif kind == "oncall":
            roster, _, place = rest.partition(":")
            duty = around.on_call(roster)
            found.append(None if duty is None else duty.backup if place == "backup" else duty.primary)
        else:
            return None
    return found


def _answers(around: Around, name: str | None) -> bool:
    user = around.directory.by_name.get(name or "")
    return user is not None and user.may("cases.work") and user.id in around.reachable


def not_woken(around: Around, reach: Destinations) -> list[Alarm]:
    """One alarm for each roster and person on it whose destinations all say that they wake nobody, unless the policy
    in force allows that. Where nothing is said, `tocsin doctor` asks for it."""
    force = around.policies.in_force(around.now)
    if force is not None and around.policies.compiled(force.version).document.on_call.not_woken == "allow":
        return []
    return [
        Alarm(
            f"asleep:{roster.name}:{name}"[:200],
            NOT_WOKEN,
            say("{name}, on the roster {roster}, {why}", name=name, roster=roster.name, why=asleep.why),
        )
        for roster in around.rosters.by_name.values()
        for name, asleep in waking.on_roster(roster, around.directory, reach).items()
        if asleep.certain is False
    ]
