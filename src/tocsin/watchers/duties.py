"""Whom a roster names and a page does not reach: passed over, and said once to the leads, before it is their turn."""

from tocsin.cases.context import Around
from tocsin.notify.alarms import Alarm
from tocsin.roster import absence

KIND = "roster.passed_over"


def passed_over(around: Around) -> list[Alarm]:
    """One alarm for each roster and person on it who cannot be called as things are now."""
    return [
        Alarm(f"passed:{roster.name}:{name}"[:200], KIND, f"{name}, on the roster {roster.name}, {why}: passed over")
        for roster in around.rosters.by_name.values()
        for name, why in absence.away(roster, around.directory, around.reachable).items()
    ]
