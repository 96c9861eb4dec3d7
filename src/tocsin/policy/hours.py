"""Whose hours an escalation keeps. Pure."""

from tocsin.policy.compiled import Policy


def hours_of(policy: Policy, level: str) -> str:
    """The hours of whoever takes a case of this level: the calendar in which the level counts acknowledgement."""
    document = policy.document
    found = document.levels.get(level)  # type: ignore[call-overload]
    target = found.targets.get("acknowledge") if found else None
    if target is not None and target.calendar is not None:
        return str(target.calendar)
    return document.severities[document.default_severity].calendar
