"""How old cases of a level and severity grew before they were over: what the age of an open one is held against. It is
told anew once a day, from the newest of them alone, so that it follows how work is done now."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from tocsin.cases.aggregate import Case
from tocsin.cases.tables import case_ages
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

ENOUGH = 30  # cases of a level and severity; of fewer nothing is told
NEWEST = 20_000  # cases that are looked at
_COLUMNS = ", ".join(column.name for column in case_ages.columns)


class Ages(NamedTuple):
    """What half of the cases, 75 % and 95 % were younger than, in microseconds."""

    half: int
    most: int
    nearly_all: int

    def quarter(self, age: int) -> int:
        """Where an age lies among them: 1: below half of them, 2, 3, 4: above 95 %."""
        return 1 + sum(age > bound for bound in self)


Known = Mapping[tuple[str, str], Ages]


def of(ages: Sequence[int]) -> Ages | None:
    """Those of these ages; None where they are too few to say."""
    if len(ages) < ENOUGH:
        return None
    found = sorted(ages)
    return Ages(*(found[len(found) * share // 100] for share in (50, 75, 95)))


def known(tx: Tx) -> Known:
    """As they were last told, by level and severity."""
    return {
        (level, severity): Ages(*bounds) for level, severity, *bounds in tx.rows(f"SELECT {_COLUMNS} FROM case_ages")
    }


def quartile(found: Known, case: Case, now: int) -> int | None:
    """Where the age of an open case lies among those like it; None where that is not known, or it is over."""
    ages = found.get((case.level, case.severity))
    if ages is None or case.state != "open" or case.imported:
        return None
    return ages.quarter(now - case.opened_at)


def tell(database: Database, writer: GroupWriter) -> None:
    """Tell them anew. Nobody who writes waits while cases are read."""
    with database.reading() as tx:
        found = _told(tx)
    writer.write(partial(_keep, found=found))


def _told(tx: Tx) -> dict[tuple[str, str], Ages]:
    rows = tx.rows(
        "SELECT level, severity, coalesce(resolved_at, closed_at) - opened_at FROM cases"
        " WHERE state IN ('resolved', 'closed') AND NOT imported AND coalesce(resolved_at, closed_at) IS NOT NULL"
        " ORDER BY id DESC LIMIT ?",
        (NEWEST,),
    )
    alike: dict[tuple[str, str], list[int]] = {}
    for level, severity, age in rows:
        alike.setdefault((level, severity), []).append(age)
    return {group: ages for group, those in alike.items() if (ages := of(those)) is not None}


def _keep(tx: Tx, found: Known) -> None:
    tx.run("DELETE FROM case_ages")
    tx.insert(case_ages, [(*group, *ages) for group, ages in found.items()])
