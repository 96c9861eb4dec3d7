"""What a case says that its viewer could do to it is what happens to whoever tries."""

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.faces.tries import LINKING, TRIES
from tests.testing import Databases
from tocsin.cli import case as case_commands
from tocsin.verbs import VERBS
from tocsin.web.verbs import acts

PEOPLE = ("vera", "anna", "carl", "mia", "lea", "olga", "otto", "admin", "robot")


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_allowed_is_done_and_what_is_not_is_refused_with_the_same_reason(office: Office, who: str) -> None:
    assert TRIES.keys() == VERBS.keys()
    other = office.open(QUESTION)["id"]
    for verb, (path, body) in TRIES.items():
        case = office.open(QUESTION)["id"]
        if verb == "unlink":
            office.post("anna", f"/cases/{case}/links", {"kind": "related", "case": other})
        said = office.get(who, f"/cases/{case}")["actions"][verb]
        answer = office.post(who, f"/cases/{case}/{path}", body | ({"case": other} if verb in LINKING else {}))
        assert said["allowed"] == answer.is_success, f"{verb}: {said} {answer.text}"
        if not said["allowed"]:
            assert said["why_not"].startswith(answer.json()["detail"]), f"{verb}: {said} {answer.text}"


@pytest.mark.parametrize("who", PEOPLE)
def test_so_it_is_while_people_are_paged(office: Office, who: str) -> None:
    """Of an escalation that nobody has answered; `expected` says whom to ask, and no button is there."""
    for verb in ("acknowledge", "decline", "lower", "correct", "hold", "extend", "resolve"):
        path, body = TRIES[verb]
        case = office.open()["id"]
        shown = office.get(who, f"/cases/{case}")
        said, paged = shown["actions"][verb], [page["user"] for page in shown["pages"]]
        answer = office.post(who, f"/cases/{case}/{path}", body)
        assert said["allowed"] == answer.is_success, f"{verb}: {said} {answer.text}"
        if not said["allowed"]:
            assert said["why_not"].startswith(answer.json()["detail"]), f"{verb}: {said} {answer.text}"
        if verb == "acknowledge" and not said["allowed"] and who not in ("vera", "otto"):
            assert answer.status_code == 403
            assert paged
            assert all(name in said["why_not"] and name in answer.json()["expected"] for name in paged)


def test_no_page_shows_a_button_that_is_refused(office: Office) -> None:
    give_passwords(office.installation)
    case = office.open(
        account={"external_id": "alone", "name": "Alone"}
    )  # Now has room for fifty of all that there are
    paged = office.get("lea", f"/cases/{case['id']}")["pages"][0]["user"]
    for who, may in (("anna", False), ("olga", False), (paged, True), ("mia", True)):
        browser = Browser(office.url)
        browser.sign_in(who)
        for page in ("/?account=alone", f"/cases/{case['number']}"):
            text = browser.get(page).text
            assert (f'action="/cases/{case["number"]}/acknowledge"' in text) is may, f"{who} {page}"
        assert (f"You cannot acknowledge it: {who} was not paged" in text) is not may
        if not may:
            assert paged in text.partition("You cannot acknowledge it")[2].partition("</p>")[0]
            answer = browser.post(f"/cases/{case['number']}/acknowledge")
            assert answer.status_code == 403
            assert browser.post(f"/cases/{case['number']}/note", text="I am looking at it.").status_code == 303


def test_every_face_says_what_a_case_asks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open()
    asked = office.get("lea", f"/cases/{case['id']}")["next"]
    assert (asked["asks"], asked["question"], asked["acts"][0]) == ("acknowledge", "Who has it?", "acknowledge")
    assert asked["at"] is not None
    assert set(asked["acts"]) <= VERBS.keys()
    give_passwords(office.installation)
    browser = Browser(office.url)
    browser.sign_in("lea")
    page = browser.get(f"/cases/{case['number']}").text.partition('id="next-title"')[2].partition("</section>")[0]
    assert "Who has it?" in page.partition("</h2>")[0]
    assert re.search(r"Path \w+, pass 1 of 3", page), "and what follows without an answer"
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets["lea"])
    shown = CliRunner().invoke(case_commands.app, ["show", str(case["number"])]).output
    assert "Who has it? acknowledge, decline" in shown
    assert asked["otherwise"] in shown
    office.do("mia", case["id"], "acknowledgement")
    done = office.do("mia", case["id"], "resolution")
    assert done["state"] == "resolved"
    assert office.get("lea", f"/cases/{case['id']}")["next"] is None


def test_a_list_and_an_answer_carry_no_actions(office: Office) -> None:
    opened = office.open()
    assert "actions" not in opened
    assert all("actions" not in case for case in office.get("anna", "/cases")["cases"])
    assert "actions" not in office.do("anna", opened["id"], "notes", text="Hello")
    assert set(office.get("anna", f"/cases/{opened['id']}")["actions"]) == VERBS.keys()


def test_pages_and_commands_call_what_changes_the_attention_alike() -> None:
    commands = {command.name for command in case_commands.app.registered_commands}
    steering = ("raise", "request", "lower", "override", "correct")
    assert commands >= VERBS.keys()
    assert [acts()[verb].label.split()[0].lower() for verb in steering] == list(steering)
