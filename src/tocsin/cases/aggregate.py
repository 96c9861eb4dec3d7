"""A case as one value: its row, its clocks, its escalations and its call-ins. It is what its events add up to
(`happenings`)."""

import msgspec

from tocsin.clocks.kinds import ClockName
from tocsin.core import ids
from tocsin.core.clock import MINUTE
from tocsin.policy.levels import STANDARD, LevelName, raised
from tocsin.policy.model import Kind, Origin

PRACTICE = "tocsin-practice"  # the source of cases with which people practise; no tool or file is called so
CLAIMED_IN_TIME = "claimed_in_time"  # excuses a breach: the claim was made before it, and was confirmed
NUDGE = 10 * MINUTE  # before an acknowledgement expires
OVER = ("exhausted", "unheard")  # states of an escalation whose path has no further step
LIVE = ("climbing", *OVER)  # and of one that nobody has answered or stopped


class Case(msgspec.Struct):
    """The row of a case, in the order of the table's columns. Times are microseconds, UTC."""

    id: int
    number: int
    source: str
    external_id: str | None
    account: int | None
    subject: str
    state: str = "open"
    level: LevelName = STANDARD
    kind: Kind | None = None
    severity: str = ""
    type: str | None = None
    product_area: str | None = None
    score: float = 0.0
    team: str | None = None
    owner: int | None = None
    policy_version: int = 0
    opened_at: int = 0
    updated_at: int = 0
    occurred_at: int | None = None
    acknowledged_at: int | None = None
    technical_lead: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    imported: bool = False
    escalation_manager: int | None = None
    acknowledgement_lasts: int | None = None
    active_at: int | None = None  # when somebody last worked on it
    nudged_at: int | None = None
    containment_claimed_at: int | None = None
    contained_at: int | None = None
    resolution_claimed_at: int | None = None
    held_at: int | None = None
    held_until: int | None = None
    alert_at: int | None = None  # when its lead is told again that nobody owns it
    triage_at: int | None = None
    triage_level: LevelName | None = None
    requested_level: LevelName | None = None
    request_due_at: int | None = None
    parent: int | None = None  # the case that it follows, or was merged into
    corrected: str | None = None
    confidential: bool = False
    named: str = ""  # who may see it while it is confidential: ids, each between spaces
    waited: int = 0  # how long it was on hold since the customer last wrote
    contested_at: int | None = None  # when the customer last wrote while a claim waited
    claim_alert_at: int | None = None  # when those who may confirm a claim are told again
    recovered_at: int | None = None  # when its monitoring tool said that it is over, and has not said otherwise since
    broken_at: int | None = None  # when its source last said that it is broken, since it was last contained
    flapped_at: int | None = None  # when people were last told that it is broken again, after it was said to be over
    bridge: str | None = None  # where those who work on it talk: the address of a call or a chat
    followers: str = ""  # who follows it: ids, each between spaces
    provisional_until: int | None = None  # until when that it follows its parent is only assumed
    counted: str = ""  # the clocks that stand meanwhile by what its parent's people did: `clock:cycle`, with spaces

    @property
    def practice(self) -> bool:
        """Whether somebody only practises with it: it counts in no figure, as imported history, but its page is
        answered as any other, until somebody raises it or opens it again."""
        return self.imported and self.source == PRACTICE

    @property
    def quiet(self) -> bool:
        """Whether nobody works on it: imported history, until somebody takes it live."""
        return self.imported and not self.practice

    def expires_at(self) -> int | None:
        """When the acknowledgement loses its force, unless somebody works on the case; None where it cannot."""
        if self.acknowledged_at is None or self.acknowledgement_lasts is None:
            return None
        if self.said_to_be_over:
            return None
        if self.level == "standard" or self.parent is not None:
            return None
        return max(self.acknowledged_at, self.active_at or 0, self.contested_at or 0) + self.acknowledgement_lasts

    def has_done(self, deed: str) -> bool:
        """Whether what a clock asks for is done; `deed`: the field that says so, none for what no field says."""
        return bool(deed) and getattr(self, deed) is not None

    @property
    def said_to_be_over(self) -> bool:
        """Whether somebody says that it is resolved, which waits to be confirmed, and the customer has not written
        since."""
        return self.resolution_claimed_at is not None and self.resolution_claimed_at > (self.contested_at or 0)

    def nudge_at(self) -> int | None:
        """When whoever acknowledged is reminded that this is about to expire; None where they were, or cannot be."""
        expires = self.expires_at()
        if expires is None or self.acknowledgement_lasts is None or self.acknowledgement_lasts <= NUDGE:
            return None
        begun = expires - self.acknowledgement_lasts
        return expires - NUDGE if self.nudged_at is None or self.nudged_at < begun else None

    def answer_due_at(self) -> int | None:
        """When the request for a higher level is answered by itself: at once where the case has risen that far."""
        if self.requested_level is None or raised(self.level, self.requested_level):
            return self.request_due_at
        return self.updated_at

    def beside(self, kind: str | None) -> bool:
        """Whether an escalation of this kind stands beside the work of the engineers: it is about the customer alone,
        and its answer and its end are not those of the case."""
        return kind == "relationship" and self.kind == "technical"

    def sees(self, user: int | None) -> bool:
        """Whether a user may see it: anybody may, but for a confidential case, which is for those named."""
        return not self.confidential or (user is not None and f" {ids.to_text(user)} " in self.named)

    def followed_by(self, user: int | None) -> bool:
        """Whether a user follows it."""
        return user is not None and f" {ids.to_text(user)} " in self.followers


class RunningClock(msgspec.Struct):
    """The row of one run of a clock, in the order of the table's columns (behind the case's id)."""

    clock: ClockName
    cycle: int
    policy_version: int
    calendar: str
    target: str
    origin: Origin
    started_at: int
    due_at: int
    original_due_at: int
    paused_at: int | None = None
    outcome: str | None = None
    settled_at: int | None = None
    generation: int = 0
    warn_at: int | None = None
    claimed_at: int | None = None  # when somebody said that it is reached; it waits for a senior
    pauses: str = ""  # those that are over: `begin-end`, separated by spaces
    cancelled_because: str | None = None
    excused_by: str | None = None
    contested_at: int | None = None  # when the customer wrote while it was claimed; it runs on since
    confirmed_at: int | None = None  # when a senior confirmed what was claimed
    done_at: int | None = None  # when what it asks for was done after it had run out

    @property
    def stands(self) -> bool:
        """Whether it stands still because somebody says that it is reached, and the customer has not written since."""
        return self.outcome is None and self.claimed_at is not None and self.contested_at is None

    @property
    def owed(self) -> bool:
        """Whether what it asks for may still be done, also where it has run out."""
        return self.outcome is None or (
            self.outcome == "breached" and self.done_at is None and self.cancelled_because is None
        )

    @property
    def ticking(self) -> bool:
        """Whether it can still run out: neither settled, nor paused, nor standing while a claim waits."""
        claimed = self.claimed_at is not None and self.contested_at is None  # as `stands`, which is asked less often
        return self.outcome is None and self.paused_at is None and not claimed


class Escalation(msgspec.Struct):
    """The row of an escalation, in the order of the table's columns (the case's id left out)."""

    id: int
    kind: Kind
    path: str
    policy_version: int
    state: str
    passed: int
    step: int
    next_at: int | None
    started_at: int
    hours: str | None = None  # the calendar in which its waits count; None: around the clock
    needed: int = 1  # answers that its last step asks for
    answers: str = ""  # who has answered: ids, each between spaces
    held_by: int | None = None  # the guard that keeps it from paging until `next_at`


class Call(msgspec.Struct):
    """The row of a call-in, in the order of the table's columns (the case's id left out): people who are paged into the
    case because somebody asks for them."""

    id: int
    target: str  # user:NAME, roster:NAME or team:NAME
    caller: int | None  # the user who asked for them
    reason: str | None  # what they are needed for
    started_at: int
    state: str = "calling"  # calling, answered, declined, unanswered, withdrawn, over
    rounds: int = 0  # how often they were paged
    next_at: int | None = None  # when they are paged again, or the caller is told that nobody answered
    called: str = ""  # who was paged: ids, each between spaces
    declined: str = ""  # those of them who declined, likewise
    answered_by: int | None = None
    ended_at: int | None = None

    def calls(self, user: int | None) -> bool:
        """Whether this user was paged by it and has not declined."""
        if user is None:
            return False
        return f" {ids.to_text(user)} " in self.called and f" {ids.to_text(user)} " not in self.declined


class Aggregate(msgspec.Struct):
    """Everything that a verb needs to know about a case."""

    case: Case
    clocks: list[RunningClock]
    escalations: list[Escalation]
    calls: list[Call] = msgspec.field(default_factory=list)

    def running(self, clock: str) -> RunningClock | None:
        """The run of this clock that has no outcome yet."""
        for run in self.clocks:
            if run.clock == clock and run.outcome is None:
                return run
        return None

    def unclaimed(self, *clocks: ClockName) -> list[tuple[ClockName, int]]:
        """The running ones of these clocks that nobody has claimed to be reached, as events name them. A paused clock
        as well: once its pause is over, it must not run on while the claim waits."""
        runs = (run for run in self.clocks if run.outcome is None and run.claimed_at is None)
        return [(run.clock, run.cycle) for run in runs if run.clock in clocks]

    @property
    def stands_by_parent(self) -> list[tuple[ClockName, int]]:
        """The runs of clocks that stand by what its parent's people did, while it follows that one provisionally."""
        counted = self.case.counted.split()
        return (
            [(run.clock, run.cycle) for run in self.clocks if f"{run.clock}:{run.cycle}" in counted] if counted else []
        )

    def climbing(self) -> list[Escalation]:
        return [escalation for escalation in self.escalations if escalation.state == "climbing"]

    def calling(self) -> list[Call]:
        """The call-ins that wait for an answer."""
        return [call for call in self.calls if call.state == "calling"]

    def live(self) -> list[Escalation]:
        """The escalations that nobody has answered or stopped."""
        return [escalation for escalation in self.escalations if escalation.state in LIVE]
