"""To a stranger a confidential case does not exist: not in any query, any route that reads, any verb."""

import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import pytest

import tocsin.cases
from tests.faces.office import MACHINES, OUTAGE, QUESTION, STAFF, Office, staffed
from tests.faces.routes import routes
from tests.faces.tries import LINKING, TRIES
from tests.testing import Databases, Receiver
from tocsin.api.app import HOT
from tocsin.cases import queries, sight, store
from tocsin.cases.queries import board, families, listing, needs, tickets, totals
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.ledger.journal import Recorded
from tocsin.notify import outcomes
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS

SUBJECT = "API is down, and the regulator asks"
TICKET = {"source": "desk", "external_id": "secret-1"}
TEAM = "counsel"
STRANGERS = sorted({*STAFF, "desk", "robot"} - {"lea", "dora", "carl"})


class Secret(NamedTuple):
    """A confidential case that only those know who may, and an open one that is linked to it."""

    id: str
    number: int
    linked: str


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def secret(office: Office) -> Secret:
    opened = office.open(OUTAGE | TICKET, subject=SUBJECT)
    linked = office.open(QUESTION)["id"]
    assert office.post("admin", "/teams", {"name": TEAM, "lead": "lea"}).is_success
    office.do("lea", opened["id"], "override", team=TEAM, reason="legal")
    office.do("lea", linked, "links", kind="related", case=opened["id"])
    above = office.open(QUESTION)["id"]
    office.do("lea", opened["id"], "links", kind="parent", case=above)
    office.do("lea", above, "assignment", owner="carl")
    office.do("lea", above, "confidentiality", names=["dora"], reason="a regulator")
    office.do("lea", opened["id"], "assignment", owner="carl")
    shown = office.do("lea", opened["id"], "confidentiality", names=["dora"], reason="a regulator")
    assert (shown["confidential"], set(shown["named"])) == (True, {"dora", "lea", "carl"})
    return Secret(opened["id"], opened["number"], linked)


def gives_away(text: str, secret: Secret) -> bool:
    return any(part in text for part in (secret.id, SUBJECT, str(TICKET["external_id"]), f'"number":{secret.number},'))


def viewer(office: Office, name: str) -> Viewer:
    user = office.installation.people().by_name[name]
    return Viewer(f"user:{name}", user.role, user=user.id)  # type: ignore[arg-type]


def may(office: Office, name: str, verb: str) -> bool:
    role = STAFF.get(name) or MACHINES[name]
    return Viewer(f"user:{name}", role).may(VERBS[verb].permission)  # type: ignore[arg-type]


EVERYTHING = listing.Filter({}, words="regulator", limit=200)


def ask(query: str, tx: Tx, who: Viewer, case: int, number: int) -> Any:
    """What a query answers when it is asked for a case. A query that is not here fails the test."""
    asking: dict[str, Callable[[], Any]] = {
        "find": lambda: queries.find(tx, who, str(number)) or queries.find(tx, who, ids.to_text(case)),
        "found": lambda: queries.found(tx, who, ids.to_text(case)),
        "with_ticket": lambda: queries.with_ticket(tx, who, TICKET["external_id"]),
        "named": lambda: queries.named(tx, who, ids.to_text(case)),
        "load": lambda: queries.load(tx, who, case),
        "of": lambda: tickets.of(tx, who, [store.load(tx, case)]),
        "numbers": lambda: queries.numbers(tx, who, [case]),
        "decision_bytes": lambda: queries.decision_bytes(tx, who, case),
        "decisions": lambda: queries.decisions(tx, who, [case]),
        "named_to": lambda: [one for one in queries.named_to(tx, who, [naming(case)]) if one.payload["case"]],
        "timeline": lambda: queries.timeline(tx, who, case),
        "pages": lambda: outcomes.pages(tx, who, case),
        "has_severity": lambda: queries.has_severity(tx, who, "critical"),
        "has_team": lambda: queries.has_team(tx, who, TEAM),
        "look": lambda: [row for row in board.look(tx, who, {}, 0, 200).escalated if row.state.case.id == case],
        "counts": lambda: needs.counts(tx, who)["escalated"] - escalated_for_all(tx),
        "require": lambda: is_there(tx, who, case),
        "opened": lambda: case in totals.opened(tx, who),
        "standing": lambda: sum(totals.standing(tx, who).values()) - others(tx, who, case, "cases"),
        "clocks": lambda: (
            sum(sum(runs.values()) for runs in totals.clocks(tx, who).values()) - others(tx, who, case, _CLOCKS)
        ),
        "family": lambda: families.family(tx, who, parent_of(tx, case), 9).members,
        "followers": lambda: families.followers(tx, who, [parent_of(tx, case)]),
        "listed": lambda: [state for state in listing.listed(tx, who, EVERYTHING)[0] if state.case.id == case],
    }
    return asking[query]()


def parent_of(tx: Tx, case: int) -> int:
    parent = store.load(tx, case).case.parent
    assert parent is not None
    return parent


def escalated_for_all(tx: Tx) -> int:
    """How many escalated cases everybody counts."""
    row = tx.row(f"SELECT count(*) FROM cases WHERE {needs.condition('escalated')} AND NOT confidential")
    assert row is not None
    return int(row[0])


_CLOCKS = "cases JOIN clocks ON clocks.case_id = cases.id"


def is_there(tx: Tx, who: Viewer, case: int) -> bool:
    queries.require(tx, who, case)
    return True


def others(tx: Tx, who: Viewer, case: int, rows: str) -> int:
    """How many of these rows are of other cases that this viewer sees."""
    seen, parameters = sight.condition(who)
    row = tx.row(f"SELECT count(*) FROM {rows} WHERE cases.id <> ? AND {seen}", (case, *parameters))
    assert row is not None
    return int(row[0])


def naming(case: int) -> Recorded:
    """An event of another case that names this one."""
    return Recorded(1, 2, "case.linked", 0, "user:lea", {"kind": "related", "case": ids.to_text(case), "number": 1})


def answer_of(query: str, tx: Tx, who: Viewer, case: int, number: int) -> Any:
    try:
        return ask(query, tx, who, case, number)
    except NotFound as refusal:
        return str(refusal)


VERBS_OF_TWO = ("tocsin.cases.linking", "tocsin.cases.deeds")  # which are no queries


def public_queries() -> dict[str, Any]:
    """Every public function that reads cases, or what became of their messages, on behalf of a viewer; in `queries`
    every one must."""
    found: dict[str, Any] = {}
    modules = [module.name for module in pkgutil.walk_packages(tocsin.cases.__path__, "tocsin.cases.")]
    for module in [*modules, outcomes.__name__]:
        loaded = import_module(module)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != module or name.startswith("_"):
                continue
            taken = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
            if module == queries.__name__:
                assert taken[:2] == [Tx, Viewer], f"queries.{name} takes no viewer"
            if Tx in taken and Viewer in taken and module not in VERBS_OF_TWO:
                found[name] = function
    return found


@pytest.mark.parametrize("query", public_queries())
def test_no_query_knows_the_case_for_a_stranger(office: Office, secret: Secret, query: str) -> None:
    case = ids.from_text(secret.id)
    with office.installation.database.reading() as tx:
        for known in (SYSTEM, viewer(office, "dora"), viewer(office, "carl")):
            assert ask(query, tx, known, case, secret.number)
        for stranger in (viewer(office, "anna"), viewer(office, "admin"), Viewer("token:x", "admin")):
            answer = answer_of(query, tx, stranger, case, secret.number)
            absent = f"case: there is no case {secret.id}"
            assert not answer or str(answer).split(";")[0] == absent, f"{query} gives {answer!r}"


def test_no_route_that_reads_knows_the_case_for_a_stranger(office: Office, secret: Secret) -> None:
    reading = [path.removeprefix("/api/v1") for path in routes("get") if path.startswith("/api/v1/")]
    assert {"/cases", "/cases/{case}", "/cases/{case}/timeline", "/cases/{case}/decision"} <= set(reading)
    webhook = office.post("admin", "/webhooks", {"url": "http://127.0.0.1:9/", "events": ["case.*"]}).json()["id"]
    others = {"{version}": "1", "{webhook}": webhook, "{delivery}": "0000000000000"}
    for who in STRANGERS:
        absent = office.clients[who].get("/cases/0000000000000")
        for path in reading:
            for reference in (secret.id, str(secret.number)):
                asked = path.replace("{case}", reference)
                for name, value in others.items():
                    asked = asked.replace(name, value)
                answer = office.clients[who].get(asked)
                if "{case}" in path:
                    assert answer.status_code == 404, f"{who} {asked}"
                    assert answer.json()["detail"] == absent.json()["detail"].replace("0" * 13, reference)
                else:
                    assert not gives_away(answer.text, secret), f"{who} {asked}: {answer.text}"
                assert answer.status_code in (200, 403, 404), f"{who} {asked}: {answer.text}"
        for query in (f"q={TICKET['external_id']}", "q=acme", f"external_id={TICKET['external_id']}", "account=acme"):
            found = office.clients[who].get(f"/cases?{query}")
            assert not gives_away(found.text, secret), f"{who} {query}: {found.text}"
    for who in ("dora", "carl", "lea"):
        assert office.get(who, f"/cases/{secret.id}")["subject"] == SUBJECT
        assert secret.id in {case["id"] for case in office.get(who, "/cases?limit=200")["cases"]}
        for query in (f"external_id={TICKET['external_id']}", f"q={TICKET['external_id']}", "account=acme"):
            assert secret.id in {case["id"] for case in office.get(who, f"/cases?{query}")["cases"]}, query


def test_the_timeline_of_a_linked_case_does_not_name_it(office: Office, secret: Secret) -> None:
    path = f"/cases/{secret.linked}/timeline"
    assert secret.id in office.clients["dora"].get(path).text
    hidden = office.clients["anna"].get(path)
    assert not gives_away(hidden.text, secret)
    [link] = [event for event in hidden.json()["events"] if event["kind"] == "case.linked"]
    assert link["payload"] == {"kind": "related", "case": None, "number": None}


def test_no_verb_knows_the_case_for_a_stranger(office: Office, secret: Secret) -> None:
    paths = {path.removeprefix("/api/v1/cases/{case}/") for path in routes("post") if "/cases/{case}/" in path}
    assert paths == {path for path, _ in TRIES.values()}
    before = len(office.get("dora", f"/cases/{secret.id}/timeline")["events"])
    for who in STRANGERS:
        for verb, (path, body) in TRIES.items():
            asked = body | ({"case": secret.linked} if verb in LINKING else {})
            refused = office.refused(who, secret.id, path, **asked)
            nowhere = office.refused(who, "0000000000000", path, **asked)
            assert refused == nowhere | {"detail": nowhere["detail"].replace("0" * 13, secret.id)}, f"{who} {verb}"
            assert refused["status"] in (404, 403 if not may(office, who, verb) else 404), f"{who} {verb}"
        refused = office.refused(who, secret.linked, "links", kind="related", case=secret.number)
        assert refused["status"] == (404 if may(office, who, "link") else 403)
    assert len(office.get("dora", f"/cases/{secret.id}/timeline")["events"]) == before


def test_a_sender_learns_nothing_of_the_case_that_it_hits(office: Office, secret: Secret) -> None:
    assert {path.removeprefix("/api/v1") for _, path in HOT} == {"/cases", "/cases/batch", "/signals", "/imports"}
    ticket = OUTAGE | TICKET
    outline = {
        "id": secret.id,
        "number": secret.number,
        "external_id": "secret-1",
        "state": "open",
        "confidential": True,
    }
    for who in ("desk", "robot", "anna"):
        assert office.post(who, "/cases", ticket).json() == outline
        assert office.post(who, "/cases/batch", {"cases": [ticket]}).json()["results"] == [outline]
        reply = {**TICKET, "kind": "reply", "body": f"{who} writes"}
        for _ in range(2):
            assert office.post(who, "/signals", reply, key=f"of-{who}").json() == outline
    [row] = office.post("robot", "/imports", {"name": "old", "rows": [{"line": 2, "ticket": ticket}]}).json()["results"]
    assert (row["effect"], row["case"], row["level"]) == ("unchanged", None, None)
    assert office.post("lea", "/cases", ticket).json()["subject"] == SUBJECT
    said = [event["payload"] for event in office.get("lea", f"/cases/{secret.id}/timeline")["events"]]
    assert [f"{who} writes" in str(said) for who in ("desk", "robot", "anna")] == [True] * 3


def test_a_webhook_withholds_what_happens_to_the_case(office: Office, receiver: Receiver) -> None:
    opened = office.open(QUESTION, subject=SUBJECT)
    office.do("lea", opened["id"], "confidentiality", names=["dora"], reason="legal")
    subscribed = {"url": receiver.url, "events": ["case.noted", "case.linked"]}
    webhook = office.post("admin", "/webhooks", subscribed).json()["id"]
    office.do("dora", opened["id"], "notes", text=SUBJECT)
    receiver.wait_for(1)
    said = json.loads(receiver.got[0][1])
    assert said["data"]["payload"] is None
    assert said["data"]["case"] == {
        "id": opened["id"],
        "number": opened["number"],
        "external_id": None,
        "confidential": True,
    }
    other = office.open(QUESTION)["id"]
    office.do("dora", other, "links", kind="related", case=opened["id"])
    receiver.wait_for(3)
    bodies = [json.loads(body)["data"] for _, body in receiver.got[1:]]
    [link] = [body for body in bodies if body["case"]["id"] == other]
    assert link["payload"] == {"kind": "related", "case": None, "number": None}
    listed = office.get("otto", f"/webhooks/{webhook}/deliveries")["deliveries"]
    assert {delivery["case"] for delivery in listed} == {other}


def test_whoever_shuts_himself_out_sees_only_that(office: Office) -> None:
    """A token has no user that could be named."""
    case = office.open(QUESTION)["id"]
    done = office.do("robot", case, "confidentiality", names=["dora"], reason="legal")
    assert set(done) == {"id", "number", "external_id", "state", "confidential"}
    assert office.refused("robot", case, "confidentiality", names=[], reason="no more")["status"] == 404
    opened = office.do("dora", case, "notes", text="mine")
    assert set(opened["named"]) == {"dora", opened["owner"]}
    assert office.refused("dora", case, "confidentiality", names=[], reason="no more")["status"] == 403


def test_a_merged_case_does_not_name_one_that_its_reader_may_not_see(office: Office) -> None:
    merged, standing = (office.open(QUESTION) for _ in range(2))
    office.do("lea", merged["id"], "links", kind="merged", case=standing["id"], reason="twice")
    office.do("lea", standing["id"], "confidentiality", names=["dora"], reason="legal")
    shown = office.get("vera", f"/cases/{merged['id']}")
    assert (shown["id"], shown["state"], shown["parent"]) == (merged["id"], "merged", None)
    assert standing["id"] not in office.clients["vera"].get(f"/cases/{merged['id']}/timeline").text
    assert office.get("dora", f"/cases/{merged['id']}")["id"] == standing["id"]
