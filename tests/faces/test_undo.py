"""Undoing over real HTTP: the case says what can be undone until when; route, command and button do it."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cli.case import group


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def test_a_case_says_what_can_be_undone_and_the_route_does_it(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    assert office.get("anna", f"/cases/{case}")["undo"] is None
    assert office.refused("anna", case, "undo")["detail"] == "nothing was done that can still be undone"
    held = office.do("anna", case, "hold", reason="asked for a log")
    offered = office.get("bo", f"/cases/{case}")["undo"]
    assert (offered["verb"], offered["by"]) == ("hold", "user:anna")
    assert offered["says"].startswith("on hold until ")
    assert offered["says"].endswith("asked for a log")
    assert offered["until"] > held["held_at"]
    done = office.do("bo", case, "undo", event=offered["event"])
    assert not done["held"]
    assert done["undone"] == {
        "verb": "hold",
        "event": offered["event"],
        "by": "user:anna",
        "paged": 0,
        "told": 0,
        "customer": False,
        "says": "undone: hold",
    }
    assert office.kinds(case)[-2:] == ["case.undone", "clocks.restarted"]
    refused = office.refused("bo", case, "undo", event=offered["event"])
    assert (refused["status"], refused["place"]) == (409, "undo")
    assert office.post("vera", f"/cases/{case}/undo").status_code == 403


def test_the_same_request_again_undoes_once(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    office.do("anna", case, "hold", reason="asked for a log")
    first, again = (office.post("anna", f"/cases/{case}/undo", key="undo-1") for _ in range(2))
    assert first.json()["undone"] == again.json()["undone"]
    assert office.kinds(case).count("case.undone") == 1


def test_the_command_and_the_button_undo_and_say_what_was_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets["lea"])
    case = office.open(OUTAGE)
    office.do("mia", case["id"], "acknowledgement")
    office.do("lea", case["id"], "deescalation", level="standard", reason="a test system")
    browser = Browser(office.url)
    browser.sign_in("lea")
    page = browser.get(f"/cases/{case['number']}").text.partition('<div class="note undo">')[2].partition("</div>")[0]
    assert f'action="/cases/{case["number"]}/undo"' in page
    assert "lowered to standard <q" in page
    assert ">a test system</q>" in page
    event = page.partition('name="event" value="')[2].partition('"')[0]
    assert browser.post(f"/cases/{case['number']}/undo", event=event).status_code == 303
    shown = office.get("lea", f"/cases/{case['id']}")
    assert (shown["level"], shown["acknowledged"], shown["undo"]) == (case["level"], True, None)
    assert "Undone." in browser.get(f"/cases/{case['number']}?done=undo").text
    office.do("anna", case["id"], "hold", reason="asked for a log")
    done = CliRunner().invoke(group(), ["undo", str(case["number"])])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"case {case['number']} undone: hold")
    assert done.stderr.startswith("undoing hold: on hold until ")
    again = CliRunner().invoke(group(), ["undo", str(case["number"])])
    assert again.exit_code == 1
    assert "nothing was done that can still be undone" in str(again.exception)


def test_the_same_request_without_a_key_undoes_once(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    office.do("anna", case, "assignment", owner="dora")
    office.do("anna", case, "hold", reason="asked for a log")
    office.do("anna", case, "undo")
    refused = office.refused("anna", case, "undo")
    assert (refused["status"], refused["detail"]) == (409, "what was done last is undone already; name the event")
    shown = office.get("anna", f"/cases/{case}")
    assert (shown["undo"]["verb"], shown["actions"]["undo"]["allowed"]) == ("assign", True)
    office.do("anna", case, "undo", event=shown["undo"]["event"])


def test_what_can_be_undone_names_no_case_that_is_hidden(office: Office) -> None:
    case, secret = office.open(QUESTION), office.open(QUESTION)
    office.do("lea", secret["id"], "confidentiality", names=["lea"], reason="legal")
    office.do("lea", case["id"], "links", kind="related", case=secret["id"])
    assert office.get("lea", f"/cases/{case['id']}")["undo"]["says"] == f"related to #{secret['number']}"
    stranger = "carl" if office.get("lea", f"/cases/{secret['id']}")["owner"] != "carl" else "dora"
    assert office.get(stranger, f"/cases/{case['id']}")["undo"]["says"] == "related to another case"
    actions = office.get(stranger, f"/cases/{case['id']}")["actions"]
    assert actions["undo"]["why_not"].startswith("it was done to another case, too, which you may not see")
    assert actions["unlink"]["why_not"].startswith("it is linked to another case, which you may not see")
    allowed = office.get("lea", f"/cases/{case['id']}")["actions"]
    assert (allowed["undo"], allowed["unlink"]) == ({"allowed": True}, {"allowed": True})
    refused = office.refused(stranger, case["id"], "undo")
    assert (refused["status"], refused["detail"]) == (409, "it was done to another case, too, which you may not see")
    done = office.do("lea", case["id"], "undo")
    assert done["undone"]["says"] == "undone: link"
    unlinked = office.get("lea", f"/cases/{case['id']}")["actions"]["unlink"]
    assert unlinked["why_not"] == "it follows no other case and is related to none"
