"""Signs of life over HTTP: the address is shown to whoever may mute it, and is all that a job needs."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.faces.browsing import give_passwords, plain, signed
from tests.faces.office import Office, staffed
from tests.testing import Databases
from tocsin.core.errors import NotFound
from tocsin.intake import heartbeats
from tocsin.policy import starters

POLICY = starters.text("b2b-saas").replace(
    "triggers: #", "triggers:\n  - {id: nightly-backup, on: heartbeat, every: 24h, grace: 1h, level: senior}\n  #"
)


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), policy=POLICY) as office:
        give_passwords(office.installation)
        yield office


def address(office: Office, who: str) -> str | None:
    [found] = [one for one in office.get(who, "/triggers")["triggers"] if one["id"] == "nightly-backup"]
    shown: str | None = found["address"]
    return shown


def test_a_job_says_that_it_has_run(office: Office) -> None:
    assert address(office, "anna") is None
    told = address(office, "lea")
    assert told is not None
    path = "/api/v1" + told.partition("/api/v1")[2]
    for method in ("POST", "GET"):
        answer = httpx2.request(method, office.url + path)
        assert (answer.status_code, answer.json()["heartbeat"]) == (200, "nightly-backup")
    refused = httpx2.post(office.url + path + "x")
    with pytest.raises(NotFound):  # without the database, so that strangers do not keep the writer busy
        heartbeats.named(office.installation.entrance.heartbeat_key, path.rpartition("/")[2] + "x")
    assert (refused.status_code, refused.json()["detail"]) == (404, "there is no such heartbeat")


def test_the_page_shows_the_address_to_whoever_may_mute_it(office: Office) -> None:
    lea, anna = (plain(signed(office.url, name).get("/settings/automation").text) for name in ("lea", "anna"))
    assert "Its sign of life:" in lea
    assert "Its sign of life:" not in anna
