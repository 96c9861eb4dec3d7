"""Signals: what a ticket system or a person says later. Unlike `POST /cases`, a signal changes the case it is about.

For a ticket without a case it opens one. For an open case it changes the facts, which are decided again, or records a
customer's reply. A resolved case is opened again within the policy's window; later, the signal opens a new one,
linked to it.
"""

from typing import Any, NamedTuple

import msgspec

from tocsin.cases import arming, queries, store, verbs
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.climbing import Scene
from tocsin.cases.context import Around, Desk
from tocsin.cases.opening import DEFAULT_SOURCE, Opened, Ticket
from tocsin.cases.reclassifying import reclassify
from tocsin.core.errors import InvalidInput
from tocsin.intake.accept import Submission, accept_many
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import from_bytes
from tocsin.policy.facts import Facts, facts_of
from tocsin.storage.seam import lock_cases
from tocsin.storage.transaction import Tx


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
    if kind not in ("ticket", "reply"):
        raise InvalidInput(f"{str(kind)[:40]!r} is no kind of signal", place="kind", expected="ticket or reply")
    body = to_body({"subject": "-"} | given)
    if body.external_id is None:
        raise InvalidInput("the field is missing", place="external_id", expected="the ticket's id")
    return Signal(body, kind, viewer, given)


def receive(tx: Tx, desk: Desk, signal: Signal) -> Opened:
    """The case after the signal; `new` where it opened one. History leaves a case alone that people work on."""
    key = signal.key
    row = tx.row("SELECT case_id FROM case_keys WHERE source = ? AND external_id = ?", key)
    if row is None:
        return _open(tx, desk, signal, None)
    case: int = row[0]
    lock_cases(tx, [case])
    state = store.load(tx, case)
    if signal.imported and not history(state):
        return Opened(state, False)
    if state.case.state != "open":
        window = desk.policies.get(tx).compiled(state.case.policy_version).document.cases.reopen_within.microseconds
        ended = state.case.resolved_at or state.case.closed_at or state.case.updated_at
        if tx.now - ended > window:
            tx.run("DELETE FROM case_keys WHERE source = ? AND external_id = ?", key)
            return _open(tx, desk, signal, case)
    done = verbs.act(tx, desk, case, _plan(tx, desk, signal))
    return Opened(done.state, False, changed=done.events > 0)


def history(state: Aggregate) -> bool:
    """Whether imported history may go on changing a case: one that it opened, and that nobody has resolved."""
    return state.case.imported and state.case.state == "open"


def _open(tx: Tx, desk: Desk, signal: Signal, linked_to: int | None) -> Opened:
    if "subject" not in signal.given:
        raise InvalidInput("the ticket is new, so it needs a subject", place="subject", expected="1 to 500 characters")
    answer = accept_many(tx, desk, [Submission(signal.ticket(linked_to))])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _plan(tx: Tx, desk: Desk, signal: Signal) -> verbs.Plan:
    def plan(state: Aggregate, around: Around) -> list[Event]:
        actor = signal.viewer.actor
        policy = around.policies.at(around.now)
        events: list[Event] = []
        if state.case.state != "open":
            events.append(Event("case.reopened", {"reason": f"a {signal.kind} came in"}, actor))
        stored = queries.decision_bytes(tx, state.case.id)
        if stored is None:
            raise InvalidInput("the facts of the case were erased", place="external_id", expected="a new ticket")
        last = from_bytes(stored)
        if events:
            events.append(_restarted(policy, last, state, around.now))
        if signal.kind == "reply":
            text = {"text": signal.body.body, "audience": "customer"}
            return [*events, Event("case.replied", text, actor)]
        scene = Scene(policy, around, state.case, None, around.now)
        return [*events, *reclassify(scene, desk, state, last, _merged(last.facts, signal), actor)]

    return plan


def _restarted(policy: Policy, last: Any, state: Aggregate, now: int) -> Event:
    """A new cycle of the clocks that every case has."""
    cycle = 1 + max((run.cycle for run in state.clocks if run.clock in ("resolve", "idle")), default=0)
    return Event(
        "clocks.started",
        {"clocks": arming.starts(policy, last, ("resolve", "idle"), now, state.case.opened_at, cycle)},
    )


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
