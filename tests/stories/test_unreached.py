"""A step whose pages all fail for good is waited for no longer; a failure is final for its destination alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    PEOPLE,
    POLICY,
    SLOW,
    act,
    assert_proved,
    at,
    climb,
    climbs,
    events,
    on_call,
    opened,
    state,
    told,
    until,
)
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE
from tocsin.events import sentence
from tocsin.notify import destinations
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.destinations import New
from tocsin.tools.outgoing import Outcome

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
GONE = Outcome(False, "the mail server said: 554 5.7.1 rejected", final=True)


@dataclass
class Picky:
    """A channel that refuses some addresses for good, and others for now."""

    gone: set[str] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    pages: list[tuple[int, str]] = field(default_factory=list)

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        address = place.address
        if address in self.gone:
            return GONE
        if address in self.down:
            return Outcome(False, "the receiver is down")
        if message.kind == "page":
            self.pages.append((now, address.removeprefix("http://pager.test/")))
        return Outcome(True)

    async def close(self) -> None:
        pass


@pytest.fixture
def stage(databases: Any) -> Iterator[Stage]:
    """As for all stories, but pages that failed stay set aside."""
    made: list[World] = []

    def make(**more: Any) -> World:
        made.append(world(databases.new(), POLICY, people=PEOPLE, **more))
        return made[-1]

    yield make
    for here in made:
        assert_proved(here, failures=True)
        here.installation.close()


def picky(stage: Stage, *names: str, start: int = NINE) -> tuple[World, Picky]:
    """An installation in which the pages of these people fail for good."""
    here = stage(start=start)
    channel = Picky({f"http://pager.test/{name}" for name in names})
    here.installation.outgoing.pages.courier.channels["webhook"] = channel  # type: ignore[attr-defined]
    return here, channel


def also_at(here: World, name: str, url: str) -> None:
    made = here.installation
    user = here.viewer(name).user
    assert user is not None
    made.writer.write(
        lambda tx: destinations.add(
            tx,
            made.mint,
            made.journal,
            made.vault,
            user,
            New("webhook", url, "whsec_MfKQ9r8GKYqrTw=="),
            by="user:admin",
        )
    )


def test_a_step_whose_only_page_failed_for_good_takes_the_next_at_once(stage: Stage) -> None:
    here, channel = picky(stage, "carl", "dora")
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, OUTAGE)
    assert first != second
    assert channel.pages == [(NINE, "lea")]  # of the second step, whose other page fails as well
    [skipped] = events(here, case, "path.unreached")
    assert (skipped.payload["pass"], skipped.payload["step"], skipped.payload["next_at"]) == (0, 0, NINE)
    assert sentence(skipped.show()) == ("no page of step 1 could be delivered; the next step follows at once")
    assert told(here, case, "nobody") == [(NINE, ["lea"])]
    assert climb(here, case, "senior").next_at == NINE + 5 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer("lea")))


def test_whoever_has_another_destination_is_still_reached(stage: Stage) -> None:
    here, channel = picky(stage, "carl", "dora")
    for name in ("carl", "dora"):
        also_at(here, name, f"http://pager.test/{name}-at-home")
    first = on_call(here)
    case = opened(here, OUTAGE)
    assert channel.pages == [(NINE, f"{first}-at-home")]
    assert len(events(here, case, "page.failed")) == 1
    assert events(here, case, "path.unreached") == []
    assert climb(here, case, "senior").next_at == NINE + 5 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer(first)))


def test_a_destination_that_may_still_answer_is_waited_for(stage: Stage) -> None:
    here, channel = picky(stage, "carl", "dora")
    first = on_call(here)
    also_at(here, first, "http://pager.test/at-home")
    channel.down.add("http://pager.test/at-home")
    case = opened(here, OUTAGE)
    assert events(here, case, "path.unreached") == []
    channel.gone.add("http://pager.test/at-home")
    channel.down.clear()
    until(here, NINE + MINUTE)
    [skipped] = events(here, case, "path.unreached")
    assert skipped.at < NINE + MINUTE
    assert channel.pages[0] == (skipped.at, "lea")
    act(here, case, verbs.acknowledge(here.viewer("lea")))


def test_a_step_with_one_page_that_arrived_keeps_its_wait(stage: Stage) -> None:
    here, channel = picky(stage, "lea")
    case = opened(here, OUTAGE)
    until(here, NINE + 5 * MINUTE)
    assert [name for _, name in channel.pages] == [on_call(here), on_call(here, "backup")]
    assert events(here, case, "path.unreached") == []
    assert climb(here, case, "senior").next_at == NINE + 10 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_path_that_nobody_can_be_reached_by_ends_at_every_lead_and_says_so(stage: Stage) -> None:
    here, channel = picky(stage, *PEOPLE)
    case = opened(here, OUTAGE)
    assert channel.pages == []
    assert climbs(here, case) == [("senior", "exhausted")]
    assert [event.payload["next_at"] for event in events(here, case, "path.unreached")] == [NINE] * 6 + [None]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_the_hours_of_a_path_are_kept(stage: Stage) -> None:
    """The page of a step fails when the day is over: the next step starts in the morning."""
    end = NINE + 8 * HOUR
    here, channel = picky(stage, start=end - MINUTE)
    first = on_call(here)
    channel.down.add(f"http://pager.test/{first}")
    case = opened(here, SLOW)
    until(here, end + MINUTE)
    channel.gone.add(f"http://pager.test/{first}")
    until(here, end + 30 * MINUTE)
    [skipped] = events(here, case, "path.unreached")
    assert skipped.at > end
    assert climb(here, case, "senior").next_at == end + 16 * HOUR
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_backup_who_cannot_be_reached_either_hands_the_page_to_the_next_step(stage: Stage) -> None:
    here, channel = picky(stage, "dora", "carl")
    first, second = on_call(here), on_call(here, "backup")
    channel.gone.discard(f"http://pager.test/{first}")
    case = opened(here, OUTAGE)
    assert channel.pages == [(NINE, first)]
    until(here, NINE + MINUTE)
    act(here, case, verbs.decline(here.viewer(first)))
    assert channel.gone == {f"http://pager.test/{second}"}
    assert channel.pages == [(NINE, first), (NINE + MINUTE, "lea")]
    assert state(here, case).escalations[0].step == 2
    act(here, case, verbs.acknowledge(here.viewer("lea")))


def test_a_page_that_fails_after_the_answer_moves_nothing(stage: Stage) -> None:
    here, channel = picky(stage)
    first = on_call(here)
    channel.down.add(f"http://pager.test/{first}")
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    channel.gone.add(f"http://pager.test/{first}")
    until(here, NINE + 10 * MINUTE)
    assert events(here, case, "path.unreached") == []
    assert climbs(here, case) == [("senior", "acknowledged")]
