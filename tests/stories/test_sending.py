"""An outcome that cannot be recorded costs no other message anything, and is not tried for ever."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.starter import OUTAGE, STARTER, opened, rows, run
from tests.testing import World, world
from tocsin import runtime
from tocsin.core.clock import MINUTE
from tocsin.core.errors import Unavailable
from tocsin.core.wording import verbatim
from tocsin.ledger.chain import PLATFORM
from tocsin.notify import subscriptions
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.pipeline import Pipeline
from tocsin.tools.outgoing import Outcome

BAD = "https://bad.test/"


class Choosy:
    """A channel that refuses the pages of the first case for good, and an address."""

    def __init__(self) -> None:
        self.tried: Counter[tuple[str, str]] = Counter()

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        self.tried[place.address, message.id] += 1
        case = message.facts.get("case") or {}
        refused = place.address == BAD or case.get("number") == 1
        return Outcome(False, "410 Gone", final=True) if refused else Outcome(True)


@pytest.fixture
def channel() -> Choosy:
    return Choosy()


@pytest.fixture
def here(database_url: str, channel: Choosy) -> Iterator[World]:
    made = world(database_url, STARTER)
    made.installation.outgoing.pages.courier.channels["webhook"] = channel  # type: ignore[attr-defined]
    made.installation.outgoing.webhooks.courier.channel = channel  # type: ignore[attr-defined]
    yield made
    made.installation.close()


def test_a_page_whose_case_was_tampered_with_is_set_aside_alone(here: World, channel: Choosy) -> None:
    bad, good = opened(here, OUTAGE), opened(here, {**OUTAGE, "external_id": "Z-2"})
    run(here, "UPDATE chains SET seal = ? WHERE chain = ?", b"broken", bad)
    for _ in range(4):
        here.installation.outgoing.pages.step()
        here.clock.advance(MINUTE)
    assert set(channel.tried.values()) == {1}, "nothing is sent twice"
    states = rows(here, "SELECT DISTINCT case_id, state FROM notifications ORDER BY case_id")
    assert [tuple(row) for row in states] == [(bad, "failed"), (good, "delivered")]
    aside = rows(here, "SELECT error FROM work WHERE kind = 'page'")
    assert aside
    assert all("changed from outside" in error for (error,) in aside)


def test_a_delivery_whose_alarm_cannot_be_written_fails_alone(here: World, channel: Choosy) -> None:
    installation = here.installation

    def subscribe(url: str) -> Any:
        return installation.writer.write(
            lambda tx: subscriptions.add(
                tx,
                installation.mint,
                installation.journal,
                installation.vault,
                url,
                ["case.opened"],
                known=runtime.KINDS,
                by="test",
            )
        )

    subscribe(BAD)
    subscribe("https://good.test/")
    opened(here, OUTAGE)
    run(here, "UPDATE chains SET seal = ? WHERE chain = ?", b"broken", PLATFORM)
    for _ in range(4):
        installation.outgoing.webhooks.step()
        here.clock.advance(MINUTE)
    assert set(channel.tried.values()) == {1}, "nothing is sent twice"
    found = rows(
        here,
        "SELECT s.url, d.state FROM deliveries d JOIN subscriptions s ON s.id = d.subscription ORDER BY s.url",
    )
    assert [tuple(row) for row in found] == [(BAD, "failed"), ("https://good.test/", "delivered")]


def test_what_was_sent_while_the_database_was_away_is_recorded_and_not_sent_again(
    here: World, channel: Choosy, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(here, {**OUTAGE, "external_id": "Z-0"})  # number 1, which the channel refuses
    opened(here, {**OUTAGE, "external_id": "Z-3"})
    dispatcher, away, record = here.installation.outgoing.pages, [True], Pipeline.record

    def unwilling(self: Any, tx: Any, sent: Any) -> None:
        if away[0]:
            raise Unavailable(verbatim("the database does not answer"))
        record(self, tx, sent)

    monkeypatch.setattr(Pipeline, "record", unwilling)
    with pytest.raises(Unavailable):
        dispatcher.step()
    here.clock.advance(MINUTE)  # longer than any lease
    with pytest.raises(Unavailable):
        dispatcher.step()
    away[0] = False
    while dispatcher.step():
        pass
    assert set(channel.tried.values()) == {1}, "nothing is sent twice"
    assert {row[0] for row in rows(here, "SELECT state FROM notifications WHERE kind = 'page'")} == {
        "delivered",
        "failed",
    }
