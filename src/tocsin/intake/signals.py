"""Signals: what a ticket system or a person says later. Unlike `POST /cases`, a signal changes the case it is about.

For a ticket without a case it opens one, unless it says that the problem is over. For an open case it changes the
facts, which are decided again, or records a customer's reply. A resolved case is opened again within the policy's
window, by a signal that begins something; later, that opens a new one, linked to it. The first signal on an imported
case makes it a live one. `statements` has the rules.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal, NamedTuple

from msgspec import structs

from tocsin.cases import acting, ownership, queries, store
from tocsin.cases.aggregate import Case as CaseRow
from tocsin.cases.context import Desk
from tocsin.cases.customers import Customers
from tocsin.cases.opening import Opened, Ticket, cases_of, open_many, release
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import say
from tocsin.intake import changing, hearing, replies
from tocsin.intake.accept import Once, remember, repeated, standing
from tocsin.intake.beginning import NOTHING, Recorded, ended_before, stamp_of, understood
from tocsin.intake.changing import Meant, history
from tocsin.intake.hearing import Heard, Key
from tocsin.intake.reading import Signal, read_signal
from tocsin.intake.statements import Case, Effect, Statement, effect
from tocsin.intake.statuses import Says
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import from_bytes
from tocsin.policy.facts import CASE_FIELDS
from tocsin.policy.versions import Policies
from tocsin.storage.transaction import Tx

__all__ = ["Recorded", "Signal", "history", "read_signal", "receive", "receive_many", "receive_once"]


class _Known(NamedTuple):
    """A ticket's case, as far as it counts for what follows."""

    id: int
    state: str
    recent: bool
    occurred_at: int | None
    recovered: bool
    subject: str
    account: int | None
    claim: Literal["", "contained", "resolved"]

    @property
    def case(self) -> Case:
        return Case("open" if self.state == "open" else "over", self.recent, self.recovered, self.claim)


def receive(tx: Tx, desk: Desk, signal: Signal) -> Opened | Recorded:
    """The case after the signal; `new` where it opened one. History leaves a case alone that people work on."""
    answer = receive_many(tx, desk, [signal])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def receive_once(tx: Tx, desk: Desk, signal: Signal, again: Once | None) -> Opened | Recorded:
    """As `receive`, unless the idempotency key `again` was used for the same signal: then the case as it stands now."""
    case = repeated(tx, again)
    if case is not None:
        return standing(tx, case)
    if replies.find(tx, again) is not None:
        return Recorded(signal.key)
    answer = receive(tx, desk, signal)
    if isinstance(answer, Recorded):
        replies.keep(tx, again, answer.show())
    else:
        remember(tx, again, answer.state.case.id)
    return answer


def receive_many(tx: Tx, desk: Desk, signals: Sequence[Signal]) -> list[Opened | Recorded | Exception]:
    """As `receive`, for signals of different tickets, in few statements; an error in place of one that is refused.
    Where tickets were merged, several may mean one case: they change it one behind the other."""
    held = _hold(tx, [signal.key for signal in signals])
    known = _known(tx, desk, list(held.values()))
    heard = hearing.load(tx, [signal.key for signal in signals])
    stored = queries.decisions(tx, SYSTEM, held.values())
    customers = Customers(tx, [signal.body for signal in signals if signal.key in held])
    loads = cache(lambda: ownership.loads(tx))
    opening: list[tuple[int, Ticket]] = []
    plans: dict[int, acting.Plan] = {}
    meant: dict[int, Meant] = {}
    answers: dict[int, Opened | Recorded | Exception] = {}
    news: dict[Key, Heard] = {}
    later: list[int] = []
    for place, signal in enumerate(signals):
        case = known.get(held.get(signal.key, 0))
        if case is not None and case.id in plans:
            later.append(place)
            continue
        before = heard.get(signal.key, NOTHING)
        means = _meant(tx, signal, case, before, stored)
        if means.effect in (Effect.OPEN, Effect.OPEN_OVER, Effect.LINK):
            ticket = _ticket(signal, means.effect, case, means.stored)
            if isinstance(ticket, InvalidInput):
                answers[place] = ticket
                continue
            opening.append((place, ticket))
        elif case is None:
            answers[place] = Recorded(signal.key)
        else:
            means = _of_customer(means, customers)
            plans[case.id], meant[place] = changing.plan(means, loads), means
        if not means.older and (case is not None or _states(signal)):
            news[signal.key] = _base(before, case).then(
                means.says, understood(signal.body), stamp_of(signal.body, tx.now), decides=means.decides
            )
    done = acting.act_many(tx, desk, plans)
    for place, means in meant.items():
        answers[place] = _changed(done[held[signals[place].key]], means)
    hearing.keep(tx, {key: now for key, now in news.items() if now != heard.get(key)})
    release(tx, [signals[place].key for place, ticket in opening if ticket.linked_to is not None])
    for (place, ticket), fresh in zip(opening, _open(tx, desk, opening), strict=True):
        opened = fresh
        if ticket.linked_to is not None and signals[place].kind == "reply":  # its new case keeps what was written
            [kept] = receive_many(tx, desk, [signals[place]])
            opened = opened._replace(state=kept.state) if isinstance(kept, Opened) else opened
        answers[place] = opened._replace(effect="opened" if ticket.linked_to is None else "linked")
    for place in later:
        [answers[place]] = receive_many(tx, desk, [signals[place]])
    return [answers[place] for place in range(len(signals))]


def _meant(tx: Tx, signal: Signal, case: _Known | None, before: Heard, stored: dict[int, bytes]) -> Meant:
    """What follows from a signal, by what was heard of its ticket till now."""
    says, stamp, last = signal.says, stamp_of(signal.body, tx.now), _base(before, case)
    decision = None if case is None else stored.get(case.id)
    stands = Case("none") if case is None else case.case
    silent = signal.kind == "ticket" and understood(signal.body) is None and before.status is None
    anew = silent and stands.waits and changing.describes(signal, decision)
    decides = anew or says not in (Says.NOTHING, Says.WAITS, Says.TOLD) or (case is None and says is not Says.TOLD)
    again = stamp.sequence is not None and stamp.sequence == last.stamp.sequence and says is before.says
    stale = stamp.before(last.stamp)
    older = stale and not (decides and last.word.before(stamp)) if case is not None else stamp.before(last.word)
    statement = Statement(says, older, again, anew, says is not before.says)
    follows = effect(statement, stands)
    if signal.imported and case is None and follows is Effect.RECORD:
        follows = Effect.OPEN_OVER  # history is taken in as it was
    if signal.imported and follows in (Effect.REOPEN, Effect.LINK):
        follows = Effect.CHANGE  # and begins nothing
    counts = signal.word_alone() if stale and not older else signal
    return Meant(counts, follows, says, understood(signal.body) != before.status, decision, older, stale, decides)


def _base(before: Heard, case: _Known | None) -> Heard:
    """What was heard, the ticket's first word included, which opened its case."""
    return before.since(None if case is None else case.occurred_at)


def _of_customer(means: Meant, customers: Customers) -> Meant:
    """With the account that the signal names; one that does not exist is remarked."""
    body, remarks = customers.fitted(means.signal.body, means.signal.remarks)
    return means._replace(account=customers.known(body), signal=means.signal._replace(remarks=remarks))


def _states(signal: Signal) -> bool:
    """Whether a signal says more than its new case remembers."""
    return signal.says is Says.ENDS or understood(signal.body) is not None or signal.body.sequence is not None


def _ticket(signal: Signal, follows: Effect, case: _Known | None, stored: bytes | None) -> Ticket | InvalidInput:
    """The ticket that a signal opens."""
    if follows is Effect.LINK and case is not None:
        return _next(signal, case, stored)
    if not signal.readable:
        return InvalidInput(
            say("the ticket is new, so it needs a subject or a body"),
            place="subject",
            expected=say("1 to 500 characters"),
        )
    return signal.ticket(over=ended_before(signal.key) if follows is Effect.OPEN_OVER else None)


def _next(signal: Signal, case: _Known, stored: bytes | None) -> Ticket:
    """The ticket of a case that comes after another: it begins with the facts by which that would be opened again. Of
    one that was erased only the subject and the customer are known."""
    ticket, named = signal.ticket(case.id), signal.body.account
    body = ticket.body
    if body.account_id is None and case.account is not None and (named is None or named.external_id is None):
        body = structs.replace(body, account_id=ids.to_text(case.account))
    if stored is None:
        return replace(ticket, body=body if signal.readable else structs.replace(body, subject=case.subject))
    facts = changing.merged(from_bytes(stored).facts, signal)
    body = structs.replace(body, **{name: facts["case"].get(name) for name in CASE_FIELDS})
    return replace(ticket, body=body, facts=facts, before=case.account)


def _hold(tx: Tx, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The cases that these tickets have, locked. While this waited for a lock, another node may have handed a key on to
    the ticket's next case: what is read under the locks counts."""
    held = cases_of(tx, keys)
    while held:
        store.lock(tx, list(held.values()))
        now_held = cases_of(tx, keys)
        if now_held == held:
            break
        held = now_held
    return held


def _known(tx: Tx, desk: Desk, cases: Sequence[int]) -> dict[int, _Known]:
    """These cases; `recent`: not over for so long that a signal does not open them again."""
    if not cases:
        return {}
    policies = desk.policies.get(tx)
    return {case: _known_of(row, policies, tx.now) for case, row in store.rows_of(tx, cases).items()}


def _known_of(case: CaseRow, policies: Policies, now: int) -> _Known:
    window = policies.compiled(case.policy_version).document.cases.reopen_within.microseconds
    recent = case.state == "open" or now - (case.resolved_at or case.closed_at or case.updated_at) <= window
    first = None if case.occurred_at is None else min(case.occurred_at, case.opened_at)  # a clock may be ahead
    recovered = case.recovered_at is not None
    return _Known(case.id, case.state, recent, first, recovered, case.subject, case.account, _claim(case))


def _claim(case: CaseRow) -> Literal["", "contained", "resolved"]:
    if case.resolution_claimed_at is not None:
        return "resolved"
    return "" if case.containment_claimed_at is None else "contained"


def _open(tx: Tx, desk: Desk, opening: Sequence[tuple[int, Ticket]]) -> list[Opened]:
    return open_many(tx, desk, [ticket for _, ticket in opening]) if opening else []


def _changed(done: acting.Done | TocsinError, means: Meant) -> Opened | Exception:
    """What a signal did to a case that there was."""
    if isinstance(done, TocsinError):
        return done
    changed = done.events > 0
    if means.older:
        return Opened(done.state, False, changed=changed, effect="recorded", says=_OLDER)
    if means.effect is Effect.RECORD:
        return Opened(done.state, False, changed=changed, effect="recorded", says=_OVER)
    effect = "unchanged" if not changed else "reopened" if means.effect is Effect.REOPEN else "changed"
    return Opened(done.state, False, changed=changed, effect=effect, says=_WORD_ALONE if means.stale else None)


_OLDER = "its source has sent a newer message about this ticket, so its facts and its status are not used"
_WORD_ALONE = "its source has sent newer facts of this ticket, so only what it says of the problem is used"
_OVER = "this says that the problem is over, and the case is over already. It is recorded and opens nothing"
