"""Whose hours an escalation keeps that may not wake anybody. Pure."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.policy.levels import STANDARD, LevelName
from tocsin.policy.model import Document


def hours_of(document: Document, level: LevelName, severity: str) -> str:
    """The calendar of whoever takes such a case: the first with hours among that in which the level counts
    acknowledgement, that of the severity, that of the default severity, those of the other severities, and the rest.
    One that is open day and night only where the policy has none with hours."""
    names = list(_candidates(document, level, severity))
    return next((name for name in names if not document.calendars[name].always), names[0])


def zone_of(document: Document) -> ZoneInfo:
    """The zone of whoever works by this policy, for those who have not named their own: that of the hours in which a
    case of the default severity is worked on."""
    return document.calendars[hours_of(document, STANDARD, document.default_severity)].rules.load_zone()


def day_and_night(document: Document) -> bool:
    """Whether no calendar has hours that an escalation could keep."""
    return all(calendar.always for calendar in document.calendars.values())


def _candidates(document: Document, level: LevelName, severity: str) -> Iterator[str]:
    found = document.levels.get(level)
    target = found.targets.get(ACKNOWLEDGE) if found else None
    if target is not None and target.calendar is not None:
        yield target.calendar
    severities = document.severities
    for name in (severity, document.default_severity, *severities):
        if name in severities:  # a case keeps one that a later version does not know
            yield severities[name].calendar
    yield from document.calendars
