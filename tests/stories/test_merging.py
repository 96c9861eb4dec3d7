"""Tickets whose cases were merged: they all mean the one that stands, and none of what they say is lost."""

import json
from typing import Any

from tests.stories.starter import STARTER
from tests.testing import World, world
from tocsin.cases import linking
from tocsin.cases.opening import Opened
from tocsin.core import ids
from tocsin.core.clock import DAY
from tocsin.intake import signals
from tocsin.people.permissions import SYSTEM


def ticket(name: str, **more: Any) -> bytes:
    return json.dumps({"source": "desk", "external_id": name, **more}).encode()


def merged(here: World) -> list[int]:
    """The cases of the tickets a, b and c; the first two were merged into the third."""
    cases = [ids.from_text(here.open(subject="Hello", source="desk", external_id=name)["id"]) for name in "abc"]
    desk, into = here.installation.desk, cases[2]
    for case in cases[:2]:
        here.installation.writer.write(
            lambda tx, case=case: linking.link(tx, desk, SYSTEM, case, "merged", into, "twice"),  # type: ignore[misc]
            cases=(case, into),
        )
    return cases


def receive(here: World, *said: bytes) -> list[Opened]:
    read = [signals.read_signal(one, SYSTEM) for one in said]
    answers = here.installation.writer.write(lambda tx: signals.receive_many(tx, here.installation.desk, read))
    assert all(isinstance(answer, Opened) for answer in answers), answers
    return answers  # type: ignore[return-value]


def test_signals_of_several_tickets_of_one_case_in_one_bulk(database_url: str) -> None:
    here = world(database_url, STARTER)
    *_, standing = merged(here)
    answers = receive(here, *(ticket(name, kind="reply", body=f"from {name}") for name in "abc"))
    assert [answer.state.case.id for answer in answers] == [standing] * 3
    with here.installation.database.reading() as tx:
        rows = tx.rows("SELECT seq FROM events WHERE chain = ? AND kind = 'case.replied'", (standing,))
    assert len(rows) == 3


def test_a_ticket_whose_standing_case_ended_long_ago_opens_a_new_one(database_url: str) -> None:
    here = world(database_url, STARTER)
    first, _, standing = merged(here)
    receive(here, ticket("c", kind="solved"))
    here.forward(8 * DAY)
    [answer] = receive(here, ticket("a", subject="It is back"))
    assert answer.new
    assert answer.state.case.id not in (first, standing)
    [again] = receive(here, ticket("a", kind="reply", body="still"))
    assert again.state.case.id == answer.state.case.id
