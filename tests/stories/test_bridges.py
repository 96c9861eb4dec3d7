"""A case carries the address where those who work on it talk, and its messages lead there."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, assert_proved, at, events, opened, state
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.errors import InvalidInput

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
MEET = "https://meet.example.com/acme?pwd=1"


def pages(here: World) -> list[dict[str, Any]]:
    here.installation.step_all()
    return [page for page in here.outbox.sent if page["type"] in ("page", "call")]


def test_it_is_set_changed_and_taken_away(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for said, stands in [
        (MEET, MEET),
        (f" {MEET} ", MEET),
        ("tel:+49-30-1234,,42#", "tel:+49-30-1234,,42#"),
        ("", None),
        (None, None),
    ]:
        act(here, case, verbs.bridge(here.viewer("anna"), said))
        assert state(here, case).case.bridge == stands
    assert [event.payload["address"] for event in events(here, case, "case.bridged")] == [
        MEET,
        "tel:+49-30-1234,,42#",
        None,
    ], "what stands already is no event"
    assert_proved(here)


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", "ftp://example.com/x", "meet.example.com", "https://", "tel:"),
        *(
            "https://exa mple.com",
            "https://example.com/\n",
            "tel:+49 30",
            "tel:abc\nhttps://x",
            "JavaScript://x/%0aalert",
        ),
        "https://example.com/" + "x" * 2000,
        "http://[",
    ],
)
def test_what_is_no_call_and_no_chat_is_refused(stage: Stage, address: str) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    if address.strip() != address:
        address = address.replace("\n", "\nx")
    with pytest.raises(InvalidInput):
        act(here, case, verbs.bridge(here.viewer("anna"), address))
    assert state(here, case).case.bridge is None


def test_pages_and_call_ins_lead_there(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.call_in(here.viewer("anna"), user="carl", bridge=MEET))
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "it hurts"))
    found = pages(here)
    assert {page["type"] for page in found} == {"page", "call"}
    for page in found:
        assert page["case"]["bridge"] == MEET
        assert f"Join the bridge: {MEET}" in page["text"]


def test_a_number_stands_as_text(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.bridge(here.viewer("anna"), "tel:+49301234"))
    act(here, case, verbs.call_in(here.viewer("anna"), user="carl"))
    assert "Bridge: +49301234" in pages(here)[0]["text"]


def test_that_of_a_confidential_case_stands_in_no_message(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.restrict(here.viewer("lea"), ["mia"], "a regulator asks"))
    act(here, case, verbs.bridge(here.viewer("lea"), MEET))
    found = pages(here)
    assert found
    assert all("meet.example.com" not in str(page) for page in found)
