"""A policy made ready to decide: conditions, curves, targets and routes compiled once, for any number of cases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.clocks.kinds import ClockName
from tocsin.core.errors import InvalidInput
from tocsin.core.texts import fold
from tocsin.core.wording import say
from tocsin.policy.classify import Classification, classifier
from tocsin.policy.conditions import Condition
from tocsin.policy.decision import STORM
from tocsin.policy.expressions import BOOL, Environment, compile_expression
from tocsin.policy.expressions.runtime.patterns import Matcher, matcher
from tocsin.policy.facts import ENVIRONMENT, SCORING, TRIAGE
from tocsin.policy.levels import LEVELS, LevelName
from tocsin.policy.model import Ask, Assign, Collector, Document, Kind, Trigger
from tocsin.policy.reasons import ReasonText, told
from tocsin.policy.scanner import Scanner
from tocsin.policy.scoring import Scorer, scorer
from tocsin.policy.strictest import TargetTable
from tocsin.policy.triage import Asker
from tocsin.policy.triggering import Watching
from tocsin.policy.triggers.kinds import TRIGGERS

_UNMUTED = ("minimums.", "clocks.", "evidence.")


class Guard(NamedTuple):
    """A minimum, and what is said where it raises a case."""

    condition: Condition
    id: str
    level: LevelName
    kind: Kind
    told: ReasonText


class Way(NamedTuple):
    """A route; `condition` None takes every case."""

    id: str
    condition: Condition | None
    team: str
    assign: Assign
    told: ReasonText


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Policy:
    """Everything `decide` needs. `thresholds` stand from the highest level down. `at_opening` and `at_escalation`: the
    clocks that start then. `words`: which patterns are found in a text, a bit each. `names_language`: whether a
    condition or a factor asks for the language of a case."""

    document: Document
    version: int
    classification: Classification
    scorers: tuple[Scorer, ...]
    thresholds: tuple[tuple[LevelName, float], ...]
    guards: tuple[Guard, ...]
    watching: tuple[Watching, ...]
    askers: tuple[Asker, ...]
    doubts: tuple[Ask, ...]
    deciding: dict[str, frozenset[str]]
    target_rules: tuple[tuple[str | None, Condition | None, str], ...]
    targets: TargetTable
    ways: tuple[Way, ...]
    clocks: tuple[tuple[ClockName, Condition], ...]
    at_opening: tuple[ClockName, ...]
    at_escalation: tuple[ClockName, ...]
    evidence: tuple[tuple[Collector, Condition | None], ...]
    wake: Condition
    paths: dict[LevelName, str]
    relationships: dict[LevelName, str | None]
    hold: int
    expiry: int
    conditions: tuple[Condition, ...]
    muteable: frozenset[str]
    words: Callable[[str], int]
    names_language: bool


def compile_policy(document: Document, version: int = 0) -> Policy:
    """Compile a checked document. ExpressionError or InvalidInput where it cannot decide every case."""
    conditions: list[Condition] = []
    scanner = Scanner()

    def matchers(path: str, pattern: str) -> Matcher:
        return scanner.matcher(pattern) if path == "case.text" else matcher(pattern)

    def condition(rule: str, source: str, environment: Environment) -> Condition:
        expression = compile_expression(source, environment, expected=BOOL, matchers=matchers)
        conditions.append(Condition(rule, expression, scanner.bits(expression.needs.get("case.text", ()))))
        return conditions[-1]

    def optional(rule: str, source: str | None, environment: Environment) -> Condition | None:
        return None if source is None else condition(rule, source, environment)

    if not document.route or document.route[-1].when is not None:
        raise InvalidInput(say("a case may find no owner"), place="route", expected=say("a last route without `when`"))
    classifiers = tuple(
        classifier(condition(f"classify.{rule.id}", rule.when, ENVIRONMENT), rule.set) for rule in document.classify
    )
    scorers = tuple(scorer(factor, optional(f"score.{factor.name}", factor.when, SCORING)) for factor in document.score)
    guards = tuple(
        Guard(
            condition(f"minimums.{rule.id}", rule.when, SCORING),
            rule.id,
            rule.level,
            rule.kind,
            told("level-minimum", level=rule.level, rule=f"minimums.{rule.id}"),
        )
        for rule in document.minimums
    )
    watching = tuple(
        _watching(trigger, optional(f"triggers.{trigger.id}", trigger.when, SCORING), scanner)
        for trigger in document.triggers
    )
    askers = tuple(
        Asker(f"triage.{ask.id}", ask.within, optional(f"triage.{ask.id}", ask.when, TRIAGE))
        for ask in document.triage.ask
        if ask.on is None
    )
    doubts = tuple(ask for ask in document.triage.ask if ask.on is not None)
    ways = tuple(
        Way(
            f"route.{route.id}",
            optional(f"route.{route.id}", route.when, TRIAGE),
            route.team,
            route.assign,
            told("team-route", team=route.team, rule=f"route.{route.id}"),
        )
        for route in document.route
    )
    target_rules = tuple(
        (rule.severity, optional(f"targets.{rule.id}", rule.when, TRIAGE), f"targets.{rule.id}")
        for rule in document.targets
    )
    clocks = tuple(
        (name, condition(f"clocks.{name}", kind.when, TRIAGE))
        for name, kind in document.clocks.kinds.items()
        if kind.when is not None
    )
    evidence = tuple((one, optional(f"evidence.{one.id}", one.when, TRIAGE)) for one in document.evidence)
    wake = condition("wake", document.wake, TRIAGE)
    scanner.ready()
    return Policy(
        document=document,
        version=version,
        classification=Classification(document, classifiers),
        scorers=scorers,
        thresholds=tuple((name, document.levels[name].at) for name in reversed(LEVELS) if name in document.levels),
        guards=guards,
        watching=watching,
        askers=askers,
        doubts=doubts,
        deciding=_deciding(document, conditions),
        target_rules=target_rules,
        targets=TargetTable(document),
        ways=ways,
        clocks=clocks,
        at_opening=_starting(document, "opened", "classified"),
        at_escalation=_starting(document, "escalated"),
        evidence=evidence,
        wake=wake,
        paths={name: level.path for name, level in document.levels.items()},
        relationships=_relationships(document),
        hold=document.triage.hold.microseconds,
        expiry=document.triage.expiry.microseconds,
        conditions=tuple(conditions),
        muteable=frozenset(
            [
                each.id
                for each in conditions
                if not each.id.startswith(("minimums.", "clocks.", "evidence.")) and each is not wake
            ]
            + [one.rule for one in watching]
            + [asker.id for asker in askers]
            + [f"triage.{ask.id}" for ask in doubts]
            + ([STORM] if document.storm.more_than is not None else [])
        ),
        words=scanner.found,
        names_language=any("case.language" in each.references for each in conditions)
        or any(factor.source == "case.language" for factor in document.score),
    )


def _watching(trigger: Trigger, condition: Condition | None, scanner: Scanner) -> Watching:
    kind = TRIGGERS[trigger.on]
    patterns = kind.patterns(trigger)
    matchers = {name: tuple(map(scanner.matcher, each)) for name, each in patterns.items()}
    words = scanner.bits([pattern for each in patterns.values() for pattern in each])
    return Watching(trigger, kind, f"triggers.{trigger.id}", condition, matchers, words)


def _deciding(document: Document, conditions: list[Condition]) -> dict[str, frozenset[str]]:
    """By what a case is, the names by which its level or team is decided: in minimums, triggers, routes and maps of
    the score."""
    named: dict[str, set[str]] = {"type": set(), "product_area": set(), "severity": set()}
    spelled = {
        field: {fold(name): name for name in known}
        for field, known in (
            ("type", document.types),
            ("product_area", document.product_areas),
            ("severity", document.severities),
        )
    }
    for condition in conditions:
        if condition.id.startswith(("minimums.", "triggers.", "route.", "score.")):
            for field, known in spelled.items():
                compared = condition.compared.get(f"case.{field}", frozenset())
                named[field] |= {known[value] for value in map(str, compared) if value in known}
    for factor in document.score:
        field = (factor.source or "").removeprefix("case.")
        if field in ("type", "product_area") and factor.map is not None:
            named[field] |= {spelled[field][fold(name)] for name in factor.map if fold(name) in spelled[field]}
    return {field: frozenset(names) for field, names in named.items()}


def _starting(document: Document, *moments: str) -> tuple[ClockName, ...]:
    return tuple(name for name, kind in document.clocks.kinds.items() if kind.start in moments)


def _relationships(document: Document) -> dict[LevelName, str | None]:
    """The relationship path of each level: its own, else that of the level below."""
    found: dict[LevelName, str | None] = {}
    below: str | None = None
    for name in LEVELS:
        if name in document.levels:
            below = document.levels[name].relationship or below
            found[name] = below
    return found
