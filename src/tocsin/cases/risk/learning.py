"""Learning the risk of cases from what has become of others, once a day: of each that is over or escalated, how it
stood at one age, and whether it escalated after that.

Half of the cases serve the estimate, and the other half draws the line, so that it is drawn by cases of which the
estimate knows nothing.
"""

from functools import partial
from typing import NamedTuple
from zlib import crc32

from tocsin.cases.context import Desk
from tocsin.cases.risk import models, reading
from tocsin.cases.risk.factors import NAMES, values
from tocsin.cases.risk.models import RiskModel
from tocsin.cases.risk.reading import LOOKED_BACK, AskedCase
from tocsin.core.clock import DAY, HOUR, Clock
from tocsin.detection.risk import guarantee
from tocsin.detection.risk.estimate import Row, fit
from tocsin.detection.risk.guarantee import Following
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

AGES = (HOUR, 4 * HOUR, DAY, 3 * DAY)  # of which each case is judged at one
LEAST = 20  # that escalated, in each half: of fewer nothing is told
MOST = 5000  # cases that are looked at, the newest
_KNOWN = 2000  # likelihoods that are kept
_AT_ONCE = 500


class Learnt(NamedTuple):
    """A case that is over, or escalated: how it stood at an age, and whether it escalated after that."""

    looked: AskedCase
    escalated: bool


def learn(database: Database, writer: GroupWriter, desk: Desk, clock: Clock) -> None:
    """Learn anew, where the policy in force asks for it. Nobody who writes waits while cases are read."""
    with database.reading(clock.now()) as tx:
        policies = desk.policies.get(tx)
        force = policies.in_force(tx.now)
        promised = None if force is None else policies.compiled(force.version).document.risk.miss_at_most
        if promised is None:
            return
        made = _made(tx, promised, models.newest(tx))
    writer.write(partial(models.keep, model=made))


def _made(tx: Tx, promised: float, before: RiskModel | None) -> RiskModel:
    learnt = _learnt(tx)
    rows: list[tuple[int, Row]] = []
    for first in range(0, len(learnt), _AT_ONCE):
        some = learnt[first : first + _AT_ONCE]
        courses = reading.courses(tx, [one.looked for one in some])
        rows += [(one.looked.case, (values(courses[one.looked.case]), one.escalated)) for one in some]
    fitting = [row for case, row in rows if _drawn(case) % 2 == 0]
    drawing = [row for case, row in rows if _drawn(case) % 2]
    escalated = [sum(label for _, label in part) for part in (fitting, drawing)]
    enough = min(escalated) >= max(LEAST, guarantee.least(promised)) and min(escalated) < len(fitting)
    fitted = fit(fitting if enough else [], len(NAMES))
    known = sorted(fitted.likelihood(row) for row, label in drawing if label) if enough else []
    kept = before is not None and before.promised == promised
    following = Following(before.following.aim) if before is not None and kept else Following(promised)
    return RiskModel(
        version=1 if before is None else before.version + 1,
        learnt_at=tx.now,
        cases=len(rows),
        escalated=sum(escalated),
        base=fitted.base,
        weights=fitted.weights if enough else (),
        known=tuple(known[-_KNOWN:]),
        promised=promised,
        following=following,
    )


def _drawn(case: int) -> int:
    """A number of the case, the same each time, in which nothing of its order is left: else cases that come in turns
    would all fall into one half."""
    return crc32(case.to_bytes(8, "big"))


def _learnt(tx: Tx) -> list[Learnt]:
    rows = tx.rows(
        "SELECT c.id, c.account, c.severity, c.opened_at, coalesce(c.resolved_at, c.closed_at),"
        " (SELECT min(s.began) FROM case_spans s WHERE s.case_id = c.id AND s.level <> 'standard')"
        " FROM cases c WHERE NOT c.imported AND c.opened_at > ? AND c.state <> 'merged' ORDER BY c.id DESC LIMIT ?",
        (tx.now - LOOKED_BACK, MOST),
    )
    found = []
    for case, account, severity, opened, over, escalated in rows:
        ended = escalated if escalated is not None else over
        if ended is None:
            continue  # what becomes of it, nobody knows yet
        ages = [age for age in AGES if opened + age < ended]
        if ages:
            at = opened + ages[(_drawn(case) >> 1) % len(ages)]
            found.append(Learnt(AskedCase(case, account, severity, opened, at), escalated is not None))
    return found
