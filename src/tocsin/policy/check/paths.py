"""Paths against the acknowledge targets that they serve: soon enough, and awake.

A path that asks its last resort only after the target has passed breaks the promise by its own arithmetic (error).
An escalation that may not wake anybody, while its clock runs at night, is late before anybody looks (warning: whether
`wake` covers a target is found by reading the conditions, and not every way of writing them is seen through).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core.clock import DAY
from tocsin.core.errors import Problem
from tocsin.core.wording import say
from tocsin.policy.expressions import Expression
from tocsin.policy.expressions.syntax import Node
from tocsin.policy.hours import day_and_night, hours_of
from tocsin.policy.implication import both, condition, implies, is_value
from tocsin.policy.levels import RANK, LevelName
from tocsin.policy.model import Document, Level, Minimum, Path, Severity, Target

_MIDDLE_OF_THE_NIGHT = 3 * 60


@dataclass(frozen=True, slots=True)
class Promise:
    """An acknowledge target that a case of some severity and level may have, and what is then known of the case."""

    key: str
    source: str
    duration: Duration
    calendar: str
    given: Node

    @property
    def elapsed(self) -> int:
        """The least time from start to due, in microseconds."""
        return self.duration.amount * (1 if self.duration.unit == "working" else DAY)


def promises(
    document: Document, expressions: dict[str, Expression], level: Level, severity: Severity
) -> Iterator[Promise]:
    """The acknowledge targets of such cases, whichever turns out to be the strictest."""
    given = both(is_value("case", "severity", severity.name), is_value("decision", "level", level.name))
    if (target := severity.targets.get(ACKNOWLEDGE)) is not None:
        key = f"taxonomy.severities.{severity.name}"
        yield _promise(key, f"severity {severity.name}", target, severity.calendar, given)
    if (target := level.targets.get(ACKNOWLEDGE)) is not None:
        yield _promise(f"levels.{level.name}", f"level {level.name}", target, severity.calendar, given)
    for index, rule in enumerate(document.targets):
        if (target := rule.targets.get(ACKNOWLEDGE)) is None or rule.severity not in (None, severity.name):
            continue
        key = f"targets[{index}]"
        if rule.when is not None and (f"{key}.when" not in expressions or expressions[f"{key}.when"].never):
            continue
        known = both(given, condition(rule.when))
        yield _promise(key, f"targets.{rule.id}", target, rule.calendar or severity.calendar, known)


def _promise(key: str, source: str, target: Target, calendar: str, given: Node) -> Promise:
    return Promise(f"{key}.targets.{ACKNOWLEDGE}", source, target.duration, target.calendar or calendar, given)


def late_and_asleep(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """All that is to be said of paths and acknowledge targets."""
    seen: set[str] = set()
    for problem in (
        *_late(document, expressions),
        *_asleep(document, expressions),
        *_sleepless(document, expressions),
        *_silent(document, expressions),
    ):
        if str(problem) not in seen:
            seen.add(str(problem))
            yield problem


def _late(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    for name, level in document.levels.items():
        severities = list(document.severities.values())
        hold = document.triage.hold.microseconds
        yield from _late_path(document, expressions, level, document.paths[level.path], severities, hold)
        relationship = _relationship_path(document, name)
        # Beside a technical escalation the other path only informs: engineers meet the target.
        if relationship is not None and any(
            rule.kind == "relationship" and rule.level == name for rule in document.minimums
        ):
            alone = [each for each in severities if not _always_technical(document, expressions, each)]
            # A relationship escalation wakes nobody, so nothing of it is held.
            yield from _late_path(document, expressions, level, document.paths[relationship], alone, 0)


def _late_path(
    document: Document,
    expressions: dict[str, Expression],
    level: Level,
    path: Path,
    severities: list[Severity],
    hold: int,
) -> Iterator[Problem]:
    fires = sum(step.wait.microseconds for step in path.steps[:-1]) + hold
    met = [promise for each in severities for promise in promises(document, expressions, level, each)]
    strictest = min(met, key=lambda promise: promise.elapsed, default=None)
    if len(path.steps) == 1 or strictest is None or fires <= strictest.elapsed:
        return
    last = f"paths.{path.name}.steps[{len(path.steps) - 1}]"
    held = say(", the triage hold of {hold} included", hold=str(document.triage.hold)) if hold else ""
    says = say(
        "the last step first fires after {after}{held}, when the acknowledge target of {source}, {target} at level"
        " {level}, has passed",
        after=str(Duration("working", fires)),
        held=held,
        source=strictest.source,
        target=str(strictest.duration),
        level=level.name,
    )
    spare = Duration("working", max(0, strictest.elapsed - hold))
    wanted = say("waits before it of at most {spare} in all", spare=str(spare))
    yield Problem(says, last, document.lines.get(last), wanted)


def _relationship_path(document: Document, name: LevelName) -> str | None:
    """The level's own path, else that of the levels below: as decisions take it."""
    below = [level for level in document.levels.values() if RANK[level.name] <= RANK[name]]
    return next((level.relationship for level in below if level.relationship is not None), None)


def _always_technical(document: Document, expressions: dict[str, Expression], severity: Severity) -> bool:
    """Whether a minimum makes every case of this severity a technical escalation."""
    given = is_value("case", "severity", severity.name)

    def covers(index: int, rule: Minimum) -> bool:
        compiles = f"minimums[{index}].when" in expressions
        return rule.kind == "technical" and compiles and implies(given, condition(rule.when))

    return any(covers(index, rule) for index, rule in enumerate(document.minimums))


def _asleep(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    if "wake" not in expressions:
        return
    wake = condition(document.wake)
    for level in document.levels.values():
        for severity in document.severities.values():
            hours = hours_of(document, level.name, severity.name)
            for promise in promises(document, expressions, level, severity):
                calendar = document.calendars[promise.calendar]
                if not _runs_at_night(calendar) or implies(promise.given, wake):
                    continue
                rests = calendar.always and hours != calendar.name
                says = say(
                    "this clock is to run at night on {calendar}, and `wake` does not say that an escalation of"
                    " severity {severity} may wake anybody{kept}",
                    calendar=repr(calendar.name),
                    severity=severity.name,
                    kept=say("; it counts in {hours}", hours=repr(hours)) if rests else "",
                )
                wanted = say("a `wake` that covers it, or a calendar that is closed at night")
                yield Problem(says, promise.key, document.lines.get(promise.key), wanted, "warning")


def _sleepless(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """Paths that may not wake anybody, and would."""
    if not day_and_night(document) or "wake" not in expressions:
        return
    wake, severities = condition(document.wake), document.severities
    for name, level in document.levels.items():
        given = [both(is_value("case", "severity", one), is_value("decision", "level", name)) for one in severities]
        if all(implies(one, wake) for one in given) and level.relationship is None:
            continue
        key = f"levels.{name}"
        says = say("a path that wakes nobody waits for working hours, but every calendar here is open day and night")
        wanted = say("a calendar with hours, or a `wake` that covers it")
        yield Problem(says, key, document.lines.get(key), wanted, "warning")


def _runs_at_night(calendar: Calendar) -> bool:
    return any(opening <= _MIDDLE_OF_THE_NIGHT < closing for day in calendar.rules.week for opening, closing in day)


def _silent(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """Escalations that no acknowledge clock watches."""
    for name, level in document.levels.items():
        for severity in document.severities.values():
            certain = {severity.targets.get(ACKNOWLEDGE), level.targets.get(ACKNOWLEDGE)} - {None}
            if not certain:
                key = f"taxonomy.severities.{severity.name}.targets"
                says = say(
                    "an escalation of severity {severity} to level {level} has no acknowledge target",
                    severity=severity.name,
                    level=name,
                )
                wanted = say("`acknowledge` here or in {place}", place=f"levels.{name}.targets")
                yield Problem(says, key, document.lines.get(key), wanted, "warning")
