"""Many clients, every verb, in any order, while clocks run out: no case is forgotten, and each row is proved."""

import pytest

from tests.stories import invariants
from tests.stories.crowd import ACTS, Crowd
from tests.stories.declared import DECLARED
from tests.stories.process import PEOPLE, POLICY, assert_proved, changed
from tests.testing import World, world
from tocsin.clocks import moments
from tocsin.events import sentence
from tocsin.ledger import journal

SEED = 20260302


def run(url: str, operations: int, seed: int) -> Crowd:
    here = world(url, changed(POLICY, *DECLARED), people=PEOPLE)
    crowd = Crowd(here, seed)
    crowd.run(operations)
    if crowd.faults:
        raise crowd.faults[0]
    assert invariants.broken_in(url) == [], f"seed {seed}"
    _every_event_reads(here)
    assert_proved(here)
    here.installation.close()
    return crowd


def _every_event_reads(here: World) -> None:
    """Whatever was written has a sentence: what a page or a command shows of it must not fail."""
    with here.installation.database.reading() as tx:
        for (case,) in tx.rows("SELECT id FROM cases ORDER BY id"):
            for event in journal.read(tx, case):
                assert sentence(event.show(), moments.utc)


def test_no_case_is_forgotten_whatever_many_clients_do(database_url: str) -> None:
    crowd = run(database_url, 800, SEED)
    assert set(crowd.done) | set(crowd.refused) == {act.__name__ for act in ACTS}
    assert len(crowd.done) > 20, "most of it is done, not refused"


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_case_is_forgotten_in_fifty_thousand_operations(database_url: str) -> None:
    crowd = run(database_url, 50_000, SEED + 1)
    print(f"{sum(crowd.done.values())} done, {sum(crowd.refused.values())} refused, {len(crowd.cases)} cases")
