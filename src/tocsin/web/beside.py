"""What stands beside Now: who is on call, what waits for somebody's answer, and what was kept today."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tocsin.cases import asking, staging
from tocsin.cases.queries import board, totals
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.totals import Moved, RunsKept
from tocsin.clocks import zone as zones
from tocsin.clocks.kinds import ACKNOWLEDGE, UPDATE
from tocsin.core.wording import worded
from tocsin.notify import destinations
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx
from tocsin.web import duty, rendering
from tocsin.web.snapshot import Snapshot

QUESTIONS = 5  # that are shown


class DutyNow(NamedTuple):
    """Somebody on call now. `reached`: whether a page would reach them; `paged`: whether one waits for their answer."""

    roster: str
    name: str | None
    first: bool
    reached: bool
    paged: bool


class Waiting(NamedTuple):
    """A question of a case that somebody has to answer, what follows by itself, and when."""

    number: int
    ticket: str
    subject: str
    asks: str
    follows: str | None
    at: int | None


def waiting(tx: Tx, here: Installation, viewer: Viewer, only: Only, language: str) -> Iterator[Waiting]:
    """What the policy or a colleague asks, the first to be answered by itself first."""
    reader = rendering.reader(language, here.desk.directory.get(tx).displays_by_id())
    found = board.questions(tx, viewer, QUESTIONS + 1, only)
    scenes = staging.scenes(tx, here.desk, [row.state for row in found])
    for row in found:
        every = asking.questions(row.state, scenes[row.state.case.id])
        question = next((each for each in every if each.asks in ("triage", "request")), None)
        if question is None:
            continue
        case = row.state.case
        follows = None if question.otherwise is None else worded(question.otherwise, reader)
        ticket = case.external_id or f"#{case.number}"
        yield Waiting(case.number, ticket, case.subject, worded(question.text, reader), follows, question.at)


def on_duty(seen: Snapshot, paged: Mapping[int, Sequence[str]]) -> Iterator[DutyNow]:
    """Who is on call; `paged`: whom each path has paged."""
    asked = {name for names in paged.values() for name in names}
    return (one._replace(paged=user in asked) for user, one in seen.once("duty", lambda: list(_on_duty(seen))))


def noticed(seen: Snapshot) -> Hashable:
    """What changes whenever people, rosters, places of pages or the policy do, or who is on call, or whether Tocsin can
    write."""

    def look() -> Hashable:
        revised = frozenset(revisions.current(seen.tx).items())
        return revised, tuple(seen.once("duty", lambda: list(_on_duty(seen)))), seen.here.watch.writing.says() is None

    return seen.once("noticed beside", look)


def _on_duty(seen: Snapshot) -> Iterator[tuple[str | None, DutyNow]]:
    """With their sign-in names."""
    around = seen.here.desk.around(seen.tx)
    for roster in around.rosters.by_name:
        found = around.on_call(roster)
        if found is None:
            continue
        for name, first in ((found.primary, True), (found.backup, False)):
            user = around.directory.by_name.get(name) if name else None
            if user is None and not first:
                continue
            reached = user is not None and user.id in around.reachable
            called = around.directory.display_of(user.id) if user else None
            yield name, DutyNow(roster, called, first, reached, paged=False)


class Today(NamedTuple):
    """What was due since midnight and is decided: how often somebody acknowledged in time, and how often a customer
    heard when they were promised to. None: nothing was due yet. `moved`: how many cases came and went; None: more than
    are counted for a page."""

    acknowledged: RunsKept | None
    heard: RunsKept | None
    moved: Moved | None


def today(seen: Snapshot, zone: str) -> Today:
    """Of the day that it is in this zone."""
    where, now = zones.load(zone), seen.tx.now
    since = zones.instant_of(zones.local(now, where).date(), 0, where)
    kept = seen.once(("today", since), lambda: totals.kept_since(seen.tx, since, (ACKNOWLEDGE, UPDATE))) or {}
    moved = seen.once(("moved", since), lambda: totals.moved_since(seen.tx, since))
    return Today(kept.get(ACKNOWLEDGE), kept.get(UPDATE), moved)


def to_put_right(seen: Snapshot) -> int:
    """How much of on-call will not hold within two weeks."""

    def look() -> int:
        around = seen.here.desk.around(seen.tx)
        return len(duty.warned(duty.schedules(around), around, destinations.load(seen.tx), seen.tx.now))

    return seen.once("to put right", look)
