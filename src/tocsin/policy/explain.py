"""What would have changed a decision, and why a case was not escalated: added when a decision is read."""

from typing import Any

import msgspec

from tocsin.policy.candidates import changed, proposals
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again
from tocsin.policy.decision import Decision
from tocsin.policy.model import RANK, LevelName
from tocsin.policy.scoring import DIGITS


class Change(msgspec.Struct, frozen=True):
    """One fact, changed alone, and what the engine then decides. None stands for a missing fact.

    `points` is by how much the score moves: 0 where a minimum makes the difference.
    """

    fact: str
    before: Any
    after: Any
    level: LevelName
    score: float
    points: float


class Explanation(msgspec.Struct, frozen=True):
    """The smallest single changes that raise and lower the level, if any do; why a standard case is one."""

    raises: Change | None
    lowers: Change | None
    why_not_escalated: tuple[str, ...]


def explain(policy: Policy, decision: Decision) -> Explanation:
    """Explain a decision of this policy.

    Every change named has been decided by the engine itself, so it is true by construction. The smallest is the one
    that moves the fewest points; of equals, the one declared first. Changes of the customer's words are
    not tried. Where a person has set the level, no fact changes it.
    """
    raises: Change | None = None
    lowers: Change | None = None
    rank = RANK[decision.level]
    held = decision.override is not None and decision.override.level is not None
    for fact, before, after in () if held else proposals(policy, decision):
        other = again(policy, decision, changed(decision.facts, fact, after))
        if other.level == decision.level:
            continue
        points = round(abs(other.score - decision.score), DIGITS)
        change = Change(fact, before, after, other.level, other.score, points)
        if RANK[other.level] > rank:
            if raises is None or points < raises.points:
                raises = change
        elif lowers is None or points < lowers.points:
            lowers = change
    return Explanation(raises, lowers, _why_not(policy, decision))


def _why_not(policy: Policy, decision: Decision) -> tuple[str, ...]:
    if decision.escalated:
        return ()
    override = decision.override
    if override is not None and override.level == "standard":
        return (f"a person set the level: {override.reason}",)
    lowest, at = policy.thresholds[-1]
    reasons = [f"the score is {decision.score:.15g}, {decision.distance[lowest]:.15g} below {lowest} ({at:g})"]
    unknown = {each.rule: each.reason for each in decision.unknown}
    for condition, _, level, _ in policy.guards:
        why = unknown.get(condition.id, f"not so: {condition.source}")
        reasons.append(f"{condition.id} asks for {level} and does not apply; {why}")
    return tuple(reasons)
