"""How answers are described: the words of JSON Schema, and what a case and its parts look like."""

from typing import Any

from tocsin.policy.levels import LEVELS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
AT: Schema = {"type": "string", "format": "date-time"}
MAYBE_AT: Schema = {"type": ["string", "null"], "format": "date-time"}
ID: Schema = {"type": "string", "minLength": 13, "maxLength": 13}
LEVEL: Schema = {"enum": list(LEVELS)}
STATE: Schema = {"enum": ["open", "resolved", "closed", "merged"]}
FREE: Schema = {"type": "object"}


def record(*optional: str, **fields: Schema) -> Schema:
    """An object with these fields, all of them there but the optional ones."""
    return {"type": "object", "properties": fields, "required": [name for name in fields if name not in optional]}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _all_of(names: str, schema: Schema) -> dict[str, Schema]:
    return dict.fromkeys(names.split(), schema)


# `_AT_FIRST`: what the answer to a new ticket says; the rest cannot have happened yet.
_CLOCK_AT_FIRST: dict[str, Schema] = {
    **_all_of("clock title target calendar", TEXT),
    "cycle": WHOLE,
    **_all_of("started_at due_at original_due_at", AT),
    "settled_at": MAYBE_AT,
    "paused": FLAG,
    "outcome": MAYBE,
}
NEW_CLOCK = record(**_CLOCK_AT_FIRST)
NEW_CLOCK["additionalProperties"] = False
CLOCK = record(
    "spare",
    **_CLOCK_AT_FIRST,
    **_all_of("warn_at paused_at claimed_at contested_at confirmed_at done_at", MAYBE_AT),
    **_all_of("cancelled_because excused_by", MAYBE),
    spare={"type": ["integer", "null"], "description": "Seconds of working time that were left when it was met"},
)
ESCALATION = record(
    **_all_of("kind path", TEXT),
    id=ID,
    state={"enum": ["climbing", "acknowledged", "stopped", "exhausted", "unheard"]},
    next_at=MAYBE_AT,
    **_all_of("needed answered", WHOLE),
)
CALL = record(
    id=ID,
    target=record(
        kind={"enum": ["user", "roster", "team"], "description": "What was called in"},
        name={**TEXT, "description": "Its name"},
    ),
    by={**MAYBE, "description": "The user who called them in; null for a token"},
    reason={**MAYBE, "description": "What they are needed for"},
    state={
        "enum": ["calling", "answered", "declined", "unanswered", "withdrawn", "over"],
        "description": "Whether they come; withdrawn: the call was undone; over: the case ended before",
    },
    rounds={**WHOLE, "description": "How often they were paged"},
    called={**many(TEXT), "description": "The users who were paged, in that order"},
    declined={**many(TEXT), "description": "Those of them who declined"},
    answered_by={**MAYBE, "description": "The user who comes"},
    started_at=AT,
    next_at={**MAYBE_AT, "description": "When they are paged again, or the caller is told that nobody comes"},
    ended_at={**MAYBE_AT, "description": "When it was answered, or ended without an answer"},
)
TRIAGE = record("asks", answer_by=AT, level_if_unanswered=MAYBE, asks=many(TEXT))
_CASE_AT_FIRST: dict[str, Schema] = {
    "id": ID,
    "number": WHOLE,
    **_all_of("external_id kind type product_area owner team account_id technical_lead", MAYBE),
    **_all_of("source subject severity", TEXT),
    "account": either(record(external_id=MAYBE, name=TEXT), {"type": "null"}),
    "url": {**MAYBE, "description": "Where the ticket is found in its own tool"},
    "priority": {**MAYBE, "description": "As the customer put it"},
    "attributes": FREE,
    "state": STATE,
    "level": LEVEL,
    "score": NUMBER,
    **_all_of("opened_at updated_at", AT),
    **_all_of("occurred_at acknowledged_at resolved_at", MAYBE_AT),
    "imported": FLAG,
    "escalations": many(ref("Escalation")),
}
_CASE: dict[str, Schema] = {
    **_CASE_AT_FIRST,
    **_all_of("escalation_manager corrected", MAYBE),
    "parent": {"type": ["integer", "null"]},
    **_all_of("closed_at acknowledged_until contained_at containment_claimed_at resolution_claimed_at", MAYBE_AT),
    **_all_of("contested_at recovered_at provisional_until held_at held_until", MAYBE_AT),
    **_all_of("confidential acknowledged contained held", FLAG),
    "named": many(TEXT),
    "followers": {**many(TEXT), "description": "The users who follow it, and are told of what becomes of it"},
    "bridge": {**MAYBE, "description": "The call or chat where those who work on it talk: http, https or tel"},
    "calls": {**many(ref("Call")), "description": "Who was called in, and whether they come"},
    "request": either(record(level=LEVEL, due_at=MAYBE_AT), {"type": "null"}),
    "triage": either(ref("Triage"), {"type": "null"}),
    "clocks": many(ref("Clock")),
}
_ALSO = many(WHOLE) | {"description": "Other cases whose ticket has the same number"}
EFFECTS = ["opened", "linked", "reopened", "changed", "unchanged", "recorded"]
_EFFECT: Schema = {"enum": EFFECTS, "description": "The result of a signal"}
_UNCHANGED: Schema = {**FLAG, "description": "The ticket had this case already"}
NEW_CASE = record(
    *("effect", "says", "unchanged"),
    **_CASE_AT_FIRST,
    clocks=many(ref("NewClock")),
    decision=ref("Decision"),
    effect=_EFFECT,
    says=TEXT,
    unchanged=_UNCHANGED,
)
NEW_CASE["additionalProperties"] = False
NEW_CASE["description"] = "A case that this ticket has opened, without what cannot have happened to it yet"
UNDONE = record(
    verb={**TEXT, "description": "The verb that was undone"},
    event={**WHOLE, "description": "The event that says what was undone, by its number in the timeline"},
    by={**TEXT, "description": "Who had done it"},
    paged={**WHOLE, "description": "How many people had been paged since"},
    told={**WHOLE, "description": "How many others had been told something since"},
    customer={**FLAG, "description": "Whether the customer had been written to since"},
    says={**TEXT, "description": "All of it in a sentence"},
)
CASE = record(
    *("decision", "unchanged", "effect", "says", "also", "undone"),
    **_CASE,
    also=_ALSO,
    effect=_EFFECT,
    says=TEXT,
    decision=either(ref("Decision"), {"type": "null"}),
    unchanged=_UNCHANGED,
    undone={**UNDONE, "description": "What was undone, where that was asked for"},
)
PAGE = record(
    **_all_of("kind user channel state", TEXT),
    id=ID,
    attempts=WHOLE,
    **_all_of("queued_at sent_at settled_at acknowledged_at declined_at", MAYBE_AT),
    error=MAYBE,
)
ACTION = record(
    *("why_not", "code"),
    allowed=FLAG,
    why_not=TEXT,
    code={**TEXT, "description": "Which reason it is, in a word for programs"},
)
QUESTION = record(
    asks={**TEXT, "description": "What it is about, for programs"},
    question={**TEXT, "description": "What the case asks of people now"},
    acts={**many(TEXT), "description": "The verbs that answer it, the likeliest first"},
    otherwise={**MAYBE, "description": "What follows without an answer"},
    at={**MAYBE_AT, "description": "When that follows"},
)
UNDO = record(
    event={**WHOLE, "description": "The event that says what was done, by its number in the timeline"},
    verb={**TEXT, "description": "What was done"},
    by={**TEXT, "description": "Who did it"},
    until={**AT, "description": "How long it can be undone"},
    says={**TEXT, "description": "What was done, in a sentence"},
)
SHOWN_CASE = record(
    *("decision", "answers_for", "as_of", "erased"),
    **_CASE,
    also=_ALSO,
    decision=ref("Decision"),
    pages=many(ref("Page")),
    actions={"type": "object", "additionalProperties": ref("Action")},
    next=either(ref("Question"), {"type": "null"}),
    undo=either(ref("Undoable"), {"type": "null"}),
    answers_for=record(id=ID, number=WHOLE),
    as_of={**AT, "description": "The instant as of which the case is shown, where one was asked for"},
    erased={**many(TEXT), "description": "What can no longer be told of that instant, since content was erased"},
)
_STANDING = record(
    unanswered={**FLAG, "description": "Whether people are paged, and nobody has answered"},
    waits={**FLAG, "description": "Whether it waits for the customer, or for somebody to confirm a claim"},
    risk={"enum": ["late", "high", "some", "low"], "description": "How near it is to missing a target"},
    next={**MAYBE, "description": "The clock that runs out first"},
    next_due_at={**MAYBE_AT, "description": "When that is"},
    late={**many(TEXT), "description": "The clocks that ran out, the first of them first"},
    undone={**many(TEXT), "description": "Those of them whose deed is still to come"},
    missed_at={**MAYBE_AT, "description": "Since when it has been late"},
)
NOW_CASE = record(
    **_CASE,
    standing={**_STANDING, "description": "How the case stands"},
    paged={**many(TEXT), "description": "Who was paged by the paths that nobody has answered"},
)
RECORDED = record(effect={"const": "recorded"}, says=TEXT, source=MAYBE, external_id=MAYBE)
RECORDED["additionalProperties"] = False
OUTLINE = record(id=ID, number=WHOLE, external_id=MAYBE, state=STATE, confidential=FLAG)
OUTLINE["additionalProperties"] = False
OUTLINE["description"] = "A case, for a sender that may not see it: confidential, or the token may not read cases"
EVENT = record(seq=WHOLE, kind=TEXT, at=AT, actor=TEXT, payload={})
PROBLEM = record(
    *("place", "expected", "problems", "version", "yours", "current"),
    type={**TEXT, "examples": ["urn:tocsin:problem:invalid-input"]},
    title=TEXT,
    status=WHOLE,
    code={
        **TEXT,
        "description": "Which refusal it is, in a word for programs",
        "examples": ["there-is-no-team"],
    },
    detail=TEXT,
    place={**TEXT, "description": "The field, parameter or header"},
    expected={**TEXT, "description": "What was expected"},
    version={"type": ["integer", "null"], "description": "Of a 412: the version that there is now"},
    yours={"type": ["object", "null"], "description": "Of a 412: what was sent, without its secrets"},
    current={"type": ["object", "null"], "description": "Of a 412: what there is now, as this viewer may see it"},
    problems=many(
        record(
            line={"type": ["integer", "null"]},
            key=TEXT,
            code={
                **TEXT,
                "description": "Which problem it is, in a word for programs; empty where the words are not ours",
            },
            message=TEXT,
            expected=MAYBE,
        )
    ),
)
PROBLEM["description"] = "RFC 9457"

SHAPES: dict[str, Schema] = {
    "Clock": CLOCK,
    "Escalation": ESCALATION,
    "Call": CALL,
    "Triage": TRIAGE,
    "Case": CASE,
    "NewCase": NEW_CASE,
    "NewClock": NEW_CLOCK,
    "ShownCase": SHOWN_CASE,
    "NowCase": NOW_CASE,
    "CaseOutline": OUTLINE,
    "Recorded": RECORDED,
    "AnyCase": either(ref("CaseOutline"), ref("Case")),
    "Page": PAGE,
    "Action": ACTION,
    "Question": QUESTION,
    "Undoable": UNDO,
    "Event": EVENT,
    "Problem": PROBLEM,
}
