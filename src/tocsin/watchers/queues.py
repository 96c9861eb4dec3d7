"""What the auditor asks of the work queue: is something overdue, what was set aside, and what can be tried again."""

from typing import NamedTuple

from tocsin.cases import queries
from tocsin.cases.writing import TIMER
from tocsin.connectors import finding as connectors
from tocsin.connectors import pulling
from tocsin.core import instants
from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.wording import marked, say
from tocsin.ledger import backlog
from tocsin.ledger.backlog import Aside
from tocsin.notify import jobs, notices, pending, subscriptions
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx
from tocsin.tools.alarms import Alarm
from tocsin.watchers import recurring

LATE = 30 * SECOND
UNHURRIED = 10 * MINUTE
AGAIN = 10 * MINUTE
MOST = 1000  # rows set aside that one round looks at

_TRIED_AGAIN = (TIMER, recurring.KIND)


def overdue(tx: Tx, now: int) -> list[Alarm]:
    """One alarm for each kind of work that nobody takes in time: its loop is stuck, overwhelmed, or missing."""
    found = [late for late in backlog.overdue(tx, now - LATE) if late.since < now - _patience(late.kind)]
    return [
        Alarm(
            f"overdue:{late.kind}",
            "work.overdue",
            say(
                "{amount} of the queue {queue} should have been done, the oldest at {time}",
                amount=late.amount,
                queue=repr(late.kind),
                time=instants.whole(late.since),
            ),
        )
        for late in found
    ]


def _patience(kind: str) -> int:
    """Jobs wait for each other, the events of many cases for one slow receiver, and questions for tools that take their
    time: that alone is no fault."""
    slow = kind in (recurring.KIND, pulling.QUEUE) or kind.startswith((subscriptions.QUEUE, connectors.QUEUE))
    return UNHURRIED if slow else LATE


class AsideItem(NamedTuple):
    """A row that was set aside, and the alarm it deserves; `alarm` None: a message that lost its reason and may go."""

    row: Aside
    alarm: Alarm | None

    def due_again(self, now: int) -> bool:
        """Whether it is time to try it once more: what failed for a fault that is mended meanwhile heals by itself."""
        return self.row.kind in _TRIED_AGAIN and self.row.at <= now - AGAIN


def aside(tx: Tx) -> list[AsideItem]:
    return [AsideItem(row, _alarm(tx, row)) for row in backlog.aside(tx, MOST)]


def _alarm(tx: Tx, row: Aside) -> Alarm | None:
    key, error = f"aside:{row.kind}:{row.subject}", row.error[:200]
    if row.kind == TIMER:
        number = _number(tx, row.subject)
        says = say("case {number}: its timer was set aside: {error}", number=number, error=error)
        return Alarm(key, "case.timer_aside", says, row.subject)
    if row.kind == jobs.KIND:
        return _message(tx, row, key, error)
    says = say("an item of the queue {queue} was set aside: {error}", queue=repr(row.kind), error=error)
    return Alarm(key, "work.aside", says)


def _message(tx: Tx, row: Aside, key: str, error: str) -> Alarm | None:
    """The alarm of a message that cannot be delivered; None once its reason is gone: the path was answered, or the
    case (of a digest: every case) is settled and what was to be said does not last."""
    for found in pending.read(tx, [row.subject]):
        if found.kind in ("page", "call") and found.waits:
            text = marked("case {number}: a page to {name} was set aside: {error}")
            says = say(text, number=found.about.number, name=found.name, error=error)
            return Alarm(key, "case.page_failed", says, found.case)
        if found.kind == "notice" and found.holds:
            text = marked("case {number}: a notice to {name} was set aside: {error}")
            says = say(text, number=found.about.number, name=found.name, error=error)
            return Alarm(key, "case.notice_failed", says, found.case)
        if found.kind == "digest" and (amount := notices.unsettled(tx, row.subject)):
            says = say(
                "a digest to {name} with {amount} notices that still count was set aside: {error}",
                name=found.name,
                amount=amount,
                error=error,
            )
            return Alarm(key, "work.digest_failed", says)
    return None


def _number(tx: Tx, case: int) -> int | None:
    return queries.numbers(tx, SYSTEM, [case]).get(case)
