"""Triggers: rules that escalate without a person, each of a kind that says what it asks for."""

from typing import Any

from tocsin.core.wording import say
from tocsin.policy.levels import named
from tocsin.policy.model import Trigger
from tocsin.policy.reading import Reading
from tocsin.policy.reading.scoring import has_relationship_path
from tocsin.policy.reading.taxonomy import calendar_names
from tocsin.policy.structure import near, shown
from tocsin.policy.triggers.keys import Key as Setting
from tocsin.policy.triggers.kind import TriggerKind
from tocsin.policy.triggers.kinds import TRIGGERS
from tocsin.policy.yaml.keys import Key


def triggers(reading: Reading) -> tuple[Trigger, ...]:
    found = []
    for key, rule in reading.rules("triggers"):
        kind = TRIGGERS[rule["on"]]
        of, level = rule.get("kind", kind.of), named(rule["level"])
        if not reading.sound((*key, "level")):
            continue
        if of == "relationship" and reading.sound(("levels",)) and not has_relationship_path(reading, level):
            says = say("no path is named for a relationship escalation to {level}", level=level)
            reading.problem((*key, "kind"), says, say("a `relationship` path in {place}", place=f"levels.{level}"))
        if not _complete(reading, key, rule, kind):
            continue
        settings = {each.name: _value(reading, key, rule, each) for each in kind.keys if _given(rule, each)}
        trigger = Trigger(id=rule["id"], on=kind.name, level=level, kind=of, when=rule.get("when"), settings=settings)
        for name, says, wanted in kind.check(trigger):
            reading.problem((*key, name), says, wanted)
        found.append(trigger)
    return tuple(found)


def _complete(reading: Reading, key: Key, rule: dict[str, Any], kind: TriggerKind) -> bool:
    """Whether everything is there that the kind needs, and nothing that it does not know."""
    known, sound = {each.name for each in kind.keys}, True
    for name in rule.keys() - known - {"id", "on", "level", "kind", "when"}:
        says = say("a trigger of the kind {kind} has no {name}", kind=kind.name, name=name)
        reading.problem((*key, name), says, near(name, sorted(known)) or say("one of {names}", names=", ".join(known)))
        sound = False
    for name in (*kind.required, *(["when"] if kind.needs_when else [])):
        if name not in rule:
            reading.problem(key, say("{name} is missing", name=shown(name)))
            sound = False
    if kind.one_of and not any(name in rule for name in kind.one_of):
        reading.problem(key, say("none of {names} is there", names=", ".join(kind.one_of)))
        sound = False
    return sound


def _given(rule: dict[str, Any], key: Setting) -> bool:
    return key.name in rule or key.default is not None


def _value(reading: Reading, key: Key, rule: dict[str, Any], setting: Setting) -> Any:
    value = rule.get(setting.name, setting.default)
    if setting.shape in ("elapsed", "duration"):
        return reading.duration((*key, setting.name), value, least=1)
    if setting.shape == "calendar":
        reading.refer((*key, setting.name), "calendar", value, [*calendar_names(reading)])
    return tuple(value) if setting.many else value
