"""What people do to a case: each verb is one value (`verb.py`), declared in the file of its subject. Its plan is pure:
who does it and what they say in, events out, which `acting` writes. A verb checks the role, whether its viewer may see
the case, and whether the case allows it, in this order."""

from tocsin.cases.verbs.acknowledgement import acknowledge
from tocsin.cases.verbs.assignment import assign
from tocsin.cases.verbs.bridges import bridge
from tocsin.cases.verbs.calls import call_in
from tocsin.cases.verbs.confidentiality import restrict
from tocsin.cases.verbs.containment import confirm_containment, contain, reject_containment
from tocsin.cases.verbs.correction import correct
from tocsin.cases.verbs.declining import decline
from tocsin.cases.verbs.escalation import answer_request, lower, raise_, request
from tocsin.cases.verbs.followers import follow, unfollow
from tocsin.cases.verbs.hold import hold, resume
from tocsin.cases.verbs.links import dismiss_parent, link, unlink
from tocsin.cases.verbs.milestones import mark_milestone
from tocsin.cases.verbs.notes import note
from tocsin.cases.verbs.override import override
from tocsin.cases.verbs.relief import extend
from tocsin.cases.verbs.reopening import close, reopen
from tocsin.cases.verbs.resolution import confirm_resolution, reject_resolution, resolve
from tocsin.cases.verbs.risk import answer_risk
from tocsin.cases.verbs.teams import answer_team, ask_team
from tocsin.cases.verbs.triage import answer_triage, snooze_triage
from tocsin.cases.verbs.undo import undo

__all__ = [
    "acknowledge",
    "answer_request",
    "answer_risk",
    "answer_team",
    "answer_triage",
    "ask_team",
    "assign",
    "bridge",
    "call_in",
    "close",
    "confirm_containment",
    "confirm_resolution",
    "contain",
    "correct",
    "decline",
    "dismiss_parent",
    "extend",
    "follow",
    "hold",
    "link",
    "lower",
    "mark_milestone",
    "note",
    "override",
    "raise_",
    "reject_containment",
    "reject_resolution",
    "reopen",
    "request",
    "resolve",
    "restrict",
    "resume",
    "snooze_triage",
    "undo",
    "unfollow",
    "unlink",
]
