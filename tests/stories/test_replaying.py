"""A small event history, played through the live verbs: what happens at which instant."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.cli import run
from tests.testing import SECRET
from tocsin import audit, runtime
from tocsin.cli import replay
from tocsin.core import instants
from tocsin.core.clock import HOUR, MINUTE
from tocsin.insight.figures import figures, percentile
from tocsin.intake import history
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.people.permissions import SYSTEM
from tocsin.runtime import Installation

MAPPING = """source: desk
external_id: id
subject: title
attributes: {impact: impact}
history:
  at: {column: at, zone: UTC}
  by: by
  owner: owner
  team: team
  reason: state
  state: {column: state, map: {New: new, Busy: working, Held: waiting, Solved: resolved, Shut: closed}}
"""
POLICY = """name: A desk
calendars: {always: {hours: 24x7}}
default_severity: low
taxonomy:
  product_areas: [desk]
  severities:
    high:
      definition: "bad"
      calendar: always
      targets: {assign: 1h, acknowledge: 30m, contain: 4h, resolve: 1d, update: 4h, idle: 12h}
    low: {definition: "not bad", calendar: always, targets: {assign: 1h, resolve: 2h}}
  types: {incident: {title: Incident, definition: "a fault", examples: ["it broke"]}}
classify:
  - {id: high, when: 'case.attributes.impact == "high"', set: {severity: high}}
  - {id: rest, when: "true", set: {type: incident, product_area: desk}}
score:
  severity: {weight: 80, from: case.severity, map: {high: 1, low: 0}}
  vip: {weight: 20, when: '"vip" in case.tags', value: 1}
levels:
  executive: {at: 95, path: all, targets: {acknowledge: 30m}}
  senior: {at: 75, path: all, targets: {acknowledge: 30m}}
triage: {expiry: 15m, hold: 2m}
route: [{id: all, team: desk, assign: none}]
paths:
  all: {leader: "lead:team", steps: [{notify: ["lead:team"], wait: 5m}], repeat: 1}
clocks: {grace: 10m, pause: {clocks: [resolve], at_most: 5h}, warnings: {resolve: [0.5]}}
cases: {reopen_within: 1d, correct_within: 60m, request_answer: 30m, acknowledgement: {critical: 60m, other: 4h}}
wake: "true"
"""
COLUMNS = ("id", "title", "impact", "at", "by", "owner", "team", "state")


def rows(*told: str) -> str:
    """A file from lines such as `1 02T10:00 eve ann desk New low`: ticket, time in March 2026, who, ... A dash is
    nothing."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for line in told:
        ticket, at, by, owner, team, state, impact = ("" if word == "-" else word for word in line.split())
        writer.writerow((f"T-{ticket}", "Printer", impact, f"2026-03-{at}:00", by, owner, team, state))
    return file.getvalue()


def played(url: str, folder: Path, *told: str) -> tuple[Installation, Any]:
    (folder / "rows.csv").write_text(rows(*told))
    found = history.read(folder / "rows.csv", parse_mapping(MAPPING))
    assert found.refused == []
    installation = replay.prepare(url, SECRET, found, POLICY)
    return installation, replay.play(installation, found)


def story(installation: Installation, number: int = 1) -> list[tuple[str, str, str]]:
    """A case's events: day and time, kind, actor."""
    with installation.database.reading() as tx:
        found = tx.rows(
            "SELECT at, kind, actor FROM events WHERE chain = (SELECT id FROM cases WHERE number = ?) ORDER BY seq",
            (number,),
        )
    return [(instants.to_text(at)[8:16], kind, actor) for at, kind, actor in found]


def assert_sound(installation: Installation) -> None:
    with installation.database.reading() as tx:
        assert list(audit.verify(tx, audit.Keys.of(SECRET), audit.Report())) == []
        assert tx.rows("SELECT kind FROM work") == []
        assert tx.rows("SELECT id FROM notifications") == []
    installation.close()


def test_a_ticket_that_comes_back_from_closed_within_the_window_is_opened_again(
    database_url: str, tmp_path: Path
) -> None:
    here, report = played(
        database_url,
        tmp_path,
        "1 02T10:00 eve ann desk New low",
        "1 02T11:00 eve ann desk Shut low",
        "1 02T15:00 eve ann desk Busy low",  # the very same facts
        "1 02T16:00 eve ann desk Shut low",
        "1 05T16:00 eve ann desk Busy low",
        "1 05T17:00 eve ann desk Shut low",
    )
    assert ("02T15:00", "case.reopened", "user:eve") in story(here)
    assert (report.opened, report.linked) == (2, 1)
    assert ("05T16:00", "case.opened", "user:eve") in story(here, 2)
    assert_sound(here)


def test_timers_fire_between_the_rows_at_their_instants(database_url: str, tmp_path: Path) -> None:
    here, report = played(
        database_url,
        tmp_path,
        "1 02T10:00 eve - desk New low",
        "1 02T15:00 eve ann desk Solved low",
        "1 02T16:00 eve ann desk Shut low",
    )
    found = [(at, kind) for at, kind, _ in story(here) if kind.startswith(("clock.", "case.a", "case.r", "case.cl"))]
    assert found == [
        ("02T11:00", "clock.warned"),
        ("02T11:00", "case.alerted"),
        ("02T11:00", "clock.breached"),
        ("02T11:00", "case.alerted"),
        ("02T12:00", "clock.breached"),
        ("02T12:00", "case.alerted"),
        ("02T12:00", "case.alerted"),
        ("02T13:00", "case.alerted"),
        ("02T14:00", "case.alerted"),
        ("02T15:00", "case.assigned"),
        ("02T15:00", "case.resolved"),
        ("02T16:00", "case.closed"),
    ]
    assert [entry for entry in story(here) if entry[1] == "case.resolved"] == [
        ("02T15:00", "case.resolved", "user:eve")
    ]
    with here.database.reading() as tx:
        late = tx.rows("SELECT settled_at - started_at FROM clocks WHERE clock = 'resolve'")
        counted = figures(tx, SYSTEM)
    assert late == [(2 * HOUR,)]
    assert counted.clocks == {"assign": {"breached": 1}, "resolve": {"breached": 1}}
    assert counted.spans["resolve"].percentiles == {50: 5 * HOUR, 90: 5 * HOUR, 99: 5 * HOUR}
    assert report.settled >= 4
    assert_sound(here)


def test_an_escalated_ticket_is_acknowledged_by_the_first_who_is_at_it(database_url: str, tmp_path: Path) -> None:
    here, _ = played(
        database_url,
        tmp_path,
        "1 02T10:00 eve - desk New high",
        "1 02T10:20 bo ann desk Busy high",
        "1 02T11:00 bo ann desk Solved high",
    )
    found = story(here)
    assert ("02T10:20", "case.acknowledged", "user:bo") in found
    assert ("02T11:00", "case.resolved", "user:bo") in found
    with here.database.reading() as tx:
        assert tx.rows("SELECT outcome FROM clocks WHERE clock = 'acknowledge'") == [("met",)]
        spans = figures(tx, SYSTEM).spans["acknowledge"]
    assert spans.percentiles[50] == 20 * MINUTE
    assert {kind for _, kind, _ in found} >= {"path.stepped", "case.alerted"}, "the path climbed, and reached nobody"
    assert_sound(here)


def test_holds_pause_until_the_row_or_the_policy_ends_them(database_url: str, tmp_path: Path) -> None:
    here, report = played(
        database_url,
        tmp_path,
        "1 02T10:00 eve ann desk Busy low",
        "1 02T11:00 eve ann desk Held low",
        "1 02T14:00 eve ann desk Busy low",
        "1 02T14:30 eve ann desk Held low",
        "1 02T20:00 eve ann desk Busy low",
        "1 02T20:10 eve ann desk Solved low",
    )
    released = [(at, actor) for at, kind, actor in story(here) if kind == "case.released"]
    assert released == [("02T14:00", "user:eve"), ("02T16:30", "engine")], "holds without a reply share five hours"
    assert report.refused == {"release: the case is not on hold": 1}
    with here.database.reading() as tx:
        outcome = tx.rows("SELECT outcome, settled_at, due_at FROM clocks WHERE clock = 'resolve'")
    due = instants.from_text("2026-03-02T17:00:00Z")
    assert outcome == [("breached", due, due)], "two hours, five of waiting, and late by three"
    assert_sound(here)


def test_what_was_resolved_opens_again_and_what_was_closed_opens_a_case_of_its_own(
    database_url: str, tmp_path: Path
) -> None:
    here, report = played(
        database_url,
        tmp_path,
        "1 02T10:00 eve ann desk Solved low",
        "1 02T10:30 eve ann net Busy low",
        "1 02T11:00 eve ann net Solved low",
        "1 03T10:00 eve ann net Shut low",
        "1 05T10:00 eve ann net Busy low",
        "1 05T11:00 eve - net Shut low",
    )
    assert (report.opened, report.linked) == (2, 1)
    assert report.refused == {}
    assert report.verbs["reopen"] == 1
    with here.database.reading() as tx:
        assert tx.rows("SELECT number, state, team FROM cases ORDER BY number") == [
            (1, "closed", "net"),
            (2, "closed", "desk"),
        ]
        runs = tx.rows("SELECT cycle, outcome FROM clocks WHERE clock = 'resolve' ORDER BY case_id, cycle")
    assert runs == [(1, "met"), (2, "met"), (1, "met")]
    assert report.inferred == {
        "the first row is resolved already: opened and resolved at once": 1,
        "the owner was removed: the last owner stays": 1,
        "closed without having been resolved: resolved as well": 1,
    }
    assert_sound(here)


def test_the_command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    told = ("1 02T10:00 eve ann desk Busy high", "2 02T10:05 - - - New low", "1 02T11:00 eve ann desk Solved high")
    long = f"T-4,{'x' * 600},low,2026-03-02T10:30:00,,,,New\n"
    (tmp_path / "rows.csv").write_text(rows(*told) + "T-3,Printer,low,,,,,New\n" + long)
    (tmp_path / "map.yaml").write_text(MAPPING)
    (tmp_path / "policy.yaml").write_text(POLICY)
    command = (
        "replay",
        str(tmp_path / "rows.csv"),
        *("--map", str(tmp_path / "map.yaml")),
        *("--policy", str(tmp_path / "policy.yaml")),
        *("--database", database_url),
    )
    done = run(*command)
    assert done.code == 1, "a row could not be read"
    assert "4 rows of 3 tickets" in done.out
    assert "history.at: the column is empty" in done.out
    assert "subject: not as a case holds it" in done.out
    assert "T-4" in done.out, "named by line and ticket"
    again = run(*command)
    assert again.code == 1
    assert "an empty one" in again.err
    installation = runtime.build(database_url, SECRET, reading=True)
    with installation.database.reading() as tx:
        assert tx.rows("SELECT count(*) FROM cases") == [(3,)]
    installation.close()


def test_percentiles() -> None:
    values = list(range(1, 11))
    assert [percentile(values, share) for share in (50, 90, 99, 1)] == [5, 9, 10, 1]
    assert percentile([7], 99) == 7
