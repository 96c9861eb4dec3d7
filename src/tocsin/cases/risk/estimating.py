"""Estimates for open cases below an escalation, again and again, those first that were looked at the longest ago."""

from functools import partial

import msgspec

from tocsin.cases.risk import models, reading
from tocsin.cases.risk.factors import values
from tocsin.cases.risk.models import RiskModel
from tocsin.cases.risk.reading import AskedCase
from tocsin.core.clock import MINUTE, Clock
from tocsin.storage.database import Database
from tocsin.storage.transaction import Row, Tx, marks, padded
from tocsin.storage.writer import GroupWriter

BATCH = 400  # cases in a minute
AGAIN = 10 * MINUTE  # no case is looked at more often
_WAITS = "c.state = 'open' AND c.level = 'standard' AND NOT c.imported AND c.parent IS NULL AND c.held_at IS NULL"
_PUT = (
    "INSERT INTO risks (case_id, at, model, likelihood, points, course, shown) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (case_id) DO UPDATE SET at = excluded.at, model = excluded.model, likelihood = excluded.likelihood,"
    " points = excluded.points, course = excluded.course, shown = excluded.shown"
)


def estimate(database: Database, writer: GroupWriter, clock: Clock) -> int:
    """Estimate a batch of them; how many. Estimates of cases that are estimated no more go."""
    with database.reading(clock.now()) as tx:
        model = models.newest(tx)
        if model is None:
            return 0
        rows = _estimated(tx, model) if model.weights else []
        gone = _gone(tx)
    if rows or gone:
        writer.write(partial(_keep, model=model, rows=rows, gone=gone))
    return len(rows)


def _estimated(tx: Tx, model: RiskModel) -> list[Row]:
    found = tx.rows(
        "SELECT c.id, c.account, c.severity, c.opened_at FROM cases c LEFT JOIN risks r ON r.case_id = c.id"
        f" WHERE {_WAITS} AND (r.at IS NULL OR r.at <= ?) ORDER BY coalesce(r.at, 0), c.id LIMIT ?",
        (tx.now - AGAIN, BATCH),
    )
    looked = [AskedCase(case, account, severity, opened, tx.now) for case, account, severity, opened in found]
    rows: list[Row] = []
    for case, course in reading.courses(tx, looked).items():
        told = values(course)
        likelihood = model.fitted.likelihood(told)
        points = msgspec.json.encode(model.fitted.points(told)).decode()
        shown = likelihood >= model.line
        rows.append((case, tx.now, model.version, likelihood, points, msgspec.json.encode(course).decode(), shown))
    return rows


def _gone(tx: Tx) -> list[tuple[int, bool, bool]]:
    """Those that are estimated no more: whether they escalated, and whether they had been shown."""
    rows = tx.rows(
        "SELECT r.case_id, c.level <> 'standard', r.shown FROM risks r JOIN cases c ON c.id = r.case_id"
        f" WHERE NOT ({_WAITS}) LIMIT ?",
        (BATCH,),
    )
    return [(case, bool(escalated), bool(shown)) for case, escalated, shown in rows]


def _keep(tx: Tx, *, model: RiskModel, rows: list[Row], gone: list[tuple[int, bool, bool]]) -> None:
    following = model.following
    for _, escalated, shown in gone:
        if escalated and model.weights:
            following = following.after(not shown, model.promised)
    if following != model.following:
        models.follow(tx, model, following)
    if gone:
        chosen = padded([case for case, _, _ in gone])
        tx.run(f"DELETE FROM risks WHERE case_id IN ({marks(chosen)})", chosen)
    tx.run_many(_PUT, rows)
