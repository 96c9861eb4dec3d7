"""Agents and viewers see a customer's revenue as a band, and nothing that they can read holds the figure or the exact
score from which it could be computed: no route, no page, no cursor."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.faces.routes import routes
from tests.testing import Databases
from tocsin.cases.queries import listing

REVENUE = 654_321.0
TICKET: dict[str, Any] = {
    "subject": "How is it",
    "account": {"external_id": "C-17", "name": "Meridian", "segment": "strategic", "arr": REVENUE},
    "users_affected": 100,
}
PAGES = (
    *("/", "/cases", "/cases?q=how", "/cases/1", "/cases/1?all=true"),
    *("/parts/mine", "/parts/cases", "/parts/cases/1"),
)
READERS = ("anna", "vera")


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        for number in range(3):
            office.open(TICKET, subject=f"How is it {number}")
        yield office


@pytest.fixture(scope="module")
def secrets(office: Office) -> list[str]:
    """What must not be read: the figure, and every number from which it follows, as digits."""
    found = office.get("admin", "/cases/1/decision")
    decision, explanation = found["decision"], found["explanation"]
    factor = next(each for each in decision["factors"] if each["source"] == "account.arr")
    numbers = [factor["value"], factor["points"], decision["score"], *decision["distance"].values()]
    changes = [change for change in (explanation["raises"], explanation["lowers"]) if change]
    numbers += [change[name] for change in changes for name in ("points", "score")]
    exact = [f"{abs(number):.15g}" for number in numbers if abs(number) % 1]
    assert len(exact) >= 5, "the ticket does not put this to the test"
    return [f"{REVENUE:.0f}", f"{REVENUE:,.0f}", *exact]


def holds(text: str, secrets: list[str]) -> list[str]:
    """The secrets in a text: said, or in what is only encoded."""
    texts = [text, *(_decoded(word) for word in set(re.findall(r"[A-Za-z0-9_-]{16,}", text)))]
    return [secret for secret in secrets if any(secret in each for each in texts)]


def _decoded(word: str) -> str:
    whole = word[: len(word) // 4 * 4]
    return base64.urlsafe_b64decode(whole).decode("latin-1")


def reading() -> list[str]:
    """Every path of the API that reads, and lists in every order."""
    paths = [path.removeprefix("/api/v1") for path in routes("get") if path.startswith("/api/v1/")]
    filled = [path.replace("{case}", "1").replace("{external_id}", "C-17") for path in paths]
    return [*filled, "/cases?q=how", *(f"/cases?sort={sort}&limit=1" for sort in listing.SORTS)]


def test_nothing_that_the_api_answers_gives_it_away(office: Office, secrets: list[str]) -> None:
    assert holds(office.clients["lea"].get("/cases/1/decision").text, secrets) == secrets[:1] + secrets[2:]
    for who in READERS:
        for path in reading():
            answer = office.clients[who].get(path)
            assert holds(answer.text, secrets) == [], f"{who} {path}: {answer.text}"
        assert holds(office.post(who, "/decisions", TICKET).text, secrets) == []
    for path, body in (
        ("/cases", TICKET),
        ("/cases/batch", {"cases": [TICKET]}),
        ("/signals", {"source": "w", "external_id": "w-1", **TICKET}),
        ("/cases/2/notes", {"text": "seen"}),
    ):
        assert holds(office.post("anna", path, body).text, secrets) == [], path


@pytest.mark.parametrize("who", READERS)
def test_no_page_gives_it_away(office: Office, secrets: list[str], who: str) -> None:
    browser = Browser(office.url)
    assert browser.sign_in(who).status_code == 303
    for path in (*PAGES, *(f"/cases?sort={sort}" for sort in listing.SORTS)):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert holds(answer.text, secrets) == [], path


@pytest.mark.parametrize("who", READERS)
def test_the_order_by_urgency_tells_no_more_than_the_scores_that_are_shown(office: Office, who: str) -> None:
    """Else whoever opens cases of a known score beside it finds the exact one by comparing."""
    below = office.open(TICKET, users_affected=99, subject="A little less")
    above = office.open(TICKET, users_affected=101, subject="A little more")
    exact = {case["id"]: case["score"] for case in office.get("lea", "/cases?sort=urgency")["cases"]}
    shown = office.get(who, "/cases?sort=urgency")["cases"]
    assert exact[below["id"]] < exact[above["id"]]
    assert len({case["score"] for case in shown}) == 1, "the ticket does not put this to the test"
    assert [case["number"] for case in shown] == sorted(case["number"] for case in shown), "the oldest first"


@pytest.mark.parametrize("who", [*READERS, "lea"])
@pytest.mark.parametrize("sort", listing.SORTS)
def test_every_list_goes_on_behind_its_cursor(office: Office, sort: str, who: str) -> None:
    everything = [case["id"] for case in office.get(who, f"/cases?sort={sort}")["cases"]]
    found: list[str] = []
    cursor = ""
    for _ in everything:
        page = office.get(who, f"/cases?sort={sort}&limit=1{cursor}")
        found += [case["id"] for case in page["cases"]]
        cursor = f"&cursor={page['cursor']}"
    assert found == everything
    assert page["cursor"] is None
