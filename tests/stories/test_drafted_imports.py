"""An export goes in by its drafted mapping, unedited: the cases say what the tickets said."""

from pathlib import Path
from typing import Any

from tests.exports import EXPORTS
from tests.testing import PEOPLE, world
from tocsin.cases import queries, store
from tocsin.core import instants
from tocsin.intake import importing
from tocsin.intake.csv_import import import_csv
from tocsin.intake.mapping import draft, guessing
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import from_bytes
from tocsin.storage.transaction import Tx

POLICY = (Path(__file__).parents[2] / "examples" / "uci" / "policy.yaml").read_text()


def test_the_cases_say_what_the_tickets_said(database_url: str, tmp_path: Path) -> None:
    here = world(database_url, POLICY, people={**PEOPLE, "director": "lead"})
    writer, handler = here.installation.writer, here.installation.take
    for tool, export in EXPORTS.items():
        path = tmp_path / "export.csv"
        path.write_bytes(export.text.encode(export.encoding))
        form = guessing.form_of(path)
        text = draft.draft(tool, form, *guessing.sample(path, form))
        rehearsed = import_csv(path, parse_mapping(text), None)
        outcome = import_csv(path, parse_mapping(text), lambda rows: importing.take(rows, SYSTEM, writer, handler))
        assert (rehearsed.unchanged, outcome.opened, outcome.refused, outcome.unread) == (2, 2, {}, {}), text
        with here.installation.database.reading() as tx:
            for ticket, says in export.says.items():
                found = stored(tx, tool, ticket)
                assert {name: found.get(name) for name in says} == says, text
    assert here.outbox.sent == []


def stored(tx: Tx, source: str, external_id: str) -> dict[str, Any]:
    """What the case of a ticket says, by the fields of the ticket."""
    row = tx.row("SELECT case_id FROM case_keys WHERE source = ? AND external_id = ?", (source, external_id))
    assert row is not None
    case, decision = store.load(tx, row[0]).case, queries.decision_bytes(tx, SYSTEM, row[0])
    assert decision is not None
    facts = from_bytes(decision).facts
    return (
        facts["case"]
        | {f"account.{name}": value for name, value in facts["account"].items()}
        | {f"attributes.{name}": value for name, value in facts["case"].get("attributes", {}).items()}
        | {
            "state": case.state,
            "occurred_at": told(case.occurred_at),
            "resolved_at": told(case.resolved_at),
            "closed_at": told(case.closed_at),
        }
    )


def told(at: int | None) -> str | None:
    return None if at is None else instants.to_text(at)
