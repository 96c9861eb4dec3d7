"""The whole history of real incidents through the live verbs, and the proof of what came of it.

The same as `make uci-history` (examples/uci/history.py), on both databases.
"""

from pathlib import Path

import pytest
from examples.uci import history as uci
from examples.uci.dataset import HERE, INCIDENTS, OUTCOMES, mapping, sample
from examples.uci.history_page import page, written

from tests.testing import Databases
from tocsin.intake import replaying
from tocsin.intake.telling import Intent, Told, translate

PAGE = Path(__file__).parents[2] / "docs" / "history.md"


def test_the_first_incidents(databases: Databases, shared_data: Path, tmp_path: Path) -> None:
    result = uci.run(databases.new(), sample(shared_data / INCIDENTS, 300, tmp_path / "sample.csv.gz"))
    assert result.proof.failures == []
    report, events = result.report, result.found.events
    assert (report.rows, report.tickets, report.opened, report.linked) == (2040, 300, 300, 0)
    assert dict(report.verbs) == {
        "note": 708,
        "tell": 365,
        "resolve": 305,
        "close": 300,
        "assign": 269,
        "move": 253,
        "hold": 124,
        "release": 31,
        "reopen": 5,
    }
    assert dict(report.refused) == {"assign: the case is resolved already": 3, "release: the case is not on hold": 1}
    assert report.inferred.total() == 48
    assert result.found.clocks["resolve"] == {"met": 260, "breached": 45}
    assert result.found.clocks["assign"] == {"met": 227, "breached": 73}
    assert sum(result.matrix.values()) == 300
    # Besides cases: who stands in the file, 199 people and 50 groups, each with a chain of its own; the four that the
    # policy and the replay add; the roster; and the policy stored and activated, and checkpoints begun.
    administered = (199 + 2) + (50 + 2) + 1 + 3
    assert result.proof.checked["audit verify: events in sound chains"] == sum(events.values()) + administered
    decided = events["case.decided"] + events["case.reclassified"]
    assert result.proof.checked["audit replay: decided again, byte for byte"] == decided == 618


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
