"""Real incidents of a service desk: decided as the desk's own priority matrix says, at first and after every change.

The same proof as `make uci` (examples/uci/run.py), on both databases.
"""

from pathlib import Path

import pytest
from examples.uci import dataset
from examples.uci import run as uci
from examples.uci.dataset import HERE, INCIDENTS, mapping, sample
from examples.uci.recount import by_incident

from tests.testing import Databases

LEAKS = {"resolved_at", "closed_at", "closed_code", "resolved_by"}


def prove(url: str, data: Path, incidents: Path) -> None:
    """All of the proof holds, and it was about every incident and every row of the file."""
    result = uci.run(data, url, incidents)
    assert result.proof.failures == []
    checked, tickets = result.proof.checked, by_incident(incidents)
    rated = [len({(row["impact"], row["urgency"]) for row in rows}) for rows in tickets.values()]
    assert checked["severity by the matrix, after the first row"] == len(tickets)
    assert checked["severity by the matrix, after a change of impact or urgency"] >= sum(rated) - len(tickets) > 0
    assert checked["the matrix gives the priority of the file's row"] == sum(map(len, tickets.values()))
    assert checked["nobody is asked, and no clock runs"] == len(tickets)
    decided = sum(count for what, count in checked.items() if what.startswith("severity by the matrix"))
    assert checked["audit replay: decided again, byte for byte"] == decided


def test_the_first_incidents_and_all_their_changes(databases: Databases, shared_data: Path, tmp_path: Path) -> None:
    prove(databases.new(), shared_data, sample(shared_data / INCIDENTS, 1500, tmp_path / "sample.csv.gz"))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_all_incidents(databases: Databases, shared_data: Path) -> None:
    prove(databases.new(), shared_data, shared_data / INCIDENTS)


def test_a_wrong_policy_is_found_out(
    databases: Databases, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof can fail: one cell of the matrix is wrong, and every incident in that cell is named."""
    wrong = (HERE / "policy.yaml").read_text().replace("set: {severity: critical}", "set: {severity: high}")
    (tmp_path / "policy.yaml").write_text(wrong.split("\nexamples:")[0] + "\n")
    (tmp_path / "mapping.yaml").write_text((HERE / "mapping.yaml").read_text())
    monkeypatch.setattr(uci, "HERE", tmp_path)
    incidents = sample(shared_data / INCIDENTS, 200, tmp_path / "sample.csv.gz")
    result = uci.run(shared_data, databases.new(), incidents)
    assert result.proof.failures
    assert all("('1 - High', '1 - High') became high" in failure for failure in result.proof.failures)


def test_a_mapping_that_reads_the_outcome_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leaking = (HERE / "mapping.yaml").read_text().replace("location: location", "location: resolved_by")
    (tmp_path / "mapping.yaml").write_text(leaking)
    monkeypatch.setattr(dataset, "HERE", tmp_path)
    with pytest.raises(SystemExit, match="resolved_by"):
        mapping()


def test_neither_mapping_nor_policy_names_a_column_that_leaks() -> None:
    assert not mapping().columns & LEAKS
    rules = [line.split("#")[0] for line in (HERE / "policy.yaml").read_text().splitlines()]
    assert not [line for line in rules for leak in LEAKS if leak in line]


def test_a_database_with_something_in_it_is_refused(databases: Databases) -> None:
    url = databases.new()
    uci.prepare(url, "x" * 32).close()
    with pytest.raises(SystemExit, match="name an empty one"):
        uci.prepare(url, "x" * 32)
