"""The clock that watches for an owner's silence, while the case waits."""

from tests.stories.starter import STARTER, act, assert_sound, rows
from tests.testing import world
from tocsin.cases import verbs
from tocsin.core import ids
from tocsin.core.clock import DAY, HOUR

IDLE = "SELECT cycle, outcome, paused_at IS NOT NULL FROM clocks WHERE clock = 'idle' ORDER BY cycle"


def test_a_new_cycle_that_begins_while_the_case_waits_is_paused(database_url: str) -> None:
    """The last cycle had run out before the case was put on hold, which itself is work on it."""
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="Where is the manual?")["id"])
    here.forward(3 * DAY)
    assert rows(here, IDLE) == [(1, "breached", 0)]
    anna = here.viewer("anna")
    act(here, case, verbs.hold(anna, "the customer looks it up"))
    assert rows(here, IDLE) == [(1, "breached", 0), (2, None, 1)]
    here.forward(2 * DAY)
    assert rows(here, IDLE)[1] == (2, None, 1), "nobody can be silent about what waits for the customer"
    act(here, case, verbs.note(anna, "asked again"))
    assert rows(here, IDLE)[1] == (2, None, 1)
    act(here, case, verbs.resume(anna))
    assert rows(here, IDLE)[1] == (2, None, 0)
    here.forward(HOUR)
    assert rows(here, IDLE)[1] == (2, None, 0), "its time begins with the release"
    here.forward(5 * DAY)
    assert rows(here, IDLE)[1] == (2, "breached", 0)
    assert_sound(here, case)
    here.installation.close()
