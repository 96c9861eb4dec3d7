"""What a later decision does to a case that is escalated already."""

from typing import Any

import pytest

from tests.stories.test_auditor import act, assert_sound, pages, rows
from tests.stories.test_policy_versions import activate
from tests.stories.test_skeleton import OUTAGE, STARTER
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.core import canonical, ids
from tocsin.core.clock import MINUTE
from tocsin.intake import signals
from tocsin.intake.arrivals import Arrival
from tocsin.people.permissions import SYSTEM

RENAMED = STARTER.replace("path: executive", "path: exec2").replace("\n  executive:\n    leader", "\n  exec2:\n    leader")
SHORTER = STARTER.replace(
    '''      - {notify: ["oncall:senior", "role:duty-director"], wait: 5m}
      - {notify: ["oncall:senior:backup", "lead:team"], wait: 5m}
    repeat: 3
''',
    '''      - {notify: ["role:duty-director"], wait: 5m}
    repeat: 1
''',
    1,
)


def read(**given: Any) -> signals.Signal:
    return signals.read_signal(canonical.encode(given), SYSTEM)


def signal(here: World, **given: Any) -> int:
    """The case behind a signal."""
    desk = here.installation.desk
    opened = here.installation.writer.write(lambda tx: signals.receive(tx, desk, read(**given)))
    return opened.state.case.id


def imported(here: World, **given: Any) -> None:
    arrival = Arrival(read(**given)._replace(imported=True), b"the key of an arrival")
    here.installation.writer.write_item(here.installation.take, arrival)


@pytest.mark.parametrize("later", [RENAMED, SHORTER], ids=["renamed", "fewer steps"])
def test_an_escalation_climbs_on_by_the_version_that_began_it(database_url: str, later: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(**{**OUTAGE, "external_id": "Z-1"})["id"])
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
