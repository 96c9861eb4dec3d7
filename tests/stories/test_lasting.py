"""Counting by the spans that last, before there are any, and of large groups. That it comes to the same as looking at
every case is shown by a lived month in `test_spans.py`."""

import pytest

from tests.stories.starter import OUTAGE, STARTER, act, opened
from tests.testing import world
from tocsin.cases import verbs
from tocsin.cases.queries import board, lasting
from tocsin.cases.queries.lasting import LargeGroups
from tocsin.cases.queries.needs import EVERYTHING, Only
from tocsin.core.clock import MINUTE, SECOND
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


def test_an_older_amount_does_not_tell_that_a_confidential_case_has_come(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, large = world(database_url, STARTER), LargeGroups()

    def amount(name: str) -> int:
        with there.installation.database.reading(there.clock.now()) as tx:
            return lasting.count(tx, there.viewer(name), "escalated", large)

    monkeypatch.setattr(lasting, "LARGE", 2)
    for name in "abc":
        there.open(**(OUTAGE | {"external_id": name, "subject": f"API is down {name}"}))
    seen = [(amount("lea"), amount("bo"))]
    case = opened(there, OUTAGE | {"external_id": "d", "subject": "API is down d"})
    act(there, case, verbs.restrict(there.viewer("lea"), ["lea"], "legal"))
    seen.append((amount("lea"), amount("bo")))
    there.forward(6 * SECOND)
    assert [*seen, (amount("lea"), amount("bo"))] == [(3, 3), (4, 3), (4, 3)]


def test_it_is_quiet_since_the_last_case_needed_nobody_any_more(database_url: str) -> None:
    there = world(database_url, STARTER)

    def quiet(name: str, only: Only = EVERYTHING) -> int | None:
        with there.installation.database.reading(there.clock.now()) as tx:
            return lasting.quiet_since(tx, there.viewer(name), only)

    case = opened(there, OUTAGE)
    assert quiet("lea") is None
    act(there, case, verbs.restrict(there.viewer("lea"), ["lea"], "legal"))
    there.forward(MINUTE)
    act(there, case, verbs.acknowledge(there.viewer("lea")))
    act(there, case, verbs.assign(there.viewer("lea"), "lea"))
    ended = there.clock.now()
    there.forward(MINUTE)
    assert (quiet("lea"), quiet("bo"), quiet("lea", Only(team="nobody's"))) == (ended, None, None)
