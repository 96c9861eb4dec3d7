"""Who is on call: a rotation, and overrides that replace its person for a while. Pure; instants are microseconds.

Whoever is away (has left, or is reached by no page) is passed over: the next in order answers instead. Where everybody
is away the schedule stands, so that it can be said whom a page did not reach.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, plain, say
from tocsin.roster.rotation import Rotation

Away = Mapping[str, Said]  # who cannot be called, by name, and why


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` up to, not including, `end` this user is on call instead of whoever the rotation has."""

    start: int
    end: int
    user: str

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise InvalidInput(
                say("the override ends before it starts"), place="override", expected=say("an end after its start")
            )


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation and its overrides in the order they were made: of two at one time, the later made holds."""

    name: str
    rotation: Rotation
    overrides: tuple[Override, ...] = ()


class OnCall(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers, and who answers next, until when, and why. None is nobody."""

    primary: str | None
    backup: str | None
    until: int
    reasons: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    """Who would have answered first, and is away."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A span, up to but not including `end`, with the same people for the same reasons."""

    start: int
    end: int
    primary: str | None
    backup: str | None
    reasons: tuple[str, ...]


_NOBODY: Away = {}
MOST_SHOWN = 12


def on_call(roster: Roster, at: int, away: Away = _NOBODY) -> OnCall:
    """Who is on call at an instant. The next handoff or override is at `until`; ask again then."""
    shift = roster.rotation.shift_at(at)
    duty = _duty(roster, shift, at, away)
    end = _next_change(roster, shift, at)
    # An override hidden by a later one, or ending into another by the same person, changes nothing.
    while end < roster.rotation.begins(shift + 1) and _duty(roster, shift, end, away) == duty:
        end = _next_change(roster, shift, end)
    return OnCall(primary=duty.primary, backup=duty.backup, until=end, reasons=duty.reasons, passed_over=duty.passed)


def shifts(roster: Roster, start: int, end: int, away: Away = _NOBODY) -> Iterator[Shift]:
    """The shifts from `start` to `end` without a gap, the first and the last cut there."""
    at = start
    while at < end:
        found = on_call(roster, at, away)
        until = min(found.until, end)
        yield Shift(start=at, end=until, primary=found.primary, backup=found.backup, reasons=found.reasons)
        at = until


def outlook(roster: Roster, start: int, away: Away = _NOBODY) -> list[Shift]:
    """Who is on call from an instant on: until everybody has had a turn, and at most for a dozen shifts."""
    found: list[Shift] = []
    turns = len(roster.rotation.members) + 1
    end = roster.rotation.begins(roster.rotation.shift_at(start) + turns)
    for shift in shifts(roster, start, end, away):
        found.append(shift)
        if len(found) == MOST_SHOWN:
            break
    return found


class _Duty(NamedTuple):
    primary: str | None
    backup: str | None
    passed: tuple[str, ...]
    reasons: tuple[str, ...]


def _duty(roster: Roster, shift: int, at: int, away: Away) -> _Duty:
    """Who answers at an instant of a shift of the rotation, and why."""
    rotation = roster.rotation
    scheduled = rotation.member(shift)
    override = next((made for made in reversed(roster.overrides) if made.start <= at < made.end), None)
    if override is None:
        wanted = scheduled
        reasons = [f"{scheduled} has this shift of the rotation" if scheduled else "the rotation has no members"]
    else:
        wanted = override.user
        instead = f" instead of {scheduled}" if scheduled and scheduled != wanted else ""
        reasons = [f"{wanted} is on call{instead} by an override until {instants.whole(override.end)}"]
    # Whoever is replaced is away, and is not called second either.
    second = [user for user in rotation.following(shift) if user not in (wanted, scheduled)]
    order = [user for user in (wanted, *second, scheduled) if user is not None]
    primary = next((user for user in order if user not in away), wanted)
    passed = tuple(dict.fromkeys(order[: order.index(primary)])) if primary is not None else ()
    reasons += [f"{user} {plain(away[user])}, and is passed over" for user in passed]
    reasons += [f"{primary} comes next"] if passed else []
    if primary in away and wanted:
        reasons.append(f"{wanted} {plain(away[wanted])}, and nobody else can be called")
    others = [user for user in second if user != primary]
    backup = next((user for user in others if primary in away or user not in away), None)
    reasons.append(f"{backup} comes next in the rotation" if backup else "nobody else is in the rotation")
    return _Duty(primary, backup, passed, tuple(reasons))


def _next_change(roster: Roster, shift: int, at: int) -> int:
    edges = [edge for made in roster.overrides for edge in (made.start, made.end) if edge > at]
    return min([roster.rotation.begins(shift + 1), *edges])
