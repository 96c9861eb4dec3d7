"""`as_of` over the API: a case, its timeline, lists and Now as they were, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cases.queries import listing
from tocsin.core import instants


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def now(office: Office) -> str:
    return instants.to_text(office.installation.clock.now())


@pytest.fixture(scope="module", autouse=True)
def story(office: Office) -> dict[str, Any]:
    """An outage that is answered and resolved, and what was live before each."""
    case = office.open(OUTAGE | {"external_id": "T-1"})["id"]
    question = office.open(QUESTION)["id"]
    opened = now(office)
    seen = {opened: office.get("lea", f"/cases/{case}")}
    office.do("carl", case, "acknowledgement")
    office.do("lea", question, "assignment", owner="bo")
    answered = now(office)
    seen[answered] = office.get("lea", f"/cases/{case}")
    office.do("carl", case, "resolution", note="Done.")
    return {"case": case, "question": question, "opened": opened, "answered": answered, "seen": seen}


def test_a_case_is_shown_as_it_was(office: Office, story: dict[str, Any]) -> None:
    for at, live in story["seen"].items():
        then = office.get("lea", f"/cases/{story['case']}?as_of={at}")
        assert (then.pop("as_of"), then.pop("erased")) == (at, [])
        assert (then.pop("actions"), then.pop("next"), then.pop("undo")) == ({}, None, None)
        known = {name: value for name, value in live.items() if name in then}
        for page in (*then.pop("pages"), *known.pop("pages")):
            assert page["queued_at"] <= at
        assert then == known
    assert office.get("lea", f"/cases/{story['case']}")["state"] == "resolved"


def test_a_timeline_ends_there(office: Office, story: dict[str, Any]) -> None:
    events = office.get("lea", f"/cases/{story['case']}/timeline?as_of={story['opened']}")["events"]
    whole = office.get("lea", f"/cases/{story['case']}/timeline")["events"]
    assert events == whole[: len(events)]
    assert {"case.opened", "path.stepped"} <= {event["kind"] for event in events}
    assert all(event["at"] <= story["opened"] for event in events)
    assert len(events) < len(whole)


def test_lists_and_now_are_those_of_then(office: Office, story: dict[str, Any]) -> None:
    def listed(query: str) -> list[str]:
        return [case["id"] for case in office.get("lea", f"/cases?{query}")["cases"]]

    opened, answered = story["opened"], story["answered"]
    assert listed(f"needs=unanswered&as_of={opened}") == [story["case"]]
    assert listed(f"needs=unanswered&as_of={answered}") == []
    assert listed(f"owner=bo&as_of={opened}") == []
    assert listed(f"owner=bo&as_of={answered}") == [story["question"]]
    assert listed(f"state=open&sort=urgency&as_of={answered}") == [story["case"], story["question"]]
    assert listed(f"sort=oldest&external_id=T-1&as_of={answered}&q=down") == [story["case"]]
    assert listed("as_of=2020-01-01T00:00:00Z") == []
    page = office.get("lea", f"/cases?limit=1&as_of={answered}")
    further = office.get("lea", f"/cases?limit=1&as_of={answered}&cursor={page['cursor']}")
    assert [case["id"] for case in (*page["cases"], *further["cases"])] == [story["question"], story["case"]]
    assert listed(f"needs=now&as_of={opened}") == [story["case"]]
    assert listed(f"needs=now&as_of={answered}") == []
    assert listed(f"needs=somebody&as_of={answered}") == [story["case"]]
    then = office.get("lea", f"/now?as_of={opened}")
    assert then["at"] == opened
    assert [case["id"] for case in then["escalated"]] == [story["case"]]
    assert then["escalated"][0]["standing"]["unanswered"]
    assert then["escalated"][0]["paged"]
    assert {name: then["counts"][name] for name in ("open", "escalated", "unanswered")} == {
        "open": 2,
        "escalated": 1,
        "unanswered": 1,
    }
    assert story["case"] not in [case["id"] for case in office.get("lea", "/now")["escalated"]]


@pytest.mark.parametrize("sort", [sort for sort in listing.SORTS if sort != "due"])
def test_a_list_goes_on_in_each_order_as_the_live_one_did(office: Office, story: dict[str, Any], sort: str) -> None:
    live = [case["id"] for case in office.get("lea", f"/cases?sort={sort}")["cases"]]
    at, found, further = now(office), [], ""
    while True:
        page = office.get("lea", f"/cases?sort={sort}&limit=1&as_of={at}{further}")
        found += [case["id"] for case in page["cases"]]
        if page["cursor"] is None:
            break
        further = f"&cursor={page['cursor']}"
    assert found == live
    assert {story["case"], story["question"]} <= set(found)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/cases?as_of=2199-01-01T00:00:00Z", "as_of"),
        ("/now?as_of=2199-01-01T00:00:00Z", "as_of"),
        ("/now?as_of=yesterday", "as_of"),
        ("/cases?sort=due&as_of=2026-01-01T00:00:00Z", "sort"),
        ("/cases?followed_by=bo&as_of=2026-01-01T00:00:00Z", "followed_by"),
        ("/cases?kind=technical&as_of=2026-01-01T00:00:00Z", "kind"),
        ("/cases?type=bug&as_of=2026-01-01T00:00:00Z", "type"),
        ("/cases.csv?as_of=2026-01-01T00:00:00Z", "as_of"),
    ],
)
def test_what_cannot_be_told_is_refused(office: Office, path: str, place: str) -> None:
    refused = office.clients["lea"].get(path)
    assert (refused.status_code, refused.json()["place"]) == (422, place), refused.text


def test_before_its_opening_there_was_no_case(office: Office, story: dict[str, Any]) -> None:
    refused = office.clients["lea"].get(f"/cases/{story['case']}?as_of=2020-01-01T00:00:00Z")
    assert (refused.status_code, refused.json()["place"]) == (404, "as_of")


def test_who_may_not_see_it_today_sees_it_nowhere(office: Office) -> None:
    case = office.open(OUTAGE | {"external_id": "T-secret"})["id"]
    at = now(office)
    office.do("lea", case, "confidentiality", names=["lea"], reason="legal")
    assert office.clients["bo"].get(f"/cases/{case}?as_of={at}").status_code == 404
    assert office.clients["bo"].get(f"/cases/{case}/timeline?as_of={at}").status_code == 404
    for path, part in ((f"/cases?as_of={at}", "cases"), (f"/now?as_of={at}", "escalated")):
        assert case not in [one["id"] for one in office.get("bo", path)[part]]
        assert case in [one["id"] for one in office.get("lea", path)[part]]


def test_revenue_is_a_band_then_too(office: Office) -> None:
    rich = OUTAGE | {"account": {"external_id": "rich", "name": "Rich", "arr": 123_456.0}}
    case = office.open(rich)["id"]
    at = now(office)
    exact = office.get("lea", f"/cases/{case}?as_of={at}")["decision"]["facts"]["account"]["arr"]
    assert exact == 123_456.0
    assert office.get("vera", f"/cases/{case}?as_of={at}")["decision"]["facts"]["account"]["arr"] == "100k to 500k"
