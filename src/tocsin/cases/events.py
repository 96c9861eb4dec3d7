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
        "A person overrode the policy's decision",
        ("severity", "level", "kind", "owner", "team", "reason"),
    ),
    EventKind("case.lowered", "A person lowered its level", ("level", "kind", "reason")),
    EventKind("case.triaged", "Triage was answered, or its time passed", ("answer", "reason")),
    EventKind("case.corrected", "An escalation was corrected as a mistake", ("what", "reason")),
    EventKind(
        "case.requested",
        "Somebody requested a higher level",
        ("level", "hurt", "wants", "needed_by", "reason", "due_at"),
    ),
    EventKind(
        "case.request_answered",
        "The request was answered, or accepted because nobody answered in time",
        ("accepted", "reason"),
    ),
    EventKind("case.assigned", "It has a new owner", ("owner", "name", "reason", "stops")),
    EventKind(
        "case.alerted",
        "A notice was sent",
        ("why", "clock", "cycle", "due_at", "says", "notified", "unreachable", "again"),
    ),
    EventKind("case.matched", "The case was found to belong to another customer", ("account", "name")),
    EventKind(
        "case.nudged", "The person who acknowledged was reminded that the acknowledgement expires soon", ("expires_at",)
    ),
    EventKind(
        "case.escalated",
        "Paging along a path started",
        ("escalation", "level", "kind", "path", "policy_version", "first_at", "hours"),
    ),
    EventKind("case.acknowledged", "Somebody acknowledged the case", ("lead", "kind", "stops", "lasts", "with")),
    EventKind("case.acknowledgement_ended", "The acknowledgement expired, or was given back", ("lead", "why", "kind")),
    EventKind(
        "case.claimed", "Somebody claimed that it is contained or resolved", ("what", "note", "clocks", "at", "again")
    ),
    EventKind(
        "case.contested",
        "The customer or the source said otherwise while a claim waited; its clocks run on",
        ("what", "clocks"),
    ),
    EventKind("case.claim_rejected", "A claim was rejected", ("what", "reason", "clocks", "since", "still")),
    EventKind("case.contained", "The case was marked as contained", ("note", "stops", "claimed_at")),
    EventKind(
        "case.resolved", "The case was resolved; imported history says when", ("note", "stops", "at", "claimed_at")
    ),
    EventKind("case.recovered", "A monitoring tool says that it is over", ("source", "note", "told")),
    EventKind(
        "case.fired_again",
        "Its source says that it is broken, or is again",
        ("source", "status", "note", "at", "told"),
    ),
    EventKind(
        "case.heard",
        "A message that changes nothing was recorded",
        ("source", "kind", "status", "text", "at", "why"),
    ),
    EventKind("case.reopened", "The case was reopened", ("reason",)),
    EventKind("case.closed", "The case was closed; imported history says when", ("note", "at")),
    EventKind("case.merged", "The case was merged into another one", ("into", "number", "reason")),
    EventKind("case.linked", "The case was linked to another one", ("kind", "case", "number")),
    EventKind("case.unlinked", "A link to another case was removed", ("kind", "case", "number", "worked_at")),
    EventKind("case.held", "The case was put on hold; some of its clocks are paused", ("reason", "until", "clocks")),
    EventKind("case.released", "The hold ended; the new times of its clocks", ("reason", "at", "clocks")),
    EventKind(
        "case.confided", "The case was made confidential; where nobody is named, that ended", ("named", "reason")
    ),
    EventKind("case.taken_live", "An imported case was taken live", ("reason", "answer_by")),
    EventKind("case.noted", "Somebody added a note for colleagues", ("text", "audience")),
    EventKind("case.replied", "The customer wrote", ("text", "audience", "subject")),
    EventKind("clocks.started", "Clocks began to run", ("clocks",)),
    EventKind("clocks.superseded", "Running clocks got stricter targets", ("clocks",)),
    EventKind("clocks.corrected", "Targets of running clocks were corrected", ("clocks",)),
    EventKind("clocks.relieved", "A clock was given more time", ("clocks", "reason")),
    EventKind("clocks.restarted", "Clocks that watch for silence were restarted", ("clocks",)),
    EventKind("clocks.cancelled", "Clocks that no longer apply were cancelled", ("clocks", "because")),
    EventKind("clocks.excused", "Missed targets were excused", ("clocks", "by")),
    EventKind("clock.warned", "A share of a clock's time is used up", ("clock", "cycle", "due_at", "next")),
    EventKind("clock.breached", "A target was missed", ("clock", "cycle", "due_at", "late", "again")),
    EventKind(
        "path.stepped",
        "A step of a path paged people, or found nobody",
        (*_STEP, "nobody", "team", "needed", "next"),
    ),
    EventKind(
        "path.unreached",
        "No page of a step could be delivered, so the next step follows at once",
        ("escalation", "pass", "step", "next_at"),
    ),
    EventKind("path.answered", "One of several answers that a step needs", ("escalation", "by", "given", "needed")),
    EventKind("path.declined", "Somebody declined a page", (*_STEP, "by", "next_at")),
    EventKind("path.stopped", "Paging along a path stopped", ("escalation", "state")),
    EventKind("audit.repaired", "The auditor found something wrong and repaired it", ("found",)),
)
