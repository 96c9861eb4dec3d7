"""A case that may be of the same problem: offered on the page and by the API, with its reasons, and answered there."""

from collections.abc import Iterator

import pytest

from tests.faces.browsing import give_passwords, signed
from tests.faces.office import Office, staffed
from tests.testing import Databases

DOWN = {
    "subject": "Chat is down, error 502",
    "body": "Since ten minutes nobody of us can connect to the chat, it says error 502.",
    "account": {"external_id": "acme", "name": "Acme"},
}
AGAIN = {
    "subject": "Chat nicht erreichbar: Fehler 502",
    "body": "Der Chat ist seit zehn Minuten nicht erreichbar, Fehler 502, alle Kollegen betroffen.",
    "account": {"external_id": "bolt", "name": "Bolt"},
}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), still=True) as office:
        give_passwords(office.installation)
        yield office


def _offered(office: Office) -> str:
    """The number of a case to which an earlier one is offered."""
    office.open(DOWN)
    second = office.open(AGAIN)
    office.installation.comparing.step()
    return str(second["number"])


def test_it_is_offered_with_reasons_and_accepted_on_the_page(office: Office) -> None:
    second = _offered(office)
    told = office.get("lea", f"/cases/{second}/similar")
    first = str(told["offered"]["number"])
    assert told["offered"]["likelihood"] >= 0.8
    assert any("502" in reason for reason in told["offered"]["because"])
    assert "both tell of a failure" in told["offered"]["because"]
    assert first in [str(one["number"]) for one in told["similar"]]
    lea = signed(office.url, "lea")
    page = lea.get(f"/cases/{second}").text
    assert 'id="same"' in page
    assert f"Yes: follow #{first}" in page
    assert f'href="/cases/{second}">#{second}</a>' in lea.get(f"/cases/{first}").text  # it waits to be answered
    done = lea.post(f"/cases/{second}/link", kind="parent", case=f"#{first}")
    assert done.status_code == 303
    assert str(office.get("lea", f"/cases/{second}")["parent"]) == first
    assert 'id="same"' not in lea.get(f"/cases/{second}").text


def test_it_is_dismissed_on_the_page(office: Office) -> None:
    second = _offered(office)
    offered = office.get("lea", f"/cases/{second}/similar")["offered"]
    lea = signed(office.url, "lea")
    done = lea.post(f"/cases/{second}/dismiss-parent", case=f"#{offered['number']}")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{second}?done=dismiss-parent")
    told = office.get("lea", f"/cases/{second}/similar")
    assert told["offered"] is None
    assert "case.parent_dismissed" in office.kinds(second)
