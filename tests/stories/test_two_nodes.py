"""Two nodes on one PostgreSQL meet in one place; what the first one did stands, and the second one builds on it."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request

from tests.stories.nodes import Nodes, Run
from tests.testing import PostgreSQL
from tocsin.api import cases as routes
from tocsin.api.verbs.common import act
from tocsin.cases import acting, verbs
from tocsin.cases.opening import Opened, Ticket
from tocsin.cases.queries.asked import CaseQuery
from tocsin.core import canonical, ids
from tocsin.core.clock import DAY, SECOND
from tocsin.intake import signals
from tocsin.intake.accept import Once, Submission
from tocsin.people import directory
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


@pytest.fixture
def nodes(postgresql: PostgreSQL, request: pytest.FixtureRequest) -> Iterator[Nodes]:
    made = Nodes(postgresql.database(f"two_{abs(hash(request.node.name))}"))
    yield made
    made.first.close()
    made.second.close()


def accept(once: Once | None = None, **body: Any) -> Run:
    def run(node: Installation, tx: Tx) -> Opened:
        [answer] = node.accept(tx, [Submission(Ticket(to_body({"subject": "x", **body}), SYSTEM), once)])
        assert isinstance(answer, Opened), answer
        return answer

    return run


def signal(once: Once | None = None, **body: Any) -> Run:
    said = signals.read_signal(json.dumps({"subject": "again", **body}).encode(), SYSTEM)

    def run(node: Installation, tx: Tx) -> Opened:
        answer = signals.receive_once(tx, node.desk, said, once)
        assert isinstance(answer, Opened)
        return answer

    return run


@pytest.mark.parametrize("kind", [accept, signal])
def test_one_ticket_is_one_case(nodes: Nodes, kind: Callable[..., Run]) -> None:
    first, second = nodes.meet(kind(external_id="E-1"), kind(external_id="E-1"))
    assert (first.new, second.new) == (True, False)
    assert first.state.case.id == second.state.case.id
    assert nodes.rows("SELECT count(*) FROM cases") == [(1,)]


def test_one_idempotency_key_is_one_case(nodes: Nodes) -> None:
    once = Once.of(1, "/cases", "k", b"x")
    first, second = nodes.meet(accept(once), accept(once))
    assert (first.new, second.new) == (True, False)
    assert first.state.case.id == second.state.case.id
    assert nodes.rows("SELECT count(*) FROM cases") == [(1,)]


def test_a_signal_with_one_idempotency_key_is_taken_once(nodes: Nodes) -> None:
    nodes.first.writer.write(lambda tx: accept(external_id="E-1")(nodes.first, tx))
    once = Once.of(1, "/signals", "k", b"x")
    reply = signal(once, external_id="E-1", kind="reply", body="thanks")
    nodes.meet(reply, reply)
    assert nodes.rows("SELECT count(*) FROM events WHERE kind = 'case.replied'") == [(1,)]


def test_two_signals_for_a_ticket_long_resolved_open_one_case(nodes: Nodes) -> None:
    first = nodes.first
    old = first.writer.write(lambda tx: accept(external_id="E-1")(first, tx)).state.case.id
    first.writer.write(lambda tx: acting.act(tx, first.desk, old, verbs.resolve(SYSTEM, "done")), cases=(old,))
    first.writer.write(lambda tx: tx.run("UPDATE cases SET resolved_at = resolved_at - ?", (30 * DAY,)))
    ahead, behind = nodes.meet(signal(external_id="E-1"), signal(external_id="E-1"))
    assert (ahead.new, behind.new) == (True, False)
    assert nodes.rows("SELECT case_id FROM case_keys") == [(ahead.state.case.id,)]
    assert nodes.rows("SELECT count(*) FROM cases") == [(2,)]


@pytest.mark.parametrize("known", [False, True])
def test_both_nodes_facts_about_an_account_are_kept(nodes: Nodes, known: bool) -> None:
    if known:
        nodes.first.writer.write(lambda tx: accept(account={"external_id": "acme", "region": "eu"})(nodes.first, tx))
    nodes.world.clock.advance(SECOND)  # the other node's clock is behind
    nodes.meet(
        accept(account={"external_id": "acme", "plan": "premium"}), accept(account={"external_id": "acme", "arr": 5e6})
    )
    both = {"external_id": "acme", "plan": "premium", "arr": 5e6, **({"region": "eu"} if known else {})}
    [(facts,)] = nodes.rows("SELECT facts FROM accounts")
    assert canonical.decode(bytes(facts)) == both
    [(facts,)] = nodes.rows("SELECT facts FROM account_facts WHERE valid_to IS NULL")
    assert canonical.decode(bytes(facts)) == both
    assert nodes.rows("SELECT 1 FROM account_facts WHERE valid_to <= valid_from") == []


def test_whoever_was_added_on_another_node_is_known_by_name(nodes: Nodes) -> None:
    first, second = nodes.first, nodes.second
    case = first.writer.write(lambda tx: accept()(first, tx)).state.case.id
    assert "zoe" not in second.people().by_name
    first.writer.write(lambda tx: directory.add_user(tx, first.mint, first.journal, "zoe", by="test", role="agent"))
    first.writer.write(lambda tx: acting.act(tx, first.desk, case, verbs.assign(SYSTEM, "zoe")), cases=(case,))
    listed = json.loads(
        bytes(
            routes.list_cases(
                Request({"type": "http", "query_string": b"", "headers": []}), second, SYSTEM, CaseQuery(owner="zoe")
            ).body
        )
    )["cases"]
    shown = json.loads(bytes(routes.show_case(ids.to_text(case), second, SYSTEM).body))
    assert [found["owner"] for found in [*listed, shown]] == ["zoe", "zoe"]


def test_a_verb_that_was_carried_out_on_another_node_shows_its_names(nodes: Nodes) -> None:
    first, second = nodes.first, nodes.second
    case = first.writer.write(lambda tx: accept()(first, tx)).state.case.id
    assert "zoe" not in second.people().by_name
    first.writer.write(lambda tx: directory.add_user(tx, first.mint, first.journal, "zoe", by="test", role="agent"))
    once = Once.of(1, "/assignment", "k", b"x")
    answers = [
        json.loads(bytes(act(node, SYSTEM, once, ids.to_text(case), verbs.assign(SYSTEM, "zoe"), "cases.work").body))
        for node in (first, second)
    ]
    assert [answer["owner"] for answer in answers] == ["zoe", "zoe"]


def test_nodes_share_what_is_due_and_do_not_turn_over_what_another_one_holds(nodes: Nodes) -> None:
    held, _ = [ids.from_text(nodes.world.open(subject="x", type="outage", external_id=one)["id"]) for one in "ab"]
    nodes.first.step_all()
    nodes.world.clock.set(nodes.world.clock.now() + 6 * 60 * SECOND)
    inside, go = threading.Event(), threading.Event()

    def holds(tx: Tx) -> None:
        inside.set()
        assert go.wait(20)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(nodes.second.writer.write, holds, cases=(held,))
        try:
            assert inside.wait(20)
            assert nodes.first.fire_timers() == 1, "the other one, whatever is in front of it"
            assert nodes.first.fire_timers() == 0, "nothing more that can be taken, and so nothing to hurry for"
        finally:
            go.set()
        holder.result(30)
    now = nodes.world.clock.now()
    assert nodes.rows("SELECT subject FROM work WHERE kind = 'case' AND due_at <= ?", now) == [(held,)]
    assert nodes.first.fire_timers() == 1
