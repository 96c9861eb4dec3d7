"""Calendars, taxonomy, target rules and classification: what a case can be, and by when."""

import re
from typing import Any

from tocsin.clocks.calendars import Calendar
from tocsin.core.errors import InvalidInput
from tocsin.policy.model import CaseType, ClassifyRule, Severity, TargetRule
from tocsin.policy.reading import ALWAYS, Reading
from tocsin.policy.yaml.keys import Key

SEVERITIES = ("taxonomy", "severities")
TYPES = ("taxonomy", "types")
AREAS = ("taxonomy", "product_areas")
GRAVE = frozenset({"data_loss", "security"})  # types that are grave unless the policy says otherwise


def calendar_names(reading: Reading) -> list[str]:
    return list(dict.fromkeys([*reading.names("calendars"), ALWAYS.name]))


def calendars(reading: Reading) -> dict[str, Calendar]:
    """The calendars by name; `always` is there unless the document has one of that name."""
    found: dict[str, Calendar] = {}
    for name, key, spec in reading.entries("calendars"):
        try:
            found[name] = Calendar.build(name, spec, "")
        except InvalidInput as error:
            reading.problem(_inner(reading, key, error.place or ""), error.says, error.wanted)
    found.setdefault(ALWAYS.name, ALWAYS)
    return found


def _inner(reading: Reading, key: Key, place: str) -> Key:
    """The key that a calendar's error names: `.hours.mon-fri` or `.closed.0` below the calendar's own."""
    for part in re.split(r"\.", place.lstrip(".")) if place else ():
        child: str | int = int(part) if part.isdecimal() and isinstance(reading.get(*key), list) else part
        if (*key, child) not in reading.tree.lines:
            break
        key = (*key, child)
    return key


def severities(reading: Reading) -> dict[str, Severity]:
    known = calendar_names(reading)
    found = {}
    reading.known_clocks(*((*SEVERITIES, name, "targets") for name in reading.names(*SEVERITIES)))
    for name, key, spec in reading.entries(*SEVERITIES):
        calendar = spec.get("calendar", ALWAYS.name)
        reading.refer((*key, "calendar"), "calendar", calendar, known)
        found[name] = Severity(
            name=name,
            calendar=calendar,
            targets=reading.targets((*key, "targets"), spec["targets"], known),
            definition=spec.get("definition", ""),
            title=spec.get("title", name),
        )
    return found


def types(reading: Reading) -> dict[str, CaseType]:
    found = {}
    for name, key, spec in reading.entries(*TYPES):
        reading.refer((*key, "severity"), "severity", spec.get("severity"), reading.names(*SEVERITIES))
        found[name] = CaseType(
            name=name,
            title=spec.get("title", name),
            severity=spec.get("severity"),
            definition=spec.get("definition", ""),
            examples=tuple(spec.get("examples", ())),
            grave=spec.get("grave", name in GRAVE),
        )
    return found


def default_severity(reading: Reading) -> str:
    key: Key = ("default_severity",)
    name: Any = reading.get(*key)
    if not isinstance(name, str):
        return ""
    if reading.sound(key):
        reading.refer(key, "severity", name, reading.names(*SEVERITIES))
    return name


def target_rules(reading: Reading) -> tuple[TargetRule, ...]:
    known = calendar_names(reading)
    found = []
    listed = reading.get("targets")
    places = range(len(listed)) if isinstance(listed, list) else ()
    reading.known_clocks(*(("targets", place, "targets") for place in places))
    for key, rule in reading.rules("targets"):
        reading.refer((*key, "severity"), "severity", rule.get("severity"), reading.names(*SEVERITIES))
        reading.refer((*key, "calendar"), "calendar", rule.get("calendar"), known)
        found.append(
            TargetRule(
                id=rule["id"],
                targets=reading.targets((*key, "targets"), rule["targets"], known),
                when=rule.get("when"),
                severity=rule.get("severity"),
                calendar=rule.get("calendar"),
            )
        )
    return tuple(found)


def classify(reading: Reading) -> tuple[ClassifyRule, ...]:
    known = {
        "type": ("type", reading.names(*TYPES)),
        "product_area": ("product area", reading.names(*AREAS)),
        "severity": ("severity", reading.names(*SEVERITIES)),
    }
    found = []
    for key, rule in reading.rules("classify"):
        for name, value in rule["set"].items():
            reading.refer((*key, "set", name), known[name][0], value, known[name][1])
        found.append(ClassifyRule(id=rule["id"], when=rule["when"], set=dict(rule["set"])))
    return tuple(found)
