"""Other systems hear of events: signed, at least once, in order within a case, and never at the cost of a page."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from tests.stories.starter import OUTAGE, QUESTION, STARTER, act, alarms, rows, run
from tests.testing import PEOPLE, SECRET, Receiver, World, furnish, serving, wait_until, world
from tocsin import runtime
from tocsin.cases import verbs
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.ledger import journal
from tocsin.ledger.chain import PLATFORM
from tocsin.notify import subscriptions
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.events import DESTINATIONS
from tocsin.tools.lanes import NARROW
from tocsin.tools.outgoing import Outcome
from tocsin.watchers.loops import Loop


class Receivers:
    """A channel in memory: what each address took, and how it behaves."""

    def __init__(self) -> None:
        self.took: dict[str, list[dict[str, Any]]] = {}
        self.tried: dict[str, int] = {}
        self.down: set[str] = set()

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        address, taken = place.address, {"message_id": message.id, "secret": place.secret, **message.facts}
        self.tried[address] = self.tried.get(address, 0) + 1
        if address in self.down:
            return Outcome(False, "the receiver answered 503")
        self.took.setdefault(address, []).append(taken)
        return Outcome(True)


URL = "https://warehouse.test/events"  # whoever knows the path may write there


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def here(database_url: str, receivers: Receivers) -> Iterator[World]:
    made = world(database_url, STARTER, watching=True)
    made.installation.outgoing.webhooks.courier.channel = receivers  # type: ignore[attr-defined]
    yield made
    made.installation.close()


def subscribe(here: World, *events: str, url: str = URL) -> int:
    installation = here.installation
    return installation.writer.write(
        lambda tx: subscriptions.add(
            tx, installation.mint, installation.journal, installation.vault, url, events, known=runtime.KINDS, by="test"
        )
    )[0]


def opened(here: World, ticket: dict[str, Any]) -> int:
    return ids.from_text(here.open(**ticket)["id"])


def history(here: World, chain: int) -> list[journal.Recorded]:
    with here.installation.database.reading() as tx:
        return journal.read(tx, chain)


def states(here: World) -> dict[str, int]:
    return dict(rows(here, "SELECT state, count(*) FROM deliveries GROUP BY state"))


def test_every_event_that_was_meant_arrives_once_in_order_as_the_timeline_shows_it(
    here: World, receivers: Receivers
) -> None:
    subscribe(here, "case.*", "path.*")
    case = opened(here, OUTAGE)
    here.forward(6 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(SECOND)
    meant = [event for event in history(here, case) if event.kind.split(".")[0] in ("case", "path")]
    took = receivers.took[URL]
    assert [message["type"] for message in took] == [event.kind for event in meant]
    for message, event in zip(took, meant, strict=True):
        assert {key: message["data"][key] for key in event.show()} == json.loads(json.dumps(event.show()))
        assert message["data"]["case"] == {"id": ids.to_text(case), "number": 1, "external_id": "Z-1"}
        assert message["message_id"] == f"{ids.to_text(case)}-{event.seq}"
    assert {message["secret"][:6] for message in took} == {"whsec_"}
    assert states(here) == {"delivered": len(meant)}
    assert rows(here, "SELECT count(*) FROM work WHERE kind LIKE 'webhook%'") == [(0,)]


def test_events_of_the_platform_can_be_subscribed_to(here: World, receivers: Receivers) -> None:
    subscribe(here, "roster.*")
    installation = here.installation
    from tocsin.roster import schedules

    spec = {"members": ["carl"], "zone": "UTC", "handoff": "mon 09:00"}
    installation.writer.write(
        lambda tx: schedules.put(tx, installation.mint, installation.journal, "night", spec, by="test")
    )
    here.forward(SECOND)
    [message] = receivers.took[URL]
    assert message["type"] == "roster.changed"
    assert message["data"]["case"] is None


def test_a_receiver_that_was_down_gets_everything_in_order_when_it_is_up_again(
    here: World, receivers: Receivers
) -> None:
    subscribe(here, "case.*")
    receivers.down.add(URL)
    case = opened(here, QUESTION)
    act(here, case, verbs.note(here.viewer("anna"), "looking"))
    here.forward(20 * MINUTE)
    assert receivers.took == {}
    assert 5 < receivers.tried[URL] < 20  # it backs off
    receivers.down.clear()
    here.forward(20 * MINUTE)
    assert [message["type"] for message in receivers.took[URL]] == [
        "case.opened",
        "case.decided",
        "case.assigned",
        "case.noted",
    ]
    assert alarms(here) == []


def test_what_fails_for_good_is_set_aside_and_raised_once(here: World, receivers: Receivers) -> None:
    subscribe(here, "case.opened")
    receivers.down.add(URL)
    for number in range(3):
        opened(here, {**QUESTION, "external_id": f"W-{number}"})
    here.forward(80 * MINUTE)
    assert states(here) == {"failed": 3}
    assert alarms(here)[0]["counts"] == {"webhook.failing": 1}
    says = alarms(here)[0]["alarms"][0]["says"]
    assert says == "the webhook to https://warehouse.test does not take its events: the receiver answered 503"
    raised = [event for event in history(here, PLATFORM) if event.kind == "alarm.raised"]
    assert len(raised) == 1
    receivers.down.clear()
    opened(here, {**QUESTION, "external_id": "W-9"})
    here.forward(MINUTE)
    told = len(alarms(here))
    here.forward(65 * MINUTE)
    assert len(alarms(here)) == told  # a delivery that arrives ends the alarm
    assert states(here) == {"failed": 3, "delivered": 1}


def test_a_dead_receiver_costs_another_nothing(here: World, receivers: Receivers) -> None:
    other = "https://chat.test/events"
    subscribe(here, "case.*")
    subscribe(here, "case.*", url=other)
    receivers.down.add(URL)
    for number in range(40):
        opened(here, {**QUESTION, "external_id": f"D-{number}"})
    here.forward(SECOND)
    assert len(receivers.took[other]) == 120


def test_imported_history_is_no_news(here: World, receivers: Receivers) -> None:
    from tocsin.cases.opening import Ticket
    from tocsin.intake.accept import Submission
    from tocsin.people.permissions import SYSTEM
    from tocsin.policy.body import to_body

    subscribe(here, "case.*", "clocks.*", "path.*")
    ticket = Ticket(to_body(QUESTION), SYSTEM, imported=True)
    here.installation.writer.write_item(here.installation.accept, Submission(ticket))
    here.forward(MINUTE)
    assert receivers.took == {}
    assert states(here) == {}


def test_what_makes_an_imported_case_a_live_one_is_news(here: World, receivers: Receivers) -> None:
    from tests.stories.signalling import imported, signal

    subscribe(here, "case.*")
    imported(here, **OUTAGE)
    signal(here, external_id="Z-1", kind="reply", body="Anybody there?")
    here.forward(SECOND)
    kinds = [message["type"] for message in receivers.took[URL]]
    assert kinds == ["case.taken_live", "case.replied", "case.assigned", "case.escalated"]


def test_an_ended_subscription_gets_nothing_more(here: World, receivers: Receivers) -> None:
    webhook = subscribe(here, "case.*")
    receivers.down.add(URL)
    opened(here, QUESTION)
    here.forward(SECOND)
    mint = here.installation.mint
    here.installation.writer.write(
        lambda tx: subscriptions.end(tx, mint, here.installation.journal, webhook, by="test")
    )
    receivers.down.clear()
    opened(here, OUTAGE)
    here.forward(HOUR)
    assert receivers.took == {}
    assert states(here) == {"cancelled": 3}
    with pytest.raises(NotFound):
        here.installation.writer.write(
            lambda tx: subscriptions.end(tx, mint, here.installation.journal, webhook, by="test")
        )


def test_a_queue_that_was_lost_is_found(here: World, receivers: Receivers) -> None:
    subscribe(here, "case.opened")
    receivers.down.add(URL)
    opened(here, QUESTION)
    here.forward(SECOND)
    assert run(here, "DELETE FROM work WHERE kind LIKE 'webhook%'") == 1
    receivers.down.clear()
    here.forward(MINUTE)
    assert [message["type"] for message in receivers.took[URL]] == ["case.opened"]


@pytest.mark.parametrize("pattern", ["case.nothing", "cases.*", "ca*", "", "case."])
def test_patterns_that_mean_nothing_are_refused(here: World, pattern: str) -> None:
    with pytest.raises(InvalidInput):
        subscribe(here, pattern)


def test_secrets_are_sealed_in_the_database(here: World) -> None:
    subscribe(here, "*")
    secrets = [
        bytes(row[0])
        for row in rows(here, "SELECT secret FROM subscriptions UNION ALL SELECT secret FROM destinations")
    ]
    assert len(secrets) == 1 + len(PEOPLE)
    assert not any(b"whsec" in secret for secret in secrets)


def test_a_secret_that_does_not_open_fails_its_page_alone(here: World) -> None:
    sealed = rows(here, "SELECT secret FROM destinations d JOIN users u ON u.id = d.user_id WHERE u.name = 'carl'")[0][
        0
    ]
    admin = here.viewer("admin").user
    [(place,)] = rows(here, "SELECT id FROM destinations WHERE user_id = ?", admin)
    stolen, journal = {"secret": bytes(sealed)}, here.installation.journal
    here.installation.writer.write(lambda tx: DESTINATIONS.change(tx, journal, place, stolen, "test", "changed"))
    opened(here, OUTAGE)
    here.forward(SECOND)
    assert {page["to"] for page in here.outbox.sent} == {"carl"} or {page["to"] for page in here.outbox.sent} == {
        "dora"
    }
    [(error,)] = rows(here, "SELECT error FROM notifications WHERE error IS NOT NULL")
    assert "TOCSIN_SECRET_KEY" in error


def test_over_http_with_a_real_receiver(database_url: str) -> None:
    pager, warehouse = Receiver(), Receiver()
    installation = runtime.build(database_url, SECRET, allow_private=True)
    token = furnish(installation, STARTER, PEOPLE, pager.url + "/")
    headers = {"authorization": f"Bearer {token}"}
    with serving(installation) as url, httpx2.Client(base_url=url, headers=headers) as http:
        made = http.post("/api/v1/webhooks", json={"url": warehouse.url, "events": ["case.opened"]})
        assert made.status_code == 201, made.text
        webhook, secret = made.json()["id"], made.json()["secret"]
        assert [one["id"] for one in http.get("/api/v1/webhooks").json()["webhooks"]] == [webhook]
        assert secret not in http.get("/api/v1/webhooks").text
        case = http.post("/api/v1/cases", json=QUESTION).json()
        warehouse.wait_for(1)
        got, body = warehouse.got[0]
        Webhook(secret).verify(body, got)
        assert json.loads(body)["data"]["case"]["id"] == case["id"]
        wait_until(lambda: _states(http, webhook) == ["delivered"])
        [delivery] = http.get(f"/api/v1/webhooks/{webhook}/deliveries").json()["deliveries"]
        assert delivery["message_id"] == got["webhook-id"]
        assert http.delete(f"/api/v1/webhooks/{webhook}").status_code == 204
        assert http.get("/api/v1/webhooks").json()["webhooks"] == []
        assert http.delete(f"/api/v1/webhooks/{webhook}").status_code == 404
        assert http.get("/api/v1/watchers").json()["loops"]["stuck"] == []
        assert http.get("/api/v1/alarms").json() == {"alarms": []}
        assert "case.opened" in {kind["kind"] for kind in http.get("/api/v1/events").json()["events"]}
        assert http.get("/readyz").status_code == 200
        installation.watch.loops.add(Loop("a loop that hangs", lambda: 0, rounded_at=0))
        assert http.get("/readyz").json()["stuck"] == ["a loop that hangs"]
        agent = {"authorization": f"Bearer {_token(installation, 'agent')}"}
        for method, path in (("POST", "/webhooks"), ("GET", "/webhooks"), ("GET", "/watchers"), ("GET", "/alarms")):
            body_of = {"url": warehouse.url, "events": ["*"]} if method == "POST" else None
            assert http.request(method, f"/api/v1{path}", json=body_of, headers=agent).status_code == 403
    pager.close()
    warehouse.close()


def test_a_slow_receiver_does_not_delay_a_page(database_url: str) -> None:
    release, waiting = threading.Event(), threading.Semaphore(0)

    class Slow:
        async def send(self, place: Place, message: Message, now: int) -> Outcome:
            waiting.release()
            while not release.is_set():
                await asyncio.sleep(0.01)
            return Outcome(True)

    pager = Receiver()
    installation = runtime.build(database_url, SECRET, allow_private=True)
    furnish(installation, STARTER, PEOPLE, pager.url + "/")
    installation.outgoing.webhooks.courier.channel = Slow()  # type: ignore[attr-defined]
    installation.writer.write(
        lambda tx: subscriptions.add(
            tx, installation.mint, installation.journal, installation.vault, URL, ["*"], known=runtime.KINDS, by="test"
        )
    )
    installation.start()
    try:
        here = World(installation, installation.clock, None, database_url)  # type: ignore[arg-type]
        for number in range(20):
            here.open(**{**QUESTION, "external_id": f"S-{number}"})
        for _ in range(NARROW):  # its places are all held
            assert waiting.acquire(timeout=10)
        assert pager.got == []
        here.open(**OUTAGE)
        pager.wait_for(1, seconds=10)
        assert not release.is_set()
        assert not waiting.acquire(blocking=False)  # and no more than its places
    finally:
        release.set()
        installation.stop()
        pager.close()


def _states(http: httpx2.Client, webhook: str) -> list[str]:
    found = http.get(f"/api/v1/webhooks/{webhook}/deliveries").json()["deliveries"]
    return [delivery["state"] for delivery in found]


def _token(installation: runtime.Installation, role: str) -> str:
    from tocsin.people import tokens

    return installation.writer.write(
        lambda tx: tokens.issue(tx, installation.mint, installation.journal, role, role, "test")
    )
