"""Who has a case, who is told of it, and who may see it."""

from typing import Any

from msgspec import field

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CLOCKS, NOTHING, CaseEvent, lost
from tocsin.cases.happenings.parts import Run, Told, because, name, name_told, optional_id, stop, told
from tocsin.clocks.kinds import ClockName
from tocsin.core import ids
from tocsin.core.wording import Ours, Said, in_words, marked, say, unturned

# Whys of a notice whose words are somebody's own.
PERSONAL = ("request", "claim", "recovered", "asked", "answered", "mentioned")
_ANSWER = ("technical_lead", "escalation_manager", "acknowledged_at", "acknowledgement_lasts")


class Assigned(CaseEvent):
    """`words`: the reason for each reader (`wording.in_words`); None where a person gave it, or an older release wrote
    it."""

    KIND, TITLE = "case.assigned", "It has a new owner"
    WORK = True
    LOSES = lost("owner", "alert_at", "named", CLOCKS)

    owner: str
    name: str | None
    reason: str
    stops: list[Run]
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        owner = ids.from_text(self.owner)
        state.case.owner, state.case.alert_at = owner, None
        name(state, owner)
        stop(state, self.stops, at)

    def reads(self) -> Said:
        return say("owned by {name}: {reason}", name=self.name, reason=in_words(self.reason, self.words))


class Alerted(CaseEvent):
    """`says`: why, in English; `words`: the same to be worded for each reader (`wording.packed`), None where an older
    release said it. `lasts`: it is about what is still to be done once the case is over."""

    KIND, TITLE = "case.alerted", "A notice was sent"
    LOSES = lost("alert_at", "claim_alert_at", "named")

    why: str
    clock: ClockName | None
    cycle: int | None
    due_at: int | None
    says: str
    notified: list[Told]
    unreachable: list[Told]
    again: int | None
    lasts: bool = False
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        name_told(state, self.notified)
        if self.why == "unowned":
            state.case.alert_at = self.again
        elif self.why == "unconfirmed":
            state.case.claim_alert_at = self.again

    def reads(self) -> Said:
        said = in_words(self.says, self.words)
        says = said if self.why in PERSONAL else Ours(said)
        return say("{says} ({told})", says=says, told=told(self.notified, self.unreachable))


class Nudged(CaseEvent):
    KIND = "case.nudged"
    TITLE = "The person who acknowledged was reminded that the acknowledgement expires soon"
    LOSES = NOTHING

    expires_at: int

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.nudged_at = at

    def reads(self) -> Said:
        return say("reminded that the acknowledgement is about to expire")


class Acknowledged(CaseEvent):
    """Technically by whoever leads the work from now on; for a relationship by the escalation manager. `beside`: the
    case whose people have this one too."""

    KIND, TITLE = "case.acknowledged", "Somebody acknowledged the case"
    WORK = FOLLOWED = True
    LOSES = lost(*_ANSWER, "named", CLOCKS)

    lead: str | None
    kind: str
    stops: list[Run]
    lasts: int | None
    beside: str | None = field(name="with")

    def apply(self, state: Aggregate, at: int) -> None:
        case, lead = state.case, optional_id(self.lead)
        if self.lasts is not None:
            case.acknowledged_at, case.acknowledgement_lasts = at, self.lasts
        if self.kind == "relationship":
            case.escalation_manager = lead
        else:
            case.technical_lead = lead
        if lead is not None:
            name(state, lead)
        stop(state, self.stops, at)

    def reads(self) -> Said:
        return say("acknowledged, with {case}", case=self.beside) if self.beside else say("acknowledged")


class AcknowledgementEnded(CaseEvent):
    """Whoever had answered has it no more; beside the engineers' work, that is all."""

    KIND, TITLE = "case.acknowledgement_ended", "The acknowledgement expired, or was given back"
    FOLLOWED = True
    LOSES = lost(*_ANSWER, "nudged_at")

    lead: str | None
    why: str
    kind: str

    def apply(self, state: Aggregate, at: int) -> None:
        case, kind, lead = state.case, self.kind, optional_id(self.lead)
        if not case.beside(kind):
            case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None
        if kind == "relationship" and case.escalation_manager == lead:
            case.escalation_manager = None
        elif kind != "relationship" and case.technical_lead == lead:
            case.technical_lead = None

    def reads(self) -> Said:
        why = say("this person no longer works on cases") if self.why == "left" else self.why
        return say("the acknowledgement ended: {why}", why=why)


class Confided(CaseEvent):
    KIND, TITLE = "case.confided", "The case was made confidential; where nobody is named, that ended"
    WORK = True
    LOSES = lost("confidential", "named", "followers")

    named: list[str]
    reason: str

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.confidential = bool(self.named)
        state.case.named = "".join(f" {user}" for user in self.named) + (" " if self.named else "")
        if self.named:  # who may not see it follows it no more
            _follow(state, [user for user in state.case.followers.split() if user in self.named])

    def reads(self) -> Said:
        text = (
            marked("confidential: only the people named may see it{why}")
            if self.named
            else marked("no longer confidential{why}")
        )
        return say(text, why=because(self.reason))


class Followed(CaseEvent):
    """It changes nothing of the case, so neither clocks nor reminders know of it."""

    KIND, TITLE = "case.followed", "Somebody follows the case, and is told of what becomes of it"
    CHANGE = False
    LOSES = lost("followers")

    user: str

    def apply(self, state: Aggregate, at: int) -> None:
        _follow(state, [*state.case.followers.split(), self.user])

    def reads(self) -> Said:
        return say("follows the case")


class Unfollowed(CaseEvent):
    KIND, TITLE = "case.unfollowed", "Somebody follows the case no more"
    CHANGE = False
    LOSES = lost("followers")

    user: str

    def apply(self, state: Aggregate, at: int) -> None:
        _follow(state, [user for user in state.case.followers.split() if user != self.user])

    def reads(self) -> Said:
        return say("follows the case no more")


class Bridged(CaseEvent):
    """`address`: of a call or a chat; None: there is none any more."""

    KIND, TITLE = "case.bridged", "The address where those who work on it talk was set, or taken away"
    WORK = True
    LOSES = lost("bridge")

    address: str | None

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.bridge = self.address

    def reads(self) -> Said:
        return say("bridge: {address}", address=unturned(self.address)) if self.address else say("no bridge any more")


def _follow(state: Aggregate, users: list[str]) -> None:
    state.case.followers = "".join(f" {user}" for user in dict.fromkeys(users)) + (" " if users else "")
