"""Rows in groups: by team, level or account, one below the other; or by how they stand, as columns of a board. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.policy.levels import LEVELS
from tocsin.web.rows import Shown

By = Literal["need", "team", "level", "account"]


class RowGroup(NamedTuple):
    """`hot`: whether one of them needs somebody."""

    title: str
    rows: list[Shown]
    hot: bool


def grouped(by: By, rows: Iterable[Shown], language: str) -> list[RowGroup]:
    """Groups in the order of their first row, levels from the highest down."""
    says = tongue(language).text
    found: dict[str, list[Shown]] = {}
    for row in rows:
        found.setdefault(_key(by, row) or "", []).append(row)
    order = list(reversed(LEVELS)) if by == "level" else list(found)
    none = {"team": marked("No team"), "account": marked("No account")}.get(by, "")
    return [
        _group(says(name.capitalize()) if by == "level" else name or says(none), found[name])
        for name in order
        if name in found
    ]


def columns(rows: Iterable[Shown], language: str) -> list[RowGroup]:
    """What a board shows, from nobody has it to on hold."""
    says = tongue(language).text
    found: dict[str, list[Shown]] = {name: [] for name in _COLUMNS}
    for row in rows:
        found[_column(row)].append(row)
    return [_group(says(title), found[name]) for name, title in _COLUMNS.items()]


_COLUMNS = {
    "nobody": marked("Not answered"),
    "work": marked("Investigating"),
    "claimed": marked("To confirm"),
    "contained": marked("Contained"),
    "held": marked("On hold"),
}


def _column(row: Shown) -> str:
    case = row.state.case
    if row.how.unanswered or row.who is None:
        return "nobody"
    if case.held_at is not None:
        return "held"
    if case.resolution_claimed_at is not None or case.containment_claimed_at is not None:
        return "claimed"
    return "contained" if case.contained_at is not None else "work"


def _key(by: By, row: Shown) -> str | None:
    return {"team": row.state.case.team, "level": row.state.case.level, "account": row.ticket.customer}.get(by)


def _group(title: str, rows: list[Shown]) -> RowGroup:
    return RowGroup(title, rows, any(row.tone == "late" for row in rows))
