"""What a decision rests on, and when to ask a person about it."""

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tocsin.core.texts import fold
from tocsin.policy.conditions import Condition, Trace
from tocsin.policy.decision import Evidence, Override
from tocsin.policy.facts import Facts
from tocsin.policy.levels import RANK, STANDARD, LevelName
from tocsin.policy.scoring import DIGITS
from tocsin.policy.seen import Variables

# Sources that are machines watching, and people speaking for themselves; any other is a channel that brings text.
_MACHINES = """
    monitoring monitor alertmanager prometheus grafana datadog newrelic dynatrace sentry cloudwatch sns zabbix nagios
    icinga pingdom statuscake uptime uptimerobot uptimekuma betteruptime betterstack heartbeat pagerduty opsgenie
    cloudevents checkmk splunk sensu azuremonitor stackdriver kapacitor victoriametrics thanos mimir netdata centreon
    prtg solarwinds logicmonitor appdynamics instana signoz honeycomb librenms site24x7 cronitor healthchecks nodeping
    bugsnag rollbar victorops squadcast watchdog synthetics
"""
MONITORING = frozenset(_MACHINES.split())
PERSON = frozenset({"person", "manual", "agent", "phone"})
_WORD = re.compile(r"[^\W_]+")
# Only a priority that claims something is evidence: help desks fill in "normal" by themselves.
_CLAIM = re.compile(
    r"(?<![a-z0-9])(?:critical|urgent|emergency|blocker|blocking|immediate|highest|high|major|top|asap"
    r"|p[\W_]*[0-2]|s[\W_]*[0-2]|(?:sev|severity|prio|priority|level)[\W_]*[0-2]|[0-2])(?![a-z0-9])"
)
_NO_CLAIM = re.compile(r"\b(?:not?|non|low(?:er|est)?|minor|normal|medium|moderate|trivial|none)(?![a-z])")


def monitors(source: str) -> bool:
    """Whether a source is a machine that watches: one of the words of its name, or two that stand together, is the
    name of one, as in "prometheus-eu" and "New Relic"."""
    words = _WORD.findall(fold(source))
    return any(word in MONITORING for word in (*words, *map("".join, pairwise(words))))


def claims(priority: str) -> bool:
    """Whether a priority says that it is urgent: "Urgent", "P1", "Sev 1", "1 - Critical", in any spelling."""
    words = fold(priority)
    return _CLAIM.search(words) is not None and _NO_CLAIM.search(words) is None


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
    spoken = _by_source(source) if source else None
    if spoken == "monitoring":
        return spoken
    if override is not None or spoken == "person" or _given(case.get("type"), kind):
        return "person"
    priority = case.get("priority")
    if priority is not None and claims(priority):
        return "person"
    return "number" if case.get("users_affected") else "text"


@lru_cache(maxsize=1024)  # an installation has few sources, and every decision asks
def _by_source(source: str) -> Evidence | None:
    """What a source speaks for by itself."""
    if monitors(source):
        return "monitoring"
    return "person" if fold(source).strip() in PERSON else None


def _given(said: str | None, kind: str | None) -> bool:
    return said is not None and kind is not None and (said == kind or fold(said).strip() == fold(kind))


def question(ask: str, level: LevelName) -> str:
    """What was asked, as facts keep it once somebody has answered: at another level it is another question."""
    return f"{ask} at {level}"


def asks(
    askers: tuple[Asker, ...],
    thresholds: tuple[tuple[LevelName, float], ...],
    variables: Variables,
    floor: int,
    settled: Collection[str],
    trace: Trace,
) -> tuple[tuple[str, ...], LevelName | None]:
    """The asks that apply, and the level that follows if nobody answers.

    A score near a threshold is worth a question only where the answer could matter: one just below it and not
    lifted above by other means, or one just above it that nothing else holds up. `floor` is the rank at which
    minimums or an override hold the case. `settled`: the questions that somebody has answered, which raise nothing.
    """
    fired: list[str] = []
    unanswered: LevelName | None = None
    decision = variables["decision"]
    score, rank = decision["score"], RANK[decision["level"]]
    for asker in askers:
        if asker.id in trace.muted or question(asker.id, decision["level"]) in settled:
            continue
        if asker.within is not None:
            near = False
            for level, at in thresholds:
                above = round(score - at, DIGITS)
                if abs(above) > asker.within or floor >= RANK[level]:
                    continue
                near = True
                if above < 0 and RANK[level] > max(rank, RANK[unanswered or STANDARD]):
                    unanswered = level
            if not near:
                continue
            trace.rules.append(asker.id)
        elif asker.condition is None or not asker.condition.holds(variables, trace):
            continue
        fired.append(asker.id)
    return tuple(fired), unanswered
