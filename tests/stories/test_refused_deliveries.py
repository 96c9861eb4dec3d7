"""A sender whose deliveries are refused: the leads are told once, by sender and place, and again only if it goes on."""

from collections.abc import Iterator

import pytest

from tests.stories.starter import STARTER, alarms
from tests.testing import World, world
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import verbatim

NOTHING = InvalidInput(verbatim("there is nothing to read"), place="subject", expected=verbatim("a subject"))


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER, watching=True)
    yield made
    made.installation.close()


def refuse(
    here: World, sender: str = "token:zendesk", route: str = "POST /cases", error: InvalidInput = NOTHING
) -> None:
    here.installation.entrance.refusals.tell(sender, route, error)


def told(here: World) -> list[str]:
    return [alarm["says"] for message in alarms(here) for alarm in message["alarms"]]


def test_many_refusals_of_one_sender_and_place_are_told_once(here: World) -> None:
    for _ in range(5):
        refuse(here)
        here.forward(MINUTE)
    here.forward(3 * HOUR, look=5 * MINUTE)
    assert told(here) == [
        "the token zendesk sent something to POST /cases that was refused: subject: there is nothing to read;"
        " expected a subject"
    ]


def test_each_sender_and_place_is_told_of(here: World) -> None:
    refuse(here)
    refuse(here, sender="hook:monitor", route="/hooks/generic")
    refuse(here, error=InvalidInput(verbatim("this is not JSON")))
    here.forward(3 * HOUR, look=5 * MINUTE)
    assert len(told(here)) == 3
    assert any("the hook monitor" in one for one in told(here))


def test_what_goes_on_is_told_again_after_an_hour(here: World) -> None:
    for _ in range(13):
        refuse(here)
        here.forward(10 * MINUTE)
    assert len(told(here)) == 3
