"""Imports by name, and how far each has come. A batch that comes again counts once: only rows behind the last line that
came before are new; cases that are opened or changed count whenever that happens. What rows said is not kept here."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tocsin.core import instants
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.intake.importing import EFFECTS
from tocsin.storage.transaction import Tx

_COLUMNS = ("name", "begun_by", "begun_at", "last_at", "through", "rows", *EFFECTS)
_ALWAYS = ("opened", "changed")


def count(tx: Tx, name: str, by: str, effects: Sequence[tuple[int, str]]) -> None:
    """Add a batch: the line of each row, and what became of it."""
    row = tx.row("SELECT through FROM imports WHERE name = ?", (name,))
    through = row[0] if row is not None else 0
    fresh = [(line, effect) for line, effect in effects if line > through]
    counts = Counter(effect for line, effect in effects if line > through or effect in _ALWAYS)
    last = max((line for line, _ in fresh), default=through)
    added = ", ".join(f"{effect} = imports.{effect} + excluded.{effect}" for effect in EFFECTS)
    tx.run(
        f"INSERT INTO imports ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
        " ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at, through = excluded.through,"
        f" rows = imports.rows + excluded.rows, {added}",
        (name, by, tx.now, tx.now, last, len(fresh), *(counts[effect] for effect in EFFECTS)),
    )


def listed(tx: Tx, limit: int = 100) -> list[dict[str, Any]]:
    """The imports that came last, the newest first."""
    return [_shown(row) for row in tx.rows(f"{_SELECT} ORDER BY last_at DESC, name LIMIT ?", (limit,))]


def named(tx: Tx, name: str) -> dict[str, Any]:
    """One of them; NotFound where none is called so."""
    row = tx.row(f"{_SELECT} WHERE name = ?", (name,))
    if row is None:
        raise NotFound(
            say("there is no import {name}", name=repr(name[:40])),
            place="name",
            expected=say("a name from GET /imports"),
        )
    return _shown(row)


_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM imports"


def _shown(row: Sequence[Any]) -> dict[str, Any]:
    found = dict(zip(_COLUMNS, row, strict=True))
    return found | {name: instants.to_text(found[name]) for name in ("begun_at", "last_at")}
