"""A document as plain values, complete with its defaults and spelled as in YAML: to show it, and to compare two.

Equal policies give equal values, however they were written: `60m` is `1h`, and a default that was spelled out is
the default. What comes out can be read in again.
"""

import io
from typing import Any

from ruamel.yaml import YAML

from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import BUILT_IN, ClockKind
from tocsin.policy.model import (
    Collector,
    Document,
    Example,
    Factor,
    Level,
    Path,
    Severity,
    Targets,
    Trigger,
)
from tocsin.policy.yaml.lines import read


def plain(document: Document) -> dict[str, Any]:
    """The effective document as JSON values, its sections in the usual order."""
    written = read(document.source).data
    calendars = {name: written.get("calendars", {}).get(name, {"hours": "24x7"}) for name in document.calendars}
    return {
        "name": document.name,
        "calendars": calendars,
        "default_severity": document.default_severity,
        "taxonomy": {
            "product_areas": list(document.product_areas),
            "severities": {name: _severity(each) for name, each in document.severities.items()},
            "types": {
                name: _present(
                    title=each.title,
                    severity=each.severity,
                    definition=each.definition or None,
                    examples=list(each.examples) or None,
                )
                for name, each in document.types.items()
            },
        },
        "targets": [
            _present(
                id=rule.id,
                when=rule.when,
                severity=rule.severity,
                calendar=rule.calendar,
                targets=_targets(rule.targets),
            )
            for rule in document.targets
        ],
        "classify": [{"id": rule.id, "when": rule.when, "set": dict(rule.set)} for rule in document.classify],
        "score": {factor.name: _factor(factor) for factor in document.score},
        "levels": {name: _level(level) for name, level in document.levels.items()},
        "minimums": [
            {"id": rule.id, "when": rule.when, "level": rule.level, "kind": rule.kind} for rule in document.minimums
        ],
        "triage": {
            "expiry": str(document.triage.expiry),
            "hold": str(document.triage.hold),
            "ask": [_present(id=ask.id, on=ask.on, within=ask.within, when=ask.when) for ask in document.triage.ask],
        },
        "route": [_present(id=way.id, when=way.when, team=way.team, assign=way.assign) for way in document.route],
        "duties": {name: list(listed) for name, listed in document.duties.items()},
        "paths": {name: _path(path) for name, path in document.paths.items()},
        "clocks": {
            "grace": str(document.clocks.grace),
            "pause": {
                "clocks": [clock for clock in document.clocks.pause_clocks if clock in BUILT_IN],
                "at_most": str(document.clocks.pause_at_most),
            },
            "warnings": {
                clock: list(fractions) for clock, fractions in document.clocks.warnings.items() if clock in BUILT_IN
            },
        }
        | _present(kinds={name: _kind(kind) for name, kind in document.clocks.declared().items()} or None),
        "cases": {
            "reopen_within": str(document.cases.reopen_within),
            "correct_within": str(document.cases.correct_within),
            "request_answer": str(document.cases.request_answer),
            "acknowledgement": {
                "critical": str(document.cases.acknowledgement_critical),
                "other": str(document.cases.acknowledgement_other),
            },
        },
        "on_call": {"not_woken": document.on_call.not_woken},
        "same_problem": _present(
            offer=document.same_problem.offer,
            link=document.same_problem.link,
            within=str(document.same_problem.within),
        ),
        **_present(evidence=[_collector(one) for one in document.evidence] or None),
        **_present(risk=_present(miss_at_most=document.risk.miss_at_most) or None),
        "storm": {
            "enabled": document.storm.more_than is not None,
            **_present(more_than=document.storm.more_than),
            "within": str(document.storm.within),
        },
        "wake": document.wake,
        "triggers": [_trigger(trigger) for trigger in document.triggers],
        "communication": document.communication,
        "governance": document.governance,
        "examples": [_example(example, written, index) for index, example in enumerate(document.examples)],
    }


def _collector(one: Collector) -> dict[str, Any]:
    return _present(
        id=one.id, on=one.on, when=one.when, url=one.url, query=one.query, window=str(one.window), secret=one.secret
    )


def _trigger(trigger: Trigger) -> dict[str, Any]:
    said = {name: _written(value) for name, value in trigger.settings.items()}
    return _present(id=trigger.id, on=trigger.on, when=trigger.when, **said, level=trigger.level, kind=trigger.kind)


def _written(value: Any) -> Any:
    if isinstance(value, Duration):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _targets(targets: Targets) -> dict[str, Any]:
    return {
        clock: _present(
            **{"in": str(target.duration), "from": target.origin, "calendar": target.calendar},
        )
        for clock, target in targets.items()
    }


def _severity(severity: Severity) -> dict[str, Any]:
    return _present(
        title=severity.title,
        definition=severity.definition or None,
        calendar=severity.calendar,
        targets=_targets(severity.targets),
    )


def _factor(factor: Factor) -> dict[str, Any]:
    return _present(
        **{
            "weight": factor.weight,
            "from": factor.source,
            "curve": [list(point) for point in factor.curve] if factor.curve is not None else None,
            "map": factor.map,
            "when": factor.when,
            "value": factor.value,
            "missing": factor.missing,
        }
    )


def _level(level: Level) -> dict[str, Any]:
    targets = _targets(level.targets) or None
    return _present(at=level.at, path=level.path, relationship=level.relationship, targets=targets)


def _kind(kind: ClockKind) -> dict[str, Any]:
    return _present(
        title=kind.title,
        when=kind.when,
        start=kind.start,
        restart=kind.restart,
        stop=list(kind.stop),
        pause=kind.pause,
        followers=kind.followers,
        excusable=kind.excusable,
        tell=list(kind.tell),
        warn=list(kind.warn),
    )


def _path(path: Path) -> dict[str, Any]:
    steps = [
        {"notify": list(step.notify), "wait": str(step.wait), "acknowledgements": step.acknowledgements}
        for step in path.steps
    ]
    return {"leader": path.leader, "steps": steps, "repeat": path.repeat}


def _example(example: Example, written: dict[str, Any], index: int) -> dict[str, Any]:
    at = written["examples"][index].get("at")
    return _present(name=example.name, at=at, given=example.given, expect=example.expect)


def to_yaml(document: Document) -> str:
    """The effective document as YAML; without the remarks of the text that it was read from."""
    stream = io.StringIO()
    writer = YAML(pure=True)
    writer.default_flow_style = False
    writer.width = 120
    writer.dump(plain(document), stream)
    return stream.getvalue()
