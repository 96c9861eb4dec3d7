"""A policy whose minutes are seconds."""

# Everything that takes minutes elsewhere takes a second or two here.
POLICY = """
name: Quick
calendars:
  always: {hours: 24x7}
default_severity: critical
taxonomy:
  product_areas: [api]
  severities:
    critical: {definition: All of it, calendar: always,
               targets: {assign: 2s, acknowledge: 3s, contain: 4s, resolve: 5s, idle: 4s}}
  types:
    outage: {title: Outage, severity: critical}
score:
  severity: {weight: 100, from: case.severity, map: {critical: 1}}
levels:
  executive: {at: 100, path: all}
  senior: {at: 50, path: all}
triage: {expiry: 15m, hold: 1s}
route:
  - {id: rest, team: engineering, assign: oncall}
duties: {duty-director: ["user:admin"]}
paths:
  all:
    leader: role:duty-director
    steps: [{notify: ["user:admin"], wait: 1s}, {notify: ["role:duty-director"], wait: 1s}]
    repeat: 1
clocks: {warnings: {resolve: [0.5]}}
wake: 'true'
"""
