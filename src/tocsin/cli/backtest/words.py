"""Figures and differences of a backtest in words, for the terminal and the page."""

from collections import Counter
from collections.abc import Iterator

from tocsin.policy.backtest.values import Changed, Moved, Rate, Summary
from tocsin.policy.levels import LEVELS


def percent(share: float) -> str:
    """`0.73 %`; what is not nothing never reads as nothing."""
    return "under 0.01 %" if 0 < share < 0.0001 else f"{100 * share:.2f} %"


def aim(share: float) -> str:
    return f"{100 * share:g} %"


def part(some: int, cases: int) -> str:
    return percent(some / cases) if cases else ""


def average(rate: Rate) -> str:
    return f"{rate.average:,.1f}" if rate.average >= 10 else f"{rate.average:.2g}"


def worst(rate: Rate) -> str:
    return f"{rate.worst:,} ({rate.worst_week})" if rate.worst else "0"


def days(summary: Summary) -> str:
    """From when to when, and how many weeks these are."""
    if summary.first is None or summary.last is None:
        return "without a time of opening, so nothing is counted by week"
    weeks = len(summary.weeks)
    text = f"opened {summary.first[:10]} to {summary.last[:10]}, {weeks:,} week{'' if weeks == 1 else 's'}"
    return text + (f"; {summary.undated:,} without a time are in no week" if summary.undated else "")


def lacking(summary: Summary) -> str:
    """The factors whose fact is missing in at least half of the cases."""
    found = [(factor, count) for factor, count in summary.assumed.items() if count * 2 >= summary.cases > 0]
    return ", ".join(f"{factor} {percent(count / summary.cases)}" for factor, count in found)


def groups(summary: Summary, before: Summary | None) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Each kind of count with its rows: name, cases, cases under the other policy."""
    for group, counts in summary.counts.items():
        other = {} if before is None else before.counts[group]
        names = LEVELS if group == "level" else tuple(dict.fromkeys([*counts, *other]))
        rows = [(name or "not known", counts.get(name, 0), other.get(name, 0)) for name in names]
        if rows:
            yield group, rows


def ways(changed: tuple[Changed, ...]) -> list[tuple[str, int]]:
    """What changes how often: `level standard → senior`, 17."""
    found: Counter[str] = Counter()
    for case in changed:
        found.update(differences(case))
    return found.most_common()


def differences(case: Changed) -> list[str]:
    """What differs of a case."""
    was, now = case.before, case.after
    found = []
    for name, old, new in (
        ("level", was.level, now.level),
        ("severity", was.severity, now.severity),
        ("team", was.team, now.team),
        ("wakes", "yes" if was.wake else "no", "yes" if now.wake else "no"),
    ):
        if old != new:
            found.append(f"{name} {old} → {new}")
    return found


def causes(case: Changed) -> list[str]:
    """Why: rules that fire no more (-) or now (+), factors that moved, and what else the reasons say otherwise."""
    found = [f"- {rule}" for rule in case.rules_before] + [f"+ {rule}" for rule in case.rules_after]
    found += [_moved(factor) for factor in case.factors if (factor.before or 0) != (factor.after or 0)]
    if case.before.level != case.after.level or not found:
        before, after = (_telling(reasons) for reasons in (case.reasons_before, case.reasons_after))
        if before or after:
            found.append(f"{before or 'nothing'} → {after or 'nothing'}")
    return found


def _moved(factor: Moved) -> str:
    old, new = (("none" if points is None else f"{points:.4g}") for points in (factor.before, factor.after))
    return f"{factor.factor} {old} → {new}"


def _telling(reasons: tuple[str, ...]) -> str:
    """The reasons for the level, else all of them."""
    return ", ".join([reason for reason in reasons if reason.startswith(("score ", "level "))] or reasons)
