"""What would have changed a decision, and why a case was not escalated: added when a decision is read."""

from typing import Any

import msgspec

from tocsin.core.texts import fold
from tocsin.policy.candidates import changed, proposals
from tocsin.policy.compiled import Policy
from tocsin.policy.conditions import Condition
from tocsin.policy.decide import AUTOMATION_OFF, again
from tocsin.policy.decision import Decision, Unknown
from tocsin.policy.levels import RANK, LevelName
from tocsin.policy.reasons import Reason, ReasonText, told
from tocsin.policy.scoring import DIGITS


class Change(msgspec.Struct, frozen=True):
    """One fact, changed alone, and what the engine then decides. None stands for a missing fact.

    `classified`: `before` is not what the ticket says, but what the policy read out of it. `points` is by how much the
    score moves, and `because` what gives the other level: a minimum by its name, or the score; `reason_codes` say the
    same as codes with their values.
    """

    fact: str
    before: Any
    after: Any
    level: LevelName
    score: float
    points: float
    classified: bool
    because: str
    reason_codes: tuple[Reason, ...]


class Explanation(msgspec.Struct, frozen=True):
    """The smallest single changes that raise and lower the level, if any do; why a standard case is one, in sentences
    and as codes with their values."""

    raises: Change | None
    lowers: Change | None
    why_not_escalated: tuple[str, ...]
    why_not_codes: tuple[Reason, ...]


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
            "; ".join(reason.text for reason in because),
            tuple(reason.reason for reason in because),
        )
        if RANK[other.level] > rank:
            if raises is None or points < raises.points:
                raises = change
        elif lowers is None or points < lowers.points:
            lowers = change
    why_not = _why_not(policy, decision)
    texts, codes = (reason.text for reason in why_not), (reason.reason for reason in why_not)
    return Explanation(raises, lowers, tuple(texts), tuple(codes))


def _classified(decision: Decision, fact: str) -> str | None:
    """What the policy itself took the case for, where the ticket does not say it."""
    decided = {"case.type": decision.type, "case.product_area": decision.product_area}.get(fact)
    given = decision.facts["case"].get(fact.removeprefix("case."))
    return None if decided == given or (decided and given and fold(decided) == fold(given).strip()) else decided


def _because(policy: Policy, decision: Decision, other: Decision) -> list[ReasonText]:
    """What gives the other decision its level. The score itself stands beside it, and not in this sentence."""
    found = []
    if RANK[other.level] < RANK[decision.level]:
        holds = {minimum.id for minimum in other.minimums}
        lost = [each.id for each in decision.minimums if each.level == decision.level and each.id not in holds]
        found = [told("minimum-lost", rules=", ".join(lost), level=decision.level)] if lost else []
    by = [minimum.id for minimum in other.minimums if minimum.raised and minimum.level == other.level]
    thresholds = dict(policy.thresholds)
    if by:
        found.append(told("minimum-lifts", level=other.level, rule=by[0]))
    elif other.level in thresholds:
        found.append(told("would-reach", level=other.level, at=thresholds[other.level]))
    else:
        lowest, at = policy.thresholds[-1]
        found.append(told("would-be-below", level=lowest, at=at))
    return found


def _why_not(policy: Policy, decision: Decision) -> list[ReasonText]:
    if decision.escalated:
        return []
    override = decision.override
    if override is not None and override.level == "standard":
        return [told("person-set", why=override.reason)]
    off = [code for code in decision.reason_codes if code[0] == AUTOMATION_OFF]
    if off:
        return [told(AUTOMATION_OFF, level=level, why=why) for _, level, why in off]
    lowest, at = policy.thresholds[-1]
    reasons = [
        told("score-short", score=decision.score, distance=decision.distance[lowest], level=lowest, at=at),
    ]
    unknown = {each.rule: each for each in decision.unknown}
    return reasons + [_missed(guard.condition, guard.level, unknown.get(guard.condition.id)) for guard in policy.guards]


def _missed(condition: Condition, level: LevelName, unknown: Unknown | None) -> ReasonText:
    """Why a minimum does not apply."""
    if unknown is None:
        return told("minimum-not-so", rule=condition.id, level=level, condition=condition.source)
    if unknown.fact is not None:
        return told("minimum-missing", rule=condition.id, level=level, fact=unknown.fact)
    return told("minimum-unanswered", rule=condition.id, level=level, why=unknown.reason)
