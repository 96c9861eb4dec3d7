"""How many cases of each product area came in, hour by hour: counted once an hour is over, by a job, and read by what
compares with it."""

from collections import Counter

from tocsin.core.clock import HOUR
from tocsin.detection.arrivals import HOURS, WEEKS, Usual, usual
from tocsin.storage.transaction import Tx

_KEPT = (WEEKS + 1) * HOURS


def tell(tx: Tx) -> int:
    """Count the hours that are over and not counted yet; how many rows that made. Imported cases do not count: they are
    kept as of the hour of their import, and would make that hour look busy."""
    now = tx.now // HOUR
    row = tx.row("SELECT max(hour) FROM hourly_arrivals", ())
    begin = max(now - _KEPT, (row[0] + 1) if row and row[0] is not None else 0)
    rows = tx.rows(
        f"SELECT product_area, opened_at / {HOUR}, count(*) FROM cases WHERE product_area IS NOT NULL AND NOT imported"
        f" AND opened_at >= ? AND opened_at < ? GROUP BY product_area, opened_at / {HOUR}",
        (begin * HOUR, now * HOUR),
    )
    tx.run_many(
        "INSERT INTO hourly_arrivals (product_area, hour, amount) VALUES (?, ?, ?) ON CONFLICT (product_area, hour)"
        " DO NOTHING",
        [tuple(row) for row in rows],
    )
    tx.run("DELETE FROM hourly_arrivals WHERE hour < ?", (now - _KEPT,))
    return len(rows)


def usual_of(tx: Tx, area: str) -> Usual:
    """What is usual for this area in the hour that it is."""
    now = tx.now // HOUR
    rows = tx.rows(
        "SELECT hour, amount FROM hourly_arrivals WHERE product_area = ? AND hour >= ? AND hour < ?",
        (area, now - _KEPT, now),
    )
    counts = Counter[int]()
    for hour, amount in rows:
        counts[hour] = amount
    first = tx.row("SELECT min(hour) FROM hourly_arrivals", ())
    since = first[0] if first and first[0] is not None else now
    return usual(counts, now, since)
