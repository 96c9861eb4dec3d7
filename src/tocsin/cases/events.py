"""The kinds of events of cases, and what their payloads hold. Ids are text, instants are microseconds."""

from tocsin.ledger.kinds import EventKind
from tocsin.policy.decision import Decision

_DECISION = Decision.__struct_fields__
_STEP = ("escalation", "pass", "step", "notified", "unreachable")

EVENTS = (
    EventKind(
        "case.opened",
        "A ticket became a case",
        ("number", "source", "external_id", "account", "subject", "occurred_at", "imported", "linked_to"),
    ),
    EventKind("case.decided", "The policy decided what to do with it; the payload is the whole decision", _DECISION),
    EventKind("case.reclassified", "Its facts changed and it was decided again; the whole decision", _DECISION),
    EventKind(
        "case.overridden",
        "A person set what the policy had decided otherwise",
        ("severity", "level", "kind", "owner", "team", "reason"),
    ),
    EventKind("case.lowered", "A person lowered its level", ("level", "kind", "reason")),
    EventKind("case.triaged", "What triage asks was answered, or its time has passed", ("answer", "reason")),
    EventKind("case.corrected", "It was escalated by mistake", ("what", "reason")),
    EventKind(
        "case.requested",
        "Somebody asks for a higher level",
        ("level", "hurt", "wants", "needed_by", "reason", "due_at"),
    ),
    EventKind("case.request_answered", "The request was answered, or silence accepted it", ("accepted", "reason")),
    EventKind("case.assigned", "It has a new owner", ("owner", "name", "reason", "stops")),
    EventKind(
        "case.alerted",
        "People were told something, which asks for no answer",
        ("why", "clock", "cycle", "due_at", "says", "notified", "unreachable", "again"),
    ),
    EventKind("case.matched", "It is the case of another customer than was known", ("account", "name")),
    EventKind("case.nudged", "Whoever acknowledged was reminded that this is about to expire", ("expires_at",)),
    EventKind(
        "case.escalated",
        "A path began to climb",
        ("escalation", "level", "kind", "path", "policy_version", "first_at", "hours"),
    ),
    EventKind("case.acknowledged", "Somebody took it on", ("lead", "kind", "stops", "lasts", "with")),
    EventKind("case.acknowledgement_ended", "The acknowledgement expired, or was given back", ("lead", "why", "kind")),
    EventKind(
        "case.claimed", "Somebody says that it is contained, or resolved", ("what", "note", "clocks", "at", "again")
    ),
    EventKind(
        "case.contested",
        "The customer or the source said otherwise while a claim waited; its clocks run on",
        ("what", "clocks"),
    ),
    EventKind("case.claim_rejected", "A senior says that it is not", ("what", "reason", "clocks", "since", "still")),
    EventKind("case.contained", "The damage grows no more", ("note", "stops", "claimed_at")),
    EventKind(
        "case.resolved", "It is solved; imported history says when it was", ("note", "stops", "at", "claimed_at")
    ),
    EventKind("case.recovered", "A monitoring tool says that it is over; a senior is asked", ("source", "note")),
    EventKind("case.fired_again", "Its source says that it is broken, or is again", ("source", "status", "note", "at")),
    EventKind(
        "case.heard",
        "Something was said of it that changes nothing, and is kept",
        ("source", "kind", "status", "text", "at", "why"),
    ),
    EventKind("case.reopened", "It is open again", ("reason",)),
    EventKind("case.closed", "It is done with; imported history says since when", ("note", "at")),
    EventKind("case.merged", "Another case stands for it from now on", ("into", "number", "reason")),
    EventKind("case.linked", "It has to do with another case", ("kind", "case", "number")),
    EventKind("case.unlinked", "It has nothing more to do with that case", ("kind", "case", "number", "worked_at")),
    EventKind("case.held", "It waits, and some of its clocks with it", ("reason", "until", "clocks")),
    EventKind("case.released", "It waits no more; what is new of its clocks", ("reason", "at", "clocks")),
    EventKind("case.confided", "Only those named may see it; everybody, where nobody is named", ("named", "reason")),
    EventKind("case.taken_live", "It was imported, and is worked on from now on", ("reason", "answer_by")),
    EventKind("case.noted", "Somebody wrote something down for colleagues", ("text", "audience")),
    EventKind("case.replied", "The customer wrote", ("text", "audience", "subject")),
    EventKind("clocks.started", "Clocks began to run", ("clocks",)),
    EventKind("clocks.superseded", "Running clocks got stricter targets", ("clocks",)),
    EventKind("clocks.corrected", "Running clocks got the targets that they should have had", ("clocks",)),
    EventKind("clocks.relieved", "A clock was given more time", ("clocks", "reason")),
    EventKind("clocks.restarted", "Clocks that watch for silence began anew", ("clocks",)),
    EventKind("clocks.cancelled", "Clocks lost their reason", ("clocks", "because")),
    EventKind("clocks.excused", "Breaches that reports count apart", ("clocks", "by")),
    EventKind("clock.warned", "A share of a clock's time is used up", ("clock", "cycle", "due_at", "next")),
    EventKind("clock.breached", "A clock passed its time", ("clock", "cycle", "due_at", "late", "again")),
    EventKind(
        "path.stepped",
        "A step of a path notified people, or found nobody",
        (*_STEP, "nobody", "team", "needed", "next"),
    ),
    EventKind(
        "path.unreached",
        "No page of a step could be delivered, so the next one does not wait",
        ("escalation", "pass", "step", "next_at"),
    ),
    EventKind("path.answered", "One of several answers that a step needs", ("escalation", "by", "given", "needed")),
    EventKind("path.declined", "Somebody handed a page on to the backup", (*_STEP, "by", "next_at")),
    EventKind("path.stopped", "A path climbs no more", ("escalation", "state")),
    EventKind("audit.repaired", "The auditor found something wrong and put it right", ("found",)),
)
