"""Whom a roster names and a page does not reach: passed over, and said once to the leads, before it is their turn. And
duties of the policy that nobody holds any more."""

from collections.abc import Sequence

from tocsin.cases.context import Around
from tocsin.notify.alarms import Alarm
from tocsin.roster import absence

KIND, UNHELD = "roster.passed_over", "roster.duty_unheld"


def passed_over(around: Around) -> list[Alarm]:
    """One alarm for each roster and person on it who cannot be called as things are now."""
    gone = [
        Alarm(f"passed:{roster.name}:{name}"[:200], KIND, f"{name}, on the roster {roster.name}, {why}: passed over")
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
            f"duty:{name}"[:200], UNHELD, f"nobody who could answer a page holds the duty {name} ({', '.join(targets)})"
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
