"""The whole history of real incidents through the live verbs, and the proof of what came of it.

The same as `make uci-history` (examples/uci/history.py), on both databases.
"""

from pathlib import Path

import pytest
from examples.uci import history as uci
from examples.uci.dataset import HERE, INCIDENTS, OUTCOMES, mapping, sample
from examples.uci.history_page import page, written
from examples.uci.recount import by_incident

from tests.testing import Databases
from tocsin.intake import replaying
from tocsin.intake.telling import Intent, Told, translate

# Verbs that write one event each, of a kind that the recount counts; and those it counts that come by other ways, too.
WRITTEN = {"hold": "case.held", "resolve": "case.resolved", "close": "case.closed", "move": "case.overridden"}
COUNTED = {*WRITTEN.values(), "case.opened", "case.reopened", "case.assigned"}
PAGE = Path(__file__).parents[2] / "docs" / "history.md"


def test_the_first_incidents(databases: Databases, shared_data: Path, tmp_path: Path) -> None:
    """The proof counts every kind of event again from the file; what it does not count is held against what it does."""
    amount = 300 if databases.kind == "sqlite" else 120
    incidents = sample(shared_data / INCIDENTS, amount, tmp_path / "sample.csv.gz")
    result = uci.run(databases.new(), incidents)
    assert result.proof.failures == []
    tickets, report, found = by_incident(incidents), result.report, result.found
    assert (report.tickets, report.rows) == (len(tickets), sum(map(len, tickets.values())))
    events, verbs = found.events, report.verbs
    assert {kind for kind in events if result.proof.checked.get(f"{kind}, counted from the file")} == COUNTED
    assert {verb: verbs[verb] for verb in WRITTEN} == {verb: events[kind] for verb, kind in WRITTEN.items()}
    assert verbs.total() + report.refused.total() > report.rows - report.tickets
    for name, settled in (("resolve", events["case.resolved"]), ("assign", events["case.opened"])):
        assert sum(found.clocks[name].values()) == settled
    assert sum(result.matrix.values()) == len(tickets)
    people = {row["assigned_to"] for rows in tickets.values() for row in rows} - {"?"}
    assert result.proof.checked["audit verify: events in sound chains"] > sum(events.values()) + len(people)
    decided = events["case.decided"] + events["case.reclassified"]
    assert result.proof.checked["audit replay: decided again, byte for byte"] == decided > len(tickets)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_all_incidents_are_as_the_page_says(databases: Databases, shared_data: Path) -> None:
    result = uci.run(databases.new(), shared_data / INCIDENTS)
    assert result.proof.failures == []
    assert written(PAGE.read_text(), page(result)) == PAGE.read_text()


def test_the_recount_notices_what_is_lost(
    databases: Databases, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof can fail: a translation that forgets holds is found out."""

    def forgetful(before: Told | None, now: Told) -> list[Intent]:
        return [intent for intent in translate(before, now) if intent.verb != "hold"]

    monkeypatch.setattr(replaying, "translate", forgetful)
    result = uci.run(databases.new(), sample(shared_data / INCIDENTS, 20, tmp_path / "sample.csv.gz"))
    assert [failure.split(",")[0] for failure in result.proof.failures] == ["case.held"]


def test_nothing_reads_a_column_that_tells_how_it_ends() -> None:
    assert {"made_sla", "resolved_at", "closed_at", "closed_code", "resolved_by"} == OUTCOMES
    assert not mapping().all_columns & OUTCOMES
    policy = [line.split("#")[0] for line in (HERE / "history.yaml").read_text().splitlines()]
    assert not [line for line in policy for column in OUTCOMES if column in line]
