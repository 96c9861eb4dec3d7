"""The whole history of 15,000 real incidents, played through the live verbs on a clock of its own, and proved.

    python -m examples.uci.history --data ../shared/data [--database URL] [--incidents N] [--json] [--page FILE]

`tocsin replay` with mapping.yaml and history.yaml, the policy, beside this file. Then: `audit verify` finds nothing;
`audit replay` decides every stored decision again and gets the same bytes; no timer is left and nobody was paged; and
what the record holds is counted again straight from the file, by code that shares nothing with the replay. At last, and
only then, the desk's own `made_sla` is read, and held against the resolve clock. Exit code 1 where a proof fails.

`--page` writes the figures into a page of the documentation, between its two marks.
"""

import secrets
import sys
from collections import Counter
from pathlib import Path

from examples.uci.command import arguments, carry_out
from examples.uci.dataset import HERE, mapping
from examples.uci.history_page import page, written
from examples.uci.history_result import Result
from examples.uci.proof import Proof, prove_record
from examples.uci.recount import Row, by_incident, recount

from tocsin.cli import replay
from tocsin.core.clock import stopwatch
from tocsin.insight.figures import figures
from tocsin.intake import history
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx


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


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--page", type=Path, help="write the figures into this page")
    given = parser.parse_args()

    def tell(result: Result) -> None:
        if given.page:
            given.page.write_text(written(given.page.read_text(), page(result)))
        _print(result)

    return carry_out(given, run, tell)


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
