"""The arithmetic of a running clock. Pure; instants and spans are microseconds.

A clock that has stopped is a row that never changes; only running ones are computed here. Callers settle a case
before they change it, so no function accepts a clock whose due time has passed unless it says so.
"""

from collections.abc import Iterable, Sequence

import msgspec

from tocsin.clocks import pauses as held
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import ClockName


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a clock.

    `original_due_at` is the first due time and never changes. `generation` rises with every change of `due_at`, so
    that a timer armed for an older one knows itself stale. `pauses` are those that are over; a caller that drops
    them loses only what a later supersession would have credited.
    """

    clock: ClockName
    duration: Duration
    calendar: Calendar
    started_at: int
    due_at: int
    original_due_at: int
    cycle: int = 1
    generation: int = 1
    paused_at: int | None = None
    pauses: tuple[tuple[int, int], ...] = ()


def start(
    clock: ClockName,
    duration: Duration,
    calendar: Calendar,
    now: int,
    *,
    cycle: int = 1,
    since: int | None = None,
    pauses: Sequence[tuple[int, int]] = (),
) -> Running:
    """Start a clock at `now`, or at `since` for a target that says `from: opened`.

    A reopened contractual clock is cumulative: it starts at the case's opening, and `pauses` are the spans in which
    the case was resolved. Such a clock may be due before `now`; it is then breached at once.
    """
    started = now if since is None else since
    due = _due(duration, calendar, started, pauses)
    return Running(
        clock=clock,
        duration=duration,
        calendar=calendar,
        started_at=started,
        due_at=due,
        original_due_at=due,
        cycle=cycle,
        pauses=tuple(pauses),
    )


def pause(running: Running, now: int) -> Running:
    """Hold the clock. Pausing a paused clock changes nothing; at `due_at` exactly it may still be paused."""
    if running.paused_at is not None:
        return running
    _unsettled(running, now)
    return msgspec.structs.replace(running, paused_at=now)


def resume(running: Running, now: int) -> Running:
    """Let the clock run on: what was left when it was held is left now, in the unit of its target."""
    if running.paused_at is None:
        return running
    paused_at = running.paused_at
    due = held.moved(running.duration.unit, running.calendar, running.due_at, paused_at, now)
    resumed = msgspec.structs.replace(running, paused_at=None, pauses=(*running.pauses, (paused_at, now)))
    return _due_at(resumed, due)


def with_pauses(running: Running, pauses: Sequence[tuple[int, int]]) -> Running:
    """The same clock, of which these pauses are known."""
    return msgspec.structs.replace(running, pauses=tuple(pauses))


def supersede(
    running: Running,
    duration: Duration,
    calendar: Calendar,
    now: int,
    *,
    grace: int,
    since: int | None = None,
) -> Running:
    """Put a running clock under a new target: due = min(old due, max(start + new target, now + grace)).

    So a stricter target never falls due before `now + grace`, and a laxer one leaves the clock as it is. A paused
    clock first gets the pause so far and pauses anew at `now`. Pauses that are over are credited to the new target
    too: time spent waiting for the customer does not count because the case was escalated (docs/adr/0002).
    `since` is where a new target that says `from: opened` counts from.
    """
    if running.paused_at is not None:
        resumed = supersede(resume(running, now), duration, calendar, now, grace=grace, since=since)
        return msgspec.structs.replace(resumed, paused_at=now)
    _unsettled(running, now)
    started = running.started_at if since is None else since
    due = max(_due(duration, calendar, started, running.pauses), now + grace)
    if due >= running.due_at:
        return running
    return _due_at(msgspec.structs.replace(running, duration=duration, calendar=calendar), due)


def breached(running: Running, now: int) -> bool:
    """Whether the clock has run out: strictly after `due_at`, and never while paused."""
    return running.paused_at is None and now > running.due_at


def warnings(running: Running, fractions: Iterable[float]) -> tuple[int, ...]:
    """When these fractions of the clock's time are used up, in order, each instant once.

    They count back from the due time, in working time: at 0.8 of 10 h there are 2 h of work left, whatever was
    paused before. A target in days counts elapsed time, as it does itself; so does one without any working time.
    """
    return tuple(sorted({_warning(running, fraction) for fraction in fractions}))


def next_warning(running: Running, fractions: Iterable[float], now: int) -> int | None:
    """The next warning strictly after `now`; None for none."""
    return min((at for at in warnings(running, fractions) if at > now), default=None) if fractions else None


def resumed_warning(before: Running, after: Running, fractions: Iterable[float]) -> int | None:
    """The next warning of a clock that was paused (`before`) and runs on (`after`): of those that had not come when it
    was held, none is lost. None for none."""
    if before.paused_at is None:
        return None
    ahead = [fraction for fraction in fractions if _warning(before, fraction) > before.paused_at]
    return min(warnings(after, ahead), default=None)


def next_instant(running: Running, fractions: Iterable[float], now: int) -> int | None:
    """The next time, strictly after `now`, at which the clock does anything: a warning, or the breach.

    The breach's timer is due at `due_at + 1`. None for a paused clock, and for one whose breach is past.
    """
    if running.paused_at is not None:
        return None
    coming = [at for at in (*warnings(running, fractions), running.due_at + 1) if at > now]
    return min(coming, default=None)


def _due(duration: Duration, calendar: Calendar, started: int, pauses: Iterable[tuple[int, int]]) -> int:
    due = calendar.add(started, duration)
    for begin, end in pauses:
        due = held.moved(duration.unit, calendar, due, begin, end)
    return due


def _warning(running: Running, fraction: float) -> int:
    due = running.due_at
    total = _spent(running.calendar, running.started_at, due, running.pauses)
    if running.duration.unit == "days" or total <= 0:
        total = due - running.started_at - sum(end - begin for begin, end in running.pauses)
        return due - _rest(total, fraction)
    return running.calendar.subtract(due, _rest(total, fraction))


def _due_at(running: Running, due: int) -> Running:
    if due == running.due_at:
        return running
    return msgspec.structs.replace(running, due_at=due, generation=running.generation + 1)


def _spent(calendar: Calendar, begin: int, end: int, pauses: Iterable[tuple[int, int]]) -> int:
    return calendar.between(begin, end) - sum(calendar.between(*held) for held in pauses)


def _rest(total: int, fraction: float) -> int:
    return round(total * (1 - fraction))


def _unsettled(running: Running, now: int) -> None:
    if breached(running, now):
        raise ValueError(f"clock {running.clock} was due at {running.due_at}: settle the case up to {now} first")
