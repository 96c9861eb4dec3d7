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
HORIZON = 92 * DAY  # how far somebody's next turn is looked for
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
    """What will not hold within two weeks: a gap of a roster, from when to when, with those whose turn it is and who
    cannot be called; or of a person what is wrong with
    them, on which rosters. Whom nobody has said to be woken stand together."""

    what: Trouble
    rosters: tuple[str, ...]
    people: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


class Schedule(NamedTuple):
    """A roster, and who of it cannot be called now."""

    roster: Roster
    away: Away

    def first(self, start: int, end: int) -> Iterator[Span]:
        """Who answers first, from one instant to another."""
        return lanes.joined(self._span(shift) for shift in plan.shifts(self.roster, start, end, self.away))

    def backup(self, start: int, end: int) -> Iterator[Span]:
        """Who answers after them; None: nobody does."""
        shifts = plan.shifts(self.roster, start, end, self.away)
        return lanes.joined(Span(shift.start, shift.end, shift.backup) for shift in shifts)

    def within(self, start: int, end: int) -> tuple[list[Span], list[Span]]:
        """Who is first, and who is backup, from one instant to another; the first and the last span whole."""
        rotation = self.roster.rotation
        begin = min(start, rotation.begins(rotation.shift_at(start)))
        until = max(end, rotation.begins(rotation.shift_at(end) + 1))
        return list(self.first(begin, until)), list(self.backup(begin, until))

    def turn(self, user: str, now: int) -> Turn | None:
        """When a user answers its pages: now, as first or as backup; else when they are next first, else backup."""
        found = [self._next(user, now, backup) for backup in (False, True)]
        return min(filter(None, found), key=lambda turn: (turn.start > now, turn.backup), default=None)

    def _next(self, user: str, now: int, backup: bool) -> Turn | None:
        spans = self.backup(now, now + HORIZON) if backup else self.first(now, now + HORIZON)
        for span in spans:
            if span.who == user:
                after = next(spans, None)
                return Turn(self.roster.name, span.start, self.until(span, now), backup, after.who if after else None)
        return None

    def until(self, span: Span, now: int) -> int:
        """When a span ends that was looked for from now on; where it lasts farther than that, when its shift does."""
        if span.end < now + HORIZON:
            return span.end
        rotation = self.roster.rotation
        return rotation.begins(rotation.shift_at(max(span.start, now)) + 1)

    def _span(self, shift: Shift) -> Span:
        who = shift.primary
        if who is None or who in self.away:
            return Span(shift.start, shift.end, None, unheard=who)
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
    chosen = [turn for schedule in found if (turn := schedule.turn(user, now)) is not None]
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
    gaps = [gap for schedule in found for gap in _gaps(schedule, now)]
    wrong: dict[tuple[Trouble, str], list[str]] = {}
    for schedule in found:
        for name in _due(schedule.roster, now):
            if (what := _wrong(around, reach, name)) is not None:
                wrong.setdefault((what, name), []).append(schedule.roster.name)
    people = [Warned(what, tuple(rosters), (name,)) for (what, name), rosters in wrong.items() if what != "unsaid"]
    unsaid = {name: rosters for (what, name), rosters in wrong.items() if what == "unsaid"}
    together = tuple(dict.fromkeys(roster for rosters in unsaid.values() for roster in rosters))
    return [
        *sorted(gaps, key=lambda one: one.start),
        *sorted(people, key=lambda one: (_ORDER.index(one.what), one.people)),
        *([Warned("unsaid", together, tuple(sorted(unsaid)))] if unsaid else []),
    ]


def _gaps(schedule: Schedule, now: int) -> Iterator[Warned]:
    """Each as long as it lasts, whosever turns are in it."""
    turns = list(schedule.first(now, now + AHEAD))
    for span in lanes.joined(span._replace(unheard=None) for span in turns):
        if span.who is None:
            within = (one.unheard for one in turns if span.start <= one.start < span.end and one.unheard)
            yield Warned("gap", (schedule.roster.name,), tuple(dict.fromkeys(within)), span.start, span.end)


_ORDER: tuple[Trouble, ...] = ("gap", "left", "unreached", "asleep", "unsaid")


def _due(roster: Roster, now: int) -> list[str]:
    """Members, and whoever an override names that is not over: as they stand, whether or not they can be called."""
    overrides = (made.user for made in roster.overrides if made.end > now and made.start < now + AHEAD)
    return list(dict.fromkeys((*roster.rotation.members, *overrides)))


def _wrong(around: Around, reach: Destinations, name: str) -> Trouble | None:
    user = around.directory.by_name.get(name)
    if user is None or not user.may("cases.work"):
        return "left"
    said = reach_of(reach, user.id)
    return None if said == "wakes" else said
