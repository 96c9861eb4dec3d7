"""Two nodes notice the same person at once: together they keep to the limit, and no digest leaves one behind."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.stories.nodes import Nodes
from tests.stories.noticing import alert, alerted, question, told
from tests.stories.starter import OUTAGE, opened, rows
from tests.testing import PostgreSQL
from tocsin.cases import acting
from tocsin.core.clock import MINUTE
from tocsin.notify import answering
from tocsin.notify.answering import LinkStanding
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.tools.lanes import Lanes

Write = Callable[[Tx], Any]


@pytest.fixture
def nodes(postgresql: PostgreSQL, request: pytest.FixtureRequest) -> Iterator[Nodes]:
    made = Nodes(postgresql.database(f"told_{abs(hash(request.node.name))}"))
    yield made
    made.first.close()
    made.second.close()


def meet(nodes: Nodes, first: Write, second: Write, *cases: int) -> tuple[Any, Any]:
    """The second one begins before the first one commits, and waits for it."""
    done, go = threading.Event(), threading.Event()

    def holds(tx: Tx) -> Any:
        answer = first(tx)
        done.set()
        assert go.wait(20)
        return answer

    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(nodes.first.writer.write, holds, cases=cases)
        try:
            assert done.wait(20)
            behind = pool.submit(nodes.second.writer.write, second, cases=cases)
            while not nodes._waits() and not behind.done():
                threading.Event().wait(0.01)
            assert not behind.done(), "they did not meet"
        finally:
            go.set()
        return ahead.result(30), behind.result(30)


def alerting(nodes: Nodes, node: Installation, case: int, says: str) -> Write:
    event = alerted(nodes.world, "anna", says=says)
    return lambda tx: acting.act(tx, node.desk, case, lambda state, around: [event])


def test_together_they_keep_to_the_limit(nodes: Nodes) -> None:
    here = nodes.world
    first, second = question(here), question(here)
    for _ in range(4):
        alert(here, first, "anna")
    meet(nodes, alerting(nodes, nodes.first, first, "fifth"), alerting(nodes, nodes.second, second, "sixth"))
    assert rows(here, "SELECT count(*) FROM notifications WHERE kind = 'notice' AND digest IS NOT NULL") == [(1,)]


def test_what_joins_a_digest_that_is_about_to_go_goes_with_it(nodes: Nodes) -> None:
    here = nodes.world
    case = question(here)
    for place in range(6):
        alert(here, case, "anna", says=str(place))
    here.forward(MINUTE)
    here.clock.advance(9 * MINUTE)
    nodes.second.clock.advance(10 * MINUTE)  # type: ignore[attr-defined]
    courier: Any = nodes.second.outgoing.pages.courier
    _, [page] = meet(nodes, alerting(nodes, nodes.first, case, "late"), lambda tx: courier.claim(tx, Lanes(10, 10)))
    assert b'"count":2' in page.body
    assert b'"says":"late"' in page.body


def test_what_comes_when_a_digest_is_leaving_goes_by_itself(nodes: Nodes) -> None:
    here = nodes.world
    case = question(here)
    for place in range(6):
        alert(here, case, "anna", says=str(place))
    here.forward(MINUTE)
    here.clock.advance(9 * MINUTE)
    courier: Any = nodes.first.outgoing.pages.courier
    [page], _ = meet(nodes, lambda tx: courier.claim(tx, Lanes(10, 10)), alerting(nodes, nodes.second, case, "after"))
    assert b"after" not in page.body
    here.forward(12 * MINUTE)
    said = [message["says"] for message in told(here)]
    kept = [notice["says"] for digest in told(here, "digest") for notice in digest["notices"]]
    assert sorted(said + kept) == ["0", "1", "2", "3", "4", "5", "after"]


def test_a_link_that_is_pressed_twice_at_once_works_once(nodes: Nodes) -> None:
    here = nodes.world
    case = opened(here, OUTAGE)
    here.forward(0)
    claim = nodes.first.entrance.links.read(here.outbox.sent[0]["acknowledge_link"].rpartition("/")[2])

    def press(node: Installation) -> Write:
        return lambda tx: answering.answer(tx, node.desk, node.entrance.links, claim, "acknowledge").standing

    assert meet(nodes, press(nodes.first), press(nodes.second), case) == (LinkStanding.DONE, LinkStanding.USED)
    assert len(rows(here, "SELECT 1 FROM events WHERE kind = 'case.acknowledged'")) == 1
