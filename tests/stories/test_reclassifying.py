"""What a later decision does to a case that is escalated already."""

import pytest

from tests.stories.signalling import signal
from tests.stories.starter import OUTAGE, STARTER, act, activate, assert_sound, pages, rows
from tests.testing import world
from tocsin.cases import verbs
from tocsin.core import ids
from tocsin.core.clock import MINUTE

RENAMED = STARTER.replace("path: executive", "path: exec2").replace(
    "\n  executive:\n    leader", "\n  exec2:\n    leader"
)
SHORTER = STARTER.replace(
    """      - {notify: ["oncall:senior", "role:duty-director"], wait: 5m}
      - {notify: ["oncall:senior:backup", "lead:team"], wait: 5m}
    repeat: 3
""",
    """      - {notify: ["role:duty-director"], wait: 5m}
    repeat: 1
""",
    1,
)


@pytest.mark.parametrize("later", [RENAMED, SHORTER], ids=["renamed", "fewer steps"])
def test_an_escalation_climbs_on_by_the_version_that_began_it(database_url: str, later: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(**OUTAGE)["id"])
    here.forward(6 * MINUTE)
    assert later != STARTER
    activate(here, later)
    assert signal(here, external_id="Z-1", users_affected=9500) == case
    here.forward(90 * MINUTE)
    assert rows(here, "SELECT path, policy_version, state FROM escalations") == [("executive", 1, "exhausted")]
    assert rows(here, "SELECT policy_version FROM cases") == [(2,)]
    assert {place[:2] for place in pages(here)} == {(turn, step) for turn in (1, 2, 3) for step in (1, 2)} | {(4, 1)}
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert_sound(here, case)
    here.installation.close()


def test_a_level_that_rises_behind_an_acknowledgement_is_acknowledged_anew(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="API is down", body="Everything is down", external_id="Z-1")["id"])
    here.forward(6 * MINUTE)
    assert rows(here, "SELECT level FROM cases") == [("senior",)]
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    told = len(pages(here))
    signal(here, external_id="Z-1", users_affected=5000, account={"segment": "strategic", "arr": 2e6})
    here.forward(MINUTE)
    assert rows(here, "SELECT level, acknowledged_at FROM cases") == [("executive", None)]
    assert len(pages(here)) > told
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    runs = rows(here, "SELECT cycle, outcome FROM clocks WHERE clock = 'acknowledge' ORDER BY cycle")
    assert runs == [(1, "met"), (2, "met")]
    assert_sound(here, case)
    here.installation.close()


def test_a_clock_on_hold_is_not_replaced_by_a_target_that_is_no_stricter(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(**OUTAGE)["id"])
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.hold(here.viewer("carl"), "asked for a log"))
    before = rows(here, "SELECT clock, cycle, target, due_at, paused_at FROM clocks ORDER BY clock, cycle")
    assert any(paused is not None for *_, paused in before)
    here.forward(30 * MINUTE)
    assert signal(here, external_id="Z-1", users_affected=9500) == case
    assert rows(here, "SELECT count(*) FROM events WHERE kind = 'clocks.superseded'") == [(0,)]
    assert rows(here, "SELECT clock, cycle, target, due_at, paused_at FROM clocks ORDER BY clock, cycle") == before
    assert_sound(here, case)
