"""Kinds of events of guards: set, begun, over, ended by somebody; the rows follow from them."""

from typing import Any

from tocsin.core.wording import Said, say
from tocsin.guards.kinds import KINDS
from tocsin.guards.tables import guards
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.words import Payload, Reads


def _set(said: Payload) -> Said:
    kind: Any = KINDS[said["kind"]].title if said["kind"] in KINDS else said["kind"]
    return say("{kind} was set: {reason}", kind=kind, reason=said["reason"])


def _simply(said: Said) -> Reads:
    return lambda payload: said


GUARDS = Kept(
    guards,
    "guard",
    "reason",
    {
        "set": What("A guard was set: automation off, a muted rule, a window, a silence, a watch", _set),
        "begun": What("A guard has begun to hold", _simply(say("it holds from now on")), ("begun_told_at",)),
        "ended": What("Somebody ended a guard before its time", _simply(say("somebody ended it")), ("ended_at",)),
        "over": What("A guard is over", _simply(say("it is over")), ("over_told_at",)),
    },
    public=True,
)

KEPT = (GUARDS,)
EVENTS = GUARDS.kinds
