"""What each trigger of a policy would have done with a history: how often it fires, and how many cases are higher
because of it alone. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.facts import COUNTS, Facts
from tocsin.policy.levels import RANK
from tocsin.policy.triggering import hits

SHOWN = 5  # cases of each that are named


class WouldHave(NamedTuple):
    """`fired`: in how many cases; `raised`: how many of them would be lower without it; `cases`: the newest of those,
    by number. None of both for a trigger that looks at more than cases as they are
    opened."""

    fired: int | None
    raised: int | None
    cases: tuple[int, ...] = ()


class PastOpening(NamedTuple):
    """A case when it was opened (microseconds), by its number."""

    number: int
    opened_at: int
    facts: Facts


def would_have(policy: Policy, history: Iterable[PastOpening]) -> dict[str, WouldHave]:
    """By the trigger's id. `history`: the oldest first, for what is counted."""
    fired: dict[str, int] = defaultdict(int)
    raised: dict[str, list[int]] = defaultdict(list)
    counted: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for past in history:
        decision = _decided(policy, past, counted)
        for name in (one.id for one in decision.minimums if one.id.startswith("triggers.")):
            fired[name] += 1
            if _alone(policy, decision, name):
                raised[name].append(past.number)
    return {
        one.trigger.id: WouldHave(None, None)
        if one.kind.where in ("surge", "course")
        else WouldHave(fired[one.rule], len(raised[one.rule]), tuple(raised[one.rule][: -SHOWN - 1 : -1]))
        for one in policy.watching
    }


def _decided(policy: Policy, past: PastOpening, counted: dict[tuple[str, str], deque[int]]) -> Decision:
    facts = {name: value for name, value in past.facts.items() if name in ("case", "account", "remarks")}
    decision = decide(policy, facts, past.opened_at, asking=False)
    account = facts["account"].get("external_id") or facts["account"].get("name")
    counts: dict[str, Any] = {}
    for hit in hits(policy.watching, decision, account):
        times = counted[hit.trigger, hit.key]
        times.append(past.opened_at)
        while times[0] <= past.opened_at - hit.within:
            times.popleft()
        if len(times) >= hit.least:
            counts[hit.trigger] = {"count": len(times), "of": hit.of}
    return decide(policy, facts | {COUNTS: counts}, past.opened_at, asking=False) if counts else decision


def _alone(policy: Policy, decision: Decision, trigger: str) -> bool:
    """Whether the case has its level because of this trigger alone."""
    others = [RANK[one.level] for one in decision.minimums if one.id != trigger]
    reached = [RANK[level] for level, at in policy.thresholds if decision.score >= at]
    own = next(RANK[one.level] for one in decision.minimums if one.id == trigger)
    return own > max([0, *others, *reached])
