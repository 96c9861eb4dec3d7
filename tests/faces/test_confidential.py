"""To a stranger a confidential case does not exist: not in any query, any route that reads, any verb."""

import inspect
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import pytest

import tocsin.cases
from tests.faces.office import MACHINES, OUTAGE, QUESTION, STAFF, Office, staffed
from tests.faces.routes import routes
from tests.faces.tries import LINKING, TRIES
from tests.testing import Databases, Receiver
from tocsin.api.app import HOT
from tocsin.cases import queries, sight, store, storms, triaging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.alike import affected, offers, telling
from tocsin.cases.asof import board as asof_board
from tocsin.cases.asof import listing as asof_listing
from tocsin.cases.asof import states
from tocsin.cases.context import Desk
from tocsin.cases.queries import (
    board,
    customers,
    families,
    labels,
    lasting,
    listing,
    needs,
    openings,
    searching,
    tickets,
    totals,
    waiting,
)
from tocsin.cases.queries.board import Row
from tocsin.cases.queries.customers import CustomerFilter, Having
from tocsin.cases.queries.needs import Only
from tocsin.cases.risk import listing as risks
from tocsin.clocks import moments
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.ledger.journal import Recorded
from tocsin.notify import outcomes
from tocsin.people.directory import Directory
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


def ask(query: str, tx: Tx, desk: Desk, who: Viewer, case: int, number: int) -> Any:
    """What a query answers when it is asked for a case. A query that is not here fails the test."""
    asking: dict[str, Callable[[], Any]] = {
        "queries.naming.find": lambda: queries.find(tx, who, str(number)) or queries.find(tx, who, ids.to_text(case)),
        "queries.naming.found": lambda: queries.found(tx, who, ids.to_text(case)),
        "queries.naming.with_ticket": lambda: queries.with_ticket(tx, who, TICKET["external_id"]),
        "queries.naming.named": lambda: queries.named(tx, who, ids.to_text(case)),
        "queries.load": lambda: queries.load(tx, who, case),
        "queries.tickets.of": lambda: tickets.of(tx, who, [store.load(tx, case)]),
        "queries.numbers": lambda: queries.numbers(tx, who, [case]),
        "queries.decision_bytes": lambda: queries.decision_bytes(tx, who, case),
        "queries.decisions": lambda: queries.decisions(tx, who, [case]),
        "queries.named_to": lambda: [one for one in queries.named_to(tx, who, [naming(case)]) if one.payload["case"]],
        "queries.timeline": lambda: queries.timeline(tx, who, case),
        "outcomes.pages": lambda: outcomes.pages(tx, who, case),
        "queries.any_has": lambda: queries.any_has(tx, who, "severity", "critical"),
        "queries.board.look": lambda: of_case(board.look(tx, who, {}, 0, 200).escalated, case),
        "queries.board.questions": lambda: of_case(board.questions(tx, who, 200), case),
        "queries.labels.like": lambda: [
            one for one in labels.like(tx, who, 0, (), (None, None), 5) if one.number == number
        ],
        "queries.lasting.amounts": lambda: (
            lasting.summed(lasting.amounts(tx, who))["escalated"] - escalated_for_all(tx)
        ),
        "queries.lasting.counts": lambda: lasting.counts(tx, who)["escalated"] - escalated_for_all(tx),
        "queries.lasting.count": lambda: lasting.count(tx, who, "escalated") - escalated_for_all(tx),
        "queries.lasting.first": lambda: case in lasting.first(tx, who, lasting.amounts(tx, SYSTEM), 200),
        "queries.lasting.oldest": lambda: case in lasting.oldest(tx, who, lasting.amounts(tx, SYSTEM), 200),
        "risk.listing.at_risk": lambda: [found.id for _, found in risks.at_risk(tx, who)],
        "risk.listing.unseen": lambda: risks.unseen(tx, who),
        "risk.listing.of": lambda: risks.of(tx, who, case),
        "queries.tickets.of_same_account": lambda: tickets.of_same_account(tx, who, case, 5),
        "storms.standing": lambda: [case.id for _, case in storms.standing(tx, who)],
        "queries.lasting.quiet_since": lambda: lasting.quiet_since(tx, who, Only(team=TEAM)) is not None,
        "queries.needs.counts": lambda: needs.counts(tx, who)["escalated"] - escalated_for_all(tx),
        "queries.needs.count": lambda: needs.count(tx, who, "escalated") - escalated_for_all(tx),
        "queries.require": lambda: is_there(tx, who, case),
        "queries.totals.opened": lambda: case in totals.opened(tx, who),
        "queries.totals.standing": lambda: sum(totals.standing(tx, who).values()) - others(tx, who, case, "cases"),
        "queries.totals.clocks": lambda: (
            sum(sum(runs.values()) for runs in totals.clocks(tx, who).values()) - others(tx, who, case, _CLOCKS)
        ),
        "queries.families.family": lambda: families.family(tx, who, parent_of(tx, case), 9).members,
        "queries.families.followers": lambda: families.followers(tx, who, [parent_of(tx, case)]),
        "queries.listing.listed": lambda: has(listing.listed(tx, who, EVERYTHING)[0], case),
        "queries.listing.count": lambda: listing.count(tx, who, EVERYTHING, 200).amount,
        "queries.listing.count_confided": lambda: listing.count_confided(tx, who, EVERYTHING, 200).amount,
        "queries.openings.count": lambda: openings.count(tx, who, 0) - others(tx, who, case, "cases"),
        "queries.openings.page": lambda: [one for one in openings.page(tx, who, 0, None, 200) if one.number == number],
        "queries.searching.look": lambda: [
            hit for hit in searching.look(tx, who, Directory(), "regulator").cases if hit.case.id == case
        ],
        "queries.customers.open_of": lambda: case in customers.open_of(tx, who, account_of(tx, case), 200),
        "queries.customers.escalations_of": lambda: has(
            customers.escalations_of(tx, who, account_of(tx, case), 0, 200), case
        ),
        "queries.customers.having": lambda: open_besides(
            tx, who, case, dict(customers.having(tx, who, [account_of(tx, case)])).get(account_of(tx, case))
        ),
        "queries.customers.listed": lambda: open_besides(
            tx,
            who,
            case,
            next(
                (
                    having
                    for account, having in customers.listed(tx, who, CustomerFilter())[0]
                    if account.id == account_of(tx, case)
                ),
                None,
            ),
        ),
        "queries.customers.totals": lambda: customers.totals(tx, who).escalated > customers_escalated(tx, who, case),
        "queries.waiting.calls": lambda: case in waiting.calls(tx, who),
        "queries.waiting.claims": lambda: case in waiting.claims(tx, who),
        "queries.waiting.executive": lambda: case in waiting.executive(tx, who),
        "queries.waiting.followed": lambda: case in waiting.followed(tx, who),
        "queries.waiting.of_customers": lambda: case in waiting.of_customers(tx, who),
        "queries.waiting.questions": lambda: case in waiting.questions(tx, who, answerable=False),
        "triaging.queue": lambda: of_case([one.row for one in triaging.queue(tx, desk, who)], case),
        "queries.waiting.rows": lambda: of_case(waiting.rows(tx, who, [case]), case),
        "queries.waiting.seen": lambda: waiting.seen(tx, who, [case]),
        "queries.waiting.theirs": lambda: case in waiting.theirs(tx, who),
        "alike.affected.affected": lambda: [
            one for one in affected.affected(tx, who, case, affected.usual(tx, case)) if one.case == number
        ],
        "alike.offers.of_parent": lambda: case in offers.of_parent(tx, who, case, 9),
        "alike.offers.waiting": lambda: offers.waiting(tx, who, case),
        "alike.telling.similar": lambda: telling.similar(tx, desk, who, case, moments.reader(moments.utc, {})),
        "asof.board.counts": lambda: asof_board.counts(tx, who, tx.now)["escalated"] - escalated_for_all(tx),
        "asof.board.look": lambda: of_case(asof_board.look(tx, who, {}, tx.now, 200).escalated, case),
        "asof.listing.listed": lambda: has(
            [then.state for then in asof_listing.listed(tx, who, EVERYTHING, tx.now)[0]], case
        ),
        "asof.states.load": lambda: states.load(tx, who, case, tx.now),
        "asof.states.timeline": lambda: states.timeline(tx, who, case, tx.now),
    }
    return asking[query]()


# Those that find a case by what nobody asks of this one, or by whose it is: who finds it among those who may see it.
FOUND_BY = {
    "alike.affected.affected": (),
    "alike.offers.of_parent": (),
    "alike.offers.waiting": (),
    "alike.telling.similar": (),
    "risk.listing.at_risk": (),
    "risk.listing.of": (),
    "risk.listing.unseen": (),
    "queries.tickets.of_same_account": (),
    "storms.standing": (),  # a confidential case pages for nobody else's
    "queries.board.questions": (),
    "queries.labels.like": (),
    "triaging.queue": (),
    "queries.waiting.calls": (),
    "queries.waiting.claims": (),
    "queries.waiting.executive": (),
    "queries.waiting.followed": (),
    "queries.waiting.of_customers": (),
    "queries.waiting.questions": (),
    "queries.waiting.theirs": ("carl",),
}
# Those that read no case: what a list asks for is checked and put in order there, and read by `listing.listed`.
NO_READERS = (
    *(
        "queries.asked.narrowed",
        "queries.asked.only",
        "queries.asked.require",
        "queries.listing.cases_of",
        "queries.listing.order_of",
    ),
    *("alike.affected.open_for", "alike.affected.tried"),  # refused like a verb, which `affected` shows
    *("asof.states.standing", "views.add", "views.change", "views.delete", "views.listed", "views.named"),
)


def of_case(rows: Iterable[Row], case: int) -> list[Row]:
    return [row for row in rows if row.state.case.id == case]


def has(states: Iterable[Aggregate], case: int) -> bool:
    return any(state.case.id == case for state in states)


def account_of(tx: Tx, case: int) -> int:
    account = store.load(tx, case).case.account
    assert account is not None
    return account


def open_besides(tx: Tx, who: Viewer, case: int, having: Having | None) -> int:
    """How many more open cases a customer is said to have than the others that this viewer sees."""
    seen, parameters = sight.condition(who)
    row = tx.row(
        f"SELECT count(*) FROM cases WHERE account = ? AND id <> ? AND state = 'open' AND NOT imported AND {seen}",
        (account_of(tx, case), case, *parameters),
    )
    return (0 if having is None else having.open) - int(row[0] if row else 0)


def customers_escalated(tx: Tx, who: Viewer, case: int) -> int:
    """How many customers have an escalation besides this case that this viewer sees."""
    seen, parameters = sight.condition(who)
    row = tx.row(
        "SELECT count(DISTINCT account) FROM cases WHERE id <> ? AND state = 'open' AND NOT imported AND account IS NOT"
        f" NULL AND level <> 'standard' AND {seen}",
        (case, *parameters),
    )
    return int(row[0] if row else 0)


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


def answer_of(query: str, tx: Tx, desk: Desk, who: Viewer, case: int, number: int) -> Any:
    try:
        return ask(query, tx, desk, who, case, number)
    except NotFound as refusal:
        return str(refusal)


VERBS_OF_TWO = ("tocsin.cases.linking", "tocsin.cases.deeds")  # which are no queries


def public_queries() -> dict[str, Any]:
    """Every public function that reads cases, or what became of their messages, on behalf of a viewer; in `queries`
    every one must."""
    found: dict[str, Any] = {}
    modules = [module.name for module in pkgutil.walk_packages(tocsin.cases.__path__, "tocsin.cases.")]
    for module in [*modules, outcomes.__name__]:
        loaded, short = import_module(module), module.removeprefix("tocsin.cases.").removeprefix("tocsin.notify.")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != module or name.startswith("_") or f"{short}.{name}" in NO_READERS:
                continue
            taken = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
            if module == queries.__name__:
                assert taken[:2] == [Tx, Viewer], f"queries.{name} takes no viewer"
            if Tx in taken and Viewer in taken and module not in VERBS_OF_TWO:
                found[f"{short}.{name}"] = function
    return found


@pytest.mark.parametrize("query", public_queries())
def test_no_query_knows_the_case_for_a_stranger(office: Office, secret: Secret, query: str) -> None:
    case = ids.from_text(secret.id)
    knowing = {"system": SYSTEM, "dora": viewer(office, "dora"), "carl": viewer(office, "carl")}
    desk = office.installation.desk
    with office.installation.database.reading(office.installation.clock.now()) as tx:
        for name in FOUND_BY.get(query, knowing):
            assert ask(query, tx, desk, knowing[name], case, secret.number), name
        for stranger in (viewer(office, "anna"), viewer(office, "admin"), Viewer("token:x", "admin")):
            answer = answer_of(query, tx, desk, stranger, case, secret.number)
            absent = f"case: there is no case {secret.id}"
            assert not answer or str(answer).split(";")[0] == absent, f"{query} gives {answer!r}"


def test_no_route_that_reads_knows_the_case_for_a_stranger(office: Office, secret: Secret) -> None:
    reading = [path.removeprefix("/api/v1") for path in routes("get") if path.startswith("/api/v1/")]
    assert {"/cases", "/cases/{case}", "/cases/{case}/timeline", "/cases/{case}/decision"} <= set(reading)
    webhook = office.post("admin", "/webhooks", {"url": "http://127.0.0.1:9/", "events": ["case.*"]}).json()["id"]
    others = {"{version}": "1", "{webhook}": webhook, "{delivery}": "0000000000000", "{view}": "0000000000000"}
    for who in STRANGERS:
        absent = office.clients[who].get("/cases/0000000000000")
        for path in reading:
            for reference in (secret.id, str(secret.number)):
                asked = path.replace("{case}", reference)
                for name, value in others.items():
                    asked = asked.replace(name, value)
                asked += "?q=regulator" if asked == "/search" else ""
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
    told = {name: value for name, value in link["payload"].items() if value is not None}
    assert told == {"kind": "related"}


def test_no_verb_knows_the_case_for_a_stranger(office: Office, secret: Secret) -> None:
    paths = {path.removeprefix("/api/v1/cases/{case}/") for path in routes("post") if "/cases/{case}/" in path}
    assert paths == {path for path, _ in TRIES.values()} | {"affected", "evidence"}
    before = len(office.get("dora", f"/cases/{secret.id}/timeline")["events"])
    for who in STRANGERS:
        for verb, (path, body) in TRIES.items():
            asked = body | ({"case": secret.linked} if verb in LINKING else {})
            refused = office.refused(who, secret.id, path, **asked)
            nowhere = office.refused(who, "0000000000000", path, **asked)
            assert refused == nowhere | {"detail": nowhere["detail"].replace("0" * 13, secret.id)}, f"{who} {verb}"
            assert refused["status"] in (404, 403 if not may(office, who, verb) else 404), f"{who} {verb}"
        for case in (secret.id, "0000000000000"):
            refused = office.refused(who, case, "affected", accounts=["nobody"])
            assert refused["status"] == (404 if may(office, who, "link") else 403)
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
    told = {name: value for name, value in link["payload"].items() if value is not None}
    assert told == {"kind": "related"}
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
