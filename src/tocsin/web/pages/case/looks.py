"""How events of a case are shown in its history: their kind, sign and tone, and what is said before a quote. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from tocsin.core.wording import Said, marked, say

Group = Literal["people", "customer", "pages", "clocks", "decisions"]
GROUPS: dict[Group, str] = {
    "people": marked("People"),
    "customer": marked("Customer"),
    "pages": marked("Paging"),
    "clocks": marked("Clocks"),
    "decisions": marked("Decisions"),
}


class Look(NamedTuple):
    """How events of a kind are shown. `tone`: claim, missed, or none. `first`: whether the sentence goes on behind the
    name of whoever did it."""

    group: Group
    icon: str
    tone: str = ""
    first: bool = False


class Quoted(NamedTuple):
    """What is said in place of the sentence, where the text of somebody stands below it, in its own words. `field`: in
    the payload."""

    says: Said
    field: str


_LOOKS: dict[str, Look] = {
    "case.opened": Look("customer", "inbox"),
    "case.replied": Look("customer", "mail"),
    "case.customer_update": Look("customer", "megaphone", first=True),
    "case.explained": Look("customer", "file-text", first=True),
    "case.contested": Look("customer", "triangle-alert"),
    "case.heard": Look("customer", "activity"),
    "case.recovered": Look("customer", "activity"),
    "case.fired_again": Look("customer", "activity"),
    "case.matched": Look("customer", "building-2"),
    "case.decided": Look("decisions", "layers"),
    "case.reclassified": Look("decisions", "repeat"),
    "case.triaged": Look("decisions", "message-circle-question-mark"),
    "case.escalated": Look("decisions", "chevrons-up"),
    "case.lowered": Look("decisions", "arrow-down"),
    "case.overridden": Look("decisions", "square-pen"),
    "case.corrected": Look("decisions", "undo-2"),
    "case.requested": Look("decisions", "arrow-up", first=True),
    "case.request_answered": Look("decisions", "gavel"),
    "case.alerted": Look("pages", "bell"),
    "case.nudged": Look("pages", "bell"),
    "case.acknowledged": Look("people", "check", "did", first=True),
    "case.claimed": Look("people", "shield-check", "claim", first=True),
    "case.contained": Look("people", "shield-check", "claim"),
    "case.resolved": Look("people", "circle-check", "claim"),
    "case.claim_rejected": Look("people", "circle-x", first=True),
    "case.noted": Look("people", "message-square", "did", first=True),
    "case.assigned": Look("people", "user"),
    "case.held": Look("people", "pause"),
    "case.released": Look("people", "play"),
    "case.linked": Look("people", "link"),
    "case.merged": Look("people", "git-merge"),
    "case.unlinked": Look("people", "unlink"),
    "case.closed": Look("people", "lock"),
    "case.undone": Look("people", "undo-2"),
    "case.asked_team": Look("people", "users", first=True),
    "case.answered_team": Look("people", "users"),
    "case.bridged": Look("people", "phone"),
    "case.confided": Look("people", "lock"),
    "case.followed": Look("people", "eye", first=True),
    "case.unfollowed": Look("people", "eye", first=True),
    "case.marked": Look("people", "flag"),
    "call.answered": Look("pages", "phone-call", first=True),
    "call.declined": Look("pages", "phone", first=True),
    "call.started": Look("pages", "phone-call", first=True),
    "path.answered": Look("pages", "check", first=True),
    "path.declined": Look("pages", "user-x", first=True),
    "path.stepped": Look("pages", "bell-ring"),
    "path.unreached": Look("pages", "triangle-alert", "missed"),
    "page.failed": Look("pages", "triangle-alert", "missed"),
    "notice.failed": Look("pages", "triangle-alert", "missed"),
    "clock.breached": Look("clocks", "x", "missed"),
    "clock.warned": Look("clocks", "hourglass"),
    "clocks.met": Look("clocks", "check"),
    "clocks.relieved": Look("clocks", "calendar-clock"),
}
_OTHERWISE: tuple[tuple[str, Look], ...] = (
    ("clock", Look("clocks", "clock")),
    ("call.", Look("pages", "phone")),
    ("path.", Look("pages", "bell")),
    ("alarm.", Look("pages", "siren")),
    ("effect.", Look("customer", "webhook")),
    ("", Look("people", "history")),
)
_QUOTED = {
    "case.noted": Quoted(say("noted"), "text"),
    "case.replied": Quoted(say("The customer wrote"), "text"),
    "case.customer_update": Quoted(say("wrote to the customer"), "text"),
    "case.explained": Quoted(say("explained the cause to the customer"), "text"),
    "case.answered_team": Quoted(say("the team's answer"), "answer"),
}
_CLAIMS = {"containment": say("says that it is contained"), "resolution": say("says that it is resolved")}
_REJECTED = {
    "containment": say("says that it is not contained yet"),
    "resolution": say("says that it is not resolved yet"),
}

# Where a sentence ends with what somebody gave as their reason or note: the field in which that stands.
_BELOW = {
    **dict.fromkeys(("case.contained", "case.resolved", "case.closed", "case.marked"), "note"),
    **dict.fromkeys(("case.reopened", "case.held", "case.released", "case.merged", "case.overridden"), "reason"),
    **dict.fromkeys(("case.lowered", "case.triaged", "case.corrected", "case.request_answered"), "reason"),
    **dict.fromkeys(("case.confided", "clocks.relieved", "call.started"), "reason"),
}


def look(kind: str) -> Look:
    """How events of a kind are shown."""
    return _LOOKS.get(kind) or next(shown for begins, shown in _OTHERWISE if kind.startswith(begins))


def quoted(kind: str, payload: Mapping[str, Any]) -> tuple[Said | None, str | None]:
    """What is said before a quote, and the quote; None and None where the sentence of its kind says it all."""
    if kind == "case.claimed" and payload.get("what") in _CLAIMS:
        return _CLAIMS[payload["what"]], payload.get("note")
    if kind == "case.claim_rejected" and payload.get("what") in _REJECTED:
        return _REJECTED[payload["what"]], payload.get("reason")
    known = _QUOTED.get(kind)
    if known is None or not payload.get(known.field):
        return None, None
    return known.says, payload[known.field]


def below(kind: str, payload: Mapping[str, Any]) -> str | None:
    """The field whose text somebody typed, to stand as a quote below the sentence of its kind; None where there is
    none, or where Tocsin said it (`words`)."""
    field = _BELOW.get(kind)
    return field if field and payload.get(field) and not payload.get("words") else None
