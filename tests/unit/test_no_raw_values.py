"""No sentence of a timeline or of a list of changes shows an id, a digest, an instant as programs write it, or a count
of microseconds: every kind of event there is, with such values wherever its payload may hold one."""

from typing import Any

import pytest

from tests.texts import RAW
from tocsin.clocks import moments, zone
from tocsin.events import KINDS, sentence

ID, AT = "0hct5k2m8n6p1", 1_772_445_600_123_456
STAMP, FINE = "2026-03-02T10:00:00Z", "2026-03-02T10:00:00.123456Z"
PERSON = {"user": ID, "name": "anna", "why": "oncall:senior"}
RUN = {"clock": "resolve", "cycle": 1, "target": "2d", "due_at": AT, "started_at": AT, "old_due_at": AT}
DECISION = {
    "policy_version": 2,
    "level": "senior",
    "kind": "technical",
    "severity": "high",
    "score": 71.25,
    "team": "a",
}
STEP = {"escalation": ID, "pass": 0, "step": 1, "notified": [PERSON], "unreachable": [PERSON], "nobody": False}
ALERT = {"why": "breach", "clock": "resolve", "cycle": 1, "due_at": AT, "notified": [PERSON], "unreachable": [PERSON]}
DIGEST = "0123456789abcdef" * 4
FACTS = {"name": "Acme", "arr": 1_000_000_000_000}
ALARM = {
    "key": f"case:{ID}",
    "kind": "work.overdue",
    "case_id": ID,
    "says": f"3 items should have been done, the oldest at {STAMP}",
    "times": 1,
    "raised_at": AT,
    "told_at": AT,
    "ended_at": None,
}
ISSUED = {"created_at": AT, "created_by": "cli:root", "revoked_at": None, "ended_at": None}
USER = {
    "name": "anna",
    "display": "Anna",
    "email": "anna@example.test",
    "role": "senior",
    "password_hash": DIGEST,
    "active": True,
    "zone": "Europe/Berlin",
}

PAYLOADS: dict[str, Any] = {
    "call.started": {"call": ID, "target": "roster:senior", "caller": ID, "reason": "r"},
    "call.paged": {"call": ID, "round": 1, "notified": [PERSON], "unreachable": [PERSON], "next_at": AT},
    "call.answered": {"call": ID, "by": ID},
    "call.declined": {"call": ID, "by": ID, "next_at": AT},
    "call.ended": {"call": ID, "target": "user:anna", "state": "unanswered"},
    "case.followed": {"user": ID},
    "case.unfollowed": {"user": ID},
    "case.bridged": {"address": "tel:+4930123456"},
    "bulk.done": {"verb": "hold", "done_by": "user:anna", "done_at": AT, "cases": [[ID, 7]], "undone_at": None},
    "bulk.undone": {"undone_at": AT},
    "case.windowed": {"guard": ID, "reason": "r", "mode": "quiet", "until": AT},
    "case.joined_storm": {"alike": "api, outage", "amount": 5, "within": "10m", "policy": 1, "case": ID, "number": 17},
    "evidence.collected": {
        "evidence": ID,
        "collector": "errors",
        "digest": DIGEST,
        "size": 4096,
        "cut": True,
        "policy": 2,
    },
    "evidence.failed": {"evidence": ID, "collector": "errors", "error": "it answered 500", "policy": 2},
    "case.risk_answered": {"answer": "snoozed", "until": AT, "reason": "r"},
    "case.storm_began": {"alike": "api, outage", "amount": 5, "within": "10m", "policy": 1},
    "case.storm_over": {"joined": 2, "began_at": AT, "last_at": AT},
    "path.held": {"escalation": ID, "guard": ID, "kind": "window", "reason": "r", "by": "user:lea", "until": AT}
    | {"clocks": [RUN]},
    "path.released": {"escalation": ID, "next_at": AT, "clocks": [RUN]},
    "case.triage_kept": {"answer_by": AT},
    "case.triage_snoozed": {"until": AT, "reason": "they call back"},
    "guard.set": {"kind": "silence", "reason": "r", "author": "user:lea", "scope": {"accounts": [ID]}, "starts_at": AT},
    "guard.begun": {"begun_told_at": AT},
    "guard.ended": {"ended_at": AT},
    "guard.over": {"over_told_at": AT},
    "view.created": {
        "name": "Mine",
        "page": "cases",
        "filter": {"owner": "me"},
        "owner": ID,
        "shared": None,
        "place": 0,
    },
    "view.changed": {"name": "Ours", "shared": "everybody"},
    "view.deleted": {"ended_at": AT},
    "case.undone": {
        "verb": "hold",
        "event": 7,
        "by": "user:anna",
        "at": AT,
        "paged": 2,
        "told": 1,
        "customer": True,
        "freed": True,
        "restores": {"owner": ID, "held_at": AT},
        "clocks": [RUN],
        "calls": 2,
    },
    "case.opened": {
        "number": 1,
        "source": "desk",
        "external_id": "Z-1",
        "account": ID,
        "subject": "x",
        "linked_to": ID,
    },
    "case.decided": DECISION,
    "case.reclassified": DECISION,
    "case.overridden": {"severity": "high", "level": "senior", "owner": "anna", "team": "a", "reason": "r"},
    "case.lowered": {"level": "standard", "kind": None, "reason": "r"},
    "case.triaged": {"answer": "senior", "reason": "r"},
    "case.corrected": {"what": "false_alarm", "reason": "r"},
    "case.requested": {"level": "executive", "hurt": "h", "wants": "w", "reason": "r", "due_at": AT},
    "case.request_answered": {"accepted": True, "reason": "r"},
    "case.assigned": {"owner": ID, "name": "anna", "reason": "on call", "stops": [["assign", 1]]},
    "case.alerted": ALERT | {"says": f"resolution was due at {STAMP} and is overdue", "again": AT},
    "case.matched": {"account": ID, "name": "Acme"},
    "case.fired_again": {"source": "monitoring", "status": "firing", "note": None, "at": AT},
    "case.heard": {"source": "desk", "kind": "solved", "status": "solved", "text": "t", "at": AT, "why": "older"},
    "case.nudged": {"expires_at": AT},
    "case.escalated": {"escalation": ID, "level": "senior", "kind": "technical", "path": "senior", "first_at": AT},
    "case.acknowledged": {"lead": ID, "kind": "technical", "stops": [], "lasts": 3_600_000_000},
    "case.acknowledgement_ended": {"lead": ID, "why": "expired", "kind": "technical"},
    "case.claimed": {"what": "resolution", "note": "n", "clocks": [["resolve", 1]], "at": AT, "again": AT},
    "case.contested": {"what": ["containment", "resolution"], "clocks": [["resolve", 1], ["contain", 1]]},
    "case.claim_rejected": {"what": "resolution", "reason": "r", "clocks": [["resolve", 1]], "since": AT},
    "case.contained": {"note": "n", "stops": [], "claimed_at": AT},
    "case.resolved": {"note": "n", "stops": [], "claimed_at": AT},
    "case.recovered": {"source": "monitoring", "note": None},
    "case.reopened": {"reason": "r"},
    "case.closed": {"note": "n"},
    "case.merged": {"into": ID, "number": 7, "reason": "r"},
    "case.linked": {"kind": "parent", "case": ID, "number": 7},
    "case.counted_with_parent": {"clocks": [["acknowledge", 1]], "released": [["contain", 1]]},
    "case.link_kept": {},
    "case.parent_dismissed": {"case": ID, "number": 7, "reason": "theirs is the invoice"},
    "case.unlinked": {"kind": "parent", "case": ID, "number": 7},
    "case.held": {"reason": "r", "until": AT, "clocks": [["resolve", 1]]},
    "case.released": {"reason": "r", "at": AT, "clocks": [RUN]},
    "case.confided": {"named": [ID], "reason": "legal"},
    "case.taken_live": {"reason": "r"},
    "case.noted": {"text": "t", "audience": "internal"},
    "case.replied": {"text": "t", "audience": "customer"},
    "case.asked_team": {"team": "network", "question": "q", "notified": [PERSON], "unreachable": [PERSON]},
    "case.answered_team": {"answer": "a"},
    "case.customer_update": {"text": "t", "audience": "customer", "by": "bo"},
    "case.explained": {"text": "t", "audience": "customer"},
    "case.marked": {"milestone": "authority-warned", "note": "n"},
    "clocks.started": {"clocks": [RUN]},
    "clocks.superseded": {"clocks": [RUN]},
    "clocks.corrected": {"clocks": [RUN]},
    "clocks.relieved": {"clocks": [RUN], "reason": "r"},
    "clocks.restarted": {"clocks": [RUN]},
    "clocks.cancelled": {"clocks": [["resolve", 1]], "because": "corrected"},
    "clocks.met": {"clocks": [["resolve", 1]], "late": [["contain", 1]]},
    "clocks.excused": {"clocks": [["resolve", 1]], "by": "correction"},
    "clock.warned": {"clock": "resolve", "cycle": 1, "due_at": AT, "next": AT},
    "clock.breached": {"clock": "resolve", "cycle": 1, "due_at": AT, "late": 1, "again": AT},
    "path.stepped": STEP | {"team": "a", "needed": 1, "next": {"pass": 0, "step": 2, "at": AT}},
    "path.answered": {"escalation": ID, "by": ID, "given": 1, "needed": 2},
    "path.declined": STEP | {"by": ID, "next_at": AT},
    "path.unreached": {"escalation": ID, "pass": 0, "step": 0, "next_at": AT},
    "path.stopped": {"escalation": ID, "state": "acknowledged"},
    "audit.repaired": {"found": [{"what": "timer", "says": f"its timer should be set for {FINE}, and it has none"}]},
    "page.failed": {"page": ID, "error": "550 no such user", "to": "anna"},
    "notice.failed": {"notice": ID, "error": "550 no such user"},
    "alarm.failed": {"notification": ID, "error": "550 no such user", "to": "lea"},
    "alarm.raised": {
        "kind": "work.overdue",
        "says": f"3 items should have been done, the oldest at {STAMP}",
        "case": ID,
    },
    "alarm.began": ALARM,
    "alarm.returned": {"says": ALARM["says"], "times": 2, "raised_at": AT, "ended_at": None},
    "alarm.told": {"told_at": AT},
    "alarm.ended": {"ended_at": AT},
    "user.created": USER | {"created_at": AT},
    "user.changed": USER,
    "team.created": {"name": "support", "lead": ID, "roster": "senior", "members": [ID, ID]},
    "team.changed": {"lead": ID, "roster": None, "members": [ID]},
    "token.created": ISSUED | {"name": "desk", "role": "desk", "scopes": "cases.read", "user_id": ID, "hash": DIGEST},
    "token.changed": {"role": "senior"},
    "token.revoked": {"revoked_at": AT},
    "account.created": {"external_id": "acme", "owner": ID, "created_at": AT, "facts": FACTS, "valid_from": AT},
    "account.changed": {"owner": ID, "facts": FACTS, "valid_from": AT},
    "destination.created": {
        "user_id": ID,
        "channel": "webhook",
        "address": f"https://chat.test/{ID}",
        "secret": DIGEST,
        "created_at": AT,
        "ended_at": None,
    },
    "destination.changed": {"secret": DIGEST, "ended_at": None},
    "destination.ended": {"ended_at": AT},
    "webhook.created": ISSUED | {"url": f"https://chat.test/{ID}", "kinds": ["case.*"], "secret": DIGEST},
    "webhook.ended": {"ended_at": AT},
    "hook.created": ISSUED | {"name": "desk", "hash": DIGEST, "mapping": {"source": ID}, "secret": DIGEST},
    "hook.changed": {"mapping": {"source": ID}, "settings": {"effects": []}, "credential": DIGEST},
    "effect.sent": {"effect": "comment", "connector": "desk", "ticket": "a/b#1", "seq": 3},
    "effect.failed": {"effect": "comment", "connector": "desk", "ticket": "a/b#1", "seq": 3, "error": "it is gone"},
    "hook.secret_renewed": {"secret": DIGEST, "former_secret": DIGEST, "former_until": AT},
    "hook.revoked": {"revoked_at": AT},
    "policy.stored": {"version": 2, "name": "starter", "digest": DIGEST, "created_at": AT},
    "policy.activated": {"activation": ID, "version": 2, "digest": "d", "effective_at": AT, "reason": "r"},
    "policy.reverted": {"activation": ID, "version": 2, "reason": "r"},
    "roster.changed": {"roster": ID, "name": "senior", "definition": {"id": ID}},
    "payload.erased": {"events": [3, 4], "reason": "the customer asked"},
    "checkpoints.begun": {},
}


def test_every_kind_is_tried() -> None:
    told = {kind.name for kind in KINDS.values()}
    assert PAYLOADS.keys() >= told, sorted(told - PAYLOADS.keys())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("reader", ["UTC", "Europe/Berlin"])
def test_no_raw_value_in_a_sentence(kind: str, reader: str) -> None:
    say = moments.sayer(zone.load(reader))
    for payload in (PAYLOADS.get(kind, {"id": ID, "at": AT}), None):
        said = sentence({"kind": kind, "payload": payload}, say)
        assert said
        assert not RAW.search(said), said


@pytest.mark.parametrize(
    "kind", ["case.alerted", "case.held", "audit.repaired", "alarm.raised", "alarm.began", "policy.activated"]
)
def test_times_are_those_of_whoever_reads_them(kind: str) -> None:
    event = {"kind": kind, "payload": PAYLOADS[kind]}
    assert "11:00 on Mon 2 Mar (Europe/Berlin)" in sentence(event, moments.sayer(zone.load("Europe/Berlin")))
    assert "10:00 on Mon 2 Mar (UTC)" in sentence(event)


def test_what_a_person_wrote_stays_as_it_was_written() -> None:
    payload = ALERT | {"why": "request", "says": f"anna asks: broken since {STAMP}"}
    assert STAMP in sentence({"kind": "case.alerted", "payload": payload})
    assert STAMP in sentence({"kind": "case.noted", "payload": {"text": f"broken since {STAMP}"}})


def test_a_page_that_failed_names_its_person() -> None:
    failed = {"kind": "page.failed", "payload": PAYLOADS["page.failed"]}
    assert sentence(failed) == "a page to anna failed: 550 no such user"
    before = {"kind": "page.failed", "payload": {"page": ID, "error": "e"}}
    assert sentence(before) == "a page failed: e", "as it was stored before its person was named"


ADMINISTERED = [
    ("user.created", {"name": "anna", "role": "senior"}, "the user anna was made: role senior"),
    ("user.created", {"name": "ina", "role": "escalation_manager"}, "the user ina was made: role escalation manager"),
    ("user.changed", {"role": "lead"}, "the user was changed: role lead"),
    ("user.changed", {"password_hash": DIGEST}, "the user was changed: a new password"),
    ("user.changed", {"active": False, "email": None}, "the user was changed: no email, not active"),
    ("team.changed", {"lead": ID}, "the team was changed: lead anna"),
    (
        "team.changed",
        {"lead": None, "members": [ID, "0hct5k2m8n6p2"]},
        "the team was changed: no lead, members anna and a user",
    ),
    ("team.changed", {"members": [ID, ID, ID]}, "the team was changed: members anna, anna and anna"),
    ("team.changed", {"members": []}, "the team was changed: no members"),
    ("token.created", {"name": "ci", "role": "desk", "user_id": ID}, "the token ci was issued: role desk, for anna"),
    ("account.changed", {"owner": ID}, "the account was changed: owner anna"),
    ("account.changed", {"facts": FACTS, "valid_from": AT}, "the account was changed: facts arr and name"),
    (
        "destination.created",
        {"user_id": ID, "channel": "email", "address": "anna@example.test"},
        "pages reach anna at anna@example.test, by email",
    ),
    ("destination.changed", {"secret": DIGEST, "ended_at": None}, "the place is used again, with another secret"),
    ("destination.changed", {"secret": DIGEST}, "the place is used, with another secret"),
    ("webhook.created", {"url": "https://a.test/secret", "kinds": ["case.*"]}, "https://a.test hears of case.*"),
    ("hook.created", {"name": "desk", "secret": None}, "the hook desk was made"),
    ("hook.created", {"name": "desk", "secret": DIGEST}, "the hook desk was made: deliveries are signed"),
    ("policy.stored", {"version": 2, "name": "starter"}, "version 2 of the policy was written: starter"),
]


@pytest.mark.parametrize(("kind", "payload", "expected"), ADMINISTERED)
def test_a_change_is_told_with_what_is_new_and_whom_it_is_about(
    kind: str, payload: dict[str, Any], expected: str
) -> None:
    assert sentence({"kind": kind, "payload": payload, "people": {ID: "anna"}}) == expected


def test_whoever_has_no_name_any_more_is_a_user() -> None:
    assert sentence({"kind": "team.changed", "payload": {"lead": ID}}) == "the team was changed: lead a user"
