"""Signals: what a ticket system or a person says later. Unlike `POST /cases`, a signal changes the case it is about.

For a ticket without a case it opens one. For an open case it changes the facts, which are decided again, or records a
customer's reply. A resolved case is opened again within the policy's window, unless the signal says nothing new; later,
the signal opens a new one, linked to it. The first signal on an imported case makes it a live one.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import acting, alerting, claims, expiring, ownership, queries
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.opening import DEFAULT_SOURCE, Opened, Ticket, cases_of, open_many
from tocsin.cases.reclassifying import reclassify
from tocsin.cases.reviving import revive
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.resolution import solved
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.intake.accept import Once, remember, repeated, standing
from tocsin.ledger.journal import Event
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.facts import Facts, facts_of
from tocsin.policy.triage import MONITORING
from tocsin.storage.seam import lock_cases
from tocsin.storage.transaction import Tx, marks, padded

KINDS = ("ticket", "reply", "solved")  # the last: whoever sends it says that the problem is over


class Signal(NamedTuple):
    """`body` holds the facts; `given` says which of them the sender named. A signal that changes a case may leave out
    its subject. One of imported history opens cases that arm no timers and page nobody."""

    body: CaseBody
    kind: str
    viewer: Viewer
    given: dict[str, Any]
    imported: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Source and external id: what the sender's ticket is known by."""
        assert self.body.external_id is not None
        return (self.body.source or DEFAULT_SOURCE, self.body.external_id)

    def ticket(self, linked_to: int | None = None) -> Ticket:
        """The ticket that the signal opens where there is none."""
        return Ticket(self.body, self.viewer, self.imported, linked_to)


_decoder = msgspec.json.Decoder(dict[str, Any])


def read_signal(raw: bytes, viewer: Viewer) -> Signal:
    """A signal from JSON; InvalidInput names the field."""
    try:
        given = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"this is not a JSON object: {error}", expected="a JSON object in UTF-8") from None
    kind = given.pop("kind", "ticket")
    if kind not in KINDS:
        raise InvalidInput(
            f"{str(kind)[:40]!r} is no kind of signal", place="kind", expected="one of " + ", ".join(KINDS)
        )
    body = to_body({"subject": "-"} | given)
    if body.external_id is None:
        raise InvalidInput("the field is missing", place="external_id", expected="the ticket's id")
    return Signal(body, kind, viewer, given)


def receive(tx: Tx, desk: Desk, signal: Signal) -> Opened:
    """The case after the signal; `new` where it opened one. History leaves a case alone that people work on."""
    answer = receive_many(tx, desk, [signal])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def receive_once(tx: Tx, desk: Desk, signal: Signal, again: Once | None) -> Opened:
    """As `receive`, unless the idempotency key `again` was used for the same signal: then the case as it stands now."""
    case = repeated(tx, again)
    if case is not None:
        return standing(tx, case)
    opened = receive(tx, desk, signal)
    remember(tx, again, opened.state.case.id)
    return opened


def receive_many(tx: Tx, desk: Desk, signals: Sequence[Signal]) -> list[Opened | Exception]:
    """As `receive`, for signals of different tickets, in few statements; an error in place of one that is refused.
    Where tickets were merged, several may mean one case: they change it one behind the other."""
    held = _hold(tx, [signal.key for signal in signals])
    over = _over(tx, desk, [held[signal.key] for signal in signals if signal.key in held and not signal.imported])
    stored = queries.decisions(tx, SYSTEM, held.values())
    loads = cache(lambda: ownership.loads(tx))
    opening: list[tuple[int, Ticket]] = []
    plans: dict[int, acting.Plan] = {}
    answers: dict[int, Opened | Exception] = {}
    later: list[int] = []
    for place, signal in enumerate(signals):
        case = held.get(signal.key)
        if case in plans:
            later.append(place)
        elif case is not None and case not in over:
            plans[case] = _plan(desk, signal, stored.get(case), loads)
        elif "subject" in signal.given:
            opening.append((place, signal.ticket(case)))
        else:
            answers[place] = InvalidInput(
                "the ticket is new, so it needs a subject", place="subject", expected="1 to 500 characters"
            )
    done = acting.act_many(tx, desk, plans)
    for place, signal in enumerate(signals):
        if (case := held.get(signal.key)) in plans and place not in later:
            answers[place] = _opened(done[case])
    _release(tx, [signals[place].key for place, ticket in opening if ticket.linked_to is not None])
    answers.update(zip([place for place, _ in opening], _open(tx, desk, opening), strict=True))
    for place in later:
        [answers[place]] = receive_many(tx, desk, [signals[place]])
    return [answers[place] for place in range(len(signals))]


def history(state: Aggregate) -> bool:
    """Whether imported history may go on changing a case: one that it opened, and that nobody has resolved."""
    return state.case.imported and state.case.state == "open"


def _hold(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The cases that these tickets have, locked. While this waited for a lock, another node may have handed a key on to
    the ticket's next case: what is read under the locks counts."""
    held = cases_of(tx, keys)
    while held:
        lock_cases(tx, list(held.values()))
        now_held = cases_of(tx, keys)
        if now_held == held:
            break
        held = now_held
    return held


def _over(tx: Tx, desk: Desk, cases: Sequence[int]) -> set[int]:
    """Those that ended so long ago that a signal does not open them again."""
    chosen = padded(cases)
    if not chosen:
        return set()
    policies = desk.policies.get(tx)
    rows = tx.rows(
        "SELECT id, policy_version, coalesce(resolved_at, closed_at, updated_at) FROM cases"
        f" WHERE id IN ({marks(chosen)}) AND state <> 'open'",
        chosen,
    )
    return {
        case
        for case, version, ended in rows
        if tx.now - ended > policies.compiled(version).document.cases.reopen_within.microseconds
    }


def _release(tx: Tx, keys: Sequence[tuple[str, str]]) -> None:
    """The tickets' next cases take these keys over."""
    tx.run_many("DELETE FROM case_keys WHERE source = ? AND external_id = ?", keys)


def _open(tx: Tx, desk: Desk, opening: Sequence[tuple[int, Ticket]]) -> list[Opened | Exception]:
    return open_many(tx, desk, [ticket for _, ticket in opening]) if opening else []


def _opened(done: acting.Done | TocsinError) -> Opened | Exception:
    return done if isinstance(done, TocsinError) else Opened(done.state, False, changed=done.events > 0)


Loads = Callable[[], dict[int, int]]  # open cases by user, read when they are first asked for


def _plan(desk: Desk, signal: Signal, stored: bytes | None, loads: Loads) -> acting.Plan:
    """What a signal means for a case that it does not open; `stored`: the case's last decision."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        if signal.imported and not history(state):
            return []
        if signal.kind == "solved":
            return _solved(signal, state, scene)
        if stored is None:
            raise InvalidInput("the facts of the case were erased", place="external_id", expected="a new ticket")
        actor, last = signal.viewer.actor, from_bytes(stored)
        facts = last.facts if signal.kind == "reply" else _merged(last.facts, signal)
        reopens = state.case.state != "open"
        if reopens and signal.kind != "reply" and facts == last.facts:
            return []
        wakes = state.case.imported and not signal.imported
        draft = Draft(state, scene.now)
        if reopens:
            draft.add(Event("case.reopened", {"reason": f"a {signal.kind} came in"}, actor))
        if wakes:
            draft.add(Event("case.taken_live", {"reason": f"a {signal.kind} came in"}, actor))
        if signal.kind == "reply":
            draft.add(Event("case.replied", {"text": signal.body.body, "audience": "customer"}, actor))
            draft.add_all(claims.contested(scene.again(draft.state), draft.state, "the customer wrote", actor))
            if draft.state.case.held_at is not None:
                draft.add(expiring.released(scene, draft.state, scene.now, "the customer wrote"))
        decision = reclassify(draft, scene, last, facts, actor)
        if wakes and draft.state.case.owner is None:
            _own(draft, scene, decision, loads())
        if reopens or wakes:
            rested = (state.case.resolved_at or state.case.closed_at) if reopens else None
            revive(draft, scene, decision, again=reopens, rested=rested)
        return draft.events

    return plan


def _solved(signal: Signal, state: Aggregate, scene: Scene) -> list[Event]:
    """A help desk's word is a claim like a person's, though it may neither work on cases nor see this one. A monitoring
    tool's is recorded, asks the senior, and stops nothing. Neither says anything about a case that is over, or claimed
    to be."""
    case, source, text = state.case, signal.key[0], signal.body.body
    if case.state != "open" or case.resolution_claimed_at is not None:
        return []
    if source.casefold() not in MONITORING:
        return solved(signal.viewer, state, scene, text, sure=False)
    ask = alerting.alert(scene, "recovered", f"{source} says that it is over", alerting.judges(scene, state))
    return [Event("case.recovered", {"source": source, "note": text}, signal.viewer.actor), ask]


def _own(draft: Draft, scene: Scene, decision: Decision, loads: dict[int, int]) -> None:
    """An owner by the route, as for a new case."""
    choice = ownership.choose(scene.around, decision.team, decision.assign, loads, draft.now)
    if choice.user is not None:
        draft.add(ownership.assignment(scene.around, draft.state, choice.user, choice.reason, "engine"))
        loads[choice.user] = loads.get(choice.user, 0) + 1


def _merged(known: Facts, signal: Signal) -> Facts:
    """The facts with those that the signal names in their place; null takes one away."""
    new = facts_of(signal.body)
    case, account = dict(known["case"]), dict(known["account"])
    for name, value in new["case"].items():
        if name in signal.given:
            case[name] = {**case.get(name, {}), **value} if name == "attributes" else value
    account.update(new["account"])
    _take_away(signal.given, case)
    _take_away(signal.given.get("account"), account)
    _take_away(signal.given.get("attributes"), case.get("attributes", {}))  # merged above, so ours to change
    return {"case": case, "account": account}


def _take_away(given: dict[str, Any] | None, known: dict[str, Any]) -> None:
    """Forget what is given as null. A subject stays: a case without one cannot be read."""
    for name, value in (given or {}).items():
        if value is None and name != "subject":
            known.pop(name, None)
