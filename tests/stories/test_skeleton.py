"""The main job, thin but whole: a ticket comes in, is decided, owned, recorded, pages somebody, is acknowledged."""

import json

import httpx2
from standardwebhooks import Webhook

from tests.stories.starter import OUTAGE, STARTER
from tests.testing import PEOPLE, SECRET, WEBHOOK_SECRET, Receiver, furnish, serving, world
from tocsin import runtime
from tocsin.core.clock import MINUTE


def test_over_real_http_with_a_real_receiver(database_url: str) -> None:
    receiver = Receiver()
    installation = runtime.build(database_url, SECRET, allow_private=True)
    token = furnish(installation, STARTER, PEOPLE, receiver.url + "/")
    with (
        serving(installation) as url,
        httpx2.Client(base_url=url, headers={"authorization": f"Bearer {token}"}) as http,
    ):
        answer = http.post("/api/v1/cases", json=OUTAGE)
        assert answer.status_code == 201, answer.text
        case = answer.json()
        assert case["level"] == "executive"
        assert case["severity"] == "critical"
        assert {run["clock"] for run in case["clocks"]} >= {"assign", "acknowledge", "contain", "resolve", "idle"}
        assert case["decision"]["factors"]

        receiver.wait_for(1)
        headers, body = receiver.got[0]
        Webhook(WEBHOOK_SECRET).verify(body, headers)
        assert json.loads(body)["case"]["id"] == case["id"]

        done = http.post(f"/api/v1/cases/{case['id']}/acknowledgement")
        assert done.status_code == 200, done.text
        assert {climb["state"] for climb in done.json()["escalations"]} == {"acknowledged"}
        [acknowledge] = [run for run in done.json()["clocks"] if run["clock"] == "acknowledge"]
        assert acknowledge["outcome"] == "met"
        assert http.post(f"/api/v1/cases/{case['id']}/acknowledgement").status_code == 409

        again = http.post("/api/v1/cases", json=OUTAGE)
        assert again.status_code == 200
        assert again.json()["id"] == case["id"]
        assert again.json()["unchanged"] is True
        assert http.post("/api/v1/cases", json=OUTAGE, headers={"authorization": ""}).status_code == 401
    receiver.close()


def test_the_path_climbs_until_somebody_answers(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = here.open(**OUTAGE)
    here.forward(MINUTE)
    first = {page["to"] for page in here.outbox.sent}
    assert first
    here.forward(6 * MINUTE)
    assert len(here.outbox.sent) > len(first)
    assert {page["case"]["id"] for page in here.outbox.sent} == {case["id"]}
    here.installation.close()
