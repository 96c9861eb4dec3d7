"""Who is on call: a rotation, and overrides that replace its person for a while. Pure; instants are microseconds."""

from collections.abc import Iterator

import msgspec

from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.roster.rotation import Rotation


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` up to, not including, `end` this user is on call instead of whoever the rotation has."""

    start: int
    end: int
    user: str

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise InvalidInput(
                "the override ends before it starts", place="override", expected="an end after its start"
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


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A span, up to but not including `end`, with the same people for the same reasons."""

    start: int
    end: int
    primary: str | None
    backup: str | None
    reasons: tuple[str, ...]


def on_call(roster: Roster, at: int) -> OnCall:
    """Who is on call at an instant. The next handoff or override is at `until`; ask again then."""
    shift = roster.rotation.shift_at(at)
    duty = _duty(roster, shift, at)
    end = _next_change(roster, shift, at)
    # An override hidden by a later one, or ending into another by the same person, changes nothing.
    while end < roster.rotation.begins(shift + 1) and _duty(roster, shift, end) == duty:
        end = _next_change(roster, shift, end)
    primary, backup, reasons = duty
    return OnCall(primary=primary, backup=backup, until=end, reasons=reasons)


def shifts(roster: Roster, start: int, end: int) -> Iterator[Shift]:
    """The shifts from `start` to `end` without a gap, the first and the last cut there."""
    at = start
    while at < end:
        found = on_call(roster, at)
        until = min(found.until, end)
        yield Shift(start=at, end=until, primary=found.primary, backup=found.backup, reasons=found.reasons)
        at = until


def _duty(roster: Roster, shift: int, at: int) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Primary, backup and reasons at an instant of a shift of the rotation."""
    rotation = roster.rotation
    scheduled = rotation.member(shift)
    override = next((made for made in reversed(roster.overrides) if made.start <= at < made.end), None)
    if override is None:
        primary = scheduled
        reasons = [f"{scheduled} has this shift of the rotation" if scheduled else "the rotation has no members"]
    else:
        primary = override.user
        instead = f" instead of {scheduled}" if scheduled and scheduled != primary else ""
        reasons = [f"{primary} is on call{instead} by an override until {instants.whole(override.end)}"]
    # Whoever is replaced is away, and is not called second either.
    backup = next((user for user in rotation.following(shift) if user not in (primary, scheduled)), None)
    reasons.append(f"{backup} comes next in the rotation" if backup else "nobody else is in the rotation")
    return primary, backup, tuple(reasons)


def _next_change(roster: Roster, shift: int, at: int) -> int:
    edges = [edge for made in roster.overrides for edge in (made.start, made.end) if edge > at]
    return min([roster.rotation.begins(shift + 1), *edges])
