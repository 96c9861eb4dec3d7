"""The queue of triage on a page, by keys, by the API and by commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import run
from tests.faces.browser import DESKTOP, chromium, expect, needs_chromium, show_as, watched
from tests.faces.browsing import give_passwords, heading, plain, signed
from tests.faces.keys import keys
from tests.faces.office import Office, staffed
from tests.testing import Databases

WORDS = {"subject": "Nothing works, it is down"}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def test_a_question_is_shown_answered_and_kept(office: Office) -> None:
    case = office.open(WORDS)
    browser = signed(office.url, "lea")
    page = browser.get("/triage")
    assert heading(page) == "1 question for a person"
    text = plain(page.text)
    assert "Is this senior?" in text
    assert "only the customer's words escalate it" in text
    assert "Without an answer: It keeps its level in" in text
    answered = browser.post(f"/cases/{case['number']}/answer-triage", level="standard", back="triage")
    assert answered.headers["location"] == f"/triage?done=answer-triage&case={case['number']}"
    assert heading(browser.get("/triage")) == "No question waits"
    found = office.get("lea", f"/cases/{case['id']}")
    assert (found["level"], found["triage"]) == ("standard", None)
    again = office.open(WORDS)
    assert f"#{case['number']}" in plain(browser.get("/triage").text) or "office-1" in browser.get("/triage").text
    assert "people agreed in 0 %" in plain(browser.get("/triage").text)
    office.do("lea", again["id"], "triage", level="senior")


def test_the_api_says_what_may_be_answered(office: Office) -> None:
    case = office.open(WORDS)
    found = office.get("anna", "/triage")
    [question] = found["questions"]
    assert (question["number"], question["asks"], question["title"]) == (case["number"], "triage", "Is this senior?")
    assert [(one["verb"], one["given"], one["follows"]) for one in question["answers"]] == [
        ("answer-triage", {"level": "senior"}, True),
        ("answer-triage", {"level": "standard"}, False),
    ]
    assert "may set this level" in question["answers"][1]["refused"]
    office.do("anna", case["id"], "triage-snooze", reason="They call back.", lasts="15m")
    assert office.get("anna", "/triage")["questions"][0]["snoozed"]["by"] == "user:anna"
    office.do("lea", case["id"], "triage", type="how_to")
    assert office.get("anna", "/triage") == {"questions": [], "today": {"settled": 1, "answered": 1, "agreed": 0}}


def test_what_the_case_is_is_asked_for_where_nothing_else_fits(office: Office) -> None:
    case = office.open(WORDS)
    browser = signed(office.url, "lea")
    page = browser.get("/triage").text
    assert 'name="type"' in page
    assert '<option value="how_to">' in page
    browser.post(f"/cases/{case['number']}/answer-triage", type="how_to", back="triage")
    found = office.get("lea", f"/cases/{case['id']}")
    assert (found["type"], found["level"]) == ("how_to", "standard")


def test_commands_list_and_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open(WORDS)
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets["lea"])
    assert "Is this senior?" in run("triage", "list").out
    done = run("triage", "answer", str(case["number"]), "standard", "--reason", "their own network")
    assert done.out.startswith(f"case {case['number']} is answered: standard, ")
    assert "in 24 hours: 1 answered by people, who agreed in 0" in run("triage", "list").out


@needs_chromium
@pytest.mark.long
def test_keys_answer_one_after_the_other(tmp_path: Path) -> None:
    databases = Databases("sqlite", tmp_path)
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        cases = [office.open(WORDS) for _ in range(4)]
        with chromium() as browser, watched(browser, DESKTOP) as seen:
            page = seen.page
            show_as(page, office.url, signed(office.url, "lea"))
            page.goto(office.url + "/triage")
            for left, key in ((3, "1"), (2, "2"), (1, "1")):
                page.keyboard.press(key)
                word = "questions" if left > 1 else "question"
                expect(page.get_by_role("heading", level=1)).to_have_text(f"{left} {word} for a person")
            page.keyboard.press("z")
            page.keyboard.type("They call back.")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("No question waits")
            assert seen.complaints == []
        levels = [office.get("lea", f"/cases/{case['id']}")["level"] for case in cases]
        assert sorted(levels) == ["senior", "senior", "senior", "standard"]


def test_what_a_trigger_did_says_the_rule_its_numbers_and_the_way_back(office: Office) -> None:
    case = office.open({"subject": "Reports", "attributes": {"uptime": 98.5}})
    text = plain(signed(office.url, "lea").get(f"/cases/{case['number']}").text)
    assert "triggers.uptime, for the attribute uptime is 98.5 %, under the target of 99.9 %" in text
    assert not [key for key in keys(signed(office.url, "lea").get(f"/cases/{case['number']}").text) if "trigger" in key]
    assert "By policy 1, without a person." in text
    assert "Was it wrong? Lower the case, and leads mute the rule under Automation" in text
