"""15,000 real incidents through the engine: import them, and prove what became of them.

    python -m examples.uci.run --data ../shared/data [--database URL] [--incidents N] [--json]

A fresh database gets the policy beside this file; every incident is imported, and every change of it. Then, from what
the database holds: the severity agrees with the desk's own priority matrix on first rows and after every change of
impact or urgency; `audit verify` finds nothing; `audit replay` decides every stored decision again and gets the same
bytes; nobody is asked about a case and no clock runs; the same file again changes nothing. Exit code 1 where one of
these fails.
"""

import csv
import gzip
import itertools
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.uci.command import arguments, carry_out
from examples.uci.dataset import HERE, MATRIX, SEVERITIES, Rating, mapping, matrix
from examples.uci.proof import Proof, prove_record

from tocsin import runtime
from tocsin.cases.queries import DECIDING
from tocsin.cli.import_ import show, summary
from tocsin.core.clock import stopwatch
from tocsin.intake import importing
from tocsin.intake.csv_import import ImportOutcome, import_csv
from tocsin.people import directory
from tocsin.people.permissions import SYSTEM
from tocsin.policy import document, versions
from tocsin.policy.decision import from_bytes
from tocsin.policy.names import names_in
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx

PAGE = 500  # cases read at once


def prepare(url: str, secret: str) -> Installation:
    """A fresh database with people, rosters and the policy. Refused where there is something in it already."""
    database = Database(url)
    migrate.upgrade(database)
    with database.reading() as tx:
        if tx.row("SELECT 1 FROM policy_versions") is not None:
            sys.exit(f"{url}: there is something in this database; name an empty one")
    database.close()
    installation = runtime.build(url, secret)
    installation.writer.write(lambda tx: _furnish(tx, installation, (HERE / "policy.yaml").read_text()))
    return installation


def _furnish(tx: Tx, installation: Installation, policy: str) -> None:
    mint, journal = installation.mint, installation.journal
    roles = {"director": "lead", "anna": "agent", "bo": "agent", "carl": "senior", "dora": "senior"}
    people = {name: directory.add_user(tx, mint, journal, name, by="run", role=role) for name, role in roles.items()}
    names = names_in(document.parse(policy))
    for team in sorted(names.teams):
        members = (people["anna"], people["bo"])
        directory.add_team(tx, mint, journal, team, by="run", lead=people["director"], roster="senior", people=members)
    for roster in sorted(names.rosters):
        rotation = {"members": ["carl", "dora"], "zone": "Europe/London", "handoff": "mon 09:00"}
        schedules.put(tx, mint, journal, roster, rotation, by="run")
    version = versions.store(tx, journal, policy, "run")
    versions.activate(
        tx,
        mint,
        journal,
        version,
        by="run",
        reason="15,000 incidents",
        effective_at=tx.now,
        names=installation.names(tx),
    )


def take_in(installation: Installation, incidents: Path) -> ImportOutcome:
    """Import the file."""
    return import_csv(
        incidents, mapping(), lambda rows: importing.take(rows, SYSTEM, installation.writer, installation.take)
    )


def told(incidents: Path, severity: dict[Rating, str], proof: Proof) -> dict[str, list[Rating]]:
    """Each incident's impact and urgency, and every change of them, as the file tells; read apart from the import."""
    found: dict[str, list[Rating]] = {}
    with gzip.open(incidents, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ratings = found.setdefault(row["number"], [])
            rating = (row["impact"], row["urgency"])
            right = SEVERITIES[row["priority"]] == severity[rating]
            proof.check("the matrix gives the priority of the file's row", right, f"{row['number']}: {rating}")
            if not ratings or ratings[-1] != rating:
                ratings.append(rating)
    return found


def prove(tx: Tx, story: dict[str, list[Rating]], severity: dict[Rating, str], proof: Proof) -> None:
    """Hold what the database says against what the file tells."""
    seen = set()
    for incident, stored in _decisions(tx):
        seen.add(incident)
        decided: list[tuple[Rating, str]] = []
        for body in stored:
            decision = from_bytes(body)
            facts = decision.facts["case"]["attributes"]
            decided.append(((facts["impact"], facts["urgency"]), decision.severity))
        ratings = [rating for rating, _ in itertools.groupby(decided, key=lambda each: each[0])]
        proof.check("impact and urgency as told", ratings == story.get(incident), f"{incident}: {ratings}")
        for place, (rating, found) in enumerate(decided):
            changed = place and rating != decided[place - 1][0]
            after = "a change of impact or urgency" if changed else "another change" if place else "the first row"
            right = found == severity[rating]
            proof.check(f"severity by the matrix, after {after}", right, f"{incident}: {rating} became {found}")
    for incident in story:
        proof.check("every incident is a case", incident in seen, incident)
    for number, asked in tx.rows(
        "SELECT number, owner IS NOT NULL OR EXISTS (SELECT 1 FROM clocks WHERE clocks.case_id = cases.id) FROM cases"
    ):
        proof.check("nobody is asked, and no clock runs", not asked, f"case {number}")
    for table in ("work", "notifications"):
        [count] = tx.row(f"SELECT count(*) FROM {table}") or (None,)
        proof.check("no timer and no page", count == 0, f"{count} rows in {table}")


def _decisions(tx: Tx) -> Iterator[tuple[str, list[bytes]]]:
    """Every case's external id and its decisions in order, as they are stored."""
    last = 0
    while page := tx.rows("SELECT id, external_id FROM cases WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)):
        first, last = page[0][0], page[-1][0]
        bodies: dict[int, list[bytes]] = {}
        for case, body in tx.rows(
            "SELECT e.chain, p.body FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
            " WHERE e.chain BETWEEN ? AND ? AND e.kind IN (?, ?) ORDER BY e.chain, e.seq",
            (first, last, *DECIDING),
        ):
            bodies.setdefault(case, []).append(bytes(body))
        for case, incident in page:
            yield incident, bodies[case]


@dataclass
class Result:
    """All of a run."""

    dialect: str
    first: ImportOutcome
    second: ImportOutcome
    proof: Proof
    seconds: float

    def values(self) -> dict[str, Any]:
        return {
            "ok": not self.proof.failures,
            "database": self.dialect,
            "import": summary(self.first),
            "again": summary(self.second),
            "checked": self.proof.checked,
            "failures": self.proof.failures,
            "seconds": round(self.seconds, 1),
        }


def run(data: Path, url: str, incidents: Path) -> Result:
    """Everything, on an empty database."""
    started = stopwatch()
    secret = secrets.token_hex(32)
    installation = prepare(url, secret)
    proof = Proof()
    try:
        first = take_in(installation, incidents)
        installation.checkpointer.cover()
        severity = matrix(data / MATRIX)
        story = told(incidents, severity, proof)
        with installation.database.reading() as tx:
            prove(tx, story, severity, proof)
            prove_record(tx, secret, proof)
        second = take_in(installation, incidents)
        proof.check("the same file again changes nothing", not (second.opened or second.changed), str(second))
        proof.check("no row is refused", not first.refused, str(first.refused))
        return Result(installation.database.dialect, first, second, proof, stopwatch() - started)
    finally:
        installation.close()


def main() -> int:
    given = arguments(__doc__).parse_args()
    return carry_out(given, lambda url, incidents: run(given.data, url, incidents), _print)


def _print(result: Result) -> None:
    print(f"{result.dialect}, {result.seconds:.1f} s in all\n")
    show(result.first)
    print(f"\n{result.first.opened / result.first.seconds:,.0f} cases a second, the reading of all rows included\n")
    failed = {
        what: sum(line.startswith(f"{what}: ") for line in result.proof.failures) for what in result.proof.checked
    }
    for what, count in result.proof.checked.items():
        share = (count - failed[what]) / count
        print(f"{share:>10.4%} of {count:>7,}  {what}")
    for line in result.proof.failures[:20]:
        print(line)


if __name__ == "__main__":
    sys.exit(main())
