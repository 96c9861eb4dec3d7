"""What the page of a backtest counts with: its script reads this and nothing else.

`cells` hold all cases, as the threshold-free part of their decisions: score, rank of the technical minimums, rank of
the relationship minimums, levels at which they wake somebody (1 senior, 2 executive, 3 both), week (-1: not known) and
how many cases these are. `cases` are the highest of them, one by one, each beginning with the same five; their texts
are places in `texts`.
"""

from datetime import date
from typing import Any

from tocsin.cli.safe import plain
from tocsin.core import canonical
from tocsin.policy.backtest import Backtest
from tocsin.policy.backtest.thresholds import Cell
from tocsin.policy.backtest.values import Listed

SUBJECT = 200  # characters of it


class _Texts:
    """Texts that are told once."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        found = self._places.get(text)
        if found is None:
            found = self._places[text] = len(self.all)
            self.all.append(plain(text))
        return found


def page_data(found: Backtest) -> dict[str, Any]:
    """The data of a backtest whose spread was asked for."""
    summary, spread = found.summary, found.spread
    assert spread is not None, "a page needs the spread"
    weeks = [week.start for week in summary.weeks]
    places = {date.fromisoformat(start).toordinal(): place for place, start in enumerate(weeks)}
    texts = _Texts()
    return {
        "thresholds": [[name, at] for name, at in summary.thresholds.items()],  # from the highest level down
        "aims": {level: share.aim for level, share in summary.shares.items()},
        "total": summary.cases,
        "weeks": weeks,
        "cells": [[*_cell(cell, places), count] for cell, count in spread.cells.items()],
        "cases": [[*_cell(cell, places), *_case(case, texts)] for cell, case in spread.cases()],
        "texts": texts.all,
    }


def embedded(value: Any) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = canonical.encode(value).decode()
    for odd in "<>&\u2028\u2029":
        text = text.replace(odd, f"\\u{ord(odd):04x}")
    return text


def _cell(cell: Cell, places: dict[int, int]) -> list[Any]:
    return [
        cell.score,
        cell.technical,
        cell.relationship,
        cell.wakes,
        -1 if cell.week is None else places[cell.week],
    ]


def _case(case: Listed, texts: _Texts) -> list[Any]:
    return [
        plain(case.id or f"line {case.line}"),
        plain(case.subject[:SUBJECT]),
        "" if case.opened_at is None else case.opened_at[:16].replace("T", " "),
        texts.place(case.severity),
        texts.place(case.team),
        [texts.place(minimum) for minimum in case.minimums],
        [texts.place(reason) for reason in case.reasons[1:]],
    ]
