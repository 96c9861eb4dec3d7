"""The draft of a mapping, over exports as help desks write them, after their public examples: read unedited."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.exports import EXPORTS, HISTORIES
from tocsin.clocks import moments
from tocsin.core.errors import TocsinError
from tocsin.core.wording import verbatim, worded
from tocsin.intake import history
from tocsin.intake.csv_import import ImportOutcome, import_csv
from tocsin.intake.importing import Became, Row
from tocsin.intake.mapping import draft, guessing, looking
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.languages import tongue
from tocsin.policy.body import to_body


def drafted(path: Path) -> str:
    form = guessing.form_of(path)
    return draft.draft("desk", form, *guessing.sample(path, form))


def taken(path: Path, mapping: str) -> tuple[ImportOutcome, dict[str, dict[str, Any]]]:
    """What an import sends on of each ticket, after a dry run."""
    rehearsed = import_csv(path, parse_mapping(mapping), None)
    rows: list[Row] = []

    def send(some: list[Row]) -> list[Became | TocsinError]:
        rows.extend(some)
        return [Became("opened") for _ in some]

    outcome = import_csv(path, parse_mapping(mapping), send)
    assert (rehearsed.unchanged, rehearsed.refused, rehearsed.unread) == (outcome.opened, {}, outcome.unread)
    return outcome, {str(row.ticket["external_id"]): said(row) for row in rows}


def said(row: Row) -> dict[str, Any]:
    """What a row says, by dotted fields."""
    to_body(row.ticket)
    sent: dict[str, Any] = msgspec.to_builtins(row)
    ticket: dict[str, Any] = sent["ticket"]
    nested = {
        f"{name}.{key}": value for name in ("account", "attributes") for key, value in ticket.get(name, {}).items()
    }
    return ticket | nested | {name: sent.get(name) for name in ("state", "resolved_at", "closed_at")}


@pytest.mark.parametrize("tool", EXPORTS)
def test_an_export_is_read_by_its_draft_unedited(tool: str, tmp_path: Path) -> None:
    export = EXPORTS[tool]
    path = tmp_path / "export.csv"
    path.write_bytes(export.text.encode(export.encoding))
    text = drafted(path)
    outcome, found = taken(path, text)
    assert (outcome.first_refused, outcome.first_unread, outcome.opened) == ([], [], 2), text
    for ticket, says in export.says.items():
        assert {name: found[ticket].get(name) for name in says} == says, text
    assert all(remark in text for remark in export.remarks), text
    for question in looking.questions(text):
        remark = text.splitlines()[question.line - 1].partition("  # ")[2]
        assert [each.text for each in question.asks if each.text == verbatim("").text] == [], remark


def test_what_a_draft_asks_is_asked_in_the_language_of_whoever_reads() -> None:
    mapping = (
        "occurred_at: {column: When}  # in which zone are these times? is the day first in 1/2/24, as is usual in"
        ' this language?; or "A", "B"?\n'
        "source: desk  # where the tickets come from\n"
        "subject: Title  # is this mine?\n"
    )
    asked = list(looking.questions(mapping))
    english, german = (moments.reader(str, {}, tongue(name)) for name in ("en", "de"))
    assert [(one.line, " ".join(worded(each, english) for each in one.asks)) for one in asked] == [
        (1, 'in which zone are these times? is the day first in 1/2/24, as is usual in this language? or "A", "B"?'),
        (3, "is this mine?"),
    ]
    assert [worded(each, german) for each in asked[0].asks] == [
        "In welcher Zeitzone sind diese Zeiten?",
        "Steht in 1/2/24 der Tag vorn, wie in dieser Sprache üblich?",
        'oder "A", "B"?',
    ]


@pytest.mark.parametrize("log", HISTORIES)
def test_a_log_of_changes_is_drafted_as_a_history(log: str, tmp_path: Path) -> None:
    text, rows = HISTORIES[log]
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    mapping = drafted(path)
    found = history.read(path, parse_mapping(mapping))
    assert (found.refused, found.unread) == ([], []), mapping
    assert [(told.ticket, told.state, told.by, told.owner, told.team) for told in found.told] == rows, mapping
    outcome = import_csv(path, parse_mapping(mapping), None)
    assert not outcome.refused, mapping


def test_a_draft_says_what_it_is_not_sure_of(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "id,ticket,subject,title,created,status,revenue\n1,A,x,y,2024-03-12 09:41,Parked,1.250\n"
        "1,B,x,y,2024-03-12 09:41,Done,2.500\n"
    )
    text = drafted(path)
    assert "external_id: ticket  # or id?" in text
    assert "# or title?" in text
    assert "# which of these are over?" in text
    assert 'add `decimal: "."` or `","`' in text
    path.write_text("id,subject\n1,x\n1,y\n")
    assert "row: last  # several rows have one id: the last counts; is it the id of a ticket?" in drafted(path)


def test_an_impact_is_never_a_number_of_users(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("id,subject,impact\n1,x,3\n2,y,1\n")
    mapping = parse_mapping(drafted(path))
    assert "users_affected" not in mapping.fields
    assert "impact" in mapping.groups["attributes"]


def test_of_long_rows_only_as_many_are_looked_at_as_fit_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("id,subject\n")
        file.writelines(f"{place},{'x' * 1_000_000}\n" for place in range(40))
    header, rows = guessing.sample(path, guessing.form_of(path))
    assert header == ["id", "subject"]
    assert 10 < len(rows) < 20
