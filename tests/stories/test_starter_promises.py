"""What the starters promise of answers to the customer makes an ordinary week no louder."""

from typing import Any

import pytest

from tests.stories.process import act, opened, state, told, until
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.cases.queries import needs
from tocsin.core.clock import DAY, HOUR
from tocsin.people.permissions import SYSTEM
from tocsin.policy import starters

DOWN: dict[str, Any] = {"subject": "API is down", "users_affected": 5000, "account": {"segment": "strategic"}}


@pytest.fixture(params=starters.NAMES)
def here(request: pytest.FixtureRequest, database_url: str) -> World:
    return world(database_url, starters.text(request.param))


def promised(here: World, case: int) -> set[str]:
    return {str(run.clock) for run in state(here, case).clocks} & {"respond", "reply"}


def test_a_desk_that_answers_in_its_own_tool_is_left_alone_with_ordinary_tickets(here: World) -> None:
    case = opened(here, {"subject": "How do I export a report?", "source": "zendesk", "external_id": "Z-1"})
    owner = here.installation.people().name_of(state(here, case).case.owner)
    until(here, here.clock.now() + HOUR)
    act(here, case, verbs.note(here.viewer(str(owner)), "answered in the tool"))
    assert promised(here, case) == set()
    until(here, here.clock.now() + 6 * HOUR)
    with here.installation.database.reading() as tx:
        assert needs.counts(tx, SYSTEM)["somebody"] == 0
    assert told(here, case, "breach") == []


def test_a_monitor_is_owed_no_answer_and_a_customer_in_need_is(here: World) -> None:
    assert promised(here, opened(here, {**DOWN, "source": "Zabbix 7", "external_id": "M-1"})) == set()
    case = opened(here, {**DOWN, "source": "zendesk", "external_id": "Z-2"})
    assert promised(here, case) == {"respond"}
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    act(here, case, verbs.hold(here.viewer("lea"), "they look for a log"))
    until(here, here.clock.now() + DAY)
    assert [run.outcome for run in state(here, case).clocks if run.clock == "respond"] == [None]
