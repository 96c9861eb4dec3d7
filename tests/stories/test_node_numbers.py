"""No two processes mint with one number, whatever a clock says."""

from collections.abc import Iterator

import pytest

from tests.stories.starter import STARTER
from tests.testing import MONDAY, SECRET, PostgreSQL, World, world
from tocsin import runtime
from tocsin.core import ids
from tocsin.core.clock import MINUTE, SECOND, VirtualClock
from tocsin.core.errors import Unavailable
from tocsin.core.ids import NODES
from tocsin.runtime import Installation
from tocsin.storage.nodes import LEASE, Node, _free
from tocsin.storage.transaction import Tx


@pytest.fixture
def here(postgresql: PostgreSQL) -> Iterator[World]:
    made = world(postgresql.database("numbers"), STARTER)
    made.installation.watch.keeper.on_lost = lambda: None
    yield made
    made.installation.close()


def another(here: World, *, at: int) -> Installation:
    return runtime.build(here.url, SECRET, clock=VirtualClock(at), carrier=runtime.Inline(), on_lost=lambda: None)


def open_case(node: Installation, subject: str) -> int:
    return ids.from_text(World(node, VirtualClock(0), None, "").open(subject=subject)["id"])  # type: ignore[arg-type]


def mint(node: Installation, now: int) -> int:
    return node.writer.write(lambda tx: node.mint.new(now))


def use_up(here: World) -> None:
    """Every number was leased once, so that one must be taken whose lease has ended."""
    rows = [(number, "gone", MONDAY + LEASE) for number in range(1, NODES)]
    insert = "INSERT INTO nodes (number, holder, leased_until) VALUES (?, ?, ?)"
    here.installation.writer.write(lambda tx: tx.run_many(insert, rows))


def test_a_clock_that_jumped_gives_nobody_a_number_that_is_in_use(here: World) -> None:
    late = another(here, at=MONDAY + LEASE + MINUTE)
    first, second = here.installation, late
    assert first.watch.keeper.node.number != second.watch.keeper.node.number
    found = {mint(node, MONDAY + second_ * SECOND) for node in (first, second) for second_ in range(50)}
    assert len(found) == 100
    assert open_case(first, "a") != open_case(second, "b")
    second.close()


def test_a_process_whose_number_was_taken_writes_nothing_more(here: World) -> None:
    use_up(here)
    first, second = here.installation, another(here, at=MONDAY + LEASE + MINUTE)
    ended = []
    first.watch.keeper.on_lost = lambda: ended.append(True)
    assert first.watch.keeper.node.number == second.watch.keeper.node.number == 0
    with pytest.raises(Unavailable):
        open_case(first, "nobody will read this")
    assert ended == [True]
    assert first.watch.keeper.lost
    with pytest.raises(Unavailable):
        mint(first, MONDAY)
    assert ended == [True], "it is ended once"
    assert open_case(second, "and this one is")
    with second.database.reading() as tx:
        assert tx.rows("SELECT subject FROM cases") == [("and this one is",)]
    second.close()


def test_what_was_begun_before_the_number_was_taken_is_not_minted_twice(here: World) -> None:
    """The group that was under way commits with ids of its own instant; the other process mints later ones."""
    use_up(here)
    first = here.installation

    def under_way(tx: Tx) -> tuple[int, Installation, int]:
        other = another(here, at=MONDAY + LEASE + MINUTE)
        theirs = mint(other, other.clock.now())
        return first.mint.new(tx.now), other, theirs

    mine, second, theirs = first.writer.write(under_way)
    assert mine < theirs
    with pytest.raises(Unavailable):
        mint(first, MONDAY)
    second.close()


def test_a_number_that_was_given_back_is_used_again_as_late_as_can_be(database_url: str) -> None:
    """A clock that is set back between two processes cannot make the second repeat an id of the first."""
    here = world(database_url, STARTER)
    writer = here.installation.writer
    first = Node.claim(writer)
    writer.write(first.release)
    assert Node.claim(writer).number not in (first.number, here.installation.watch.keeper.node.number)
    here.installation.close()


@pytest.mark.parametrize(
    ("leases", "free"),
    [
        ({}, 0),
        ({0: 5, 2: 500}, 1),
        ({0: 5}, 1),
        (dict.fromkeys(range(NODES), 50) | {7: 40, 9: 45}, 7),
        (dict.fromkeys(range(NODES), 101), None),
        (dict.fromkeys(range(NODES), 101) | {7: 100}, 7),
    ],
)
def test_which_number_is_free(leases: dict[int, int], free: int | None) -> None:
    assert _free(leases, now=100) == free
