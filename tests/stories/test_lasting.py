"""Counting by the spans that last, before there are any, and of large groups. That it comes to the same as looking at
every case is shown by a lived month in `test_spans.py`."""

import pytest

from tests.stories.starter import OUTAGE, STARTER
from tests.testing import world
from tocsin.cases.queries import board, lasting
from tocsin.cases.queries.lasting import LargeGroups
from tocsin.core.clock import SECOND
from tocsin.people.permissions import SYSTEM


@pytest.mark.tampered
def test_while_some_cases_have_no_spans_yet_every_case_is_looked_at(database_url: str) -> None:
    there = world(database_url, STARTER)
    opened = there.open(**OUTAGE)
    there.installation.writer.write(lambda tx: tx.run("DELETE FROM alembic_version WHERE version_num LIKE 'post_%'"))
    there.installation.writer.write(lambda tx: tx.run("DELETE FROM case_spans"))
    now = there.clock.now()
    with there.installation.database.reading(now) as tx:
        seen = board.look(tx, SYSTEM, {}, now, 10)
        assert (lasting.count(tx, SYSTEM, "now"), lasting.counts(tx, SYSTEM)["open"]) == (1, 1)
    assert [row.state.case.number for row in seen.escalated] == [opened["number"]]
    assert seen.counts["unanswered"] == 1


def test_only_what_a_large_group_amounts_to_is_remembered_and_for_seconds_alone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, large = world(database_url, STARTER), LargeGroups()

    def amount() -> int:
        with there.installation.database.reading(there.clock.now()) as tx:
            return lasting.count(tx, SYSTEM, "escalated", large)

    seen = []
    monkeypatch.setattr(lasting, "LARGE", 2)
    for name in "abc":
        there.open(**(OUTAGE | {"external_id": name, "subject": f"API is down {name}"}))
        seen.append(amount())
    there.forward(6 * SECOND)
    assert [*seen, amount()] == [1, 2, 2, 3]
