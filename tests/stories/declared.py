"""Clocks of its own for the policy of the process, as changes of its text."""

KINDS = """clocks:
  kinds:
    respond: {title: First response, start: opened, stop: [customer_update], tell: [owner, lead], warn: [0.5]}
    reply: {title: Next response, start: customer_reply, stop: [customer_update], pause: true, tell: [owner]}
    owe: {title: Answer of a team, start: asked_team, restart: true, stop: [answered_team], tell: [asked]}
    rca:
      title: Cause explained
      when: 'decision.level != "standard"'
      start: resolved
      stop: [explained]
      tell: ["role:duty-director"]
    early_warning:
      title: NIS2 early warning
      when: 'case.type == "slow"'
      start: classified
      stop: ["marked:authority-warned"]
      followers: parent
      excusable: false
  grace: 10m
  pause: {clocks: [resolve, idle], at_most: 72h}
  warnings: {contain: [0.5, 0.8], resolve: [0.5]}
"""
DECLARED = (
    (
        "clocks: {grace: 10m, pause: {clocks: [resolve, idle], at_most: 72h}, "
        "warnings: {contain: [0.5, 0.8], resolve: [0.5]}}\n",
        KINDS,
    ),
    ("low: {calendar: office, targets: {", "low: {calendar: office, targets: {respond: 4h, reply: 2h, owe: 1h, "),
    ("high: {calendar: office, targets: {", "high: {calendar: office, targets: {rca: 5d, early_warning: 1d, owe: 1h, "),
    ("critical: {calendar: always, targets: {", "critical: {calendar: always, targets: {early_warning: 1d, "),
)
