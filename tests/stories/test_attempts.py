"""How often somebody may try to sign in, however many nodes take the tries."""

from collections.abc import Iterator

import pytest

from tests.stories.conftest import Stage
from tests.testing import MONDAY, SECRET
from tocsin import runtime
from tocsin.core.clock import HOUR, MINUTE, VirtualClock
from tocsin.people import attempts as counting
from tocsin.people.attempts import WINDOW, Attempts
from tocsin.runtime import Installation


@pytest.fixture
def nodes(database_url: str) -> Iterator[list[Installation]]:
    """Two installations on one database."""
    made = [runtime.build(database_url, SECRET, clock=VirtualClock(MONDAY), carrier=runtime.Inline()) for _ in range(2)]
    yield made
    for node in made:
        node.close()


def limited(node: Installation, **limits: int) -> Attempts:
    return Attempts(node.database, node.writer, node.mint, **limits)


def rows(node: Installation) -> int:
    with node.database.reading() as tx:
        return len(tx.rows("SELECT id FROM sign_in_attempts"))


def test_an_address_may_fail_so_often_at_an_account_and_no_more(nodes: list[Installation]) -> None:
    attempts = limited(nodes[0], per_pair=3)
    assert [attempts.begin("dana", "10.0.0.1", MONDAY + at) for at in (0, 1, 2)] == [None] * 3
    assert attempts.begin("dana", "10.0.0.1", MONDAY + MINUTE) == WINDOW - MINUTE
    assert attempts.begin("dana", "10.0.0.2", MONDAY + MINUTE) is None, "the owner is elsewhere, and comes in"
    assert attempts.begin("bo", "10.0.0.1", MONDAY + MINUTE) is None
    later = MONDAY + WINDOW
    assert attempts.begin("dana", "10.0.0.1", later) is None, "what is older than the window counts no more"


def test_an_account_and_an_address_have_limits_of_their_own(nodes: list[Installation]) -> None:
    attempts = limited(nodes[0], per_pair=10, per_account=4, per_address=4)
    assert [attempts.begin("dana", f"10.0.0.{n}", MONDAY) for n in range(4)] == [None] * 4
    assert attempts.begin("dana", "10.0.0.9", MONDAY) == WINDOW
    assert [attempts.begin(f"user{n}", "10.1.1.1", MONDAY) for n in range(4)] == [None] * 4
    assert attempts.begin("another", "10.1.1.1", MONDAY) == WINDOW


def test_success_forgets_what_failed_before_and_was_no_failure(nodes: list[Installation]) -> None:
    attempts = limited(nodes[0], per_pair=2, per_account=3)
    for _ in range(10):
        assert attempts.begin("dana", "10.0.0.1", MONDAY) is None
        attempts.succeeded("dana", "10.0.0.1")
    assert rows(nodes[0]) == 0


def test_success_forgives_nothing_elsewhere(nodes: list[Installation]) -> None:
    """Who guesses from beside the owner fails on for the account as a whole."""
    attempts = limited(nodes[0], per_pair=3, per_account=4)
    assert [attempts.begin("dana", "10.0.0.1", MONDAY) for _ in range(3)] == [None] * 3
    attempts.succeeded("dana", "10.0.0.1")
    assert [attempts.begin("dana", "10.0.0.1", MONDAY) for _ in range(2)] == [None] * 2
    assert attempts.begin("dana", "10.0.0.2", MONDAY) == WINDOW, "two that were forgiven here, and two new ones"


def test_two_nodes_count_together(nodes: list[Installation]) -> None:
    first, second = (limited(node, per_pair=4) for node in nodes)
    assert [node.begin("dana", "10.0.0.1", MONDAY) for node in (first, second, first, second)] == [None] * 4
    for node in (first, second):
        assert node.begin("dana", "10.0.0.1", MONDAY) == WINDOW
    second.succeeded("dana", "10.0.0.1")
    assert first.begin("dana", "10.0.0.1", MONDAY) is None, "what one node forgave, the other forgives"


def test_what_was_refused_is_not_counted(nodes: list[Installation]) -> None:
    attempts = limited(nodes[0], per_pair=2)
    for _ in range(20):
        attempts.begin("dana", "10.0.0.1", MONDAY)
    assert rows(nodes[0]) == 2


def test_they_are_forgotten_when_they_count_no_more(nodes: list[Installation]) -> None:
    nodes[0].entrance.attempts.begin("dana", "10.0.0.1", MONDAY - WINDOW)
    nodes[0].entrance.attempts.begin("dana", "10.0.0.1", MONDAY - WINDOW + 1)
    assert nodes[1].writer.write(counting.sweep) == 1
    assert rows(nodes[0]) == 1


def test_a_running_installation_forgets_them_by_itself(stage: Stage) -> None:
    world = stage(watching=True)
    assert world.installation.entrance.attempts.begin("dana", "10.0.0.1", world.clock.now()) is None
    world.forward(2 * HOUR, look=5 * MINUTE)
    assert rows(world.installation) == 0
