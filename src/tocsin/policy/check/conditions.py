"""Every condition of a document, compiled against the names that it may use in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tocsin.core.errors import Problem
from tocsin.core.texts import fold
from tocsin.core.wording import Said, marked, say
from tocsin.policy.expressions import BOOL, DOUBLE, DYN, INT, STRING, Environment, Expression, ExpressionError, Type
from tocsin.policy.expressions import compile_expression as compiled
from tocsin.policy.facts import ENVIRONMENT, SCORING, TRIAGE
from tocsin.policy.levels import LEVELS
from tocsin.policy.model import Document
from tocsin.policy.structure import near, shown

GOVERNANCE = Environment({"open_escalations": DOUBLE, "median_8_weeks": DOUBLE})
"""What conditions of `governance` may name: counted series."""

_EVIDENCE = ("text", "number", "person", "monitoring")


@dataclass(frozen=True, slots=True)
class Site:
    """Where an expression stands, and what it may name there."""

    key: str
    source: str
    environment: Environment


def sites(document: Document) -> Iterator[Site]:
    """The conditions of a document in its order."""
    for index, target in enumerate(document.targets):
        if target.when is not None:
            yield Site(f"targets[{index}].when", target.when, TRIAGE)
    for index, rule in enumerate(document.classify):
        yield Site(f"classify[{index}].when", rule.when, ENVIRONMENT)
    for factor in document.score:
        if factor.when is not None:
            yield Site(f"score.{factor.name}.when", factor.when, SCORING)
    for index, minimum in enumerate(document.minimums):
        yield Site(f"minimums[{index}].when", minimum.when, SCORING)
    for index, trigger in enumerate(document.triggers):
        if trigger.when is not None:
            yield Site(f"triggers[{index}].when", trigger.when, SCORING)
    for index, ask in enumerate(document.triage.ask):
        if ask.when is not None:
            yield Site(f"triage.ask[{index}].when", ask.when, TRIAGE)
    for index, route in enumerate(document.route):
        if route.when is not None:
            yield Site(f"route[{index}].when", route.when, TRIAGE)
    for clock, kind in document.clocks.kinds.items():
        if kind.when is not None:
            yield Site(f"clocks.kinds.{clock}.when", kind.when, TRIAGE)
    for index, collector in enumerate(document.evidence):
        if collector.when is not None:
            yield Site(f"evidence[{index}].when", collector.when, TRIAGE)
    yield Site("wake", document.wake, TRIAGE)
    peak = document.governance.get("peak")
    if isinstance(peak, dict):
        for name in ("enter", "leave"):
            yield Site(f"governance.peak.{name}", peak[name], GOVERNANCE)


def compile_all(document: Document, problems: list[Problem]) -> dict[str, Expression]:
    """The conditions that compile, by their key; the others, and what can never hold, become problems."""
    found: dict[str, Expression] = {}
    for site in sites(document):
        try:
            expression = compiled(site.source, site.environment, expected=BOOL)
        except ExpressionError as error:
            line = document.lines.get(site.key)
            # The text of a block begins one line below its key; in a folded one line breaks are gone.
            line = line + error.position.line if line and error.position.line > 1 else line
            says = say("{error}, at {place}", error=error.says, place=error.position.says())
            problems.append(Problem(says, site.key, line, error.wanted))
            continue
        found[site.key] = expression
        line = document.lines.get(site.key)
        if expression.never and site.key != "wake":
            problems.append(Problem(say("this is never true"), site.key, line, say("a condition that some case meets")))
        if line is not None:  # and not the default
            problems.extend(_compared(document, site.key, expression))
    problems.extend(_alike(document))
    problems.extend(_factor_fields(document))
    return found


def _compared(document: Document, key: str, expression: Expression) -> Iterator[Problem]:
    """Constants that a field of the policy's own making never has."""
    known: dict[str, tuple[str, ...]] = {
        "case.severity": tuple(document.severities),
        "case.type": tuple(document.types),
        "case.product_area": document.product_areas,
        "decision.level": LEVELS,
        "decision.evidence": _EVIDENCE,
    }
    for field, values in expression.compared.items():
        names = {fold(name) for name in known.get(field, ())}
        for value in sorted(map(str, values)):
            if field in known and value not in names:
                wanted = near(value, known[field]) or say("a name of this document")
                yield Problem(_never(field, value), key, document.lines.get(key), wanted)


def _alike(document: Document) -> Iterator[Problem]:
    """Names of one section that conditions cannot tell apart."""
    sections: dict[str, Iterable[str]] = {
        "severities": document.severities,
        "types": document.types,
        "product_areas": document.product_areas,
    }
    for section, names in sections.items():
        spelled: dict[str, str] = {}
        for name in names:
            if (other := spelled.setdefault(fold(name), name)) != name:
                key = f"taxonomy.{section}"
                line = document.lines.get(f"{key}.{name}", document.lines.get(key))
                says = say("{one} and {other} are one name to a condition", one=shown(other), other=shown(name))
                yield Problem(says, key, line, say("another name"))


def _factor_fields(document: Document) -> Iterator[Problem]:
    """Factors that read a field which does not exist, or is of no use to their curve or map."""
    for factor in document.score:
        if factor.source is None:
            continue
        key = f"score.{factor.name}.from"
        line = document.lines.get(key)
        try:
            found = compiled(factor.source, SCORING, expected=DYN).type
        except ExpressionError as error:
            yield Problem(error.says, key, line, error.wanted)
            continue
        fits: tuple[Type, ...] = (INT, DOUBLE, DYN) if factor.curve is not None else (STRING, INT, BOOL, DYN)
        if found not in fits:
            if factor.curve is not None:
                says, wanted = marked("{field} is a {type}, of no use to a curve"), say("a field that is a number")
            else:
                says, wanted = marked("{field} is a {type}, of no use to a map"), say("a field with a few values")
            yield Problem(say(says, field=factor.source, type=str(found)), key, line, wanted)
        yield from _mapped(document, factor.name, factor.source, factor.map or {})


def _mapped(document: Document, name: str, source: str, values: dict[str, float]) -> Iterator[Problem]:
    """Keys of a map that the field never has."""
    known: dict[str, tuple[str, ...]] = {
        "case.severity": tuple(document.severities),
        "case.type": tuple(document.types),
        "case.product_area": document.product_areas,
    }
    key = f"score.{name}.map"
    spelled: dict[str, str] = {}
    for value in values:
        if (other := spelled.setdefault(fold(value), value)) != value:
            line = document.lines.get(f"{key}.{value}", document.lines.get(key))
            says = say("{one} and {other} are one value", one=shown(other), other=shown(value))
            yield Problem(says, key, line, say("one of the two"))
    names = {fold(name) for name in known.get(source, ())}
    for value in values if source in known else ():
        if fold(value) not in names:
            line = document.lines.get(f"{key}.{value}", document.lines.get(key))
            yield Problem(_never(source, value), key, line, near(value, known[source]))


def _never(field: str, value: str) -> Said:
    return say("{field} is never {value}", field=field, value=shown(value))
