"""Every verb over real HTTP: who may, what the case says afterwards, and what is refused with which reason."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.faces.tries import TRIES
from tests.testing import Databases
from tocsin.core import instants
from tocsin.core.clock import DAY, HOUR


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def clock(case: dict[str, Any], name: str) -> Any:
    """The newest cycle of a clock."""
    return [run for run in case["clocks"] if run["clock"] == name][-1]


def later(microseconds: int, since: str) -> str:
    return instants.to_text(instants.from_text(since) + microseconds)


def test_assignment(office: Office) -> None:
    case = office.open()["id"]
    assert office.do("anna", case, "assignment", owner="bo")["owner"] == "bo"
    assert office.refused("anna", case, "assignment", owner="nobody")["place"] == "owner"
    assert office.refused("vera", case, "assignment", owner="bo")["status"] == 403


def test_acknowledgement_and_its_refusal(office: Office) -> None:
    case = office.open()
    paged = {page["user"] for page in office.get("lea", f"/cases/{case['id']}")["pages"]}
    [first] = paged & {"carl", "dora"}
    [second] = {"carl", "dora"} - {first}
    office.do(first, case["id"], "acknowledgement", decline=True, reason="at the dentist's")
    events = office.get("lea", f"/cases/{case['id']}/timeline")["events"]
    [declined] = [event for event in events if event["kind"] == "path.declined"]
    assert [person["name"] for person in declined["payload"]["notified"]] == [second]
    assert not office.get("lea", f"/cases/{case['id']}")["acknowledged"]
    assert office.refused("robot", case["id"], "acknowledgement", decline=True)["status"] == 403
    answer = office.clients[second].post(f"/cases/{case['id']}/acknowledgement")  # without a body
    done = answer.json()
    assert (done["acknowledged"], done["technical_lead"]) == (True, second)
    assert done["acknowledged_until"] == later(HOUR, done["acknowledged_at"])
    assert office.refused("anna", case["id"], "acknowledgement")["detail"] == "the case is acknowledged already"


def test_an_agent_raises_to_senior_and_asks_for_more(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    raised = office.do("anna", case, "escalation", level="senior", reason="they are upset", kind="relationship")
    assert (raised["level"], raised["kind"]) == ("senior", "relationship")
    more = {"level": "executive", "reason": "the board asks"}
    assert office.refused("anna", case, "escalation", **more)["status"] == 403
    asked = office.do("anna", case, "escalation", **more, hurt="all of Acme", wants="a call", needed_by=later(DAY, NOW))
    assert asked["level"] == "senior"
    assert asked["request"]["level"] == "executive"
    assert office.refused("anna", case, "escalation/answer", accept=True)["status"] == 403
    assert office.refused("lea", case, "escalation/answer", accept=False)["place"] == "reason"
    declined = office.do("lea", case, "escalation/answer", accept=False, reason="a call will do")
    assert (declined["level"], declined["request"]) == ("senior", None)
    again = office.do("lea", case, "escalation", **more, request=True)
    assert (again["level"], again["request"]["level"]) == ("senior", "executive")
    accepted = office.do("mia", case, "escalation/answer", accept=True)
    assert (accepted["level"], accepted["request"]) == ("executive", None)
    assert office.do("olga", office.open(QUESTION)["id"], "escalation", **more)["level"] == "executive"


NOW = "2026-11-22T09:00:00+01:00"


@pytest.mark.parametrize("said", [{"hurt": "forty clerks"}, {"wants": "a date"}, {"needed_by": NOW}])
@pytest.mark.parametrize(("who", "level"), [("anna", "senior"), ("lea", "senior"), ("lea", "executive")])
def test_what_only_a_request_says_is_not_lost(office: Office, who: str, level: str, said: dict[str, str]) -> None:
    case = office.open(QUESTION)["id"]
    body = {"level": level, "reason": "they are upset"} | said
    refused = office.refused(who, case, "escalation", **body)
    assert (refused["status"], refused["place"]) == (422, next(iter(said)))
    assert "`request`" in refused["expected"]
    assert "case.overridden" not in office.kinds(case)
    asked = office.do(who, case, "escalation", **body, request=True)
    assert asked["request"]["level"] == level
    [event] = [
        each for each in office.get("lea", f"/cases/{case}/timeline")["events"] if each["kind"] == "case.requested"
    ]
    assert [event["payload"][name] is not None for name in ("hurt", "wants", "needed_by")].count(True) == 1
    refused = office.refused(who, case, "escalation", **body, request=True, kind="technical")
    assert (refused["status"], refused["place"]) == (422, "kind")


def test_a_reason_without_declining_is_not_lost(office: Office) -> None:
    refused = office.refused("carl", office.open()["id"], "acknowledgement", reason="at the dentist's")
    assert (refused["status"], refused["place"]) == (422, "reason")


def test_lowering_takes_a_lead_and_a_reason(office: Office) -> None:
    case = office.open()["id"]
    assert office.refused("carl", case, "deescalation", level="standard", reason="calm")["status"] == 403
    assert office.refused("lea", case, "deescalation", level="standard")["place"] == "reason"
    assert office.refused("lea", case, "deescalation", level="executive", reason="calm")["status"] == 422
    lowered = office.do("lea", case, "deescalation", level="standard", reason="it was a test system")
    assert (lowered["level"], {climb["state"] for climb in lowered["escalations"]}) == ("standard", {"stopped"})


def test_override(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    done = office.do("anna", case, "override", severity="high", owner="bo", team="billing", reason="I looked")
    assert (done["severity"], done["owner"], done["team"]) == ("high", "bo", "billing")
    assert office.refused("anna", case, "override", reason="nothing")["status"] == 422
    assert office.refused("anna", case, "override", severity="absurd", reason="x")["place"] == "severity"


def test_correction(office: Office) -> None:
    case = office.open()["id"]
    assert office.refused("carl", case, "correction", what="false_alarm", reason="a drill")["status"] == 403
    assert office.refused("lea", case, "correction", what="mistake", reason="a drill")["place"] == "what"
    done = office.do("lea", case, "correction", what="false_alarm", reason="a drill")
    assert (done["corrected"], done["level"]) == ("false_alarm", "standard")
    assert clock(done, "contain")["outcome"] == "cancelled"
    assert clock(done, "contain")["cancelled_because"] == "false_alarm"
    other = office.open()["id"]
    wrong = office.do("lea", other, "correction", what="wrong_severity", severity="low", reason="one user")
    assert (wrong["severity"], wrong["corrected"]) == ("low", "wrong_severity")


def test_triage(office: Office) -> None:
    case = office.open({"subject": "Sync is broken", "users_affected": 85} | NEAR)
    shown = office.get("anna", f"/cases/{case['id']}")
    assert shown["triage"]["asks"] == ["triage.near-threshold"]
    assert shown["triage"]["level_if_unanswered"] == "senior"
    assert shown["triage"]["answer_by"] == later(HOUR // 4, case["opened_at"])
    done = office.do("anna", case["id"], "triage", level="senior", reason="they cannot work")
    assert (done["level"], done["triage"]) == ("senior", None)
    assert office.refused("anna", case["id"], "triage", level="senior", reason="again")["status"] == 409


NEAR: dict[str, Any] = {"account": {"name": "Proseware", "segment": "enterprise", "arr": 250_000}}


@pytest.mark.parametrize("what", ["containment", "resolution"])
def test_a_claim_and_its_judgement(office: Office, what: str) -> None:
    case = office.open()["id"]
    claimed, reached, name = f"{what}_claimed_at", f"{what.replace('ment', 'ed').replace('ution', 'ved')}_at", what
    reached = {"containment": "contained_at", "resolution": "resolved_at"}[name]
    run = {"containment": "contain", "resolution": "resolve"}[name]
    claim = office.do("anna", case, what, note="the cache is off")
    assert claim[claimed] == clock(claim, run)["claimed_at"]
    assert (claim[reached], claim["state"]) == (None, "open")
    assert office.refused("bo", case, what, verdict="confirm")["status"] == 403
    assert office.refused("carl", case, what, verdict="reject")["place"] == "reason"
    assert office.refused("carl", case, what, reason="lost")["place"] == "reason"
    assert office.refused("carl", case, what, verdict="confirm", note="lost")["place"] == "note"
    rejected = office.do("carl", case, what, verdict="reject", reason="it is still slow")
    assert (rejected[claimed], clock(rejected, run)["claimed_at"]) == (None, None)
    since = office.do("anna", case, what)[claimed]
    confirmed = office.do("carl", case, what, verdict="confirm")
    assert (confirmed[claimed], confirmed[reached]) == (None, since)
    assert (clock(confirmed, run)["outcome"], clock(confirmed, run)["settled_at"]) == ("met", since)


def test_the_end_of_a_case_and_its_return(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    assert "resolve it first" in office.refused("anna", case, "closure")["detail"]
    assert office.do("anna", case, "resolution", note="in the manual")["state"] == "resolved"
    closed = office.do("anna", case, "closure", note="they are happy")
    assert (closed["state"], closed["closed_at"] is not None) == ("closed", True)
    assert office.refused("anna", case, "reopening")["place"] == "reason"
    again = office.do("anna", case, "reopening", reason="they are not")
    assert (again["state"], again["closed_at"], clock(again, "resolve")["cycle"]) == ("open", None, 2)


def test_hold_and_release(office: Office) -> None:
    opened = office.open()
    case, until = opened["id"], later(DAY, opened["opened_at"])
    assert office.refused("anna", case, "hold", reason="waits", until="2026-11-22T10:00:00")["place"] == "until"
    assert office.refused("anna", case, "hold", reason="waits", until=later(30 * DAY, until))["place"] == "until"
    assert office.refused("anna", case, "hold")["place"] == "reason"
    held = office.do("anna", case, "hold", reason="waits for logs", until=until)
    assert (held["held"], held["held_until"]) == (True, until)
    assert (clock(held, "resolve")["paused"], clock(held, "resolve")["paused_at"]) == (True, held["held_at"])
    assert not clock(held, "acknowledge")["paused"]
    assert office.refused("anna", case, "hold", reason="again")["detail"] == "the case is on hold already"
    assert office.refused("anna", case, "hold", release=True, until=until)["place"] == "until"
    released = office.do("anna", case, "hold", release=True)
    assert (released["held"], released["held_at"], clock(released, "resolve")["paused"]) == (False, None, False)
    assert office.refused("anna", case, "hold", release=True)["detail"] == "the case is not on hold"


def test_relief(office: Office) -> None:
    opened = office.open()
    case, before = opened["id"], clock(opened, "resolve")["due_at"]
    wanted = {"clock": "resolve", "due_at": later(DAY, before), "reason": "agreed with the customer"}
    assert office.refused("anna", case, "relief", **wanted)["status"] == 403
    run = clock(office.do("admin", case, "relief", **wanted), "resolve")
    assert (run["due_at"], run["original_due_at"]) == (wanted["due_at"], before)
    assert office.refused("admin", case, "relief", **wanted)["place"] == "due_at"


def test_a_child_follows_its_parent(office: Office) -> None:
    parent, child = office.open(), office.open()
    linked = office.do("anna", str(child["number"]), "links", kind="parent", case=parent["number"])
    assert linked["parent"] == parent["number"]
    assert {climb["state"] for climb in linked["escalations"]} == {"stopped"}
    assert office.get("anna", f"/cases/{child['id']}")["parent"] == parent["number"]
    [row] = [one for one in office.get("anna", "/cases")["cases"] if one["id"] == child["id"]]
    assert row["parent"] == parent["number"]
    office.do("carl", parent["id"], "acknowledgement")
    office.do("carl", parent["id"], "containment", note="off")
    followed = office.get("anna", f"/cases/{child['id']}")
    assert (followed["acknowledged"], followed["contained"], followed["technical_lead"]) == (True, True, "carl")
    assert "follow" in office.refused("anna", parent["id"], "links", kind="parent", case=office.open()["id"])["detail"]
    alone = office.do("anna", child["id"], "links", kind="parent", case=parent["id"], unlink=True)
    assert alone["parent"] is None
    office.do("anna", child["id"], "links", kind="related", case=parent["id"])
    assert "case.linked" in office.kinds(parent["id"])
    assert office.refused("anna", child["id"], "links", kind="related", case="99999")["status"] == 404
    assert office.refused("anna", child["id"], "links", kind="related", case=child["id"])["status"] == 422


def test_a_merged_case_answers_with_the_one_that_stands_for_it(office: Office) -> None:
    first, second, third = (office.open(QUESTION, source="desk", external_id=f"merged-{name}") for name in "abc")
    assert office.refused("anna", first["id"], "links", kind="merged", case=second["id"])["place"] == "reason"
    merged = office.post(
        "anna", f"/cases/{first['id']}/links", {"kind": "merged", "case": second["id"], "reason": "twice"}, key="m"
    ).json()
    assert (merged["state"], merged["parent"]) == ("merged", second["number"])
    office.do("anna", second["id"], "links", kind="merged", case=third["id"], reason="thrice")
    shown = office.get("anna", f"/cases/{first['number']}")
    assert shown["id"] == third["id"]
    assert shown["answers_for"] == {"id": first["id"], "number": first["number"]}
    assert "answers_for" not in office.get("anna", f"/cases/{third['id']}")
    assert office.kinds(first["id"])[-1] == "case.merged", "its own history stays its own"
    ticket = QUESTION | {"source": "desk", "external_id": "merged-a"}
    again = office.post("desk", "/cases", ticket)
    assert (again.status_code, again.json()["id"]) == (200, third["id"])
    reply = {"source": "desk", "external_id": "merged-a", "kind": "reply", "body": "And now?"}
    for _ in range(2):
        assert office.post("desk", "/signals", reply, key="reply").json()["id"] == third["id"]
    assert office.kinds(third["id"]).count("case.replied") == 1
    detail = office.refused("anna", first["id"], "assignment", owner="bo")["detail"]
    assert detail == "the case was merged into another"
    office.do("anna", third["id"], "resolution")
    assert office.post("desk", "/signals", reply).json()["state"] == "open", "it is the one that comes back"


def test_a_key_of_a_case_that_was_merged_meanwhile(office: Office) -> None:
    opened = office.post("desk", "/cases", QUESTION, key="merged-later").json()
    other = office.open(QUESTION)
    office.do("anna", opened["id"], "links", kind="merged", case=other["id"], reason="twice")
    again = office.post("desk", "/cases", QUESTION, key="merged-later")
    assert (again.status_code, again.json()["id"]) == (200, other["id"])


def test_a_verb_with_its_key_is_carried_out_once(office: Office) -> None:
    case = office.open()["id"]
    for _ in range(2):
        answer = office.post("anna", f"/cases/{case}/containment", {"note": "off"}, key="once")
        assert answer.json()["containment_claimed_at"] is not None
    assert office.kinds(case).count("case.claimed") == 1
    other = office.open()["id"]
    for _ in range(2):
        answer = office.post("anna", f"/cases/{case}/links", {"kind": "related", "case": other}, key="link")
        assert answer.is_success
    assert office.kinds(case).count("case.linked") == office.kinds(other).count("case.linked") == 1


def test_the_customer_is_written_to_a_team_is_asked_and_a_milestone_is_marked(office: Office) -> None:
    case = office.open()["id"]
    office.do("anna", case, "updates", text="We are on it.\r\nMore at noon.")
    office.do("anna", case, "questions", team="support", question="Which release has it?")
    office.do("carl", case, "answers", answer="That of Tuesday.")
    office.do("anna", case, "milestones", milestone="authority-warned", note="by the portal")
    office.do("anna", case, "explanation", text="A certificate had expired.")
    kinds = office.kinds(case)
    assert kinds.count("case.customer_update") == 2
    assert {"case.asked_team", "case.answered_team", "case.marked", "case.explained"} <= set(kinds)
    assert office.refused("anna", case, "updates", text=" ")["place"] == "text"
    assert office.refused("anna", case, "questions", team="nobody", question="Who?")["place"] == "team"
    assert office.refused("anna", case, "milestones", milestone="two words")["place"] == "milestone"


def test_a_help_desk_that_says_solved(office: Office) -> None:
    """The token of a connector may not work on cases; what it says is a claim all the same."""
    ticket = OUTAGE | {"source": "helpdesk", "external_id": "solved-1"}
    case = office.post("desk", "/cases", ticket).json()["id"]
    said = {"source": "helpdesk", "external_id": "solved-1", "kind": "solved", "body": "closed by the agent"}
    answer = office.post("desk", "/signals", said)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["resolution_claimed_at"] is not None) == ("open", True)
    assert clock(answer.json(), "resolve")["claimed_at"] is not None
    assert office.do("carl", case, "resolution", verdict="confirm")["state"] == "resolved"
    plain = office.post("desk", "/cases", QUESTION | {"source": "helpdesk", "external_id": "solved-2"}).json()
    said["external_id"] = plain["external_id"]
    assert office.post("desk", "/signals", said).json()["state"] == "resolved", "nobody has to confirm this one"


def test_a_monitoring_tool_that_says_solved_stops_nothing(office: Office) -> None:
    ticket = OUTAGE | {"source": "prometheus", "external_id": "probe-1"}
    case = office.post("desk", "/cases", ticket).json()["id"]
    said = {"source": "prometheus", "external_id": "probe-1", "kind": "solved"}
    answer = office.post("desk", "/signals", said).json()
    assert (answer["state"], answer["resolution_claimed_at"]) == ("open", None)
    assert all(run["claimed_at"] is None for run in answer["clocks"])
    assert office.kinds(case).count("case.recovered") == 1


def test_a_reply_ends_a_hold(office: Office) -> None:
    opened = office.open(source="desk", external_id="held-1")
    office.do("anna", opened["id"], "hold", reason="waits for logs")
    reply = {"source": "desk", "external_id": "held-1", "kind": "reply", "body": "Here they are"}
    answer = office.post("desk", "/signals", reply).json()
    assert (answer["held"], clock(answer, "resolve")["paused"]) == (False, False)


@pytest.mark.parametrize(
    "body",
    [b"[]", b'"text"', b"{", b'{"unknown": 1}', b'{"reason": "\\u0000"}', b'{"reason": "\\ud800"}', b"\xff", b"1e999"],
    ids=repr,
)
def test_no_verb_takes_what_is_no_body_of_it(office: Office, body: bytes) -> None:
    case = office.open(QUESTION)["id"]
    before = office.kinds(case)
    for path in VERBS:
        answer = office.clients["lea"].post(f"/cases/{case}/{path}", content=body)
        assert answer.status_code == 422, f"{path}: {answer.status_code} {answer.text}"
    assert office.kinds(case) == before


VERBS = sorted({path for path, _ in TRIES.values()})
