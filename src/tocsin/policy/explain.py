"""What would have changed a decision, and why a case was not escalated: added when a decision is read."""

from typing import Any

import msgspec

from tocsin.core.texts import fold
from tocsin.policy.candidates import changed, proposals
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again
from tocsin.policy.decision import Decision
from tocsin.policy.levels import RANK, LevelName
from tocsin.policy.scoring import DIGITS


class Change(msgspec.Struct, frozen=True):
    """One fact, changed alone, and what the engine then decides. None stands for a missing fact.

    `classified`: `before` is not what the ticket says, but what the policy read out of it. `points` is by how much the
    score moves, and `because` what gives the other level: a minimum by its name, or the score.
    """

    fact: str
    before: Any
    after: Any
    level: LevelName
    score: float
    points: float
    classified: bool
    because: str


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
        known = _classified(decision, fact)
        because = _because(policy, decision, other)
        change = Change(
            fact,
            before if known is None else known,
            after,
            other.level,
            other.score,
            points,
            known is not None,
            because,
        )
        if RANK[other.level] > rank:
            if raises is None or points < raises.points:
                raises = change
        elif lowers is None or points < lowers.points:
            lowers = change
    return Explanation(raises, lowers, _why_not(policy, decision))


def _classified(decision: Decision, fact: str) -> str | None:
    """What the policy itself took the case for, where the ticket does not say it."""
    decided = {"case.type": decision.type, "case.product_area": decision.product_area}.get(fact)
    given = decision.facts["case"].get(fact.removeprefix("case."))
    return None if decided == given or (decided and given and fold(decided) == fold(given).strip()) else decided


def _because(policy: Policy, decision: Decision, other: Decision) -> str:
    """What gives the other decision its level. The score itself stands beside it, and not in this sentence."""
    found = []
    if RANK[other.level] < RANK[decision.level]:
        holds = {minimum.id for minimum in other.minimums}
        lost = [each.id for each in decision.minimums if each.level == decision.level and each.id not in holds]
        found = [f"{', '.join(lost)} no longer asks for {decision.level}"] if lost else []
    by = [minimum.id for minimum in other.minimums if minimum.raised and minimum.level == other.level]
    thresholds = dict(policy.thresholds)
    if by:
        found.append(f"never below {other.level}: {by[0]}")
    elif other.level in thresholds:
        found.append(f"the score reaches {other.level} ({thresholds[other.level]:g})")
    else:
        lowest, at = policy.thresholds[-1]
        found.append(f"the score is below {lowest} ({at:g})")
    return "; ".join(found)


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
