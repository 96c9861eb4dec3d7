"""Who is on call, by the rosters as they stand: now, next, in a week, and what of it will not hold. Whoever cannot be
called now is passed over, as a page would pass them over."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from tocsin.cases.context import Around
from tocsin.core.clock import DAY
from tocsin.notify import destinations, waking
from tocsin.notify.destinations import Destinations
from tocsin.roster import absence, plan
from tocsin.roster.plan import Away, Roster, Shift
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web.drawing import lanes
from tocsin.web.drawing.lanes import Span

AHEAD = 14 * DAY  # how far problems are looked for
_HORIZON = 92 * DAY  # how far somebody's next turn is looked for
Reached = Literal["wakes", "asleep", "unsaid", "unreached"]
Trouble = Literal["gap", "left", "unreached", "asleep", "unsaid"]


class Turn(NamedTuple):
    """That somebody answers pages of a roster. `backup`: after whoever is first. `then`: the name of whoever answers
    from its end on; None: nobody."""

    roster: str
    start: int
    end: int
    backup: bool
    then: str | None


class Warned(NamedTuple):
    """What will not hold within two weeks: of a roster, or of a person on it; from when to when, for a gap."""

    what: Trouble
    roster: str
    who: str | None = None
    start: int | None = None
    end: int | None = None


class Schedule(NamedTuple):
    """A roster, and who of it cannot be called now."""

    roster: Roster
    away: Away

    def first(self, start: int, end: int) -> list[Span]:
        """Who answers first, from one instant to another."""
        return lanes.joined(self._span(shift, shift.primary) for shift in self._shifts(start, end))

    def backup(self, start: int, end: int) -> list[Span]:
        """Who answers after them; None: nobody does."""
        spans = (Span(shift.start, shift.end, shift.backup) for shift in self._shifts(start, end))
        return lanes.joined(spans)

    def turns(self, user: str, now: int) -> Iterator[Turn]:
        """The turns of a user from now on, as first and as backup."""
        for backup, spans in ((False, self.first(now, now + _HORIZON)), (True, self.backup(now, now + _HORIZON))):
            for place, span in enumerate(spans):
                if span.who == user:
                    then = spans[place + 1].who if place + 1 < len(spans) else None
                    yield Turn(self.roster.name, span.start, span.end, backup, then)

    def _shifts(self, start: int, end: int) -> Iterator[Shift]:
        return plan.shifts(self.roster, start, end, self.away)

    def _span(self, shift: Shift, who: str | None) -> Span:
        if who is None or who in self.away:
            return Span(shift.start, shift.end, None)
        made = next((one for one in reversed(self.roster.overrides) if one.start <= shift.start < one.end), None)
        scheduled = self.roster.rotation.member(self.roster.rotation.shift_at(shift.start))
        covers = made is not None and made.user == who and scheduled not in (None, who)
        return Span(shift.start, shift.end, who, scheduled if covers else None)


def schedules(around: Around) -> list[Schedule]:
    """Every roster."""
    found = around.rosters.by_name.values()
    return [Schedule(roster, absence.away(roster, around.directory, around.reachable)) for roster in found]


def of(tx: Tx, here: Installation, user: int | None) -> list[Turn]:
    """When a user answers pages: on each roster now, else next; what begins first, first."""
    around = here.desk.around(tx)
    name = around.directory.name_of(user)
    if name is None:
        return []
    return turns(schedules(around), name, around.now)


def turns(found: Sequence[Schedule], user: str, now: int) -> list[Turn]:
    """The next turn of a user on each roster, as first before as backup."""
    chosen = []
    for schedule in found:
        own = sorted(schedule.turns(user, now), key=lambda turn: (turn.start > now, turn.backup, turn.start))
        chosen += own[:1]
    return sorted(chosen, key=lambda turn: (turn.start > now, turn.backup, turn.start, turn.end))


def reached(tx: Tx, here: Installation, user: int | None) -> Reached:
    """Whether a page reaches a user, and wakes them."""
    return reach_of(destinations.load(tx), user)


def reach_of(reach: Destinations, user: int | None) -> Reached:
    places = reach.get(user, ()) if user is not None else ()
    if not places:
        return "unreached"
    said = waking.wakes(places)
    return "wakes" if said else "unsaid" if said is None else "asleep"


def warned(found: Sequence[Schedule], around: Around, reach: Destinations, now: int) -> list[Warned]:
    """What will not hold: gaps first, then people who have left, whom no page reaches, and whom none wakes."""
    gaps, people = [], []
    for schedule in found:
        roster = schedule.roster
        spans = schedule.first(now, now + AHEAD)
        gaps += [Warned("gap", roster.name, None, span.start, span.end) for span in spans if span.who is None]
        people += [_of_person(schedule, around, reach, name) for name in _due(roster, now)]
    return sorted(gaps, key=lambda one: one.start or 0) + sorted(filter(None, people), key=_order)


_ORDER: tuple[Trouble, ...] = ("gap", "left", "unreached", "asleep", "unsaid")


def _order(one: Warned) -> tuple[int, str, str]:
    return _ORDER.index(one.what), one.roster, one.who or ""


def _due(roster: Roster, now: int) -> list[str]:
    """Members, and whoever an override names that is not over: as they stand, whether or not they can be called."""
    overrides = (made.user for made in roster.overrides if made.end > now and made.start < now + AHEAD)
    return list(dict.fromkeys((*roster.rotation.members, *overrides)))


def _of_person(schedule: Schedule, around: Around, reach: Destinations, name: str) -> Warned | None:
    user = around.directory.by_name.get(name)
    if user is None or not user.may("cases.work"):
        return Warned("left", schedule.roster.name, name)
    said = reach_of(reach, user.id)
    return None if said == "wakes" else Warned(said, schedule.roster.name, name)
