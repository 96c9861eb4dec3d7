"""The rules of a policy as sentences, in the order in which they are tried; its paths, hours and curves in words.
Pure."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tocsin.clocks import saying
from tocsin.clocks.durations import Duration
from tocsin.core.wording import Listed, Number, Said, marked, say, verbatim
from tocsin.policy import addressees, doubts
from tocsin.policy.decision import STORM
from tocsin.policy.model import Ask, Document, Factor, Route, Step, Targets, Trigger
from tocsin.policy.plain import plain
from tocsin.policy.spoken import condition, fact
from tocsin.policy.triggers.kinds import TRIGGERS

RuleKind = Literal["classify", "minimum", "trigger", "ask", "route", "target", "storm", "wake"]


class PromisedTargets(NamedTuple):
    """Targets of a severity or a level by clock, with the calendar that they run on. `kind`: which of the two it is."""

    kind: str
    name: str
    calendar: str | None
    targets: Targets


class Sentence(NamedTuple):
    """A rule in words. `rule`: as decisions name it; `source`: its condition as it is written, None without one."""

    kind: RuleKind
    rule: str
    says: Said
    source: str | None


def sentences(document: Document) -> list[Sentence]:
    """Every rule of a policy: what a case is, what it is at least, who is asked, who takes it, whom it may wake."""
    return [
        *(
            Sentence(
                "classify",
                f"classify.{rule.id}",
                say("If {condition}, {then}", condition=condition(rule.when), then=_set(rule.set)),
                rule.when,
            )
            for rule in document.classify
        ),
        *(
            Sentence(
                "minimum",
                f"minimums.{rule.id}",
                Said(_AT_LEAST[rule.kind], {"condition": condition(rule.when), "level": say(rule.level)}),
                rule.when,
            )
            for rule in document.minimums
        ),
        *(Sentence("trigger", f"triggers.{one.id}", _trigger(one), one.when) for one in document.triggers),
        *_asks(document),
        *(Sentence("route", f"route.{way.id}", _route(way), way.when) for way in document.route),
        *_targets(document),
        *_storm(document),
        Sentence(
            "wake",
            "wake",
            say("A technical escalation may wake people if {condition}", condition=condition(document.wake)),
            document.wake,
        ),
    ]


_AT_LEAST = {
    "technical": marked("If {condition}, the level is at least {level}"),
    "relationship": marked("If {condition}, the level is at least {level}, as a matter of the relationship"),
}
_SETS = {
    "type": marked("the type is {value}"),
    "product_area": marked("the product area is {value}"),
    "severity": marked("the severity is {value}"),
}
_ASSIGNED = {
    "oncall": marked("{team}, to whoever is on call"),
    "least_loaded": marked("{team}, to whoever has the least to do"),
    "none": marked("{team}, without an owner at first"),
}


def _set(values: dict[str, str]) -> Said:
    said = [Said(_SETS[name], {"value": value.replace("_", " ")}) for name, value in values.items()]
    return say("{given}", given=Listed(said, " and "))


def _storm(document: Document) -> Iterator[Sentence]:
    storm = document.storm
    if storm.more_than is not None:
        text = marked(
            "After {amount} escalations of one product area and type within {span}, further ones join one that pages"
            " for all"
        )
        says = say(text, amount=Number(storm.more_than), span=saying.duration(str(storm.within)))
        yield Sentence("storm", STORM, says, None)


def _asks(document: Document) -> Iterator[Sentence]:
    for ask in document.triage.ask:
        if ask.on is not None:
            says = say("If {condition}, a person is asked", condition=doubts.said(ask))
        elif ask.when is not None:
            says = say("If {condition}, a person is asked", condition=condition(ask.when))
        else:
            says = say("Within {points} points of a level, a person is asked", points=Number(ask.within or 0))
        yield Sentence("ask", f"triage.{ask.id}", says, ask.when)


def _trigger(trigger: Trigger) -> Said:
    """When a trigger fires, and what it does."""
    values = {name: _setting(value) for name, value in trigger.settings.items()}
    parts = TRIGGERS[trigger.on].sentence
    when = [Said(text, _named(text, values)) for key, text in parts if not key or key in trigger.settings]
    if trigger.when is not None:
        when.insert(0, condition(trigger.when))
    return Said(_AT_LEAST[trigger.kind], {"condition": Listed(when, " and "), "level": say(trigger.level)})


def _named(text: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f"{{{name}}}" in text}


def _setting(value: Any) -> Any:
    if isinstance(value, Duration):
        return saying.duration(str(value))
    if isinstance(value, tuple):
        return Listed([verbatim(str(one)) for one in value])
    if isinstance(value, str) and value.startswith(("case.", "account.")):
        return fact(value)
    return Number(value) if isinstance(value, int | float) else value


def why_asked(ask: Ask) -> Said:
    """When a rule of triage asks a person."""
    if ask.on is not None:
        return doubts.said(ask)
    if ask.when is not None:
        return condition(ask.when)
    return say("the score is within {points} points of a level", points=Number(ask.within or 0))


def _route(way: Route) -> Said:
    to = Said(_ASSIGNED[way.assign], {"team": way.team})
    if way.when is None:
        return say("Everything else goes to {team}", team=to)
    return say("If {condition}, it goes to {team}", condition=condition(way.when), team=to)


def _targets(document: Document) -> Iterator[Sentence]:
    for rule in document.targets:
        conditions = [condition(rule.when)] if rule.when is not None else []
        if rule.severity is not None:
            conditions.append(say("{fact} is {value}", fact=fact("case.severity"), value=rule.severity))
        told = [
            say("{clock} in {span}", clock=say(title(document, clock)), span=saying.duration(str(target.duration)))
            for clock, target in rule.targets.items()
        ]
        promised = say("it is promised: {targets}", targets=Listed(told))
        if conditions:
            says = say("If {condition}, {then}", condition=Listed(conditions, " and "), then=promised)
        else:
            says = say("Of every case {then}", then=promised)
        yield Sentence("target", f"targets.{rule.id}", says, rule.when)


def title(document: Document, clock: str) -> str:
    """What people call a clock of this policy."""
    return next((kind.title for name, kind in document.clocks.kinds.items() if name == clock), clock)


def step(each: Step) -> Said:
    """Whom a step of a path pages, and how long it waits for an answer."""
    people = Listed([_told(target) for target in each.notify])
    return say("{people}; then {span}", people=people, span=saying.duration(str(each.wait)))


def _told(target: str) -> Said:
    found = addressees.parse(target)
    return verbatim(found.name) if found.kind == "user" else addressees.said(target)


def curve(factor: Factor) -> list[tuple[Said, float]]:
    """What a factor counts by its fact: each with its share, from 0 to 1; the last without one, which is assumed."""
    if factor.when is not None:
        return [(condition(factor.when), factor.value if factor.value is not None else 1.0)]
    named = [*(factor.map or {}).items()]
    points = factor.curve or ()
    found = [(verbatim(name), value) for name, value in named]
    found += [(say("from {amount}", amount=Number(at)), value) for at, value in points]
    return [*found, (say("not known"), factor.missing)]


def hours(document: Document) -> list[tuple[str, str, str]]:
    """Every calendar by name: when it is open, and in which zone; empty where it is always open."""
    return [(name, *_hours(spec)) for name, spec in plain(document)["calendars"].items()]


def _hours(spec: dict[str, Any]) -> tuple[str, str]:
    open_at = spec.get("hours", "24x7")
    if not isinstance(open_at, dict):
        return "", str(spec.get("zone", ""))
    said = "; ".join(f"{days} {', '.join(map(str, times))}" for days, times in open_at.items())
    return said, str(spec.get("zone", ""))


def promised(document: Document) -> list[PromisedTargets]:
    severities = [
        PromisedTargets("severity", severity.title or severity.name, severity.calendar, severity.targets)
        for severity in document.severities.values()
    ]
    levels = [
        PromisedTargets("level", level.name, None, level.targets) for level in document.levels.values() if level.targets
    ]
    return severities + levels


def clocks(document: Document) -> list[tuple[str, str]]:
    """The clocks for which something is promised, each with its title."""
    named = {clock for each in promised(document) for clock in each.targets}
    return [(name, kind.title) for name, kind in document.clocks.kinds.items() if name in named]
