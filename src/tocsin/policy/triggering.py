"""Which triggers of a policy fire for a case, and why. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.core.texts import fold
from tocsin.policy.conditions import Condition, Trace, missing
from tocsin.policy.decision import Decision, Unknown
from tocsin.policy.expressions.runtime.patterns import Matcher
from tocsin.policy.facts import COUNTS, Facts
from tocsin.policy.model import Trigger
from tocsin.policy.reasons import ReasonText, told
from tocsin.policy.seen import Variables, seen
from tocsin.policy.triggers.kind import Looked, TriggerKind, Unread


class Watching(NamedTuple):
    """A trigger, ready to look. `rule`: how reasons name it; `condition` None means every case; `matchers`: of its
    patterns, by name; `words`: these patterns, a bit each, 0 where it has none or some of them are asked alone."""

    trigger: Trigger
    kind: TriggerKind
    rule: str
    condition: Condition | None
    matchers: Mapping[str, Sequence[Matcher]] = {}
    words: int = 0


class Raised(NamedTuple):
    """A trigger that fires, and what is said where it raises a case."""

    trigger: Trigger
    rule: str
    told: ReasonText


def fired(
    watching: tuple[Watching, ...], facts: Facts, variables: Variables, evidence: str, trace: Trace
) -> list[Raised]:
    """Those that fire, in their order. One whose fact is not what it needs is named as unanswered."""
    found = []
    given: Mapping[str, Any] = facts.get(COUNTS, {})
    for one in watching:
        if one.kind.where != "case" and one.trigger.id not in given:
            continue
        if one.words and not one.words & trace.words and one.condition is None:
            continue
        if one.rule in trace.muted or not holds(one, variables, trace):
            continue
        says = one.kind.look(one.trigger, Looked(variables, evidence, given.get(one.trigger.id), one.matchers))
        if says is None:
            continue
        if isinstance(says, Unread):
            trace.unknown.append(Unknown(one.rule, says.says, says.fact))
            continue
        if one.condition is None:
            trace.rules.append(one.rule)
        reason = told(says.code, level=one.trigger.level, rule=one.rule, **says.values)
        found.append(Raised(one.trigger, one.rule, reason))
    return found


def holds(one: Watching, variables: Variables, trace: Trace) -> bool:
    return one.condition is None or one.condition.holds(variables, trace)


class Hit(NamedTuple):
    """A case that a trigger counts. `key`: together with what it is counted; `of`: how people call that; `within`: how
    far back, in microseconds; `least`: from how many on it fires."""

    trigger: str
    key: str
    of: str
    within: int
    least: int


ALL, _NONE = "all", "-"
_TAGS = 10  # of a case that are counted


def hits(watching: tuple[Watching, ...], decision: Decision, account: str | None) -> list[Hit]:
    """What the counting triggers of a policy count this case for. `account`: the id of its customer."""
    counting = [one for one in watching if one.kind.where == "count"]
    if not counting:
        return []
    variables, trace = as_decided(decision)
    return [
        Hit(one.trigger.id, key, of, one.trigger.settings["within"].microseconds, one.trigger.settings["at_least"])
        for one in counting
        if holds(one, variables, trace)
        for key, of in _keys(one.trigger, decision, account)
    ]


def surging(watching: tuple[Watching, ...], decision: Decision) -> list[tuple[str, str]]:
    """The triggers that compare how many cases like this come in with what is usual, each with the area."""
    comparing = [one for one in watching if one.kind.where == "surge"]
    if not comparing or decision.product_area is None:
        return []
    variables, trace = as_decided(decision)
    return [(one.trigger.id, decision.product_area) for one in comparing if holds(one, variables, trace)]


def as_decided(decision: Decision) -> tuple[Variables, Trace]:
    """What conditions of scoring see of a decision, and a trace for them."""
    variables, _ = seen(decision.facts)
    case = variables["case"]
    for name in ("type", "product_area", "severity"):
        value = getattr(decision, name)
        if value is None:
            case.pop(name, None)
        else:
            case[name] = fold(value)
    trace = Trace(decision.facts, frozenset())
    trace.missing = missing(tuple(case), tuple(variables["account"]))
    return variables, trace


def _keys(trigger: Trigger, decision: Decision, account: str | None) -> Iterator[tuple[str, str]]:
    case = decision.facts["case"]
    per = "account" if trigger.on == "account_cases" else trigger.settings["per"]
    if per == "account":
        if account is not None:
            yield account, str(decision.facts["account"].get("name") or account)
    elif per == "tag":
        for tag in case.get("tags", [])[:_TAGS]:
            yield fold(tag), tag
    else:
        value = {"product_area": decision.product_area, "source": case.get("source")}.get(per, ALL)
        yield value or _NONE, value or _NONE
