"""Calling in, following and bridges by real HTTP: the API, commands and pages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases, wait_until
from tocsin.cli import case as commands

MEET = "https://meet.example.com/17?a=1&b=2"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def shown(office: Office, case: dict[str, Any], who: str = "lea") -> Any:
    return office.get(who, f"/cases/{case['id']}")


def run(office: Office, monkeypatch: pytest.MonkeyPatch, who: str, *args: str) -> str:
    monkeypatch.setenv("TOCSIN_URL", office.url)
    monkeypatch.setenv("TOCSIN_TOKEN", office.secrets[who])
    done = CliRunner().invoke(commands.app, args)
    assert done.exit_code == 0, done.output
    return done.output


def test_somebody_is_called_in_answers_and_it_is_shown(office: Office) -> None:
    case = office.open(QUESTION)
    done = office.do("anna", case["id"], "call-ins", user="carl", reason="he wrote it", bridge=MEET)
    [call] = done["calls"]
    assert (call["target"], call["by"], call["state"]) == ({"kind": "user", "name": "carl"}, "anna", "calling")
    assert (call["called"], call["rounds"], call["reason"]) == (["carl"], 1, "he wrote it")
    assert done["bridge"] == MEET
    asked = shown(office, case)["next"]
    assert (asked["asks"], asked["acts"], asked["otherwise"]) == (
        "call",
        ["acknowledge", "decline"],
        "They are paged again.",
    )
    assert [page["user"] for page in shown(office, case)["pages"] if page["kind"] == "call"] == ["carl"]
    assert shown(office, case, "carl")["actions"]["acknowledge"] == {"allowed": True}
    assert shown(office, case, "dora")["actions"]["acknowledge"]["allowed"] is False
    [call] = office.do("carl", case["id"], "acknowledgement")["calls"]
    assert (call["state"], call["answered_by"], call["next_at"]) == ("answered", "carl", None)
    assert [page["acknowledged_at"] is not None for page in shown(office, case)["pages"] if page["kind"] == "call"] == [
        True
    ]


def test_a_decline_and_what_is_refused(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    assert office.refused("vera", case, "call-ins", user="carl")["status"] == 403
    assert office.refused("anna", case, "call-ins")["place"] == "user"
    assert office.refused("anna", case, "call-ins", roster="moon")["place"] == "roster"
    assert office.refused("anna", case, "call-ins", user="carl", bridge="javascript:alert(1)")["place"] == "bridge"
    assert office.do("lea", case, "call-ins", user="carl")["calls"][0]["state"] == "calling"
    assert (
        office.do("carl", case, "acknowledgement", decline=True, reason="on a train")["calls"][0]["state"] == "declined"
    )
    told = [event["payload"] for event in office.get("lea", f"/cases/{case}/timeline")["events"]]
    assert [one["says"] for one in told if one.get("why") == "call"] == ["everybody declined the call-in of carl"]


def test_followers_and_what_they_follow(office: Office) -> None:
    case = office.open(QUESTION)
    assert office.do("vera", case["id"], "following")["followers"] == ["vera"]
    for asked in ("me", "vera"):
        found = office.get("vera", f"/cases?followed_by={asked}")["cases"]
        assert [one["number"] for one in found] == [case["number"]]
    followed = office.get("anna", "/cases?followed_by=me")["cases"]
    assert case["number"] not in [one["number"] for one in followed]
    assert office.clients["lea"].get("/cases?followed_by=nobody").json()["place"] == "followed_by"
    assert office.clients["robot"].get("/cases?followed_by=me").json()["place"] == "followed_by"
    assert office.refused("robot", case["id"], "following")["status"] == 403
    assert office.do("vera", case["id"], "following", unfollow=True)["followers"] == []
    assert office.get("vera", "/cases?followed_by=me")["cases"] == []


def test_a_bridge_stands_in_lists(office: Office) -> None:
    case = office.open(QUESTION)
    office.do("anna", case["id"], "bridge", address="tel:+49301234")
    found = office.get("anna", f"/cases?q={case['number']}")["cases"]
    assert [one["bridge"] for one in found if one["number"] == case["number"]] == ["tel:+49301234"]
    assert office.refused("anna", case["id"], "bridge", address="ftp://x")["place"] == "bridge"
    for address in ("https://carl:secret@meet.example.com/17", "https://carl@meet.example.com/17"):
        refused = office.refused("anna", case["id"], "bridge", address=address)
        assert (refused["place"], refused["expected"]) == ("bridge", "one without a user name and a password")
        assert office.refused("anna", case["id"], "call-ins", user="carl", bridge=address)["place"] == "bridge"
    assert office.do("anna", case["id"], "bridge", address="")["bridge"] is None
    office.do("anna", case["id"], "bridge", address="tel:+49301234")
    assert office.do("anna", case["id"], "bridge")["bridge"] is None


def test_commands(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number = str(office.open(QUESTION)["number"])
    said = run(office, monkeypatch, "anna", "call-in", number, "--user", "carl", "--reason", "he wrote it")
    assert f"case {number} has somebody called in" in said
    assert f"has the bridge {MEET}" in run(office, monkeypatch, "anna", "bridge", number, MEET).replace("\n", "")
    assert "is followed" in run(office, monkeypatch, "anna", "follow", number)
    assert number in run(office, monkeypatch, "anna", "list", "--followed-by", "me")
    shown = run(office, monkeypatch, "anna", "show", number)
    assert MEET in shown.replace("\n", "")
    assert "followed by anna" in shown
    assert "waits for carl" in shown
    assert "Who comes, of those called in: carl? acknowledge, decline" in shown
    assert re.search(r"Without an answer, at .*: They are paged again\.", shown)
    run(office, monkeypatch, "carl", "ack", number)
    assert "carl comes" in run(office, monkeypatch, "anna", "show", number)
    assert "has no bridge" in run(office, monkeypatch, "anna", "bridge", number)
    run(office, monkeypatch, "anna", "unfollow", number)
    assert "followed by" not in run(office, monkeypatch, "anna", "show", number)


def test_pages(office: Office) -> None:
    case = office.open(QUESTION)
    path = f"/cases/{case['number']}"
    browser = Browser(office.url)
    browser.sign_in("anna")
    assert office.clients["admin"].post("/users", json={"name": "nina", "role": "agent"}).status_code == 201
    form = browser.get(path).text.partition('id="act-call-in"')[2].partition("</form>")[0]
    assert '<option value="carl">' in form
    assert '<option value="anna">' not in form, "nobody calls themselves in"
    assert '<option value="nina">' not in form, "no page reaches her"
    fields: dict[str, Any] = {"user": "carl", "roster": "", "team": "", "reason": "he wrote it", "bridge": MEET}
    assert browser.post(f"{path}/call-in", **fields).status_code == 303
    assert browser.post(f"{path}/follow").status_code == 303
    text = browser.get(path).text
    assert re.search(
        r'<a href="https://meet.example.com/17\?a=1&amp;b=2" rel="noreferrer"><svg[^>]*>.*?</svg>Join the bridge</a>',
        text,
    )
    assert "nobody has answered yet" in text
    assert "Followed by" in text
    assert "carl is called in and has not answered" in text, "and it is not asked who comes: anna cannot say"
    assert f'href="{path}"' in browser.get("/cases?followed_by=me").text
    carl = Browser(office.url)
    carl.sign_in("carl")
    asked = carl.get(path).text
    assert "anna calls you in. Do you come?" in asked
    assert f'action="{path}/acknowledge"' in asked
    assert carl.post(f"{path}/acknowledge").status_code == 303
    assert "<bdi>carl</bdi> comes" in browser.get(path).text
    refused = browser.post(f"{path}/bridge", address="javascript:alert(1)")
    assert refused.status_code == 422
    assert 'href="javascript' not in refused.text


def test_the_caller_is_told_by_a_notice(office: Office) -> None:
    case = office.open(QUESTION)
    office.do("lea", case["id"], "call-ins", user="carl")
    office.do("carl", case["id"], "acknowledgement")

    def told() -> bool:
        return any(page["kind"] == "notice" and page["user"] == "lea" for page in shown(office, case)["pages"])

    wait_until(told)
