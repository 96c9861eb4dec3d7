"""A practice escalation: a case of which nothing is wrong, and a page about it to whoever practises, and nobody else.
It stays as quiet as imported history: no clock runs, and it counts in no figure.
It goes the way of every page: a call-in, by a destination, to an acknowledgement."""

from typing import NamedTuple

from tocsin.cases import acting, opening, store, verbs
from tocsin.cases.aggregate import PRACTICE, Aggregate, Call
from tocsin.cases.opening import Ticket
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy.body import CaseBody
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

_MOST = 50  # of one person


class Practice(NamedTuple):
    """The last one of somebody. `call`: the page's; its state is calling, answered, declined, unanswered or over."""

    id: int
    number: int
    over: bool
    call: Call


def latest(tx: Tx, who: Viewer) -> Practice | None:
    """None where they have had none. A ticket of another system may have the same source and id."""
    held = opening.cases_of(tx, _keys(who))
    own = [state for state in store.load_many(tx, list(held.values())).values() if state.case.practice and state.calls]
    return _of(max(own, key=lambda state: state.case.id)) if own else None


def begin(tx: Tx, here: Installation, who: Viewer, subject: str, reason: str) -> Practice:
    """Open a case that is theirs, and page them about it. NotAllowed where the policy in force would page others, and
    while they are paged by the last one; InvalidInput where no page reaches them."""
    before = latest(tx, who)
    if before is not None and before.call.state == "calling":
        raise NotAllowed(say("your last practice still waits for your answer"), expected=say("its acknowledgement"))
    held = opening.cases_of(tx, _keys(who))
    if len(held) == _MOST:
        raise NotAllowed(say("you have practised {amount} times", amount=_MOST), expected=say("a real case"))
    source, external_id = _keys(who)[len(held)]
    body = CaseBody(subject=subject, source=source, external_id=external_id, users_affected=0)
    [opened] = opening.open_many(tx, here.desk, [Ticket(body, who, imported=True)])  # pages nobody by itself
    case = opened.state.case
    if case.level != "standard":
        raise NotAllowed(
            say("the policy escalates even a case of which nothing is wrong"),
            expected=say("a test page instead, so that nobody else is paged"),
        )
    return _of(acting.act(tx, here.desk, case.id, verbs.call_in(SYSTEM, user=who.name, reason=reason)).state)


def _of(state: Aggregate) -> Practice:
    return Practice(state.case.id, state.case.number, state.case.state != "open", state.calls[-1])


def _keys(who: Viewer) -> list[tuple[str, str]]:
    """By which the cases of their practices are known, in order."""
    return [(PRACTICE, f"{who.name}-{turn}") for turn in range(1, _MOST + 1)]
