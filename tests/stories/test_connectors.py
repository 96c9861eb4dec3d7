"""Connectors: what tools deliver by their packs, how they prove who they are, what is kept of it and replayed."""

import hmac
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.stories.starter import STARTER
from tests.testing import SECRET, World, world
from tocsin import audit
from tocsin.cases import acting, queries, verbs
from tocsin.connectors import deliveries, finding, links, outbox, pack, store
from tocsin.connectors.port import Delivery, Request
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import InvalidInput, NotFound, TocsinError, Unauthenticated
from tocsin.ledger import erasing
from tocsin.people.permissions import SYSTEM
from tocsin.tools.outgoing import Answer, Outcome

BY = "user:admin"


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER, watching=True)
    yield made
    made.installation.close()


def add(here: World, name: str, of: str, own: Any = None, **more: Any) -> store.Made:
    one = here.installation
    options: dict[str, Any] = {"signed": False, "pack": of, "by": BY} | more
    return one.writer.write(lambda tx: store.add(tx, one.mint, one.journal, one.vault, name, own or {}, **options))


def deliver(here: World, of: str, made: store.Made, payload: Any, **headers: str) -> list[str]:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [
        one.outcome for one in here.installation.entrance.reception.deliver(of, made.token, Request(named, raw)).taken
    ]


def kept(here: World, name: str) -> list[dict[str, Any]]:
    with here.installation.database.reading() as tx:
        return deliveries.listed(
            tx, finding.id_of(tx, name), None, 50, lambda cases: queries.numbers(tx, SYSTEM, cases)
        )


def whole(here: World, name: str, delivery: str) -> dict[str, Any]:
    from tocsin.core import ids

    with here.installation.database.reading() as tx:
        numbers = lambda cases: queries.numbers(tx, SYSTEM, cases)  # noqa: E731
        return deliveries.shown(tx, finding.id_of(tx, name), ids.from_text(delivery), numbers)


def replay(here: World, name: str, delivery: str) -> list[str]:
    from tocsin.core import ids

    carry_out = here.installation.entrance.reception.replaying(name, ids.from_text(delivery), by=BY)
    return [one.outcome for one in here.installation.writer.write(carry_out)]


def alert(name: str, status: str, instance: str = "a", **more: Any) -> dict[str, Any]:
    labels = {"alertname": name, "instance": instance, "severity": "critical"}
    times = {"startsAt": "2026-11-02T07:00:00Z", "endsAt": "2026-11-02T07:30:00Z"}
    return {"status": status, "labels": labels, "fingerprint": f"{name}-{instance}", **times, **more}


@pytest.mark.parametrize("name", pack.names())
def test_every_pack_is_added_and_reads_its_sample(here: World, name: str) -> None:
    own = {"source": "any", "external_id": "id"} if name == "generic" else {}
    add(here, "one", name, own)
    if name == "generic":
        with pytest.raises(InvalidInput, match="no sample"):
            here.installation.entrance.reception.read("one", None)
        return
    found = here.installation.entrance.reception.read("one", None)
    assert [getattr(one.read, "kind", one.read) for one in found] == ["ticket"] * len(found)
    assert kept(here, "one") == []


def test_each_alert_of_a_notification_is_a_case_and_ends_it(here: World) -> None:
    made = add(here, "prometheus", "alertmanager")
    both = {"status": "firing", "alerts": [alert("Down", "firing", "a"), alert("Down", "firing", "b")]}
    assert deliver(here, "alertmanager", made, both) == ["opened", "opened"]
    assert deliver(here, "alertmanager", made, both) == ["unchanged", "unchanged"]
    ended = {"status": "resolved", "alerts": [alert("Down", "resolved", "a"), alert("Watchdog", "firing")]}
    assert deliver(here, "alertmanager", made, ended) == ["changed", "ignored"]
    with here.installation.database.reading() as tx:
        rows = tx.rows("SELECT subject, source, recovered_at IS NOT NULL FROM cases ORDER BY id")
        actors = {row[0] for row in tx.rows("SELECT actor FROM events WHERE kind = 'case.opened'")}
    assert [(row[0], row[1], bool(row[2])) for row in rows] == [
        ("Down a", "alertmanager", True),
        ("Down b", "alertmanager", False),
    ]
    assert actors == {"connector:prometheus"}


def test_each_alert_has_a_link_of_its_own(here: World) -> None:
    made = add(here, "prometheus", "alertmanager")
    places = {name: f"https://prometheus.example.com/{name}" for name in ("a", "b")}
    alerts = [alert("Down", "firing", name, generatorURL=place) for name, place in places.items()]
    assert deliver(here, "alertmanager", made, {"alerts": alerts}) == ["opened", "opened"]
    with here.installation.database.reading() as tx:
        cases = tx.rows("SELECT id, subject FROM cases ORDER BY id")
        found = {subject: [link["url"] for link in links.of_case(tx, case)] for case, subject in cases}
    assert found == {"Down a": [places["a"]], "Down b": [places["b"]]}


LISTED = """
title: A desk that delivers lists
about: Each element of a delivery is a ticket.
kind: desk
mapping: {source: lists, each: tickets, external_id: item.id, subject: item.subject, status: item.status}
link: {id: {cel: item.id}}
echo: {actor: item.by, text: item.subject}
"""


def test_what_we_did_is_known_in_one_element_and_the_others_count(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "named", lambda name: pack.parsed(name, LISTED))
    one, made = here.installation, add(here, "lists", "lists")
    changes = store.Changes(settings=finding.Settings(account="tocsin"))
    one.writer.write(lambda tx: store.change(tx, one.mint, one.journal, one.vault, "lists", changes, by=BY))
    ours = {"id": "1", "subject": "We wrote this", "by": "tocsin"}
    theirs = {"id": "2", "subject": "The export hangs", "by": "casey"}
    assert deliver(here, "lists", made, {"tickets": [ours, theirs]}) == ["ignored", "opened"]
    assert deliver(here, "lists", made, {"tickets": [theirs | {"id": "3"}, ours]}) == ["opened", "ignored"]
    with one.database.reading() as tx:
        facts = [(row[0], bytes(row[1])) for row in tx.rows("SELECT external_id, facts FROM ticket_links ORDER BY at")]
    assert sorted(facts) == [("2", b'{"id":"2"}'), ("3", b'{"id":"3"}')]


def test_two_of_one_pack_are_told_apart_by_their_own_keys(here: World) -> None:
    first, second = (add(here, name, "alertmanager", {"source": name}) for name in ("eu", "us"))
    for made in (first, second):
        assert deliver(here, "alertmanager", made, {"alerts": [alert("Down", "firing")]}) == ["opened"]
    with pytest.raises(NotFound):
        deliver(here, "github", first, {})


def test_recorded_notifications_of_alertmanager_are_read(here: World, shared_data: Path) -> None:
    made = add(here, "prometheus", "alertmanager")
    paths = sorted((shared_data / "webhooks" / "prometheus_alertmanager").glob("*.json"))
    payloads = {path.name: json.loads(path.read_text()) for path in paths}
    notifications = {name: one for name, one in payloads.items() if isinstance(one, dict) and "alerts" in one}
    assert notifications
    for name, payload in notifications.items():
        found = deliver(here, "alertmanager", made, payload)
        assert found == ["opened"] * len(payload["alerts"]), name


def signed(secret: str | None, raw: bytes, event: str = "issues", delivery: str = "d1") -> dict[str, str]:
    digest = hmac.new((secret or "").encode(), raw, sha256).hexdigest()
    return {"x_hub_signature_256": f"sha256={digest}", "x_github_event": event, "x_github_delivery": delivery}


def issue(action: str, number: int = 17, **more: Any) -> bytes:
    about = {"number": number, "title": "Export hangs", "body": "All morning.", "updated_at": "2026-11-02T07:00:00Z"}
    return json.dumps({"action": action, "issue": about, "repository": {"full_name": "acme/app"}, **more}).encode()


def test_issues_are_signed_and_what_comes_again_is_one(here: World) -> None:
    made = add(here, "issues", "github")
    raw = issue("opened")
    assert deliver(here, "github", made, raw, **signed(made.secret, raw)) == ["opened"]
    assert deliver(here, "github", made, raw, **signed(made.secret, raw)) == ["unchanged"]
    for wrong in ({}, signed("another secret", raw), signed(made.secret, raw + b" ")):
        with pytest.raises(Unauthenticated):
            deliver(here, "github", made, raw, **wrong)
    comment = {"body": "Still so.", "created_at": "2026-11-02T07:10:00Z", "author_association": "NONE"}
    said = issue("created", comment=comment)
    assert deliver(here, "github", made, said, **signed(made.secret, said, "issue_comment", "d2")) == ["changed"]
    for number, (event, raw) in enumerate(
        (
            ("ping", b'{"zen": "x"}'),
            ("push", b"{}"),
            ("issues", issue("labeled")),
            ("issue_comment", issue("created", comment=comment | {"author_association": "MEMBER"})),
        )
    ):
        assert deliver(here, "github", made, raw, **signed(made.secret, raw, event, f"i{number}")) == ["ignored"]
    assert [one["signals"][0]["outcome"] for one in kept(here, "issues")] == ["ignored"] * 4 + [
        "changed",
        "unchanged",
        "opened",
    ], "what nobody signed is not kept"


def test_recorded_deliveries_of_github_are_read(here: World, shared_data: Path) -> None:
    made = add(here, "issues", "github")
    outcomes: dict[str, set[str]] = {}
    for number, path in enumerate(sorted((shared_data / "webhooks" / "github").glob("*.json"))):
        event, raw = path.name.split("__")[1], path.read_bytes()
        found = deliver(here, "github", made, raw, **signed(made.secret, raw, event, f"r{number}"))
        outcomes.setdefault(event, set()).update(found)
    assert outcomes.pop("issues") >= {"opened", "ignored"}
    assert outcomes.pop("issue_comment") & {"opened", "changed", "ignored"}
    assert set().union(*outcomes.values()) == {"ignored"}


def test_a_former_secret_holds_for_a_day(here: World) -> None:
    one, made = here.installation, add(here, "issues", "github", secret="the tool's own")
    assert made.secret is None

    def renew(secret: str | None) -> str | None:
        return one.writer.write(lambda tx: store.renew_secret(tx, one.journal, one.vault, "issues", secret, by=BY))[0]

    new = renew(None)
    raw = issue("opened")
    for number, secret in enumerate(("the tool's own", new)):
        assert deliver(here, "github", made, raw, **signed(secret, raw, delivery=f"s{number}"))
    here.clock.set(here.clock.now() + DAY)
    with pytest.raises(Unauthenticated):
        deliver(here, "github", made, raw, **signed("the tool's own", raw))
    assert deliver(here, "github", made, raw, **signed(new, raw, delivery="later"))
    with pytest.raises(InvalidInput):
        renew("short")


def test_what_was_refused_is_replayed_when_it_can_be_read(here: World) -> None:
    own = {"source": "desk", "external_id": "id", "subject": "title", "unreadable": "refuse"}
    made = add(here, "desk", "generic", own)
    with pytest.raises(TocsinError):
        deliver(here, "generic", made, {"id": 5})
    [refused] = kept(here, "desk")
    assert [one["outcome"] for one in refused["signals"]] == ["refused"]
    with pytest.raises(TocsinError):
        replay(here, "desk", refused["id"])
    assert deliver(here, "generic", made, {"id": 5, "title": "Login fails"}) == ["opened"]
    assert replay(here, "desk", refused["id"]) == ["unchanged"]
    [_, replayed] = kept(here, "desk")
    assert [(one["outcome"], one["replayed_by"]) for one in replayed["signals"]] == [
        ("refused", None),
        ("unchanged", BY),
    ]
    with pytest.raises(NotFound):
        replay(here, "desk", "0000000000001")


def test_secrets_are_masked_and_what_is_too_large_is_not_kept(here: World) -> None:
    own = {"source": "desk", "external_id": "id", "subject": "title"}
    made = add(here, "desk", "generic", own)
    payload = {"id": 1, "title": "x", "apiKey": "sesame", "user": {"password": "sesame", "token": "", "tokens": 3}}
    headers = {"authorization": "Bearer sesame", "cookie": "sesame", "user_agent": "tool"}
    deliver(here, "generic", made, payload, **headers)
    deliver(here, "generic", made, {"id": 2, "title": "x", "body": "x" * 300_000})
    large, small = kept(here, "desk")
    assert (large["kept"], small["kept"]) == (False, True)
    found = whole(here, "desk", small["id"])
    assert found["headers"] == {"authorization": "***", "cookie": "***", "user-agent": "tool"}
    assert json.loads(found["body"]) == payload | {
        "apiKey": "***",
        "user": {"password": "***", "token": "", "tokens": 3},
    }
    assert whole(here, "desk", large["id"])["body"] is None
    with pytest.raises(InvalidInput, match="not kept"):
        replay(here, "desk", large["id"])


def test_deliveries_are_forgotten_in_time_and_with_their_case(here: World) -> None:
    one, made = here.installation, add(here, "desk", "generic", {"source": "d", "external_id": "id", "subject": "t"})
    for number in range(2):
        deliver(here, "generic", made, {"id": number, "t": "Login fails"})
    with one.database.reading() as tx:
        [(case,)] = tx.rows("SELECT id FROM cases WHERE external_id = '0'")
    one.writer.write(
        lambda tx: erasing.erase(tx, one.journal, case, [1], by=BY, reason="asked to be forgotten"), cases=[case]
    )
    other, erased = kept(here, "desk")
    assert (other["kept"], erased["kept"]) == (True, False)
    assert whole(here, "desk", erased["id"])["headers"] is None
    [forgetting] = [job for job in one.watch.recurring.jobs if job.name == "forget deliveries"]
    for days, left in ((13, 2), (2, 0)):
        here.clock.set(here.clock.now() + days * DAY)
        forgetting.run()
        assert len(kept(here, "desk")) == left
    with one.database.reading() as tx:
        assert len(deliveries.outcomes(tx, "desk", 50, lambda cases: {})) == 2


def test_a_sample_is_read_and_nothing_written(here: World) -> None:
    add(here, "prometheus", "alertmanager")
    payload = json.dumps({"alerts": [alert("Down", "firing"), alert("Watchdog", "firing"), {}]}).encode()
    found = here.installation.entrance.reception.read("prometheus", Delivery({}, payload))
    assert [type(one.read).__name__ for one in found] == ["Signal", "Ignored", "InvalidInput"]
    with here.installation.database.reading() as tx:
        assert tx.row("SELECT count(*) FROM cases") == (0,)
    assert kept(here, "prometheus") == []


class Receiver:
    """The system of the tickets: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.credentials: set[str] = set()
        self.status = 201

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer | Outcome:
        self.asked.append((method, url, json.loads(body)))
        self.credentials.add(headers["authorization"])
        return Answer(self.status, {}, json.dumps({"id": 900 + len(self.asked)}).encode())


ALL = ("comment-when-resolved", "close-when-closed", "reopen-when-reopened")
REPOSITORY = {"full_name": "acme/app", "name": "app", "owner": {"login": "acme"}}


@pytest.fixture
def github(here: World) -> tuple[store.Made, Receiver]:
    one, made, receiver = here.installation, add(here, "issues", "github"), Receiver()
    settings = finding.Settings(ALL, account="acme-bot")
    changes = store.Changes(settings=settings, credential="their key")
    one.writer.write(lambda tx: store.change(tx, one.mint, one.journal, one.vault, "issues", changes, by=BY))
    one.outgoing.effects.courier.client = receiver  # type: ignore[attr-defined]
    send(here, made, "opened", "casey")
    return made, receiver


def send(here: World, made: store.Made, action: str, sender: str, event: str = "issues", **more: Any) -> list[str]:
    raw = issue(action, repository=REPOSITORY, sender={"login": sender}, **more)
    delivery = f"{action} {len(kept(here, 'issues'))}"
    return deliver(here, "github", made, raw, **signed(made.secret, raw, event, delivery))


def only_case(here: World) -> int:
    with here.installation.database.reading() as tx:
        [(case,)] = tx.rows("SELECT id FROM cases")
    return int(case)


def test_what_happens_to_a_case_goes_back_to_its_ticket(here: World, github: tuple[store.Made, Receiver]) -> None:
    made, receiver = github
    case = only_case(here)
    with here.installation.database.reading() as tx:
        [link] = links.of_case(tx, case)
    assert (link["connector"], link["external_id"]) == ("issues", "acme/app#17")
    resolve(here, case)
    here.forward(MINUTE)
    said = "We believe that this is resolved (our case 1). Write here if it is not."
    assert receiver.asked == [
        ("POST", "https://api.github.com/repos/acme/app/issues/17/comments", {"body": said}),
    ]
    assert receiver.credentials == {"Bearer their key"}
    assert "effect.sent" in kinds(here, case)
    comment = {"id": 901, "body": said, "author_association": "NONE", "created_at": "2026-11-02T08:00:00Z"}
    other = comment | {"id": 5}
    assert send(here, made, "created", "acme-bot", "issue_comment", comment=other) == ["ignored"]
    assert send(here, made, "created", "somebody", "issue_comment", comment=comment) == ["ignored"]
    assert send(here, made, "created", "somebody", "issue_comment", comment=other) == ["ignored"]
    assert send(here, made, "closed", "acme-bot") == ["ignored"]
    assert state(here, case) == "resolved"
    written = comment | {"id": 6, "body": f"> {said}\n\nIt is not!"}
    assert send(here, made, "created", "casey", "issue_comment", comment=written) == ["changed"]


def test_what_a_connector_brought_does_not_go_back_to_it(here: World, github: tuple[store.Made, Receiver]) -> None:
    made, receiver = github
    case = only_case(here)
    resolve(here, case)
    here.forward(MINUTE)
    before = len(receiver.asked)
    assert send(here, made, "reopened", "casey") == ["changed"]
    here.forward(MINUTE)
    assert state(here, case) == "open"
    assert len(receiver.asked) == before


def test_what_cannot_be_told_is_tried_again_and_written_down(here: World, github: tuple[store.Made, Receiver]) -> None:
    _, receiver = github
    case = only_case(here)
    receiver.status = 500
    resolve(here, case)
    here.forward(MINUTE)
    assert len(receiver.asked) > 1
    assert [one["state"] for one in effects(here)] == ["queued"]
    receiver.status = 404
    here.forward(HOUR)
    assert [(one["state"], one["error"]) for one in effects(here)] == [("failed", "the receiver answered 404")]
    assert "effect.failed" in kinds(here, case)
    with here.installation.database.reading() as tx:
        assert [row[0] for row in tx.rows("SELECT kind FROM alarms WHERE kind = 'connector.failing'")]
        assert [str(one) for one in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())] == []


def test_nothing_goes_out_by_a_connector_that_was_revoked(here: World, github: tuple[store.Made, Receiver]) -> None:
    one, (_, receiver) = here.installation, github
    receiver.status = 500
    resolve(here, only_case(here))
    here.forward(MINUTE)
    one.writer.write(lambda tx: store.revoke(tx, one.mint, one.journal, "issues", by=BY))
    before = len(receiver.asked)
    here.forward(HOUR)
    assert len(receiver.asked) == before
    assert [effect["state"] for effect in effects(here)] == ["cancelled"]


def test_effects_need_a_credential_and_are_those_of_the_pack(here: World) -> None:
    one = here.installation
    add(here, "issues", "github")
    for settings in (
        finding.Settings(ALL),
        finding.Settings(("page-everybody",)),
        finding.Settings((), "http://127.0.0.1/"),
    ):
        with pytest.raises(InvalidInput):
            one.writer.write(
                lambda tx, settings=settings: store.change(  # type: ignore[misc]
                    tx, one.mint, one.journal, one.vault, "issues", store.Changes(settings=settings), by=BY
                )
            )


def resolve(here: World, case: int) -> None:
    plan = verbs.resolve(here.viewer("lea"), "repaired")
    one = here.installation
    one.writer.write(lambda tx: acting.act(tx, one.desk, case, plan), cases=[case])
    assert state(here, case) == "resolved"


def effects(here: World) -> list[dict[str, Any]]:
    with here.installation.database.reading() as tx:
        return outbox.listed(
            tx, finding.id_of(tx, "issues"), None, 50, lambda cases: queries.numbers(tx, SYSTEM, cases)
        )


def kinds(here: World, case: int) -> list[str]:
    with here.installation.database.reading() as tx:
        return [row[0] for row in tx.rows("SELECT kind FROM events WHERE chain = ? ORDER BY seq", (case,))]


def state(here: World, case: int) -> str:
    with here.installation.database.reading() as tx:
        return str(queries.load(tx, SYSTEM, case).case.state)
