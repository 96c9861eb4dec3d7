"""What somebody had done to a case is undone: it is put back, and nothing of what happened is removed."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from msgspec import field

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CALLS, ESCALATIONS, EVERYTHING, CaseEvent, Lost
from tocsin.cases.happenings.parts import restore
from tocsin.clocks.kinds import ClockName
from tocsin.core import ids
from tocsin.core.wording import Counted, Listed, Said, counted, say
from tocsin.ledger.journal import Recorded

Value = int | float | str | bool | None
_IDS = ("owner", "technical_lead", "escalation_manager", "parent")


class ClockRestored(TypedDict):
    """What a run of a clock, which `clock` and `cycle` name, has again."""

    clock: ClockName
    cycle: int
    policy_version: NotRequired[int]
    calendar: NotRequired[str]
    target: NotRequired[str]
    origin: NotRequired[str]
    started_at: NotRequired[int]
    due_at: NotRequired[int]
    paused_at: NotRequired[int | None]
    outcome: NotRequired[str | None]
    settled_at: NotRequired[int | None]
    warn_at: NotRequired[int | None]
    claimed_at: NotRequired[int | None]
    pauses: NotRequired[str]
    cancelled_because: NotRequired[str | None]
    excused_by: NotRequired[str | None]
    contested_at: NotRequired[int | None]
    confirmed_at: NotRequired[int | None]
    done_at: NotRequired[int | None]


class Undone(CaseEvent):
    """`verb`: what is undone, which `by` did at the instant `at`; `seq`: the number of the event that says it. `paged`,
    `told`: how many people had been paged, and told something, since; `customer`: whether the customer had been.
    `freed`: whether cases that followed this one were let go by it, and stay so. `calls`: how many call-ins ended with
    it unanswered, and stay so. `restores`: what columns have again.
    """

    KIND, TITLE = "case.undone", "What somebody had done to the case was undone"
    WORK = FOLLOWED = True
    LOSES = Lost(EVERYTHING.names - {ESCALATIONS, CALLS})  # what a verb may have changed, it may have put back

    verb: str
    seq: int = field(name="event")
    by: str
    at: int
    paged: int
    told: int
    customer: bool
    freed: bool
    restores: dict[str, Value]
    clocks: list[ClockRestored]
    calls: int = 0

    def apply(self, state: Aggregate, at: int) -> None:
        for column, value in self.restores.items():
            setattr(state.case, column, ids.from_text(value) if column in _IDS and isinstance(value, str) else value)
        restore(state, self.clocks)

    def lets_go(self) -> bool:
        """Whoever began to follow the case meanwhile: it is over again, or quiet."""
        return self.restores.get("state", "open") != "open" or self.restores.get("imported") is True

    def reads(self) -> Said:
        return say("undone: {verb}{sent}", verb=self.verb, sent=Listed(["", *self.sent()], "; "))

    def sent(self) -> list[Said | Counted]:
        """What had been sent by then, and so cannot be undone."""
        parts: list[Said | Counted] = []
        if self.paged:
            parts.append(counted("{amount} person had been paged", "{amount} people had been paged", self.paged))
        if self.told:
            parts.append(counted("{amount} person had been told", "{amount} people had been told", self.told))
        if self.customer:
            parts.append(say("the customer had been told"))
        if self.freed:
            parts.append(say("the cases that followed it follow it no more"))
        if self.calls:
            parts.append(counted("{amount} call-in stays ended", "{amount} call-ins stay ended", self.calls))
        return parts


def told(column: str, value: Value) -> Value:
    """The value of a column as the event says it."""
    return ids.to_text(value) if column in _IDS and isinstance(value, int) else value


def standing(history: Sequence[Recorded]) -> list[Recorded]:
    """What happened, without what was undone."""
    gone = {event.payload["event"] for event in history if event.kind == Undone.KIND and event.payload is not None}
    return [event for event in history if event.seq not in gone]
