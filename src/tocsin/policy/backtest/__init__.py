"""What a policy would have done with a history: every case decided at the time at which it was opened. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.policy.backtest.compare import compared, weight
from tocsin.policy.backtest.tally import Tally
from tocsin.policy.backtest.thresholds import Levels, Spread
from tocsin.policy.backtest.values import Changed, Comparison, Summary
from tocsin.policy.backtest.weeks import week_of
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.facts import Facts
from tocsin.policy.hours import hours_of


class Past(NamedTuple):
    """A case of the history as it stood when it was opened; `id` and `line` name it to people."""

    facts: Facts
    opened_at: int | None
    id: str = ""
    line: int = 0


class Backtest(NamedTuple):
    """`spread`: what other thresholds would give, where it was asked for."""

    summary: Summary
    comparison: Comparison | None
    spread: Spread | None


def backtest(
    policy: Policy,
    history: Iterable[Past],
    now: int,
    against: Policy | None = None,
    *,
    spread: bool = False,
) -> Backtest:
    """Decide a history by a policy, and by another to compare with.

    Cases that do not say when they were opened are decided as of `now` and stand in no week. Weeks begin on Monday, in
    the zone of whoever takes escalations. Nobody has overridden anything, and no rule is muted.
    """
    zone = policy.document.calendars[_hours(policy)].rules.load_zone()
    tally = Tally(policy)
    other = None if against is None else (against, Tally(against))
    levels, found = (Levels(policy, tally.pager), Spread()) if spread else (None, None)
    changed: list[Changed] = []
    for facts, opened_at, id, line in history:
        at, week = (now, None) if opened_at is None else (opened_at, week_of(opened_at, zone))
        decision = decide(policy, facts, at)
        tally.add(id, line, opened_at, decision, week)
        if levels is not None and found is not None:
            found.add(levels.cell(decision, opened_at, week), id, line, opened_at, decision)
        if other is not None:
            before = decide(other[0], facts, at)
            other[1].add(id, line, opened_at, before, week)
            difference = compared(id, line, opened_at, before, decision)
            if difference is not None:
                changed.append(difference)
    comparison = None
    if other is not None:
        comparison = Comparison(other[1].summary(zone), tuple(sorted(changed, key=weight)))
    return Backtest(tally.summary(zone), comparison, found)


def _hours(policy: Policy) -> str:
    """The calendar of whoever takes escalations."""
    document = policy.document
    return hours_of(document, policy.thresholds[-1][0], document.default_severity)
