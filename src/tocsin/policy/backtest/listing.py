"""A decided case as a line of a list, with the few reasons that matter most. Pure."""

from tocsin.core import instants
from tocsin.policy.backtest.values import Listed
from tocsin.policy.decision import Decision
from tocsin.policy.facts import Facts

FACTORS = 3  # named with a case


def listed(id: str, line: int, opened_at: int | None, decision: Decision, woken: bool) -> Listed:
    """A case, by its ticket and its line."""
    return Listed(
        id=id,
        line=line,
        opened_at=None if opened_at is None else instants.to_text(opened_at),
        subject=subject_of(decision.facts),
        level=decision.level,
        kind=decision.kind,
        severity=decision.severity,
        team=decision.team,
        score=decision.score,
        wake=decision.wake,
        woken=woken,
        minimums=tuple(minimum.id for minimum in decision.minimums),
        reasons=(why(decision), *factors(decision)),
    )


def subject_of(facts: Facts) -> str:
    return str(facts["case"]["subject"])


def why(decision: Decision) -> str:
    """What gave the level: the guard that raised it last, else the score."""
    scored = ""
    for reason in reversed(decision.reasons):
        if reason.startswith("level "):
            return reason
        if reason.startswith("score "):
            scored = reason
    return scored


def factors(decision: Decision) -> tuple[str, ...]:
    """The factors that brought the most points."""
    found = sorted((factor for factor in decision.factors if factor.points), key=lambda factor: -factor.points)
    return tuple(
        f"{factor.name} {factor.points:.4g} of {factor.weight:g}: {factor.reason}" for factor in found[:FACTORS]
    )
