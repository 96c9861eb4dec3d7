"""A help desk's ticket played on our calendars and clocks: the adapter of the recorded `sla_ticket` cases.

The semantics are those of the product the cases come from, Zammad, where they differ from ours (docs/adr/0002): a due
time on a closing is reported at the next opening, and whole minutes are cut off. What is ours underneath is every
calendar and every running clock.
"""

from datetime import date
from typing import Any

from tests.recorded import Case
from tocsin.clocks import targets
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.hours import WEEKDAYS
from tocsin.clocks.kinds import RESOLVE
from tocsin.core import instants
from tocsin.core.clock import MINUTE

_RUNNING = ("new", "open")
_YEARS = range(2000, 2031)


def calendar_of(recorded: Case) -> Calendar:
    """One of ours for a recorded calendar: days that recur become closed days, breaks special hours."""
    week = recorded["hours"]
    closed = {
        *recorded["holidays"],
        *(f"{year}-{day}" for year in _YEARS for day in recorded["recurring_holidays_mmdd"]),
    }
    special: dict[str, list[str]] = {}
    for day, breaks in recorded["breaks"].items():
        if day not in closed:
            weekday = WEEKDAYS[date.fromisoformat(day).weekday()]
            remaining = [(opening, closing) for opening, closing in week[weekday]]
            for begin, end in breaks:
                remaining = [
                    piece
                    for opening, closing in remaining
                    for piece in ((opening, min(closing, begin)), (max(opening, end), closing))
                    if piece[0] < piece[1]
                ]
            special[day] = ["-".join(piece) for piece in remaining]
    spec = {
        "zone": recorded["timezone"],
        "hours": {day: ["-".join(span) for span in spans] for day, spans in week.items()},
        "closed": sorted(closed),
        "special": special,
    }
    return Calendar.build("recorded", spec)


def due_with_pauses(calendar: Calendar, start: int, amount: int, pauses: list[tuple[int, int]]) -> int:
    """Due time of one clock that is paused and resumed. A pause that ends before the clock starts is none of it."""
    clock = targets.start(RESOLVE, Duration("working", amount), calendar, start)
    for begin, end in pauses:
        if end > start:
            clock = targets.resume(targets.pause(clock, max(begin, start)), end)
    return clock.due_at


def pauses_of(events: list[Case]) -> tuple[list[tuple[int, int]], str]:
    """The spans in which a ticket was neither new nor open, and its last state."""
    pauses: list[tuple[int, int]] = []
    since: int | None = None
    state = events[0].get("state", "open")
    if state not in _RUNNING:
        since = instants.from_text(events[0]["at"])
    for event in events:
        if event["event"] == "state":
            at, state = instants.from_text(event["at"]), event["to"]
            if state not in _RUNNING and since is None:
                since = at
            elif state in _RUNNING and since is not None:
                pauses.append((since, at))
                since = None
    if since is not None:
        pauses.append((since, instants.LATEST))
    return pauses, state


class Ticket:
    """The escalation times that the product reports for a ticket."""

    def __init__(self, case: Case) -> None:
        self.calendar = calendar_of(case["calendar"])
        self.sla = case["sla"] or {}
        events = [event for event in case["events"] if event["at"]]
        self.created = instants.from_text(events[0]["at"])
        self.pauses, self.state = pauses_of(events)
        moments = sorted((instants.from_text(event["at"]), event["event"]) for event in events)
        self.responses = [at for at, kind in moments if kind in ("first_response", "agent_message")]
        self.closed = next((at for at, kind in moments if kind == "closed"), None)
        first_response = next((at for at, kind in moments if kind == "first_response"), None)
        self.first_response = first_response or (self.responses[0] if self.responses else None)
        self.rounds = self._rounds(moments)

    @staticmethod
    def _rounds(moments: list[tuple[int, str]]) -> list[tuple[int, int | None]]:
        """From a customer's first unanswered message to the agent's answer, if there is one."""
        rounds: list[tuple[int, int | None]] = []
        for at, kind in moments:
            waiting = bool(rounds) and rounds[-1][1] is None
            if kind == "customer_message" and not waiting:
                rounds.append((at, None))
            elif kind == "agent_message" and waiting:
                rounds[-1] = (rounds[-1][0], at)
        return rounds

    def report(self) -> dict[str, Any]:
        running = self.state in _RUNNING
        unanswered = self.rounds[-1][0] if self.rounds and self.rounds[-1][1] is None else None
        report: dict[str, Any] = {
            "first_response_escalation_at": self._due("first_response_min", self.created)
            if running and self.first_response is None
            else None,
            "update_escalation_at": self._due("update_min", unanswered) if running and unanswered is not None else None,
            "close_escalation_at": self._due("solution_min", self.created) if running else None,
        }
        due = [at for at in report.values() if at is not None]
        report["escalation_at"] = min(due, default=None)
        answered = [(begin, end) for begin, end in self.rounds if end is not None]
        for name, key, span in (
            ("first_response", "first_response_min", (self.created, self.first_response)),
            ("update", "update_min", answered[-1] if answered else (0, None)),
            ("close", "solution_min", (self.created, self.closed)),
        ):
            begin, end = span
            if end is not None and self.sla.get(key) is not None:
                report[f"{name}_in_min"] = self._minutes(begin, end)
                report[f"{name}_diff_in_min"] = self.sla[key] - report[f"{name}_in_min"]
        return report

    def _due(self, key: str, start: int) -> str | None:
        minutes = self.sla.get(key)
        if minutes is None:
            return None
        due = due_with_pauses(self.calendar, start, minutes * MINUTE, self.pauses)
        due = self.calendar.next_open(due)
        return instants.to_text(due - due % MINUTE)

    def _minutes(self, begin: int, end: int) -> int:
        return worked_minutes(self.calendar, begin, end, self.pauses)


def worked_minutes(calendar: Calendar, begin: int, end: int, pauses: list[tuple[int, int]]) -> int:
    """Working minutes of a span, the pauses in it taken out."""
    held = sum(
        calendar.between(max(begin, since), min(end, until)) for since, until in pauses if since < end and until > begin
    )
    return (calendar.between(begin, end) - held) // MINUTE
