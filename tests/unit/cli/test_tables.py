"""Lists on a terminal: readable at 80 columns, in one line where there is room, and of bounded width for programs."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from tocsin.cli import tables
from tocsin.cli.case import printing, reading
from tocsin.core import instants

NOW = instants.from_text("2026-03-02T10:00:00Z")
CASE = {
    "number": 1234,
    "level": "executive",
    "severity": "critical",
    "state": "open",
    "imported": False,
    "owner": "jonas",
    "account": {"name": "Meridian Airways"},
    "subject": "API is down: every request answers 502 " + "and so on " * 46,
    "external_id": "HD-1001",
    "priority": "urgent",
    "team": "engineering",
    "url": "https://desk.example.com/" + "x" * 60,
    "attributes": {f"field {number}": "y" * 80 for number in range(40)},
    "clocks": [{"clock": "acknowledge", "outcome": None, "paused": False, "due_at": "2026-03-02T10:13:00Z"}],
}
LISTED = [CASE, CASE | {"number": 5, "account": None, "subject": "Short", "owner": None}]


def listed(width: int | None, *, wide: bool = False) -> list[str]:
    columns = (*reading._SHORT, *reading._FURTHER) if wide else reading._SHORT
    rows = [reading._row(case, NOW, wide) for case in LISTED]
    return list(tables.lines(columns, rows, width, cut=not wide))


def test_at_80_columns_a_case_is_two_lines() -> None:
    assert listed(80) == [
        "number  level      severity  state  owner   next due         customer",
        "1234    executive  critical  open   jonas   Ack due in 13 m  Meridian Airways",
        "    subject: API is down: every request answers 502 and so on and so on…",
        "5       executive  critical  open   nobody  Ack due in 13 m",
        "    subject: Short",
    ]


def test_at_120_columns_it_is_one() -> None:
    shown = listed(120)
    assert len(shown) == 1 + len(LISTED)
    assert all(len(line) <= 120 for line in shown)
    assert "Meridian Airways  API is down: every request answers" in shown[1]
    assert shown[1].endswith("…")


WIDE = [
    "日本語の件名がとても長い" * 9,
    "결제 API가 응답하지 않습니다 " * 9,
    "The API is down 会社 " * 9,
    "ｆｕｌｌ" * 40,
    "🚨" * 60,
]


@pytest.mark.parametrize("subject", WIDE)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("cut", [True, False])
def test_no_line_is_wider_than_the_terminal_in_any_script(subject: str, width: int, cut: bool) -> None:
    rows = [("1", "open", "株式会社メリディアン航空" * 2, subject)]
    shown = list(tables.lines(("number", "state", "customer", "subject"), rows, width, cut=cut))
    assert max(map(cell_len, shown)) <= width
    assert len(shown) <= 5
    assert subject[:8] in "".join(line[4:] if line.startswith("    ") else line for line in shown)


def test_a_program_gets_a_line_for_each_and_none_is_endless() -> None:
    short, wide = listed(None), listed(None, wide=True)
    assert len(short) == len(wide) == 1 + len(LISTED)
    assert max(map(len, short)) < 150
    assert max(map(len, wide)) < 900
    assert str(CASE["url"]) in wide[1]


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
@pytest.mark.parametrize("columns", [1, 3, 9])
def test_no_line_is_wider_than_the_terminal(width: int, columns: int) -> None:
    rows = [("word " * 90,) * columns, ("x" * 300,) * columns, ("a",) * columns]
    for cut in (False, True):
        for line in tables.lines(["name"] * columns, rows, width, cut=cut):
            assert len(line) <= max(width, 28)


def test_what_does_not_fit_stands_below_with_its_name_and_is_whole() -> None:
    rows = [("mara", "senior", "Paged by every path; on the roster senior", "")]
    shown = list(tables.lines(("name", "role", "what is said", "zone"), rows, 40))
    assert shown == ["name  role", "mara  senior", "    what is said: Paged by every path;", "    on the roster senior"]


def test_wide_letters_take_two_columns() -> None:
    shown = list(tables.lines(("subject", "n"), [("障害", 1), ("abcd", 2)], 80))
    assert shown == ["subject  n", "障害     1", "abcd     2"]


def test_on_a_case_the_targets_are_not_far_below_what_a_ticket_says_besides() -> None:
    console = Console(file=io.StringIO(), width=80)
    printing._ticket(console, {"body": "It is down."}, [f"field {number}: {'y' * 80}" for number in range(40)])
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "field 3: " in shown
    assert "field 4: " not in shown
    assert "36 more attributes, with --json" in shown
