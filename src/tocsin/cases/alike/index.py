"""What open cases are compared by, as it stands in the database, so that every node finds the cases of all others."""

from collections.abc import Iterable, Mapping

import msgspec

from tocsin.cases.tables import case_print_buckets, case_prints
from tocsin.detection.problems.buckets import buckets
from tocsin.detection.problems.prints import Print
from tocsin.storage.transaction import Tx, marks, padded

MOST_OF_A_BUCKET = 24  # the newest that are looked at: many alike must not make each comparison dear
MOST_CANDIDATES = 60  # of which the likeness is computed
_SEEN = 400  # prints by which it is told how common a word is

_OF_A_BUCKET = (
    "SELECT case_id FROM (SELECT case_id FROM case_print_buckets WHERE bucket = ? AND case_id < ?"
    f" ORDER BY case_id DESC LIMIT {MOST_OF_A_BUCKET}) AS b"
)


def put(tx: Tx, prints: Mapping[int, Print]) -> None:
    """Cases are found by these prints from now on, in the place of those that they had."""
    forget(tx, prints)
    tx.insert(case_prints, [(case, msgspec.json.encode(one)) for case, one in sorted(prints.items())])
    tx.insert(
        case_print_buckets,
        sorted((bucket, case) for case, one in prints.items() for bucket in buckets(one)),
    )


def forget(tx: Tx, cases: Iterable[int]) -> None:
    """These are found no more, and nothing of what they said is kept."""
    chosen = padded(sorted(cases))
    if chosen:
        tx.run(f"DELETE FROM case_print_buckets WHERE case_id IN ({marks(chosen)})", chosen)
        tx.run(f"DELETE FROM case_prints WHERE case_id IN ({marks(chosen)})", chosen)


def prints(tx: Tx, cases: Iterable[int]) -> dict[int, Print]:
    """Those of these cases that are in the index."""
    chosen = padded(sorted(set(cases)))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT case_id, print FROM case_prints WHERE case_id IN ({marks(chosen)})", chosen)
    return {case: _read(body) for case, body in rows}


def newest(tx: Tx) -> list[Print]:
    """Those of the newest cases."""
    rows = tx.rows("SELECT print FROM case_prints ORDER BY case_id DESC LIMIT ?", (_SEEN,))
    return [_read(row[0]) for row in rows]


def candidates(tx: Tx, case: int, one: Print) -> list[int]:
    """Earlier cases that meet this one in the most buckets."""
    wanted = buckets(one)
    if not wanted:
        return []
    parts = " UNION ALL ".join([_OF_A_BUCKET] * len(wanted))
    parameters: list[int] = [value for bucket in wanted for value in (bucket, case)]
    rows = tx.rows(
        f"SELECT case_id FROM ({parts}) AS found GROUP BY case_id ORDER BY count(*) DESC, case_id DESC LIMIT ?",
        (*parameters, MOST_CANDIDATES),
    )
    return [row[0] for row in rows]


def _read(body: bytes) -> Print:
    return msgspec.json.decode(bytes(body), type=Print)
