"""What differs between two versions in words: by rule and field. Pure."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from tocsin.core import canonical, texts
from tocsin.core.wording import Listed, Number, Said, marked, say, verbatim
from tocsin.policy.diff import Difference
from tocsin.policy.spoken import condition

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_LONGEST = 240  # characters of a value
_NAMED = {
    "calendars": marked("Calendar {name}"),
    "targets": marked("Promise {name}"),
    "classify": marked("Classification {name}"),
    "score": marked("Factor {name}"),
    "levels": marked("Level {name}"),
    "minimums": marked("Minimum {name}"),
    "route": marked("Route {name}"),
    "duties": marked("Duty {name}"),
    "paths": marked("Path {name}"),
    "evidence": marked("Collector {name}"),
    "examples": marked("Example {name}"),
    "taxonomy.severities": marked("Severity {name}"),
    "taxonomy.types": marked("Type {name}"),
    "triage.ask": marked("Question {name}"),
    "clocks.kinds": marked("Clock {name}"),
}
_SECTIONS = {
    "name": marked("Name of the policy"),
    "default_severity": marked("Severity where no rule sets one"),
    "taxonomy": marked("Types and severities"),
    "triage": marked("Triage"),
    "clocks": marked("Clocks"),
    "cases": marked("Cases"),
    "on_call": marked("On call"),
    "same_problem": marked("The same problem"),
    "evidence": marked("Evidence"),
    "risk": marked("Risk of an escalation"),
    "storm": marked("Storm guard"),
    "wake": marked("Whom it may wake"),
    "triggers": marked("Triggers"),
    "communication": marked("Communication"),
    "governance": marked("Governance"),
    "route": marked("Routes"),
    "classify": marked("Classifications"),
    "minimums": marked("Minimums"),
    "targets": marked("Promises"),
    "score": marked("Factors"),
    "examples": marked("Examples"),
}
_FIELDS = {
    "at": marked("from how many points"),
    "in": marked("within"),
    "from": marked("counted from"),
    "when": marked("condition"),
    "weight": marked("weight"),
    "missing": marked("without the fact"),
    "level": marked("level"),
    "kind": marked("kind"),
    "team": marked("team"),
    "assign": marked("assigned to"),
    "path": marked("path"),
    "relationship": marked("path of relationships"),
    "wait": marked("wait"),
    "steps": marked("steps"),
    "repeat": marked("passes"),
    "leader": marked("leader"),
    "calendar": marked("calendar"),
    "severity": marked("severity"),
    "title": marked("title"),
    "definition": marked("definition"),
    "map": marked("values"),
    "curve": marked("curve"),
    "set": marked("sets"),
    "given": marked("given"),
    "expect": marked("expected"),
    "hours": marked("hours"),
    "holidays": marked("holidays"),
    "zone": marked("zone"),
    "within": marked("points from a level"),
    "targets": marked("targets"),
    "expiry": marked("answer within"),
    "hold": marked("wake-up waits"),
}
_CONDITIONS = ("when", "wake")


class DocumentChange(NamedTuple):
    """One difference. `kind`: added, removed, changed or moved; `field`: of the rule, None where it is all of it."""

    kind: str
    field: Said | None
    before: Said | None
    after: Said | None


class DocumentPart(NamedTuple):
    """A rule, or a section, with all that differs in it."""

    what: Said
    changes: list[DocumentChange]


def told(differences: Iterable[Difference]) -> list[DocumentPart]:
    """Differences by the rule that they are of, in their order."""
    found: dict[str, DocumentPart] = {}
    for one in differences:
        what, named, fields = _place(one.key)
        group = found.setdefault(named, DocumentPart(what, []))
        field = Listed([_field(name) for name in fields], " › ")
        last = fields[-1] if fields else named
        group.changes.append(
            DocumentChange(
                one.kind,
                say("{given}", given=field) if fields else None,
                None if one.kind == "added" else _value(last, one.before),
                None if one.kind == "removed" else _value(last, one.after),
            )
        )
    return list(found.values())


def _place(key: str) -> tuple[Said, str, list[str]]:
    """What a key is of: in words, by its own key, and the fields below it."""
    steps = [index or name for index, name in _STEP.findall(key)]
    for length in (2, 1):
        section = ".".join(steps[:length])
        if section in _NAMED and len(steps) > length:
            named = ".".join(steps[: length + 1])
            return Said(_NAMED[section], {"name": steps[length]}), named, steps[length + 1 :]
    section = steps[0]
    return say(_SECTIONS[section]) if section in _SECTIONS else verbatim(section), section, steps[1:]


def _field(name: str) -> Said:
    return say(_FIELDS[name]) if name in _FIELDS else verbatim(name.replace("_", " "))


def _value(field: str, value: Any) -> Said:
    match value:
        case None | []:
            return say("nothing")
        case bool():
            return say("yes") if value else say("no")
        case int() | float():
            return say("{given}", given=Number(value))
        case str() if field in _CONDITIONS:
            return condition(value)
        case str():
            return verbatim(texts.value(value, _LONGEST))
        case list() if all(isinstance(one, str) for one in value):
            return verbatim(", ".join(value))
        case dict() if "when" in value:
            rest = {name: one for name, one in value.items() if name not in ("id", "when")}
            return say("if {condition}: {values}", condition=condition(value["when"]), values=_flat(rest))
        case dict():
            return verbatim(_flat({name: one for name, one in value.items() if name not in ("id", "name")}))
    return verbatim(_flat(value))


def _flat(value: Any) -> str:
    """A nested value in one line: `level senior, kind technical`."""
    match value:
        case dict():
            return texts.value(", ".join(f"{name} {_flat(one)}" for name, one in value.items()), _LONGEST)
        case list():
            return texts.value(", ".join(map(_flat, value)), _LONGEST)
        case str():
            return value
        case float():
            return f"{value:g}"
    return canonical.encode(value).decode()
