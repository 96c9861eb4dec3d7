"""Evidence as it is stored: what was asked for, and each answer once, by its digest."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.evidence.tables import evidence, evidence_contents
from tocsin.ledger.events import Erased
from tocsin.storage.transaction import Row, Tx, marks, padded

QUEUED, COLLECTED, FAILED = "queued", "collected", "failed"
MOST = 100  # of a case that are shown
_COLUMNS = ", ".join(column.name for column in evidence.columns)


class Item(NamedTuple):
    """What a collector was asked for, and what became of it, in the order of the columns. `begins`, `ends`: the span;
    `address`: as it may be shown; `digest`: SHA-256 of the answer as it is kept, in hex; `cut`: more came than that."""

    id: int
    case: int
    collector: str
    kind: str
    policy_version: int
    state: str
    asked_at: int
    begins: int
    ends: int
    asked_by: str
    address: str
    done_at: int | None = None
    digest: str | None = None
    size: int | None = None
    cut: bool = False
    error: str | None = None


def ask(tx: Tx, items: Sequence[Item]) -> None:
    """These are to be fetched."""
    tx.insert(evidence, [tuple(item) for item in items])


def by_id(tx: Tx, item: int) -> Item | None:
    row = tx.row(f"SELECT {_COLUMNS} FROM evidence WHERE id = ?", (item,))
    return None if row is None else _item(row)


def found(tx: Tx, case: int, item: int) -> Item:
    """One of a case. NotFound where it has none of that id."""
    one = by_id(tx, item)
    if one is None or one.case != case:
        raise NotFound(say("there is no such evidence"), place="evidence")
    return one


def of_case(tx: Tx, case: int) -> list[Item]:
    """All of a case, the newest first."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM evidence WHERE case_id = ? ORDER BY id DESC LIMIT ?", (case, MOST))
    return [_item(row) for row in rows]


def lately(tx: Tx, case: int, since: int) -> set[str]:
    """The collectors that were asked for a case since then, or are still to answer."""
    rows = tx.rows(
        "SELECT collector FROM evidence WHERE case_id = ? AND (asked_at > ? OR state = ?)", (case, since, QUEUED)
    )
    return {row[0] for row in rows}


def bodies(tx: Tx, digests: Iterable[str | None]) -> dict[str, bytes]:
    """The answers with these digests."""
    chosen = padded(sorted({digest for digest in digests if digest}))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT digest, body FROM evidence_contents WHERE digest IN ({marks(chosen)})", chosen)
    return {digest: bytes(body) for digest, body in rows}


def collected(tx: Tx, item: int, address: str, digest: str, body: bytes, cut: bool) -> None:
    """An answer came."""
    row = tx.row("SELECT 1 FROM evidence_contents WHERE digest = ?", (digest,))
    if row is None:
        tx.insert(evidence_contents, [(digest, body)])
    tx.run(
        "UPDATE evidence SET state = ?, address = ?, done_at = ?, digest = ?, size = ?, cut = ?, error = NULL"
        " WHERE id = ?",
        (COLLECTED, address, tx.now, digest, len(body), cut, item),
    )


def failed(tx: Tx, item: int, address: str, error: str) -> None:
    """None came."""
    tx.run(
        "UPDATE evidence SET state = ?, address = ?, done_at = ?, error = ? WHERE id = ?",
        (FAILED, address, tx.now, error[:500], item),
    )


def forget(tx: Tx, events: Sequence[Row]) -> None:
    """The journal's *after* subscriber: of a case of which something was erased, no answer is kept."""
    erased = padded(sorted({row[0] for row in events if row[2] == Erased.KIND and row[0] > 0}))
    if erased:
        tx.run(f"UPDATE evidence SET digest = NULL, address = '' WHERE case_id IN ({marks(erased)})", erased)
        named = "SELECT digest FROM evidence WHERE digest IS NOT NULL"
        tx.run(f"DELETE FROM evidence_contents WHERE digest NOT IN ({named})")


def _item(row: Row) -> Item:
    one = Item(*row)
    return one._replace(cut=bool(one.cut))
