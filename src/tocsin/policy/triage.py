"""What a decision rests on, and when to ask a person about it."""

import re
from typing import NamedTuple

from tocsin.policy.conditions import Condition, Trace, Variables
from tocsin.policy.decision import Evidence, Override
from tocsin.policy.facts import Facts
from tocsin.policy.model import RANK, LevelName
from tocsin.policy.scoring import DIGITS

# Sources that are machines watching, and people speaking for themselves; any other is a channel that brings text.
_MACHINES = """
    monitoring alertmanager prometheus grafana datadog newrelic dynatrace sentry cloudwatch sns zabbix nagios icinga
    pingdom statuscake uptime uptimerobot heartbeat pagerduty opsgenie cloudevents
"""
MONITORING = frozenset(_MACHINES.split())
PERSON = frozenset({"person", "manual", "agent", "phone"})
# Only a priority that claims something is evidence: help desks fill in "normal" by themselves.
_CLAIMS = "critical urgent emergency blocker highest high major p0 p1 p2 sev0 sev1 sev2 0 1 2"
CLAIMS = frozenset(_CLAIMS.split())
_WORD = re.compile(r"[a-z0-9]+")


class Asker(NamedTuple):
    """One entry of `triage.ask`: near a threshold, or by a condition (whose rule id is used for both)."""

    id: str
    within: float | None
    condition: Condition | None


def evidence_of(facts: Facts, kind: str | None, override: Override | None) -> Evidence:
    """The strongest thing that speaks for the decision beside the customer's words: monitoring, a person, a number.

    Evidence by text alone is nothing from a person, the customer's own priority, monitoring or the number
    affected. `kind` is the type that was decided: one that the sender gave, and the policy knows, is a person's word.
    """
    case = facts["case"]
    source = case.get("source")
    source = source.casefold() if source else ""
    if source in MONITORING:
        return "monitoring"
    if override is not None or source in PERSON or (kind is not None and case.get("type") == kind):
        return "person"
    priority = case.get("priority")
    if priority is not None and (word := _WORD.search(priority.casefold())) and word[0] in CLAIMS:
        return "person"
    return "number" if case.get("users_affected") else "text"


def asks(
    askers: tuple[Asker, ...],
    thresholds: tuple[tuple[LevelName, float], ...],
    variables: Variables,
    floor: int,
    trace: Trace,
) -> tuple[tuple[str, ...], LevelName | None]:
    """The asks that apply, and the level that follows if nobody answers.

    A score near a threshold is worth a question only where the answer could matter: one just below it and not
    lifted above by other means, or one just above it that nothing else holds up. `floor` is the rank at which
    minimums or an override hold the case.
    """
    fired: list[str] = []
    unanswered: LevelName | None = None
    decision = variables["decision"]
    score, rank = decision["score"], RANK[decision["level"]]
    for asker in askers:
        if asker.id in trace.muted:
            continue
        if asker.within is not None:
            near = False
            for level, at in thresholds:
                above = round(score - at, DIGITS)
                if abs(above) > asker.within or floor >= RANK[level]:
                    continue
                near = True
                if above < 0 and RANK[level] > max(rank, RANK[unanswered or "standard"]):
                    unanswered = level
            if not near:
                continue
            trace.rules.append(asker.id)
        elif asker.condition is None or not asker.condition.holds(variables, trace):
            continue
        fired.append(asker.id)
    return tuple(fired), unanswered
