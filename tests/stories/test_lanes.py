"""Pages overtake what can wait, and whoever is slow to take them holds up nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.noticing import alert, question
from tests.stories.starter import OUTAGE, STARTER, opened, rows
from tests.testing import World, world
from tocsin.core.clock import SECOND
from tocsin.ledger import work
from tocsin.ledger.tables import work as work_table
from tocsin.ledger.work import URGENT, USUAL, Lane
from tocsin.notify.pipeline import Page
from tocsin.storage.transaction import Tx
from tocsin.tools.lanes import Lanes


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def claim(here: World, lanes: Lanes) -> list[Page]:
    """As the dispatcher does it, without sending."""
    courier: Any = here.installation.outgoing.pages.courier
    found: list[Page] = here.installation.writer.write(lambda tx: courier.claim(tx, lanes))
    for page in found:
        lanes.begun(page.lane, page.channel)
    return found


def write(here: World, run: Any) -> Any:
    return here.installation.writer.write(run)


def test_a_page_goes_before_notices_that_waited_longer(here: World) -> None:
    case = question(here)
    for _ in range(3):
        alert(here, case, "anna", "bo")
    here.clock.advance(SECOND)
    opened(here, OUTAGE)
    lanes = Lanes(places=8, each=8)
    first = claim(here, lanes)
    paged = rows(here, "SELECT count(*) FROM notifications WHERE kind = 'page'")[0][0]
    assert [page.kind for page in first[:paged]] == ["page"] * paged
    assert len(first) <= 4  # half of the places, for nobody has answered yet


def test_places_that_are_kept_free_are_for_pages(here: World) -> None:
    case = question(here)
    for _ in range(5):
        alert(here, case, "anna")
    lanes = Lanes(places=8, each=8)
    assert [page.kind for page in claim(here, lanes)] == ["notice"] * 3
    opened(here, OUTAGE)
    assert [page.kind for page in claim(here, lanes)] == ["page"]


def test_a_lane_without_room_is_left_out_and_keeps_its_turn(here: World) -> None:
    opened(here, OUTAGE)
    people = rows(here, "SELECT DISTINCT destination FROM notifications WHERE kind = 'page'")
    [[busy], *_] = people
    lanes = Lanes(places=64, each=64)
    for _ in range(3):
        lanes.begun(busy, "webhook")
        lanes.ended(busy, "webhook", delivered=False, seconds=0.1, now=here.clock.now())
    lanes.begun(busy, "webhook")  # the one that is tried
    for number in range(2, 5):
        opened(here, {**OUTAGE, "external_id": f"Z-{number}"})
    assert busy not in {page.destination for page in claim(here, lanes)}
    lanes.ended(busy, "webhook", delivered=True, seconds=0.1, now=here.clock.now())
    assert len([page for page in claim(here, lanes) if page.destination == busy]) == 4


def test_a_message_whose_row_was_lost_comes_back_into_its_lane(here: World) -> None:
    opened(here, OUTAGE)
    write(here, lambda tx: tx.run("DELETE FROM work WHERE kind = 'page'"))
    assert claim(here, Lanes(64, 64)) == []
    for _ in range(2):
        here.clock.advance(5 * 60 * SECOND)
        here.installation.watch.auditor.step(here.clock.now())
    assert claim(here, Lanes(64, 64))


def test_the_lanes_with_something_due(here: World) -> None:
    now = here.clock.now()
    told = [(1, 7, USUAL, -9), (2, 7, URGENT, -5), (3, 8, URGENT, -6), (4, 9, URGENT, +1), (5, 9, USUAL, -1)]

    def run(tx: Tx) -> Any:
        tx.insert(
            work_table,
            [work.row("k", subject, now + at, lane=Lane(lane, urgency)) for subject, lane, urgency, at in told],
        )
        tx.insert(work_table, [work.row("k", 6, now - 100), work.row("other", 7, now - 100, lane=Lane(1, URGENT))])
        return work.waiting(tx, "k")

    assert [(lane, since - now) for lane, since in write(here, run)] == [
        (Lane(8, URGENT), -6),
        (Lane(7, URGENT), -5),
        (Lane(7, USUAL), -9),
        (Lane(9, USUAL), -1),
    ]
    assert [item.subject for item in write(here, lambda tx: work.claim_lane(tx, "k", Lane(7), "me", 5))] == [1]
    assert Lane(7) not in {lane for lane, _ in write(here, lambda tx: work.waiting(tx, "k"))}, "it is leased"


def test_a_long_queue_of_one_receiver_costs_the_others_nothing(here: World) -> None:
    """The look from lane to lane goes along the index."""
    if here.installation.database.dialect != "sqlite":
        pytest.skip("the plan of PostgreSQL depends on its statistics")
    plan = write(here, lambda tx: tx.rows(f"EXPLAIN QUERY PLAN {work._WAITING}", ("k",) * 4))
    looks = [row[3] for row in plan if row[3].startswith(("SEARCH", "SCAN")) and row[3].split()[1] != "lanes"]
    assert looks
    assert all("ix_work_lanes" in look and look.startswith("SEARCH") for look in looks), looks
