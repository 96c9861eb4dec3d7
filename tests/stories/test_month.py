"""Now as of an instant equals what was live then, at a thousand random instants of a month."""

import pytest

from tests.stories import month
from tests.stories.process import PEOPLE, POLICY
from tests.testing import Databases, world
from tocsin.cases.asof import board
from tocsin.people.permissions import SYSTEM

FULL = (3000, 1000)  # operations, instants
SIZES = {"sqlite": (160, 1000), "postgresql": (60, 100)}


@pytest.mark.long
@pytest.mark.parametrize(
    "size", [pytest.param("usual"), pytest.param("full", marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_now_as_of_each_instant_is_what_was_live(databases: Databases, size: str) -> None:
    operations, looks = FULL if size == "full" else SIZES[databases.kind]
    here = world(databases.new(), POLICY, people=PEOPLE)
    seen = month.lived(here, 11, operations, looks)
    assert len(seen) == looks
    for at, live in seen.items():
        with here.installation.database.reading(at) as tx:
            then = board.look(tx, SYSTEM, month.severities(here, tx, at), at, month.SHOWN)
        assert then == live, at
    here.installation.close()
