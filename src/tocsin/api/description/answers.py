"""What each route answers when it does what it is asked: status and shape, by method and path below /api/v1."""

from typing import NamedTuple

from tocsin.api.description import alike, collected, guarded, risky, stormy, triaged, triggered
from tocsin.api.description.shapes import (
    AT,
    FLAG,
    FREE,
    ID,
    LEVEL,
    MAYBE,
    MAYBE_AT,
    STATE,
    TEXT,
    WHOLE,
    Schema,
    either,
    many,
    record,
    ref,
)
from tocsin.intake.importing import EFFECTS
from tocsin.people.permissions import PERMISSIONS

_COUNTS = {
    "somebody": "need somebody, for any of these reasons",
    "escalated": "are escalated",
    "unanswered": "are escalated, and nobody has answered",
    "breached": "missed a target that nothing excuses",
    "unowned": "belong to nobody",
    "requests": "wait for a decision on a higher level",
    "triage": "wait for an answer to triage",
    "open": "are open and worked on",
}


class Answer(NamedTuple):
    schema: Schema | None
    statuses: tuple[int, ...] = (200,)
    media: str = "application/json"


_SPOKEN: Schema = {**MAYBE, "description": "The language of pages and messages; null: as the browser asks"}
VERSION = {**WHOLE, "description": "Raised by every change; `If-Match` of a change names the version that was seen"}
MAYBE_VERSION = {"type": ["integer", "null"], "description": "As of a roster; null where nothing was changed"}
USER = record(
    version=VERSION,
    id=ID,
    name=TEXT,
    display=TEXT,
    email=MAYBE,
    role=TEXT,
    active=FLAG,
    zone=MAYBE,
    language=_SPOKEN,
    reachable=FLAG,
)
ACCOUNT = record(
    version=VERSION,
    id=ID,
    external_id=TEXT,
    name=MAYBE,
    segment=MAYBE,
    plan=MAYBE,
    region=MAYBE,
    language=MAYBE,
    arr=either({"type": "number"}, MAYBE),
    renewal=MAYBE,
    products=either(many(TEXT), {"type": "null"}),
    attributes=either(FREE, {"type": "null"}),
    owner=MAYBE,
)
DESTINATION = record(
    id=ID,
    channel=TEXT,
    address={**TEXT, "description": "Where it is; of an address that is a secret, only as much as tells it apart"},
    options=FREE,
    wakes={"type": ["boolean", "null"], "description": "Whether it wakes people; null: nobody has said so"},
)
TEAM = record(version=VERSION, id=ID, name=TEXT, lead=MAYBE, roster=MAYBE, members=many(TEXT))
SCOPES = {
    "type": ["array", "null"],
    "items": {"enum": list(PERMISSIONS)},
    "description": "Null: all permissions of the role",
}
TOKEN = record(
    id=ID, name=TEXT, role=TEXT, scopes=SCOPES, user=MAYBE, created_at=AT, created_by=TEXT, revoked_at=MAYBE_AT
)
SHIFT = record(start=AT, end=AT, primary=MAYBE, backup=MAYBE)
DUTY = record(
    roster=TEXT,
    primary=MAYBE,
    backup=MAYBE,
    until=AT,
    reasons=many(TEXT),
    passed_over=many(TEXT),
    away=many(record(user=TEXT, why=TEXT)),
    asleep=many(record(user=TEXT, why=TEXT)),
)
ACTIVATION = record(
    id=ID, version=WHOLE, effective_at=AT, activated_at=AT, activated_by=TEXT, reason=TEXT, withdrawn_at=MAYBE_AT
)
CHANGE = record(at=AT, actor=TEXT, kind=TEXT, says=TEXT, thing=MAYBE, id=MAYBE, seq=WHOLE, payload=FREE)
WEBHOOK = record(id=ID, url=TEXT, events=many(TEXT), created_at=AT, created_by=TEXT)
DELIVERY = record(
    id=ID,
    message_id=TEXT,
    event=TEXT,
    case=MAYBE,
    seq=WHOLE,
    state={"enum": ["queued", "sent", "delivered", "failed", "cancelled"]},
    attempts=WHOLE,
    queued_at=AT,
    sent_at=MAYBE_AT,
    settled_at=MAYBE_AT,
    error=MAYBE,
)
DECIDED = record(decision=either(ref("Decision"), {"type": "null"}), explanation=ref("Explanation"))
HOOK = record(
    id=ID, name=TEXT, map=FREE, signed=FLAG, created_at=AT, created_by=TEXT, revoked_at=MAYBE_AT, last_at=MAYBE_AT
)
ARRIVAL = record(
    id=ID,
    at=AT,
    outcome={"enum": ["opened", "changed", "unchanged", "recorded", "refused"]},
    case=MAYBE,
    number={"type": ["integer", "null"]},
    error=MAYBE,
)
PACK = record(
    **dict.fromkeys(("name", "title", "about"), TEXT),
    kind={"enum": ["any", "desk", "monitoring", "person"]},
    signed={"enum": ["always", "optional", "never"]},
    effects=FREE,
)
LINKED = record(connector=TEXT, source=TEXT, external_id=TEXT, url=MAYBE, at=AT)
EFFECT = record(
    id=ID,
    **dict.fromkeys(("effect", "source", "external_id"), TEXT),
    case=ID,
    **dict.fromkeys(("number", "seq", "attempts"), WHOLE),
    state={"enum": ["queued", "sending", "sent", "failed", "cancelled"]},
    queued_at=AT,
    settled_at=MAYBE_AT,
    error=MAYBE,
    body=either(FREE, {"type": "null"}),
    reference=MAYBE,
)
CONNECTOR: dict[str, Schema] = {
    "version": VERSION,
    "id": ID,
    **dict.fromkeys(("name", "pack", "created_by"), TEXT),
    "map": FREE,
    "signed": FLAG,
    "created_at": AT,
    **dict.fromkeys(("revoked_at", "last_at", "former_secret_until"), MAYBE_AT),
    "effects": many(TEXT),
    "host": MAYBE,
    "account": MAYBE,
    "pull": either(FREE, {"type": "null"}),
}
PULLED = either(record(at=MAYBE_AT, cursor=MAYBE, error=MAYBE), {"type": "null"})
OUTCOME: dict[str, Schema] = {
    "outcome": {"enum": ["opened", "changed", "unchanged", "recorded", "ignored", "refused"]},
    "case": MAYBE,
    "number": {"type": ["integer", "null"]},
    "error": MAYBE,
}
KEPT: dict[str, Schema] = {
    "id": ID,
    "at": AT,
    "size": WHOLE,
    "kept": FLAG,
    "signals": many(record(at=AT, replayed_by=MAYBE, **OUTCOME)),
}
MEANT = record(
    "says",
    "source",
    "external_id",
    "kind",
    "states",
    "fields",
    "remarks",
    outcome={"enum": ["signal", "ignored", "refused"]},
    **dict.fromkeys(("says", "source", "external_id", "kind", "states"), TEXT),
    fields=FREE,
    remarks=FREE,
)
ONCE = either(record(path=TEXT, secret=MAYBE), {"type": "null"})
SECRET: Schema = {**MAYBE, "description": "Shown only once; null where a request is repeated with the same key"}
IMPORT = record(
    **dict.fromkeys(("name", "begun_by"), TEXT),
    **dict.fromkeys(("begun_at", "last_at"), AT),
    **dict.fromkeys(("through", "rows", *EFFECTS), WHOLE),
)
IMPORTED = record(
    *("case", "severity", "level", "external_id", "title", "detail", "place", "expected"),
    line=WHOLE,
    effect={"enum": list(EFFECTS)},
    **dict.fromkeys(("case", "severity", "level", "external_id", "title", "detail", "place", "expected"), MAYBE),
)
SIGNAL = record("id", "number", "says", outcome=TEXT, id=ID, number=WHOLE, says=TEXT)
DELIVERED = Answer(SIGNAL, (201, 200, 202))
NOW = record(
    at={**AT, "description": "The instant as of which it is shown"},
    counts=record(**{need: {**WHOLE, "description": f"How many {says}"} for need, says in _COUNTS.items()}),
    escalated={**many(ref("NowCase")), "description": "The escalations, the most urgent first"},
    unowned={**many(ref("NowCase")), "description": "Cases that are not escalated, and that nobody owns"},
    owing={**many(ref("NowCase")), "description": "Cases that are over, and still owe something that was missed"},
)
NOW["properties"]["counts"]["description"] = "How many cases need somebody, and why"
TAKEN = either(ref("AnyCase"), ref("NewCase"), ref("Recorded"))
RESULT = either(ref("Problem"), ref("AnyCase"), ref("NewCase"), ref("Recorded"))


def _destinations(kind: str) -> dict[str, Answer]:
    made = record(**{kind: TEXT}, id=ID, channel=TEXT, address=TEXT, webhook_secret=SECRET)
    path = f"/{kind}s/{{name}}/destinations"
    return {
        f"POST {path}": Answer(made, (201,)),
        f"GET {path}": Answer(record(destinations=many(DESTINATION))),
        f"DELETE {path}/{{destination}}": Answer(None, (204,)),
    }


BULK = {**MAYBE, "description": "By which it can be undone; null where nothing was done, or no verb undoes it"}
DONE = record("id", "number", "problem", case=TEXT, done=FLAG, id=ID, number=WHOLE, problem=ref("Problem"))

BOUNDED = either(
    record(
        amount={**WHOLE, "description": "How many it shows to you, as of the last seconds"},
        more={**FLAG, "description": "There are more than that"},
    ),
    {"type": "null"},
)
VIEW = record(
    "count",
    version=VERSION,
    id=ID,
    name=TEXT,
    page={"enum": ["now", "cases"], "description": "On which page it is shown"},
    filter={**FREE, "description": "Parameters of `GET /cases`"},
    owner={**TEXT, "description": "The user who saved it"},
    shared={**MAYBE, "description": "`everybody` or `team:NAME`; null: only its owner sees it"},
    place={**WHOLE, "description": "In which order views are shown, the least first"},
    yours={**FLAG, "description": "Whether it is your own"},
    changeable={**FLAG, "description": "Whether you may change it"},
    count={**BOUNDED, "description": "Null where its filter names what there is not any more"},
)
PREFERENCES: dict[str, Schema] = {
    "language": _SPOKEN,
    "zone": MAYBE,
    "theme": {"enum": ["system", "light", "dark"], "description": "How pages look"},
    "density": {"enum": ["comfortable", "compact"], "description": "How close lines stand"},
    "default_view": {**MAYBE, "description": "The id of the view that is seen first; null: the page as it is"},
    "shortcuts": {**FLAG, "description": "Whether single keys do something on pages"},
}
ON_CALL = record(
    roster=TEXT,
    role={"enum": ["primary", "backup"], "description": "Whether they are called first or second"},
    start={**AT, "description": "When it begins; of one that runs, now"},
    end=AT,
)
ME = record(
    id=MAYBE,
    name=TEXT,
    display=MAYBE,
    email=MAYBE,
    role=TEXT,
    permissions={**many({"enum": list(PERMISSIONS)}), "description": "What whoever asks may do"},
    teams=many(record(name=TEXT, lead={**FLAG, "description": "Whether they lead it"})),
    destinations=many(record(id=ID, channel=TEXT, address=TEXT, wakes=DESTINATION["properties"]["wakes"])),
    reachable=FLAG,
    wakes={"type": ["boolean", "null"], "description": "Whether a page wakes them; null: nobody has said so"},
    on_call={**many(ON_CALL), "description": "The shifts that run"},
    next_on_call={**many(ON_CALL), "description": "The next shift of each roster, as far as it looks ahead"},
    preferences=either(record(**PREFERENCES), {"type": "null"}),
)
FRAGMENTS = record(
    where={**TEXT, "description": "Where it matched: subject, external_id, account, body, note, reply and so on"},
    parts={
        **many(
            record(text=TEXT, marked={**FLAG, "description": "It is what was looked for"}),
        ),
        "description": "The text around it, in order; an ellipsis where it was cut",
    },
)
FOUND_ACCOUNT = record(id=ID, external_id=TEXT, name=MAYBE, owner=MAYBE)
FOUND_CASE = record(
    id=ID,
    number=WHOLE,
    **dict.fromkeys(("source", "subject", "severity"), TEXT),
    **dict.fromkeys(("external_id", "owner", "team"), MAYBE),
    state=STATE,
    level=LEVEL,
    score={"type": "number"},
    opened_at=AT,
    updated_at=AT,
    imported=FLAG,
    account=either(FOUND_ACCOUNT, {"type": "null"}),
    exact={**FLAG, "description": "It is called so: by its number, its id, or its ticket's id"},
    matches={**many(FRAGMENTS), "description": "Where the words stand: at most two places"},
)
FOUND = record(
    cases=many(FOUND_CASE),
    people={
        **many(record(id=ID, name=TEXT, display=TEXT, role=TEXT, active=FLAG)),
        "description": "The users who are called so",
    },
    accounts=many(FOUND_ACCOUNT),
    more={**FLAG, "description": "There are more cases than these"},
)


ANSWERS: dict[str, Answer] = {
    **{name: Answer(schema, (status,)) for name, (schema, status) in guarded.ROUTES.items()},
    "POST /heartbeats/{token}": Answer(triggered.BEAT, (200,)),
    "GET /heartbeats/{token}": Answer(triggered.BEAT, (200,)),
    "GET /cases/{case}/evidence": Answer(collected.LIST, (200,)),
    "GET /cases/{case}/evidence/{evidence_id}": Answer(collected.WHOLE_ONE, (200,)),
    "POST /cases/{case}/evidence": Answer(collected.ONE, (201, 200)),
    "GET /risks": Answer(risky.RISKS, (200,)),
    "GET /cases/{case}/risk": Answer(risky.ONE, (200,)),
    "POST /windows/calendar": Answer(guarded.IMPORTED, (200,)),
    "GET /storms": Answer(stormy.STORMS, (200,)),
    "GET /triggers": Answer(triggered.TRIGGERS, (200,)),
    "GET /triage": Answer(triaged.QUEUE, (200,)),
    "POST /cases": Answer(TAKEN, (201, 200, 202)),
    "POST /cases/batch": Answer(record(results=many(RESULT))),
    "POST /cases/bulk": Answer(record(verb=TEXT, dry_run=FLAG, results=many(DONE), id=BULK)),
    "POST /bulk/{id}/undo": Answer(record(id=ID, verb=TEXT, dry_run=FLAG, results=many(DONE), hidden=WHOLE)),
    "POST /imports": Answer(record(**{"import": IMPORT}, results=many(IMPORTED))),
    "GET /imports": Answer(record(imports=many(IMPORT))),
    "GET /imports/{name}": Answer(IMPORT),
    "POST /signals": Answer(TAKEN, (201, 200, 202)),
    "GET /cases": Answer(record(cases=many(ref("Case")), cursor=MAYBE)),
    "GET /now": Answer(NOW),
    "GET /cases.csv": Answer(TEXT, media="text/csv"),
    "GET /search": Answer(FOUND),
    "GET /views": Answer(record(views=many(VIEW))),
    "POST /views": Answer(record(id=ID, name=TEXT), (201,)),
    "GET /views/{view}": Answer(VIEW),
    "PATCH /views/{view}": Answer(VIEW),
    "DELETE /views/{view}": Answer(None, (204,)),
    "GET /me": Answer(ME),
    "PUT /me/password": Answer(record(name=TEXT, password=TEXT)),
    "GET /preferences": Answer(record(version=VERSION, id=ID, **PREFERENCES)),
    "PATCH /preferences": Answer(record(version=VERSION, id=ID, **PREFERENCES)),
    "GET /cases/{case}": Answer(ref("ShownCase")),
    "GET /cases/{case}/timeline": Answer(record(events=many(ref("Event")))),
    "GET /cases/{case}/similar": Answer(alike.SIMILAR),
    "GET /cases/{case}/affected": Answer(alike.AFFECTED),
    "POST /cases/{case}/affected": Answer(alike.OPENED),
    "GET /cases/{case}/decision": Answer(DECIDED),
    "POST /decisions": Answer(DECIDED),
    "GET /accounts": Answer(record(accounts=many(ACCOUNT), cursor=MAYBE)),
    "GET /accounts/{external_id}": Answer(ACCOUNT),
    "PUT /accounts/{external_id}": Answer(ACCOUNT),
    "GET /users": Answer(record(users=many(USER))),
    "POST /users": Answer(record(id=ID, name=TEXT, role=TEXT, webhook_secret=SECRET), (201,)),
    "GET /users/{name}": Answer(USER),
    "PATCH /users/{name}": Answer(USER),
    "PUT /users/{name}/password": Answer(record(name=TEXT, password=TEXT)),
    "DELETE /users/{name}/attempts": Answer(None, (204,)),
    **_destinations("user"),
    **_destinations("team"),
    **_destinations("role"),
    "GET /teams": Answer(record(teams=many(TEAM))),
    "POST /teams": Answer(record(id=ID, name=TEXT), (201,)),
    "GET /teams/{name}": Answer(TEAM),
    "PATCH /teams/{name}": Answer(TEAM),
    "GET /rosters": Answer(record(rosters=many(FREE))),
    "GET /rosters/{name}": Answer(FREE),
    "PUT /rosters/{name}": Answer(
        record(version=MAYBE_VERSION, id=MAYBE, name=TEXT, dry_run=FLAG, before=many(SHIFT), after=many(SHIFT))
    ),
    "GET /oncall": Answer(record(at=AT, oncall=many(DUTY))),
    "GET /policies": Answer(
        record(in_force={"type": ["integer", "null"]}, activation=MAYBE, activations=many(ACTIVATION))
    ),
    "POST /policies": Answer(record(version=WHOLE, activation=ID, effective_at=AT), (201,)),
    "GET /policies/{version}": Answer({}, media="application/yaml"),
    "POST /policies/reversion": Answer(record(withdrawn=WHOLE, activation=ID)),
    "GET /tokens": Answer(record(tokens=many(TOKEN))),
    "POST /tokens": Answer(record(name=TEXT, role=TEXT, user=MAYBE, scopes=SCOPES, token=SECRET), (201,)),
    "POST /tokens/{name}/revocation": Answer(record(name=TEXT, revoked=FLAG)),
    "GET /watchers": Answer(FREE),
    "GET /audit/changes": Answer(record(changes=many(CHANGE), cursor=MAYBE)),
    "GET /alarms": Answer(record(alarms=many(FREE))),
    "GET /events": Answer(record(events=many(record(kind=TEXT, says=TEXT, fields=many(TEXT))))),
    "GET /webhooks": Answer(record(webhooks=many(WEBHOOK))),
    "POST /webhooks": Answer(record(id=ID, url=TEXT, events=many(TEXT), secret=SECRET), (201,)),
    "DELETE /webhooks/{webhook}": Answer(None, (204,)),
    "GET /webhooks/{webhook}/deliveries": Answer(record(deliveries=many(DELIVERY), cursor=MAYBE)),
    "GET /hooks": Answer(record(hooks=many(HOOK))),
    "POST /hooks": Answer(record(id=ID, name=TEXT, signed=FLAG, shown_once=ONCE), (201,)),
    "POST /hooks/{name}/revocation": Answer(record(name=TEXT, revoked=FLAG)),
    "GET /hooks/{name}/deliveries": Answer(record(deliveries=many(ARRIVAL))),
    "GET /connectors": Answer(record(connectors=many(record(**CONNECTOR)), packs=many(PACK))),
    "POST /connectors": Answer(record(id=ID, name=TEXT, pack=TEXT, shown_once=ONCE), (201,)),
    "GET /connectors/{name}": Answer(record(of_pack=PACK, mapping=FREE, pulled=PULLED, **CONNECTOR)),
    "PATCH /connectors/{name}": Answer(record(of_pack=PACK, mapping=FREE, pulled=PULLED, **CONNECTOR)),
    "GET /connectors/{name}/effects": Answer(record(effects=many(EFFECT), cursor=MAYBE)),
    "GET /cases/{case}/tickets": Answer(record(tickets=many(LINKED))),
    "POST /connectors/{name}/secret": Answer(record(name=TEXT, former_secret_until=AT, secret=SECRET)),
    "POST /connectors/{name}/revocation": Answer(record(name=TEXT, revoked=FLAG)),
    "POST /connectors/{name}/test": Answer(record(signals=many(MEANT))),
    "GET /connectors/{name}/deliveries": Answer(record(deliveries=many(record(**KEPT)), cursor=MAYBE)),
    "GET /connectors/{name}/deliveries/{delivery}": Answer(record(headers=FREE, body=MAYBE, **KEPT)),
    "POST /connectors/{name}/deliveries/{delivery}/replay": Answer(record(signals=many(SIGNAL))),
    "POST /hooks/generic/{token}": DELIVERED,
    "POST /hooks/{connector}/{token}": DELIVERED,
    "GET /healthz": Answer(record(status={"const": "alive"})),
    "GET /metrics": Answer({}, media="text/plain"),
    "GET /readyz": Answer(FREE, (200, 503)),
}
VERB = Answer(ref("AnyCase"))  # every verb of a case shows the case


def answer(method: str, path: str) -> Answer:
    """The answer of a route; KeyError for one that nobody has described."""
    if method == "POST" and path.startswith("/cases/{case}/"):
        return ANSWERS.get(f"{method} {path}", VERB)
    return ANSWERS[f"{method} {path}"]


__all__ = ["ANSWERS", "Answer", "answer"]
