"""Where answers to pages come in, by whatever way: what may be done with a page now, acknowledging or declining it, and
marking whose page was answered.

An answer names its page and the person to whom that went, by a claim that only Tocsin makes (`links`): the link in a
message carries it, and so does a button or a reply that a channel hands over.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from tocsin.cases import acting, sight, staging, store, verbs
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.happenings.calls import CallAnswered, CallDeclined
from tocsin.cases.happenings.paths import PathAnswered, PathDeclined, PathStopped
from tocsin.cases.paths import climbing
from tocsin.clocks.kinds import CONTAIN, UPDATE
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.ledger.subscribers import Happened
from tocsin.notify import pending, writing
from tocsin.notify.facts import PageFacts
from tocsin.notify.links import Answer, Claim, Links
from tocsin.notify.pending import Pending
from tocsin.people.permissions import Viewer, role_of
from tocsin.storage.transaction import Tx

Way = Literal["link", "button", "reply"]


class LinkStanding(StrEnum):
    """What has become of a link."""

    READY = "ready"
    DONE = "done"  # by this very request
    COMES = "comes"  # the same, for a call-in
    COUNTED = "counted"  # the same, and others have to answer too before the path stops
    DECLINED_NOW = "declined now"  # declined by this very request
    USED = "used"  # this person has acknowledged, by this link or otherwise
    DECLINED = "declined"  # this person has declined, by this link or otherwise
    ANSWERED = "answered"  # somebody else has, or the path was stopped
    SETTLED = "settled"  # the case is not open any more
    EXPIRED = "expired"
    HIDDEN = "hidden"  # the case is confidential, and the person not among those who may see it
    FORBIDDEN = "forbidden"  # the person may not acknowledge, or not any more


class Owed(NamedTuple):
    """What stands once somebody has answered (microseconds): when they did, by when the damage is to be contained, and
    by when the customer hears. None: that clock does not run."""

    answered_at: int
    contain_by: int | None
    hears_by: int | None


class Found(NamedTuple):
    """A link, what its page knows now, and for whom. `escalation` or `call`: what it answers. `by`: how whoever
    answered is called, where that is known; `until`: when the acknowledgement ends unless somebody works on the case;
    `owed`: of whoever has acknowledged. `instead`: who is paged next if they decline; `paged`: who was, by a decline;
    `again`: whoever declined may acknowledge after all, for nobody else has."""

    standing: LinkStanding
    case: int
    escalation: int | None
    call: int | None
    facts: PageFacts
    viewer: Viewer
    active: bool
    by: str | None
    until: int | None = None
    owed: Owed | None = None
    instead: tuple[str, ...] = ()
    paged: tuple[str, ...] = ()
    again: bool = False


def look(tx: Tx, desk: Desk, links: Links, claim: Claim, way: Way = "link") -> Found:
    """What an answer may do at the transaction's instant; NotFound where its page is gone. Changes nothing."""
    row = tx.row(
        "SELECT acknowledged_at, declined_at FROM notifications WHERE id = ? AND user_id = ?"
        " AND kind IN ('page', 'call')",
        (claim.notification, claim.user),
    )
    if row is None:
        raise NotFound(say("the page of this link no longer exists"), place="link", expected=say("a newer page"))
    acknowledged_at, declined_at = row
    [page] = pending.read(tx, [claim.notification])
    known = writing.known(tx, desk, [page])
    assert page.case is not None
    state, people = known.states[page.case], known.around.directory.users
    person, answerer = people[claim.user], people.get(_answered_by(state, page) or 0)
    viewer = Viewer(f"user:{person.name} via {way}", role_of(person.role), user=person.id)
    facts, by = writing.facts(known, page, links), answerer.display if answerer else None
    found = Found(LinkStanding.READY, page.case, page.place.escalation, page.call, facts, viewer, person.active, by)
    if not sight.sees(viewer, state.case):
        return found._replace(standing=LinkStanding.HIDDEN, by=None)
    if tx.now > claim.ends_at:
        return found._replace(standing=LinkStanding.EXPIRED)
    if acknowledged_at is not None:
        until = state.case.expires_at() if page.call is None else None
        return found._replace(standing=LinkStanding.USED, until=until, owed=_owed(state, acknowledged_at))
    standing = _standing(found, page.waits, state.case.state)
    if declined_at is not None:
        return found._replace(standing=LinkStanding.DECLINED, again=standing is LinkStanding.READY)
    if standing is LinkStanding.READY and page.call is None:
        found = found._replace(instead=_instead(tx, desk, state, found))
    return found._replace(standing=standing)


def _owed(state: Aggregate, answered_at: int) -> Owed:
    runs = [state.running(clock) for clock in (CONTAIN, UPDATE)]
    contain_by, hears_by = (run.due_at if run is not None and run.ticking else None for run in runs)
    return Owed(answered_at, contain_by, hears_by)


def _instead(tx: Tx, desk: Desk, state: Aggregate, found: Found) -> tuple[str, ...]:
    """What those are called who are paged if this person declines."""
    [climb] = [climb for climb in state.escalations if climb.id == found.escalation]
    scene, people = staging.scenes(tx, desk, [state])[state.case.id], desk.directory.get(tx).users
    named = climbing.instead(scene, climb, found.viewer.user or 0)
    return tuple(dict.fromkeys(people[person.user].display for person in named))


def _answered_by(state: Aggregate, page: Pending) -> int | None:
    """Who has answered the path or the call-in of a page."""
    if page.call is None:
        return _answerer(state, page.place.escalation)
    return next((call.answered_by for call in state.calls if call.id == page.call), None)


def _answerer(state: Aggregate, escalation: int) -> int | None:
    """Who has answered this path of a case."""
    [kind] = [climb.kind for climb in state.escalations if climb.id == escalation]
    return state.case.escalation_manager if kind == "relationship" else state.case.technical_lead


def _standing(found: Found, waits: bool, state: str) -> LinkStanding:
    if state != "open":
        return LinkStanding.SETTLED
    if not waits:
        return LinkStanding.ANSWERED
    return LinkStanding.READY if found.active and found.viewer.may("cases.work") else LinkStanding.FORBIDDEN


def answer(tx: Tx, desk: Desk, links: Links, claim: Claim, given: Answer, way: Way = "link") -> Found:
    """Acknowledge or decline as the person to whom the page went, unless it cannot be answered any more: then nothing
    happens, and what comes back says why. The caller holds the lock of the page's case. NotAllowed where the case
    itself refuses. Whoever has declined takes that back by acknowledging."""
    found = look(tx, desk, links, claim, way)
    again = found.again and given == "acknowledge"
    if found.standing is not LinkStanding.READY and not again:
        return found
    return (_acknowledge if given == "acknowledge" else _decline)(tx, desk, links, claim, found)


def _acknowledge(tx: Tx, desk: Desk, links: Links, claim: Claim, found: Found) -> Found:
    tx.run("UPDATE notifications SET acknowledged_at = ? WHERE id = ?", (tx.now, claim.notification))
    state = acting.act(tx, desk, found.case, verbs.acknowledge(found.viewer, found.escalation, found.call)).state
    after = look(tx, desk, links, claim)._replace(by=found.facts.display)
    if found.call is not None:
        return after._replace(standing=LinkStanding.COMES)
    if any(climb.id == found.escalation for climb in state.live()):
        return after._replace(standing=LinkStanding.COUNTED, until=None)
    return after._replace(standing=LinkStanding.DONE)


def _decline(tx: Tx, desk: Desk, links: Links, claim: Claim, found: Found) -> Found:
    tx.run("UPDATE notifications SET declined_at = ? WHERE id = ?", (tx.now, claim.notification))
    plan: Plan = verbs.decline(found.viewer, escalation=found.escalation, call=found.call)
    acting.act(tx, desk, found.case, plan)
    rows = tx.rows(
        "SELECT DISTINCT user_id FROM notifications WHERE case_id = ? AND kind IN ('page', 'call') AND queued_at = ?"
        " AND user_id <> ?",
        (found.case, tx.now, claim.user),
    )
    people = desk.directory.get(tx).users
    after = look(tx, desk, links, claim)
    return after._replace(
        standing=LinkStanding.DECLINED_NOW, paged=tuple(sorted(people[row[0]].display for row in rows))
    )


def mark(tx: Tx, happened: Sequence[Happened[PathStopped]]) -> None:
    """Within subscriber of `path.stopped`: where it stopped because somebody acknowledged, their pages of this path say
    so, however it was done."""
    answered = {ids.from_text(one.escalation): case for case, one in happened if one.state == "acknowledged"}
    states = store.load_many(tx, answered.values())
    rows = [(tx.now, escalation, _answerer(states[case], escalation)) for escalation, case in answered.items()]
    tx.run_many(f"{_MARK} AND user_id = ?", rows)


def mark_one_of_several(tx: Tx, happened: Sequence[Happened[PathAnswered]]) -> None:
    """Within subscriber of `path.answered`: as `mark`, where a path waits for further people. `by` is a user's id, or
    the name of a machine, to which no page went."""
    answers = [(tx.now, ids.from_text(answer.escalation), answer.by) for _, answer in happened]
    rows = [(now, escalation, ids.from_text(by)) for now, escalation, by in answers if ":" not in by]
    tx.run_many(f"{_MARK} AND user_id = ?", rows)


def mark_declined(tx: Tx, happened: Sequence[Happened[PathDeclined]]) -> None:
    """Within subscriber of `path.declined`: the pages of this path that went to whoever declined say so."""
    tx.run_many(
        "UPDATE notifications SET declined_at = ? WHERE escalation = ? AND user_id = ? AND declined_at IS NULL"
        " AND acknowledged_at IS NULL AND state <> 'cancelled'",
        [(tx.now, ids.from_text(one.escalation), ids.from_text(one.by)) for _, one in happened],
    )


def mark_called(tx: Tx, happened: Sequence[Happened[CallAnswered]]) -> None:
    """Within subscriber of `call.answered`: the pages of the call-in that went to whoever answered say so."""
    tx.run_many(
        "UPDATE notifications SET acknowledged_at = ? WHERE call = ? AND user_id = ? AND acknowledged_at IS NULL"
        " AND state <> 'cancelled'",
        [(tx.now, ids.from_text(one.call), ids.from_text(one.by)) for _, one in happened],
    )


def mark_call_declined(tx: Tx, happened: Sequence[Happened[CallDeclined]]) -> None:
    """Within subscriber of `call.declined`: likewise of whoever declined."""
    tx.run_many(
        "UPDATE notifications SET declined_at = ? WHERE call = ? AND user_id = ? AND declined_at IS NULL"
        " AND acknowledged_at IS NULL AND state <> 'cancelled'",
        [(tx.now, ids.from_text(one.call), ids.from_text(one.by)) for _, one in happened],
    )


_MARK = (
    "UPDATE notifications SET acknowledged_at = ? WHERE escalation = ? AND acknowledged_at IS NULL"
    " AND state <> 'cancelled'"
)
