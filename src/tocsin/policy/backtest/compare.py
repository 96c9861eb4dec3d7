"""A case under two policies: what differs, and what in the policies makes the difference. Pure."""

from collections.abc import Iterable

from tocsin.core import instants
from tocsin.policy.backtest.listing import subject_of
from tocsin.policy.backtest.values import Changed, Measured, Moved
from tocsin.policy.decision import Decision
from tocsin.policy.levels import RANK

_WEIGHTY = ("classify.", "score.", "minimums.", "route.", "wake")  # rules on which level, severity, team, wake rest


def compared(id: str, line: int, opened_at: int | None, before: Decision, after: Decision) -> Changed | None:
    """What differs; None where level, severity, team and wake are the same."""
    was, now = _standing(before), _standing(after)
    if (was.level, was.severity, was.team, was.wake) == (now.level, now.severity, now.team, now.wake):
        return None
    return Changed(
        id=id,
        line=line,
        opened_at=None if opened_at is None else instants.to_text(opened_at),
        subject=subject_of(after.facts),
        before=was,
        after=now,
        rules_before=_only(_rules(before), _rules(after)),
        rules_after=_only(_rules(after), _rules(before)),
        factors=_moved(before, after),
        reasons_before=_only(before.reasons, after.reasons),
        reasons_after=_only(after.reasons, before.reasons),
    )


def weight(case: Changed) -> tuple[int, int, int]:
    """By what changed cases are ordered: the highest level first, then the longest way."""
    before, after = RANK[case.before.level], RANK[case.after.level]
    return -max(before, after), -abs(before - after), case.line


def _standing(decision: Decision) -> Measured:
    return Measured(decision.level, decision.severity, decision.team, decision.wake, decision.score)


def _rules(decision: Decision) -> list[str]:
    return [rule for rule in decision.rules if rule.startswith(_WEIGHTY)]


def _only(these: Iterable[str], those: Iterable[str]) -> tuple[str, ...]:
    known = set(those)
    return tuple(one for one in these if one not in known)


def _moved(before: Decision, after: Decision) -> tuple[Moved, ...]:
    was = {factor.name: factor.points for factor in before.factors}
    now = {factor.name: factor.points for factor in after.factors}
    return tuple(Moved(name, was.get(name), now.get(name)) for name in {**now, **was} if was.get(name) != now.get(name))
