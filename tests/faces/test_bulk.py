"""One verb on many cases: tried first, then carried out, each case with a result of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cli.case import group


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def bulk(office: Office, who: str, verb: str, cases: list[Any], **more: Any) -> Any:
    return office.clients[who].post("/cases/bulk", json={"verb": verb, "cases": cases, **more})


def test_a_trial_says_what_would_be_done_and_changes_nothing(office: Office) -> None:
    one, other = office.open(QUESTION)["number"], office.open(QUESTION)["number"]
    office.do("anna", str(other), "resolution")
    owners = [office.get("lea", f"/cases/{case}")["owner"] for case in (one, other)]
    to = {"owner": "carl" if owners[0] == "bo" else "bo"}
    tried = bulk(office, "anna", "assign", [one, other, "99999"], arguments=to, dry_run=True).json()
    assert (tried["verb"], tried["dry_run"]) == ("assign", True)
    assert [(each["case"], each["done"]) for each in tried["results"]] == [
        *((str(one), True), (str(other), False), ("99999", False)),
    ]
    assert [each["problem"]["status"] for each in tried["results"][1:]] == [409, 404]
    assert [office.get("lea", f"/cases/{case}")["owner"] for case in (one, other)] == owners
    done = bulk(office, "anna", "assign", [one, other, "99999"], arguments=to).json()
    assert done["results"] == tried["results"]
    assert [office.get("lea", f"/cases/{case}")["owner"] for case in (one, other)] == [to["owner"], owners[1]]


def test_what_follows_a_case_goes_with_it_and_a_case_named_twice_is_changed_once(office: Office) -> None:
    parent, child = office.open(OUTAGE), office.open(OUTAGE)
    office.do("mia", child["id"], "links", kind="parent", case=parent["id"])
    done = bulk(office, "mia", "acknowledge", [parent["id"], parent["number"], child["id"]]).json()["results"]
    assert done[0]["done"]
    assert office.get("mia", f"/cases/{child['id']}")["acknowledged"]
    events = office.get("mia", f"/cases/{parent['id']}/timeline")["events"]
    assert [event["kind"] for event in events].count("case.acknowledged") == 1


def test_what_is_wrong_for_all_of_them_is_refused_as_a_whole(office: Office) -> None:
    case = office.open(QUESTION)["number"]
    for verb, arguments, place in (
        ("fly", {}, "verb"),
        ("link", {"kind": "related", "case": 1}, "verb"),
        ("assign", {}, "arguments.owner"),
        ("assign", {"owner": "bo", "loud": True}, "arguments.loud"),
        ("extend", {"clock": "resolve", "due_at": "noon", "reason": "r"}, "due_at"),
    ):
        refused = bulk(office, "admin", verb, [case], arguments=arguments)
        assert (refused.status_code, refused.json()["place"]) == (422, place), verb
    assert bulk(office, "vera", "note", [case], arguments={"text": "t"}).status_code == 403
    assert bulk(office, "anna", "note", [], arguments={"text": "t"}).status_code == 422
    secret = office.open(QUESTION)["number"]
    office.do("lea", str(secret), "confidentiality", names=["lea"], reason="legal")
    stranger = "bo" if office.get("lea", f"/cases/{secret}")["owner"] == "anna" else "anna"
    [hidden] = bulk(office, stranger, "note", [secret], arguments={"text": "t"}).json()["results"]
    assert hidden["problem"]["status"] == 404


def test_all_of_it_is_undone_where_it_still_can_be(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [office.open(QUESTION)["number"] for _ in range(3)]
    owners = [office.get("lea", f"/cases/{case}")["owner"] for case in cases]
    done = bulk(office, "anna", "assign", [*cases, "99999"], arguments={"owner": "dora"}).json()
    office.do("anna", str(cases[1]), "assignment", owner="carl")
    tried = office.post("bo", f"/bulk/{done['id']}/undo", {"dry_run": True}).json()
    assert (tried["id"], tried["verb"], tried["dry_run"]) == (done["id"], "assign", True)
    assert [(each["case"], each["done"]) for each in tried["results"]] == [
        (str(case), case != cases[1]) for case in cases
    ]
    assert tried["results"][1]["problem"]["detail"] == "since then: it has a new owner"
    assert office.get("lea", f"/cases/{cases[0]}")["owner"] == "dora"
    undone = office.post("bo", f"/bulk/{done['id']}/undo").json()
    assert undone == tried | {"dry_run": False}
    assert [office.get("lea", f"/cases/{case}")["owner"] for case in cases] == [owners[0], "carl", owners[2]]
    again = office.post("bo", f"/bulk/{done['id']}/undo").json()["results"]
    assert [each["done"] for each in again] == [False] * 3
    assert office.post("vera", f"/bulk/{done['id']}/undo").status_code == 403
    assert office.post("bo", "/bulk/0000000000000/undo").status_code == 404
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets["anna"])
    numbers = [str(case) for case in cases]
    said = CliRunner().invoke(group(), ["bulk", "hold", *numbers, "--arguments", '{"reason": "a release"}'])
    assert said.output.startswith(f"case {cases[0]}: hold: done\n"), said.output
    made = said.output.rpartition("undo-bulk ")[2].partition("`")[0]
    taken = CliRunner().invoke(group(), ["undo-bulk", made])
    assert taken.output == "".join(f"case {case}: hold: undone\n" for case in cases)


def test_what_one_may_not_see_is_counted_and_not_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case, secret = office.open(QUESTION), office.open(QUESTION)
    done = bulk(office, "lea", "hold", [case["number"], secret["number"]], arguments={"reason": "a release"}).json()
    office.do("lea", secret["id"], "confidentiality", names=["lea"], reason="legal")
    stranger = "carl" if office.get("lea", f"/cases/{secret['id']}")["owner"] != "carl" else "dora"
    for dry_run in (True, False):
        answer = office.post(stranger, f"/bulk/{done['id']}/undo", {"dry_run": dry_run})
        assert secret["id"] not in answer.text
        assert ([each["case"] for each in answer.json()["results"]], answer.json()["hidden"]) == (
            [str(case["number"])],
            1,
        )
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets[stranger])
    said = CliRunner().invoke(group(), ["undo-bulk", done["id"], "--dry-run"])
    assert said.stderr == "hidden from you, and left as they are: 1\n"
    assert office.get("lea", f"/cases/{secret['id']}")["held"]
    assert office.post("lea", f"/bulk/{done['id']}/undo").json()["hidden"] == 0


def test_what_nothing_undoes_has_no_id(office: Office) -> None:
    case = office.open(QUESTION)["number"]
    for verb, arguments in (
        ("follow", {}),
        ("bridge", {"address": "https://meet.example.com/acme"}),
    ):
        done = bulk(office, "anna", verb, [case], arguments=arguments).json()
        assert (done["results"][0]["done"], done["id"]) == (True, None), verb


def test_a_trial_and_what_did_nothing_have_no_id(office: Office) -> None:
    case = office.open(QUESTION)["number"]
    assert bulk(office, "anna", "hold", [case], arguments={"reason": "r"}, dry_run=True).json()["id"] is None
    assert bulk(office, "anna", "resume", [case]).json()["id"] is None
