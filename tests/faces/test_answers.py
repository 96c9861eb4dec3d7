"""Over real HTTP: a claim that the customer contests, and somebody who leaves with what they had acknowledged."""

from collections.abc import Iterator

import pytest

from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def test_a_customer_contests_a_claim_and_both_times_are_shown(office: Office) -> None:
    case = office.open({**OUTAGE, "external_id": "contested-1", "source": "desk"})
    claimed = office.do("anna", case["id"], "containment", note="switched over")["containment_claimed_at"]
    signal = {"external_id": "contested-1", "source": "desk", "kind": "reply", "body": "it is still down"}
    office.post("lea", "/signals", signal).raise_for_status()
    shown = office.get("lea", f"/cases/{case['id']}")
    assert (shown["containment_claimed_at"], shown["contested_at"] is None) == (claimed, False)
    [run] = [run for run in shown["clocks"] if run["clock"] == "contain"]
    assert (run["claimed_at"], run["contested_at"], run["outcome"]) == (claimed, shown["contested_at"], None)
    done = office.do("carl", case["id"], "containment", verdict="confirm")
    assert (done["contained_at"], done["contested_at"], done["technical_lead"]) == (claimed, None, "carl")
    [run] = [run for run in done["clocks"] if run["clock"] == "contain"]
    assert (run["outcome"], run["settled_at"], run["confirmed_at"] > claimed) == ("met", claimed, True)
    assert "case.contested" in office.kinds(case["id"])


def test_whoever_is_deactivated_has_acknowledged_no_more(office: Office) -> None:
    case = office.open()["id"]
    assert office.do("dora", case, "acknowledgement")["technical_lead"] == "dora"
    answer = office.clients["admin"].patch("/users/dora", json={"active": False})
    assert answer.status_code == 200, answer.text
    shown = office.get("lea", f"/cases/{case}")
    assert (shown["acknowledged"], shown["technical_lead"]) == (False, None)
    [ended] = [
        event
        for event in office.get("lea", f"/cases/{case}/timeline")["events"]
        if event["kind"] == "case.acknowledgement_ended"
    ]
    assert (ended["payload"]["why"], ended["actor"]) == ("left", "engine")
