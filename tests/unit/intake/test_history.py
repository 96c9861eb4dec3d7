"""Reading an event history: the part `history` of a mapping, the order of rows, the names of people and teams."""

from pathlib import Path

import pytest

from tocsin.core.errors import InvalidDocument
from tocsin.intake import history
from tocsin.intake.history import KnownNames
from tocsin.intake.mapping.reading import HISTORY, parse_mapping

MAPPING = """source: desk
external_id: id
subject: title
missing: ["?"]
history:
  at: {column: changed, zone: UTC}
  after: version
  by: editor
  owner: owner
  team: team
  reason: state
  state: {column: state, map: {New: new, Busy: working, Held: waiting, Solved: resolved, Shut: closed}}
"""
ROWS = """id,title,changed,version,editor,owner,team,state
T-2,Phone,2026-03-02T10:05:00,1,Eve X,?,Desk 1,New
T-1,Printer,2026-03-02T10:05:00,10,Eve X,Ann B,Desk 1,Busy
T-1,Printer,2026-03-02T10:05:00,9,eve-x,?,Desk 1,New
T-1,Printer,2026-03-02T10:04:00,1,?,?,?,New
T-3,Scanner,,1,Eve X,?,?,New
T-3,Scanner,2026-03-02T10:06:00,1,Eve X,?,?,Lost
"""


def test_rows_come_in_the_order_of_what_happened(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    found = history.read(tmp_path / "rows.csv", parse_mapping(MAPPING))
    assert [(told.ticket, told.line, told.state) for told in found.told] == [
        ("T-1", 5, "new"),
        ("T-1", 4, "new"),
        ("T-1", 3, "working"),
        ("T-2", 2, "new"),
    ], "by time, ticket, version as a number, and place in the file"
    last = found.told[2]
    assert (last.by, last.owner, last.team, last.reason) == ("eve-x", "ann-b", "desk-1", "Busy")
    assert found.told[0].by is None
    assert found.rows == 6
    assert [(refused.line, refused.reason) for refused in found.refused] == [
        (6, "history.at: the column is empty"),
        (7, "history.state: not in the map"),
    ]
    assert found.users.by_text == {"Eve X": "eve-x", "Ann B": "ann-b", "eve-x": "eve-x-2"}


def test_a_mapping_without_a_history_cannot_be_replayed(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    with pytest.raises(InvalidDocument, match="history: this key is missing"):
        history.read(tmp_path / "rows.csv", parse_mapping(MAPPING.split("history:")[0]))


def test_an_import_does_not_read_the_columns_of_a_history() -> None:
    mapping = parse_mapping(MAPPING)
    assert mapping.columns == {"id", "title"}
    assert mapping.all_columns == {"id", "title", "changed", "version", "editor", "owner", "team", "state"}


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("  at: {column: changed, zone: UTC}\n", "", "history.at", "when the row was written"),
        ("Shut: closed", "Shut: gone", "history.state.map.Shut", "one of new, working, waiting, resolved, closed"),
        ("  by: editor", "  who: editor", "history.who", None),
        ("  state: {column: state, ", "  at_all: {column: state, ", "history.state", "a column with a map to"),
    ],
)
def test_problems_of_the_part_history(old: str, new: str, key: str, expected: str | None) -> None:
    assert old in MAPPING
    with pytest.raises(InvalidDocument) as caught:
        parse_mapping(MAPPING.replace(old, new))
    problem = next(problem for problem in caught.value.problems if problem.key == key)
    assert problem.line
    assert expected is None or (problem.expected or "").startswith(expected)


def test_names_are_fit_for_policies_and_each_stands_once() -> None:
    names = KnownNames()
    texts = ["Resolver 89", "resolver  89", "Zoë Æ", "???", "a" * 200, "Resolver 89"]
    found = [names.of(text) for text in texts]
    assert found[:4] == ["resolver-89", "resolver-89-2", "zo", "nameless"]
    assert found[5] == found[0]
    assert all(len(name) <= 100 for name in found)


def test_every_key_of_a_history_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "history.md").read_text()
    assert all(f"\n  {name}: " in page for name in HISTORY)
