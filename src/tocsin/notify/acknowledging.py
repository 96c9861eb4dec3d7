"""Acknowledging by the link of a page: what may be done with it now, doing it, and marking whose page was answered."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from tocsin.cases import acting, verbs
from tocsin.cases.aggregate import LIVE
from tocsin.cases.context import Desk
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.ledger.subscribers import Happened
from tocsin.notify.links import Claim
from tocsin.notify.messages import Subject
from tocsin.notify.pending import CASE
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class Standing(StrEnum):
    """What has become of a link."""

    READY = "ready"
    DONE = "done"  # by this very request
    COUNTED = "counted"  # the same, and others have to answer too before the path stops
    USED = "used"  # this person has acknowledged, by this link or otherwise
    ANSWERED = "answered"  # somebody else has, or the path was stopped
    SETTLED = "settled"  # the case is not open any more
    EXPIRED = "expired"
    HIDDEN = "hidden"  # the case is confidential, and the person not among those who may see it
    FORBIDDEN = "forbidden"  # the person may not acknowledge, or not any more


# Who has answered the path `e` of the case `c`.
_ANSWERER = "CASE WHEN e.kind = 'relationship' THEN c.escalation_manager ELSE c.technical_lead END"


class Found(NamedTuple):
    """A link, what it is about, and for whom. `by`: the name of whoever answered, where that is known; `at`: when this
    person did."""

    standing: Standing
    case: int
    about: Subject
    name: str
    role: str
    active: bool
    by: str | None
    at: int | None


def look(tx: Tx, claim: Claim, now: int) -> Found:
    """What a link may do now; NotFound where its page is gone. Changes nothing."""
    row = tx.row(
        f"SELECT n.case_id, n.acknowledged_at, e.state, c.state, u.name, u.role, u.active, l.name, c.named, {CASE}"
        " FROM notifications n JOIN escalations e ON e.id = n.escalation JOIN cases c ON c.id = n.case_id"
        " JOIN users u ON u.id = n.user_id LEFT JOIN users l"
        f" ON l.id = {_ANSWERER}"
        " WHERE n.id = ? AND n.user_id = ? AND n.kind = 'page'",
        (claim.notification, claim.user),
    )
    if row is None:
        raise NotFound("the page of this link is gone", place="link", expected="a newer page")
    case, at, path, state, name, role, active, by, named, *about = row
    found = Found(Standing.READY, case, Subject._make(about), name, role, bool(active), by, at)
    if found.about.confidential and f" {ids.to_text(claim.user)} " not in named:
        return found._replace(standing=Standing.HIDDEN, by=None)
    return found._replace(standing=_standing(found, path, state, now > claim.ends_at))


def _standing(found: Found, path: str, state: str, ended: bool) -> Standing:
    if ended:
        return Standing.EXPIRED
    if found.at is not None:
        return Standing.USED
    if state != "open":
        return Standing.SETTLED
    if path not in LIVE:
        return Standing.ANSWERED
    allowed = found.active and _viewer(found, 0).may("cases.work")
    return Standing.READY if allowed else Standing.FORBIDDEN


def acknowledge(tx: Tx, desk: Desk, claim: Claim) -> Found:
    """Acknowledge as the person to whom the page went, unless the link allows it no more: then nothing happens, and the
    answer says why. The caller holds the lock of the page's case. NotAllowed where the case itself refuses."""
    found = look(tx, claim, tx.now)
    if found.standing is not Standing.READY:
        return found
    once = "UPDATE notifications SET acknowledged_at = ? WHERE id = ? AND acknowledged_at IS NULL"
    if not tx.run(once, (tx.now, claim.notification)):
        return found._replace(standing=Standing.USED)
    row = tx.row("SELECT escalation FROM notifications WHERE id = ?", (claim.notification,))
    plan = verbs.acknowledge(_viewer(found, claim.user), row[0] if row else None)
    after = acting.act(tx, desk, found.case, plan).state
    waits = any(climb.id == row[0] for climb in after.live()) if row else False
    done = Standing.COUNTED if waits else Standing.DONE
    return found._replace(standing=done, by=found.name, at=tx.now)


def mark(tx: Tx, happened: Sequence[Happened]) -> None:
    """Within subscriber of `path.stopped`: where it stopped because somebody acknowledged, his pages of this path say
    so, however he did it."""
    tx.run_many(
        f"{_MARK} AND user_id ="
        f" (SELECT {_ANSWERER} FROM escalations e JOIN cases c ON c.id = e.case_id WHERE e.id = ?)",
        [
            (tx.now, escalation, escalation)
            for _, stopped in happened
            if stopped["state"] == "acknowledged" and (escalation := ids.from_text(stopped["escalation"]))
        ],
    )


def mark_one_of_several(tx: Tx, happened: Sequence[Happened]) -> None:
    """Within subscriber of `path.answered`: as `mark`, where a path waits for further people. `by` is a user's id, or
    the name of a machine, to which no page went."""
    answers = [(tx.now, ids.from_text(answer["escalation"]), answer["by"]) for _, answer in happened]
    rows = [(now, escalation, ids.from_text(by)) for now, escalation, by in answers if ":" not in by]
    tx.run_many(f"{_MARK} AND user_id = ?", rows)


_MARK = (
    "UPDATE notifications SET acknowledged_at = ? WHERE escalation = ? AND acknowledged_at IS NULL"
    " AND state <> 'cancelled'"
)


def _viewer(found: Found, user: int) -> Viewer:
    return Viewer(f"user:{found.name} via link", found.role, user=user)  # type: ignore[arg-type]
