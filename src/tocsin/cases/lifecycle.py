"""Which verb a case allows in which state, and why not otherwise: one pure table, whose reasons the screens show."""

from enum import StrEnum

from tocsin.cases.aggregate import Aggregate
from tocsin.core.errors import NotAllowed


class Verb(StrEnum):
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


_ALLOWED: dict[Verb, frozenset[str]] = {
    Verb.ASSIGN: frozenset({"open"}),
    Verb.ACKNOWLEDGE: frozenset({"open"}),
    Verb.RESOLVE: frozenset({"open"}),
}
_STATES = {
    "open": "the case is open",
    "resolved": "the case is resolved already",
    "closed": "the case is closed",
    "merged": "the case was merged into another",
}


def why_not(verb: Verb, state: Aggregate) -> str | None:
    """The reason why the case does not allow the verb now; None when it does."""
    case = state.case
    if case.state not in _ALLOWED[verb]:
        return _STATES[case.state]
    if verb is Verb.ACKNOWLEDGE:
        if case.level == "standard":
            return "the case is not escalated, so there is nothing to acknowledge"
        if case.acknowledged_at is not None:
            return "the case is acknowledged already"
    return None


def require(verb: Verb, state: Aggregate) -> None:
    """NotAllowed, with the reason, where the case does not allow the verb."""
    reason = why_not(verb, state)
    if reason is not None:
        raise NotAllowed(reason, place=verb.value)
