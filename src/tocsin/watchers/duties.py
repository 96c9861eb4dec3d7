"""Whom a roster names and a page does not reach, or does not wake: said once to the leads, before it is their turn. Who
is not reached is passed over; who is not woken is paged all the same."""

from tocsin.cases.context import Around
from tocsin.notify import waking
from tocsin.notify.alarms import Alarm
from tocsin.notify.destinations import Destinations
from tocsin.roster import absence

KIND = "roster.passed_over"
NOT_WOKEN = "roster.not_woken"


def passed_over(around: Around) -> list[Alarm]:
    """One alarm for each roster and person on it who cannot be called as things are now."""
    return [
        Alarm(f"passed:{roster.name}:{name}"[:200], KIND, f"{name}, on the roster {roster.name}, {why}: passed over")
        for roster in around.rosters.by_name.values()
        for name, why in absence.away(roster, around.directory, around.reachable).items()
    ]


def not_woken(around: Around, reach: Destinations) -> list[Alarm]:
    """One alarm for each roster and person on it whose destinations all say that they wake nobody. Where nothing is
    said, `tocsin doctor` asks for it."""
    return [
        Alarm(f"asleep:{roster.name}:{name}"[:200], NOT_WOKEN, f"{name}, on the roster {roster.name}, {why}")
        for roster in around.rosters.by_name.values()
        for name, (said, why) in waking.on_roster(roster, around.directory, reach).items()
        if said is False
    ]
