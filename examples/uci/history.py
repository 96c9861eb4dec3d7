"""The whole history of 15,000 real incidents, played through the live verbs on a clock of its own, and proved.

    python -m examples.uci.history --data ../shared/data [--database URL] [--incidents N] [--json] [--page FILE]

`tocsin replay` with mapping.yaml and history.yaml, the policy, beside this file. Then: `audit verify` finds nothing;
`audit replay` decides every stored decision again and gets the same bytes; no timer is left and nobody was paged; and
what the record holds is counted again straight from the file, by code that shares nothing with the replay. At last, and
only then, the desk's own `made_sla` is read, and held against the resolve clock. Exit code 1 where a proof fails.

`--page` writes the figures into a page of the documentation, between its two marks.
"""

import argparse
import csv
import gzip
import json
import secrets
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from examples.uci.run import HERE as HERE
from examples.uci.run import INCIDENTS, Proof, mapping, prove_record, sample

from tocsin.cli import replay
from tocsin.core import logging
from tocsin.core.clock import stopwatch
from tocsin.core.errors import TocsinError
from tocsin.insight.figures import Figures, figures
from tocsin.intake import history
from tocsin.intake.history import History
from tocsin.intake.replaying import Report
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx

OVER = ("Resolved", "Closed")
BEGIN, END = "<!-- figures: written by `make uci-history PAGE=docs/history.md` -->", "<!-- end of the figures -->"
Row = dict[str, str]


@dataclass
class Result:
    """All of a run. `matrix`: incidents by the desk's word (kept or not) and the resolve clock's."""

    dialect: str
    told: History
    report: Report
    found: Figures
    matrix: Counter[tuple[bool, bool]]
    proof: Proof
    seconds: float
    cpu: float

    def values(self) -> dict[str, Any]:
        return {
            "ok": not self.proof.failures,
            "database": self.dialect,
            **replay.summary(self.told, self.report),
            **self.found.values(),
            "made_sla": [
                {"desk": desk, "clock": clock, "incidents": count} for (desk, clock), count in self.matrix.items()
            ],
            "checked": self.proof.checked,
            "failures": self.proof.failures,
            "seconds_in_all": round(self.seconds, 1),
            "processor_seconds": round(self.cpu, 1),
        }


def run(url: str, incidents: Path) -> Result:
    """Everything, on an empty database."""
    import time

    started = stopwatch()
    secret = secrets.token_hex(32)
    told = history.read(incidents, mapping(), "mapping.yaml")
    installation = replay.prepare(url, secret, told, (HERE / "history.yaml").read_text())
    proof = Proof()
    try:
        before = time.process_time()
        report = replay.play(installation, told)
        cpu = time.process_time() - before
        with installation.database.reading() as tx:
            found = figures(tx, SYSTEM)
            prove_record(tx, secret, proof)
            tickets = by_incident(incidents)
            recount(tx, tickets, found, proof)
            matrix = confusion(tx, tickets)
        proof.check("every row is readable", not told.refused, str(told.refused[:3]), of=told.rows)
        dialect = installation.database.dialect
    finally:
        installation.close()
    return Result(dialect, told, report, found, matrix, proof, stopwatch() - started, cpu)


def by_incident(incidents: Path) -> dict[str, list[Row]]:
    """The rows of each incident by time; read apart from the replay."""
    found: dict[str, list[Row]] = {}
    with gzip.open(incidents, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["number"], []).append(row)
    for rows in found.values():
        rows.sort(
            key=lambda row: (datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M"), int(row["sys_mod_count"]))
        )
    return found


def recount(tx: Tx, tickets: dict[str, list[Row]], found: Figures, proof: Proof) -> None:
    """What must be in the record, counted straight from the file."""
    expected: Counter[str] = Counter()
    for rows in tickets.values():
        _count(rows, expected)
    for kind, count in sorted(expected.items()):
        recorded = found.events.get(kind, 0)
        proof.check(
            f"{kind}, counted from the file", recorded == count, f"{recorded} events instead of {count}", of=count
        )
    closed = sum(count for (_, _, state), count in found.standing.items() if state == "closed")
    ended = expected["case.opened"] if all(rows[-1]["incident_state"] == "Closed" for rows in tickets.values()) else -1
    proof.check("every case is closed in the end", closed == ended, f"{closed} of {ended}", of=closed)
    left = {table: (tx.row(f"SELECT count(*) FROM {table}") or (None,))[0] for table in ("notifications", "work")}
    proof.check("no timer is left, and nobody was paged", not any(left.values()), str(left))


def _count(rows: list[Row], expected: Counter[str]) -> None:
    """One incident: the events that its rows must have led to."""
    last: Row | None = None
    owned = False
    for row in rows:
        now, was = row["incident_state"], last["incident_state"] if last else None
        if was is None or (was == "Closed" and now not in OVER):
            expected["case.opened"] += 1
            last, owned = None, False
        if was == "Resolved" and now not in OVER:
            expected["case.reopened"] += 1
        stays_over = last is not None and was in OVER and now in OVER
        if row["assigned_to"] not in ("?", last["assigned_to"] if last else None) and not stays_over:
            expected["case.assigned"] += 1
            owned = True
        if last and row["assignment_group"] not in ("?", last["assignment_group"]) and not stays_over:
            expected["case.overridden"] += 1
        if now.startswith("Awaiting") and (last is None or now != was):
            expected["case.held"] += 1
        if now in OVER and (last is None or was not in OVER):
            expected["case.resolved"] += 1
            expected["case.assigned"] += not owned  # whoever resolves what nobody owns owns it
            owned = True
        expected["case.closed"] += now == "Closed" and was != "Closed"
        last = row


def confusion(tx: Tx, tickets: dict[str, list[Row]]) -> Counter[tuple[bool, bool]]:
    """The desk's word on the last row, against the resolve clocks of the incident's cases: all of them met, or not."""
    late = {
        row[0]
        for row in tx.rows(
            "SELECT external_id FROM cases JOIN clocks ON clocks.case_id = cases.id"
            " WHERE clock = 'resolve' AND outcome = 'breached'"
        )
    }
    return Counter((rows[-1]["made_sla"] == "true", incident not in late) for incident, rows in tickets.items())


def page(result: Result) -> str:
    """The figures as a section of a page; the same on every machine and either database."""
    report, found, matrix = result.report, result.found, result.matrix
    events = sum(found.events.values())
    counted = f"{report.rows:,} rows of {report.tickets:,} incidents and {report.settled:,} timers"
    became = (
        f"{events:,} events of {report.opened:,} cases, {report.linked:,} of which are linked to an earlier, closed one"
    )
    lines = [
        f"{counted} at {report.instants:,} instants became {became}.",
        "",
        *_table(("severity", "level", "cases"), _levels(found)),
        *_table(
            ("elapsed time from opening to", "cases", "50 %", "90 %", "99 %"),
            [(name, f"{s.cases:,}", *map(replay.length, s.percentiles.values())) for name, s in found.spans.items()],
        ),
        *_table(
            ("clock", "met", "breached", "cancelled"),
            [
                (n, *(f"{of.get(each, 0):,}" for each in ("met", "breached", "cancelled")))
                for n, of in found.clocks.items()
            ],
        ),
        *_table(
            ("incidents", "resolve clock met", "resolve clock breached"),
            [
                (title, f"{matrix[desk, True]:,}", f"{matrix[desk, False]:,}")
                for title, desk in (("desk: `made_sla` true", True), ("desk: `made_sla` false", False))
            ],
        ),
        *_table(("verb", "carried out"), [(name, f"{count:,}") for name, count in report.verbs.most_common()]),
        *_table(("what rows did not say", "times"), [(n, f"{count:,}") for n, count in report.inferred.most_common()]),
        *_table(("refused by the case", "times"), [(n, f"{count:,}") for n, count in report.refused.most_common()]),
        *_table(
            ("proved", "of", "holds"),
            [(what, f"{count:,}", _share(result.proof, what)) for what, count in result.proof.checked.items()],
        ),
    ]
    return "\n".join(lines).strip()


def _levels(found: Figures) -> list[tuple[str, ...]]:
    counts: Counter[tuple[str, str]] = Counter()
    for (severity, level, _), count in found.standing.items():
        counts[severity, level] += count
    return [(severity, level, f"{count:,}") for (severity, level), count in counts.most_common()]


def _share(proof: Proof, what: str) -> str:
    failed = sum(line.startswith(f"{what}: ") for line in proof.failures)
    return "100 %" if not failed else f"no, {failed} times"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    body = [columns, ("---",) * len(columns), *rows]
    return [*("| " + " | ".join(row) + " |" for row in body), ""]


def written(text: str, figures: str) -> str:
    """A page with these figures between its marks."""
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{figures}\n\n{END}{rest.split(END)[1]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where incidents/ lies")
    parser.add_argument("--database", help="an empty database; default: a SQLite file that is removed afterwards")
    parser.add_argument("--incidents", type=int, help="only so many of them")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    given = parser.parse_args()
    logging.configure("WARNING", json=False)
    incidents = given.data / INCIDENTS
    if not incidents.is_file():
        parser.error(f"there is no {incidents}")
    with tempfile.TemporaryDirectory(prefix="tocsin-uci-") as folder:
        if given.incidents:
            incidents = sample(incidents, given.incidents, Path(folder) / "sample.csv.gz")
        try:
            result = run(given.database or f"sqlite:///{folder}/uci.db", incidents)
        except TocsinError as error:
            sys.exit(str(error))
    if given.page:
        given.page.write_text(written(given.page.read_text(), page(result)))
    if given.json:
        print(json.dumps(result.values()))
    else:
        _print(result)
    return 1 if result.proof.failures else 0


def _print(result: Result) -> None:
    report, events = result.report, sum(result.found.events.values())
    print(page(result))
    rows, rate = report.rows / report.seconds, events / report.seconds
    print(f"\n{result.dialect}: {report.seconds:.1f} s for the replay, {result.seconds:.1f} s with reading and proofs")
    print(f"{result.cpu:.1f} s of it this process's processor time; {rows:,.0f} rows and {rate:,.0f} events a second")
    for line in result.proof.failures[:20]:
        print(line)


if __name__ == "__main__":
    sys.exit(main())
