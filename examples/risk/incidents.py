"""Real incidents as they stood four hours after they were opened, and what became of them. Nothing is read that was
known only later."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import log1p
from pathlib import Path
from typing import NamedTuple

AGE = timedelta(hours=4)
FACTORS = (
    *("severity", "changes of owner", "silence", "changes"),
    *("history of the team", "history of the reporter", "history of the kind", "history of its part"),
)
MOVED = 3  # an incident that is reassigned so often counts as escalated; so does one whose target was missed
LEANING = 10  # incidents' worth of what is usual that the history of a few is mixed with
_WHEN = "%d/%m/%Y %H:%M"


class Judged(NamedTuple):
    """`values`: the factors at the age of four hours, each 0 to 1; `plain`: how often it had been reassigned then."""

    opened: datetime
    values: tuple[float, ...]
    escalated: bool
    plain: int


class Found(NamedTuple):
    """`known`: of how many it was known at four hours already; `over`: how many were over by then."""

    judged: list[Judged]
    known: int
    over: int
    late: int


def read(path: Path) -> Found:
    """Those that were open after four hours, and of which nobody knew yet what would become of them, as they were
    opened."""
    stories: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            stories[row["number"]].append(row)
    ordered = sorted(stories.values(), key=lambda rows: _time(rows[0]["opened_at"]))
    judged, known, over, late = [], 0, 0, 0
    past = _Past()
    for rows in ordered:
        opened = _time(rows[0]["opened_at"])
        until = opened + AGE
        seen = [row for row in rows if _time(row["sys_updated_at"]) <= until] or rows[:1]
        last, escalated_at = seen[-1], _escalated_at(rows)
        past.learn(opened)
        if escalated_at is not None and escalated_at <= until:
            known += 1
        elif last["incident_state"] in ("Resolved", "Closed"):
            over += 1
            late += escalated_at is not None
        else:
            judged.append(Judged(opened, _values(last, until, past), escalated_at is not None, _moved(last)))
        past.wait(rows[0], escalated_at, _time(rows[-1]["sys_updated_at"]))
    return Found(judged, known, over, late)


class _Past:
    """How many of earlier incidents that have something in common escalated, as far as that was known at an instant,
    held against all of them."""

    COLUMNS = ("assignment_group", "opened_by", "category", "subcategory")

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, list[str], bool]] = []
        self._told: dict[str, tuple[int, int]] = {}

    def wait(self, row: dict[str, str], escalated_at: datetime | None, over: datetime) -> None:
        self._waiting.append((escalated_at or over, ["", *self._keys(row)], escalated_at is not None))

    def learn(self, now: datetime) -> None:
        later = []
        for known in self._waiting:
            at, keys, escalated = known
            if at > now:
                later.append(known)
                continue
            for key in keys:
                amount, of = self._told.get(key, (0, 0))
                self._told[key] = (amount + escalated, of + 1)
        self._waiting = later

    def shares(self, row: dict[str, str]) -> list[float]:
        amount, of = self._told.get("", (0, 0))
        usual = (amount + 1) / (of + 2)
        found = []
        for key in self._keys(row):
            amount, of = self._told.get(key, (0, 0))
            found.append(0.5 + ((amount + LEANING * usual) / (of + LEANING) - usual) / 2)
        return found

    def _keys(self, row: dict[str, str]) -> list[str]:
        return [f"{column} {row[column]}" for column in self.COLUMNS]


def _escalated_at(rows: list[dict[str, str]]) -> datetime | None:
    moved = next((_time(row["sys_updated_at"]) for row in rows if _moved(row) >= MOVED), None)
    if rows[-1]["made_sla"] != "false":
        return moved
    missed = next(_time(row["sys_updated_at"]) for row in rows if row["made_sla"] == "false")
    return missed if moved is None else min(moved, missed)


def _values(row: dict[str, str], now: datetime, past: _Past) -> tuple[float, ...]:
    silent = (now - _time(row["sys_updated_at"])) / AGE
    return (
        (4 - int(row["priority"][0])) / 3,
        log1p(_moved(row)) / log1p(MOVED),
        min(max(silent, 0.0), 1.0),
        min(log1p(int(row["sys_mod_count"])) / log1p(10), 1.0),
        *past.shares(row),
    )


def _moved(row: dict[str, str]) -> int:
    return int(row["reassignment_count"])


def _time(text: str) -> datetime:
    return datetime.strptime(text, _WHEN)


def weeks(judged: list[Judged]) -> Iterator[list[Judged]]:
    """By the week in which they were opened."""
    found: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        found[(one.opened - judged[0].opened).days // 7].append(one)
    yield from (found[week] for week in sorted(found))
