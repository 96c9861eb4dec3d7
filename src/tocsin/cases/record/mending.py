"""Putting right what the audit finds wrong with a case, in one transaction, with the case looked at again.

The journal is the truth: where the projection says something else, what was lost (an owner, a clock, an escalation, the
time of a step) is taken from the record, and the case goes on as if nothing had happened. What the record does not
give, because it never had it or its payloads were erased, is begun anew by the case's policy.
"""

from typing import NamedTuple

from tocsin.cases import acting, queries, store
from tocsin.cases.aggregate import Aggregate, Case, Escalation
from tocsin.cases.clocks import arming
from tocsin.cases.context import Around, Desk
from tocsin.cases.family import following
from tocsin.cases.happenings.clocks import ClocksStarted
from tocsin.cases.happenings.repairs import Repaired, Wrong
from tocsin.cases.paths import climbing, escalating
from tocsin.cases.record import rebuilding, spanning
from tocsin.cases.record.health import FOR_PEOPLE, HealthFinding, Timer, examine, live
from tocsin.cases.scene import Scene
from tocsin.cases.writing import TIMER
from tocsin.clocks.kinds import ASSIGN
from tocsin.core.wording import packed, plain
from tocsin.ledger import backlog
from tocsin.ledger.journal import Event
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import from_bytes
from tocsin.storage.transaction import Tx


class Mended(NamedTuple):
    """What was found, and what a person must see to: `unmended` is wrong still, or was put right in a way that somebody
    should know of."""

    number: int
    found: list[HealthFinding]
    unmended: list[HealthFinding]


def mend(tx: Tx, desk: Desk, case: int) -> Mended:
    """Repair a case. The caller holds its lock."""
    stored = store.load(tx, case)
    found = examine(stored, timers(tx, [case]).get(case), desk.directory.get(tx), tx.now, _parent(tx, stored))
    repairable = [finding for finding in found if finding.what not in FOR_PEOPLE]
    if not repairable:
        return Mended(stored.case.number, found, found)
    _restore(tx, stored)
    unmended = [finding for finding in found if finding.what in FOR_PEOPLE]

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        """The state is restored and settled: what is still wrong is begun anew, or cannot be."""
        hopeless = set()
        events: list[Event] = []
        parent = _parent(tx, state)
        for finding in examine(state, None, scene.around.directory, tx.now, parent):
            begun: list[Event] | None = None
            if finding.what == "family" and parent is not None:
                begun = following.left(scene, state, "parent", parent, "engine")
            elif finding.what == "owner":
                begun = _assign_clock(tx, scene.around, state)
                unmended.append(finding)
            elif finding.what == "path" and not live(state):
                begun = escalating.path_of(scene, state, state.case.level)
                unmended.extend([] if begun else [finding])
            elif finding.what == "unheard":
                begun = _from_the_beginning(scene, state)
                unmended.extend([] if begun else [finding])
            if begun is not None:
                events += begun
                hopeless |= set() if begun else {finding.what}
        done = [finding for finding in repairable if finding.what not in hopeless]
        return [repaired(done), *events] if done else events

    acting.act(tx, desk, case, plan)
    return Mended(stored.case.number, found, unmended)


def _parent(tx: Tx, state: Aggregate) -> Case | None:
    return store.parents(tx, [state]).get(state.case.id)


def repaired(found: list[HealthFinding]) -> Event:
    """`audit.repaired`: what was wrong, and is not any more."""
    told = [Wrong(what=one.what, says=plain(one.says), words=packed(one.says)) for one in found]
    return Repaired(found=told).event()


def timers(tx: Tx, cases: list[int]) -> dict[int, Timer]:
    """The timers of these cases."""
    return {case: Timer(row.due_at, row.aside_at is not None) for case, row in backlog.queued(tx, TIMER, cases).items()}


def _restore(tx: Tx, stored: Aggregate) -> None:
    """Bring the projection back to what the record says. A path without a time for its next step, where the record does
    not know it either, takes that step now."""
    state = rebuilding.rebuild(tx, stored) or store.copy(stored)
    for climb in state.climbing():
        if climb.next_at is None:
            climb.next_at = tx.now
    if rebuilding.differs(stored, state):
        store.save(tx, stored, state)
        spanning.rewrite(tx, stored.case.id)


def _assign_clock(tx: Tx, around: Around, state: Aggregate) -> list[Event]:
    """A new cycle of the clock that asks for an owner, by the case's last decision; none where that was erased."""
    stored = queries.decision_bytes(tx, SYSTEM, state.case.id)
    if stored is None:
        return []
    decision = from_bytes(stored)
    policy = around.policies.compiled(decision.policy_version)
    cycles = arming.next_cycles(state)
    clocks = arming.starts(policy, decision, (ASSIGN,), tx.now, state.case.opened_at, cycles)
    return [ClocksStarted(clocks=clocks).event()] if clocks else []


def _from_the_beginning(scene: Scene, state: Aggregate) -> list[Event]:
    """Paths that reached nobody are walked once more, if they would reach somebody by now; none otherwise."""
    unheard = [climb for climb in state.escalations if climb.state == "unheard"]
    return [event for climb in unheard if climbing.reaches(scene, climb) for event in _again(scene, climb)]


def _again(scene: Scene, climb: Escalation) -> list[Event]:
    return [escalating.stopped(climb, "stopped"), escalating.again(scene, climb, scene.now)]
