"""A score as a waterfall: bars of its factors, each from where the one before it ended. Pure."""

from typing import NamedTuple

from tocsin.core.wording import Said
from tocsin.policy.decision import Decision, FactorScore
from tocsin.policy.telling import of_factor


class WaterfallBar(NamedTuple):
    """One factor as a bar, in per cent of the width. `room`: how far it could have reached; `why`: it counts so."""

    factor: FactorScore
    start: float
    width: float
    room: float
    why: Said


def steps(decision: Decision) -> list[WaterfallBar]:
    """The factors of a decision as they stand, those that count nothing last."""
    found, reached = [], 0.0
    for factor in sorted(decision.factors, key=lambda factor: factor.points == 0):
        points = factor.points
        start, room = min(reached, reached + points), max(0.0, min(abs(factor.weight), 100.0 - reached))
        found.append(WaterfallBar(factor, start, abs(points), room, of_factor(factor, decision.unknown)))
        reached += points
    return found
