"""Rows that the journal keeps are written where their events are: no statement elsewhere changes such a table."""

import re
from pathlib import Path

from tocsin.events import KEPT

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"
# Each writes its events beside the statement.
MAY = {
    "people/accounts.py": {"accounts", "account_facts"},
    "people/directory.py": {"members"},
    "people/tokens.py": {"tokens"},
    "notify/alarms.py": {"alarms"},
    "notify/destinations.py": {"destinations"},
    "notify/subscriptions.py": {"subscriptions"},
}
TABLES = {kept.table.name for kept in KEPT} | {part.table.name for kept in KEPT for part in kept.parts}


def test_no_statement_elsewhere_changes_them() -> None:
    names = "|".join(sorted(TABLES))
    writes = re.compile(
        rf"(?:UPDATE|INSERT INTO|DELETE FROM) ({names})\b|\b(?:insert|update|delete)\(({names})\)|insert\(({names}),"
    )
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for match in writes.finditer(path.read_text()):
            found.setdefault(str(path.relative_to(SOURCE)), set()).add(next(filter(None, match.groups())))
    assert found == MAY
