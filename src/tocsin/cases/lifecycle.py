"""In which states a case allows something, and why not otherwise. Each verb has one such value, whose reasons screens
show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tocsin.cases.aggregate import Aggregate
from tocsin.core.wording import Said, say

OPEN = frozenset({"open"})
UNMERGED = frozenset({"open", "resolved", "closed"})
EVER = UNMERGED | {"merged"}
_OVER = {
    "open": say("the case is open"),
    "resolved": say("the case is resolved already"),
    "closed": say("the case is closed"),
    "merged": say("the case was merged into another"),
}
_QUIET = say("the case was imported, and nobody works on it yet; assign or raise it first")


@dataclass(frozen=True, slots=True)
class Allowed:
    """When a case allows something.

    `live`: only where somebody works on the case; imported history is quiet until somebody takes it. `unless`: the
    reason that lies in the case beside its state, None where there is none. `instead`: by state, what is said there in
    place of the usual sentence.
    """

    states: frozenset[str] = OPEN
    live: bool = False
    unless: Callable[[Aggregate], Said | None] | None = None
    instead: Mapping[str, Said] = field(default_factory=dict)

    def why_not(self, state: Aggregate) -> Said | None:
        """The reason why the case does not allow it now; None where it does."""
        stands = state.case.state
        if stands not in self.states:
            return self.instead[stands] if stands in self.instead else _OVER[stands]
        if self.live and state.case.quiet:
            return _QUIET
        return self.unless(state) if self.unless is not None else None


WHILE_OPEN = Allowed()
