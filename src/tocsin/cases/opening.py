"""Opening cases, in bulk: from a ticket's body to a case that is decided, owned, under clocks and, where it must,
paging.

`open_many` is a bulk handler of the group writer: all tickets that wait are opened by a few statements. What each of
them becomes is computed first, by pure functions, as a list of events; the rows are what those events mean.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from tocsin.cases import guarding, ownership, past, store, writing
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import apply
from tocsin.cases.clocks import arming
from tocsin.cases.context import Around, Desk
from tocsin.cases.counted import Counted
from tocsin.cases.customers import Learning
from tocsin.cases.drafting import Draft
from tocsin.cases.family import following, merging
from tocsin.cases.happenings import deciding
from tocsin.cases.happenings.clocks import ClocksStarted
from tocsin.cases.happenings.deciding import Decided
from tocsin.cases.happenings.family import Linked
from tocsin.cases.happenings.progress import Resolved
from tocsin.cases.ownership import assignment
from tocsin.cases.past import Past
from tocsin.cases.paths import stepping
from tocsin.cases.paths.escalating import escalate
from tocsin.cases.queries import indexing
from tocsin.cases.scene import Scene
from tocsin.cases.storms import Joined, Storms
from tocsin.cases.suggestions import with_suggestions
from tocsin.cases.tables import case_keys
from tocsin.cases.writing import New
from tocsin.core import ids, instants
from tocsin.core.wording import Said
from tocsin.ledger.journal import Event
from tocsin.people.accounts import Account
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy import remarks as remarking
from tocsin.policy.body import CaseBody
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision, Override
from tocsin.policy.facts import Facts, facts_of
from tocsin.policy.language import with_language
from tocsin.policy.levels import raised
from tocsin.storage.seam import take_numbers
from tocsin.storage.transaction import Tx, marks, padded

DEFAULT_SOURCE = "api"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is to be opened, and on whose behalf. Imported history starts no clocks and pages nobody; `past`: how it
    stood. `over`: why it is resolved at once, without a clock or a page; `remarks`: by field, what of the body was cut
    or not understood. `facts`: those that it is decided by, where they are more than the body says, as of the customer
    `before`. `follows`: it is opened for a customer of that case's problem, no graver than that, and pages
    nobody; whoever opens it links it in the same transaction."""

    body: CaseBody
    viewer: Viewer
    imported: bool = False
    linked_to: int | None = None
    over: str | None = None
    remarks: Mapping[str, Said] = field(default_factory=dict)
    past: Past | None = None
    facts: Facts | None = None
    before: int | None = None
    follows: Aggregate | None = None

    @property
    def key(self) -> tuple[str, str] | None:
        """Source and external id, by which the sender knows it; None without an external id."""
        body = self.body
        return None if body.external_id is None else (body.source or DEFAULT_SOURCE, body.external_id)


class Opened(NamedTuple):
    """A case as it stands now. `new` False: the ticket had one already, and nothing was changed.

    `decision`: the decision in canonical bytes, for a new case. `changed`: a signal changed a case that there was.
    `effect`, `says`: what came of a signal, in a word and, where it needs explaining, a sentence.
    """

    state: Aggregate
    new: bool
    decision: bytes | None = None
    changed: bool = False
    effect: str = ""
    says: str | None = None


class _Draft(NamedTuple):
    state: Aggregate
    body: CaseBody
    events: list[Event]
    decision: bytes
    customer: str | None


def open_many(tx: Tx, desk: Desk, tickets: Sequence[Ticket]) -> list[Opened]:
    """A case for each ticket, in order. A ticket whose key has a case already is answered with that case."""
    around = desk.around(tx)
    policy = around.policies.at(tx.now)
    held = cases_of(tx, [ticket.key for ticket in tickets if ticket.key])
    known = Learning(tx, desk, [(ticket.body, ticket.viewer) for ticket in tickets])
    load, counted, storms = ownership.loads(tx), Counted(tx, policy), Storms(tx, desk, around, policy)
    fresh = [ticket for ticket in tickets if ticket.key not in held]
    numbers = iter(take_numbers(tx, "case_number", len(fresh))) if fresh else iter(())

    answers: list[Opened | tuple[str, str]] = []
    drafts: list[_Draft] = []
    keys: dict[tuple[str, str], _Draft] = {}
    for ticket in tickets:
        key = ticket.key
        if key is not None and (key in held or key in keys):
            answers.append(key)
            continue
        account, remarks = _account(known, ticket)
        case = desk.mint.new(tx.now)
        lately = counted, storms
        draft = _draft(case, next(numbers), ticket, account, remarks, policy, around, load, desk, tx.now, lately)
        drafts.append(draft)
        answers.append(Opened(draft.state, True, draft.decision))
        if key is not None:
            keys[key] = draft
        owner = draft.state.case.owner
        if owner is not None:
            load[owner] = load.get(owner, 0) + 1

    _write(tx, desk, drafts, keys)
    counted.write()
    storms.write()
    earlier = store.load_many(tx, held.values())
    return [
        answer
        if isinstance(answer, Opened)
        else Opened(keys[answer].state if answer in keys else earlier[held[answer]], False)
        for answer in answers
    ]


def _account(known: Learning, ticket: Ticket) -> tuple[Account | None, Mapping[str, Said]]:
    """The ticket's account, and what is remarked of the ticket."""
    body, remarks = known.fitted(ticket.body, ticket.remarks)
    return known.of(body, ticket.viewer), remarks


def _draft(
    case: int,
    number: int,
    ticket: Ticket,
    account: Account | None,
    remarks: Mapping[str, Said],
    policy: Policy,
    around: Around,
    loads: dict[int, int],
    desk: Desk,
    now: int,
    lately: tuple[Counted, Storms],
) -> _Draft:
    """The events of a new case and the state they add up to. Nothing is stored yet."""
    counted, storms = lately
    body = ticket.body
    facts = with_language(policy, _facts(ticket, account, remarks))
    facts = facts if ticket.imported else with_suggestions(policy, around.suggestions, facts)
    customer = account.id if account else None
    plain = ticket.imported  # what people set for now is not about history
    if plain:
        decision = decide(policy, facts, now)
    else:
        decide_ = partial(guarding.decided, around, policy, account=customer, now=now)
        decision = decide_(facts)
        if ticket.follows is None:
            decision = counted.decided(case, customer, decision, decide_)
        else:
            decision = decide_(facts, override=_as(ticket.follows, decision, ticket.viewer))
    stored = decision.canonical()
    first = deciding.Opened(
        number=number,
        source=body.source or DEFAULT_SOURCE,
        external_id=body.external_id,
        account=ids.to_text(account.id) if account else None,
        subject=body.subject,
        occurred_at=instants.from_datetime(body.occurred_at) if body.occurred_at else None,
        imported=ticket.imported,
        linked_to=ids.to_text(ticket.linked_to) if ticket.linked_to else None,
    )
    actor = ticket.viewer.actor
    state = first.begun(case, now)
    events = [first.event(actor)]

    def add(event: Event) -> None:
        events.append(event)
        apply(state, event, now)

    add(Decided.by(decision, stored))
    if ticket.over is not None:
        add(Resolved(note=ticket.over, stops=[]).event(actor))
        return _Draft(state, body, events, stored, decision.facts["account"].get("name"))
    if ticket.imported:
        for event in past.told(state, ticket.past, now, actor) if ticket.past else ():
            add(event)
    else:
        wanted = policy.at_opening + (policy.at_escalation if decision.escalated else ())
        for event in guarding.windowed(around, state, decision):
            add(event)
        add(ClocksStarted(clocks=arming.starts(policy, decision, wanted, now, now)).event())
        choice = ownership.choose(around, decision.team, decision.assign, loads, now)
        if choice.user is not None:
            add(assignment(around, state, choice.user, choice.reason, "engine"))
        if decision.escalated and ticket.follows is None:
            scene = Scene(
                policy, around, state.case, account.owner if account else None, now, desk.mint, lambda: decision
            )
            joined = storms.joined(state, decision)
            begun = _joining(scene, state, joined) if joined else escalate(policy, decision, desk.mint, now)
            for event in begun:
                add(event)
            _climb(scene, state, add)
    return _Draft(state, body, events, stored, decision.facts["account"].get("name"))


def _as(parent: Aggregate, decision: Decision, viewer: Viewer) -> Override:
    """As grave as the case that it is to follow, and no graver: that one pages already."""
    level = parent.case.level if raised(parent.case.level, decision.level) else decision.level
    return Override(
        reason=f"opened for the customer, of the problem of case {parent.case.number}",
        by=viewer.actor,
        severity=parent.case.severity,
        level=level,
        kind=parent.case.kind if level != "standard" else None,
    )


def _facts(ticket: Ticket, account: Account | None, remarks: Mapping[str, Said]) -> Facts:
    said = facts_of(ticket.body, account.facts if account else None, remarks)
    if ticket.facts is None:
        return said
    same = account is None or account.id == ticket.before
    known = {**ticket.facts, "account": ticket.facts["account"] if same else said["account"]}
    return known | remarking.kept(remarks, known)


def _joining(scene: Scene, state: Aggregate, joined: Joined) -> list[Event]:
    """A case of a storm follows the one that pages for all, and has what that one's people did; its own customer's
    relationship is its own matter."""
    parent = joined.parent.case
    linked = Linked(kind="parent", case=ids.to_text(parent.id), number=parent.number)
    draft = Draft(state, scene.now)
    draft.add_all([joined.event.event(), linked.event()])
    draft.add_all(following.caught_up(scene.again(draft.state), draft.state, joined.parent, SYSTEM))
    decision = scene.last()
    if decision is not None and decision.relationship_path is not None:
        alone = msgspec.structs.replace(decision, path=None)
        draft.add_all(escalate(scene.policy, alone, scene.mint, scene.now))
    return draft.events


def _climb(scene: Scene, state: Aggregate, add: Callable[[Event], None]) -> None:
    for escalation in state.climbing():
        if escalation.next_at is not None and escalation.next_at <= scene.now:
            for event in stepping.take(scene, state, escalation):
                add(event)


def _write(tx: Tx, desk: Desk, drafts: list[_Draft], keys: dict[tuple[str, str], _Draft]) -> None:
    writing.write(tx, desk, (), [New(draft.state, draft.events) for draft in drafts])
    tx.insert(case_keys, [(*key, draft.state.case.id) for key, draft in keys.items()])
    indexing.opened(tx, [(draft.state.case.id, draft.body, draft.customer) for draft in drafts])


def cases_of(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The cases that these tickets have already; for one that was merged, the one that stands for it."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    found: dict[tuple[str, str], int] = {}
    for source, wanted in by_source.items():
        chosen = padded(wanted)
        rows = tx.rows(
            f"SELECT source, external_id, case_id FROM case_keys WHERE source = ? AND external_id IN ({marks(chosen)})",
            (source, *chosen),
        )
        found.update({(row[0], row[1]): row[2] for row in rows})
    stands = merging.standing(tx, found.values())
    return {key: stands[case] for key, case in found.items()}


def release(tx: Tx, keys: Sequence[tuple[str, str]]) -> None:
    """The next cases of these tickets take their keys over."""
    tx.run_many("DELETE FROM case_keys WHERE source = ? AND external_id = ?", keys)
