"""What a case says that its viewer could do to it is what happens to whoever tries."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cases import actions
from tocsin.cases.lifecycle import Verb
from tocsin.cli import case as case_commands
from tocsin.web.verbs import ACTS

SOURCES = Path(actions.__file__).parent / "verbs"
PEOPLE = ("vera", "anna", "carl", "mia", "lea", "olga", "otto", "admin", "robot")
DUE = "2099-01-01T00:00:00Z"

TRIES: dict[Verb, tuple[str, dict[str, Any]]] = {
    Verb.ASSIGN: ("assignment", {"owner": "bo"}),
    Verb.ACKNOWLEDGE: ("acknowledgement", {}),
    Verb.DECLINE: ("acknowledgement", {"decline": True}),
    Verb.RAISE: ("escalation", {"level": "senior", "reason": "r"}),
    Verb.REQUEST: ("escalation", {"level": "executive", "reason": "r", "request": True}),
    Verb.ANSWER: ("escalation/answer", {"accept": True}),
    Verb.LOWER: ("deescalation", {"level": "standard", "reason": "r"}),
    Verb.OVERRIDE: ("override", {"severity": "high", "reason": "r"}),
    Verb.CORRECT: ("correction", {"what": "false_alarm", "reason": "r"}),
    Verb.TRIAGE: ("triage", {"level": "standard", "reason": "r"}),
    Verb.HOLD: ("hold", {"reason": "r"}),
    Verb.RELEASE: ("hold", {"release": True}),
    Verb.CONTAIN: ("containment", {}),
    Verb.CONFIRM_CONTAINMENT: ("containment", {"verdict": "confirm"}),
    Verb.RESOLVE: ("resolution", {}),
    Verb.CONFIRM_RESOLUTION: ("resolution", {"verdict": "confirm"}),
    Verb.REOPEN: ("reopening", {"reason": "r"}),
    Verb.CLOSE: ("closure", {}),
    Verb.RELIEVE: ("relief", {"clock": "resolve", "due_at": DUE, "reason": "r"}),
    Verb.LINK: ("links", {"kind": "related"}),
    Verb.NOTE: ("notes", {"text": "t"}),
    Verb.CONFIDE: ("confidentiality", {"names": [], "reason": "r"}),
}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def test_every_verb_begins_with_the_permission_that_stands_in_the_table() -> None:
    said = {
        (Verb[verb], permission)
        for source in SOURCES.glob("*.py")
        for permission, verb in re.findall(r'begin\(viewer, "([a-z._]+)", Verb\.([A-Z_]+), state\)', source.read_text())
    }
    assert said == set(actions.PERMISSIONS.items())


@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_allowed_is_done_and_what_is_not_is_refused_with_the_same_reason(office: Office, who: str) -> None:
    assert TRIES.keys() == set(Verb)
    other = office.open(QUESTION)["id"]
    for verb, (path, body) in TRIES.items():
        case = office.open(QUESTION)["id"]
        said = office.get(who, f"/cases/{case}")["actions"][verb.value]
        answer = office.post(who, f"/cases/{case}/{path}", body | ({"case": other} if verb is Verb.LINK else {}))
        assert said["allowed"] == answer.is_success, f"{verb}: {said} {answer.text}"
        if not said["allowed"]:
            assert said["why_not"].startswith(answer.json()["detail"]), f"{verb}: {said} {answer.text}"


@pytest.mark.parametrize("who", PEOPLE)
def test_so_it_is_while_people_are_paged(office: Office, who: str) -> None:
    """Of an escalation that nobody has answered; `expected` says whom to ask, and no button is there."""
    for verb in (Verb.ACKNOWLEDGE, Verb.DECLINE, Verb.LOWER, Verb.CORRECT, Verb.HOLD, Verb.RELIEVE, Verb.RESOLVE):
        path, body = TRIES[verb]
        case = office.open()["id"]
        shown = office.get(who, f"/cases/{case}")
        said, paged = shown["actions"][verb.value], [page["user"] for page in shown["pages"]]
        answer = office.post(who, f"/cases/{case}/{path}", body)
        assert said["allowed"] == answer.is_success, f"{verb}: {said} {answer.text}"
        if not said["allowed"]:
            assert said["why_not"].startswith(answer.json()["detail"]), f"{verb}: {said} {answer.text}"
        if verb is Verb.ACKNOWLEDGE and not said["allowed"] and who not in ("vera", "otto"):
            assert answer.status_code == 403
            assert paged
            assert all(name in said["why_not"] and name in answer.json()["expected"] for name in paged)


def test_no_page_shows_a_button_that_is_refused(office: Office) -> None:
    give_passwords(office.installation)
    case = office.open()
    paged = office.get("lea", f"/cases/{case['id']}")["pages"][0]["user"]
    for who, may in (("anna", False), ("olga", False), (paged, True), ("mia", True)):
        browser = Browser(office.url)
        browser.sign_in(who)
        for page in ("/", f"/cases/{case['number']}"):
            text = browser.get(page).text
            assert (f'action="/cases/{case["number"]}/acknowledge"' in text) is may, f"{who} {page}"
        assert (f"You cannot acknowledge it: {who} was not paged" in text) is not may
        if not may:
            assert paged in text.partition("You cannot acknowledge it")[2].partition("</p>")[0]
            answer = browser.post(f"/cases/{case['number']}/acknowledge")
            assert answer.status_code == 403
            assert browser.post(f"/cases/{case['number']}/note", text="I am looking at it.").status_code == 303


def test_a_list_and_an_answer_carry_no_actions(office: Office) -> None:
    opened = office.open()
    assert "actions" not in opened
    assert all("actions" not in case for case in office.get("anna", "/cases")["cases"])
    assert "actions" not in office.do("anna", opened["id"], "notes", text="Hello")
    assert set(office.get("anna", f"/cases/{opened['id']}")["actions"]) == {verb.value for verb in Verb}


def test_pages_and_commands_call_what_changes_the_attention_alike() -> None:
    commands = {command.name for command in case_commands.app.registered_commands}
    steering = (Verb.RAISE, Verb.REQUEST, Verb.LOWER, Verb.OVERRIDE, Verb.CORRECT)
    assert commands >= {verb.value for verb in steering}
    assert [ACTS[verb].label.split()[0].lower() for verb in steering] == [verb.value for verb in steering]
