"""How a case gets on: contained, resolved, opened again, closed, held."""

from typing import Any

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CLOCKS, CaseEvent, Lost, lost
from tocsin.cases.happenings.parts import (
    ClockChange,
    Run,
    as_of,
    because,
    behind,
    change,
    rest,
    runs_of,
    stop,
    waits_no_more,
)
from tocsin.core.wording import Instant, Said, in_words, marked, say


class Contained(CaseEvent):
    KIND, TITLE = "case.contained", "The case was marked as contained"
    WORK = FOLLOWED = True
    LOSES = lost(CLOCKS, note=None, stops=[])

    note: str | None
    stops: list[Run]
    claimed_at: int | None

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.contained_at = at if case.containment_claimed_at is None else case.containment_claimed_at
        case.containment_claimed_at = case.broken_at = case.flapped_at = None
        waits_no_more(case)
        stop(state, self.stops, at)

    def reads(self) -> Said:
        return say("contained{since}{note}", since=as_of(self.claimed_at), note=behind(self.note))


class Resolved(CaseEvent):
    """`at`: of a ticket that had ended before it was imported."""

    KIND, TITLE = "case.resolved", "The case was resolved; imported history says when"
    LOSES = lost("resolved_at", CLOCKS, note=None, stops=[])

    note: str | None
    stops: list[Run]
    at: int | None = None
    claimed_at: int | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        case, at = state.case, self.at or at
        case.state = "resolved"
        case.resolved_at = at if case.resolution_claimed_at is None else case.resolution_claimed_at
        rest(case)
        stop(state, self.stops, at)

    def lets_go(self) -> bool:
        return True

    def reads(self) -> Said:
        text = marked("resolved before it was imported{since}{note}") if self.at else marked("resolved{since}{note}")
        return say(text, since=as_of(self.claimed_at), note=behind(self.note))


class Reopened(CaseEvent):
    """`flapped`: when people were last told of a monitor that goes back and forth, where that still counts. `source`:
    where the signal came from that did it; None: a person did. `words`: the reason for each reader
    (`wording.in_words`), where it is ours."""

    KIND, TITLE = "case.reopened", "The case was reopened"
    LOSES = Lost(frozenset({"flapped_at"}), {})

    reason: str
    flapped: int | None = None
    source: str | None = None
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.state, case.resolved_at, case.closed_at = "open", None, None
        case.acknowledged_at = case.technical_lead = case.contained_at = None
        case.acknowledgement_lasts = case.nudged_at = case.recovered_at = case.broken_at = None
        case.flapped_at = self.flapped

    def reads(self) -> Said:
        return say("reopened{why}", why=because(in_words(self.reason, self.words)))


class Closed(CaseEvent):
    KIND, TITLE = "case.closed", "The case was closed; imported history says when"
    LOSES = Lost(frozenset({"closed_at"}), {})

    note: str | None
    at: int | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.state, state.case.closed_at = "closed", self.at or at

    def reads(self) -> Said:
        return say("closed before it was imported{note}" if self.at else "closed{note}", note=behind(self.note))


class Held(CaseEvent):
    KIND, TITLE = "case.held", "The case was put on hold; some of its clocks are paused"
    WORK = True
    LOSES = lost("held_at", "held_until", "waited", CLOCKS)

    reason: str
    until: int
    clocks: list[Run]

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.held_at, state.case.held_until = at, self.until
        for run in runs_of(state, self.clocks):
            run.paused_at = at

    def reads(self) -> Said:
        until = say(" until {time}", time=Instant(self.until)) if self.until else ""
        return say("on hold{until}{why}", until=until, why=because(self.reason))


class Released(CaseEvent):
    KIND, TITLE = "case.released", "The hold ended; the new times of its clocks"
    WORK = True
    LOSES = lost(CLOCKS, "waited", reason="", clocks=[], at=0)

    reason: str
    at: int
    clocks: list[ClockChange]
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        if case.held_at is not None:
            case.waited += self.at - case.held_at
        case.held_at = case.held_until = None
        change(state, self.clocks)

    def reads(self) -> Said:
        return say("off hold{why}", why=because(in_words(self.reason, self.words)))
