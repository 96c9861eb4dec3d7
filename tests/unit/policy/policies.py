"""A small policy for tests, and the starters, compiled once."""

from functools import cache
from typing import Any

from tocsin.core import instants
from tocsin.policy import starters
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision, Override
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of

NOON = instants.from_text("2026-01-07T12:00:00Z")  # a Wednesday
NIGHT = instants.from_text("2026-01-10T23:00:00Z")  # a Saturday

SMALL = """
name: Small
calendars:
  always: {hours: 24x7}
  office: {zone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}
default_severity: medium
taxonomy:
  product_areas: [api, billing]
  severities:
    critical: {calendar: always, targets: {assign: 5m, acknowledge: 15m, contain: 4h, resolve: 24h, update: 60m}}
    high: {calendar: office, targets: {assign: 15m, acknowledge: 2h, resolve: 3bd, idle: 4h}}
    medium: {calendar: office, targets: {assign: 1h, resolve: 5bd, idle: 1bd}}
    low: {calendar: office, targets: {assign: 4h, resolve: 10bd}}
  types:
    outage: {title: Outage, severity: critical}
    slow: {title: Slow, severity: high}
    question: {title: Question, severity: low}
    other: {title: Other}
targets:
  - {id: gold, when: 'account.plan == "gold"', severity: high, calendar: always, targets: {acknowledge: 4h, update: 2h}}
  - {id: everyone, targets: {resolve: {in: 30d, from: opened, calendar: always}}}
classify:
  - {id: down, when: 'case.text.matches("(?i)\\\\bis down\\\\b")', set: {type: outage}}
  - {id: slow, when: 'case.text.contains("slow")', set: {type: slow, product_area: api}}
  - {id: invoice, when: 'case.text.contains("invoice")', set: {product_area: billing}}
  - {id: hot, when: '"hot" in case.tags', set: {severity: high}}
score:
  people: {weight: 40, from: case.users_affected, curve: [[0, 0], [10, 0.5], [100, 1]], missing: 0.25}
  segment: {weight: 20, from: account.segment, map: {strategic: 1, business: 0.5}, missing: 0.3}
  press: {weight: 10, when: '"press" in case.tags'}
  severity: {weight: 30, from: case.severity, map: {critical: 1, high: 0.6, medium: 0.2, low: 0}}
levels:
  executive: {at: 80, path: top, relationship: care}
  senior:
    at: 60
    path: senior
    relationship: care
    targets: {acknowledge: {in: 1h, calendar: office}, contain: {in: 8h, calendar: office}}
minimums:
  - {id: critical, when: 'case.severity == "critical"', level: senior}
  - {id: angry, when: 'account.segment == "strategic" && case.sentiment == "angry"', level: senior, kind: relationship}
  - {id: chief, when: '"chief" in case.tags', level: executive, kind: relationship}
triage:
  expiry: 15m
  hold: 2m
  ask:
    - {id: near, within: 3}
    - {id: text-only, when: 'decision.evidence == "text" && decision.level != "standard"'}
route:
  - {id: billing, when: 'case.product_area == "billing"', team: billing, assign: oncall}
  - {id: rest, team: support, assign: least_loaded}
paths:
  top: {leader: "user:admin", steps: [{notify: ["user:admin"]}]}
  senior: {leader: "user:admin", steps: [{notify: ["oncall:senior"]}]}
  care: {leader: "user:admin", steps: [{notify: ["owner:account"]}]}
wake: 'case.severity == "critical"'
"""


@cache
def small() -> Policy:
    return compile_policy(parse(SMALL), version=7)


@cache
def starter(name: str) -> Policy:
    return compile_policy(parse(starters.text(name)))


def decided(override: Override | None = None, now: int = NOON, policy: Policy | None = None, **body: Any) -> Decision:
    """A decision of the small policy about a case with these fields."""
    return decide(policy or small(), facts_of({"subject": "Hello", **body}), now, override)
