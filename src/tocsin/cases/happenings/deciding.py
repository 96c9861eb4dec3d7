"""A ticket becomes a case, and the policy decides what to do with it."""

from typing import Any, NotRequired, TypedDict, cast

from tocsin.cases import decider
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.happenings.base import CaseEvent, Lost, lost
from tocsin.cases.happenings.parts import optional_id
from tocsin.core.wording import Said, in_words, say, unturned
from tocsin.ledger.journal import Event
from tocsin.policy.decision import Decision
from tocsin.policy.levels import LevelName, raised
from tocsin.policy.model import Kind

_FIRST = {"number": 0, "source": "", "external_id": None, "account": None, "subject": "", "occurred_at": None}


class Opened(CaseEvent):
    KIND, TITLE = "case.opened", "A ticket became a case"
    NAMES = "linked_to"
    LOSES = Lost(frozenset({*_FIRST, "imported"}), _FIRST | {"imported": False})

    number: int
    source: str
    external_id: str | None
    account: str | None
    subject: str
    occurred_at: int | None
    imported: bool
    linked_to: str | None

    def begun(self, case: int, at: int) -> Aggregate:
        """The state behind the first event of a case."""
        return Aggregate(
            Case(
                id=case,
                number=self.number,
                source=self.source,
                external_id=self.external_id,
                account=optional_id(self.account),
                subject=self.subject,
                opened_at=at,
                updated_at=at,
                occurred_at=self.occurred_at,
                imported=self.imported,
            ),
            [],
            [],
        )

    def reads(self) -> Said:
        ticket = say(" as {ticket}", ticket=unturned(self.external_id)) if self.external_id else ""
        return say("came in from {source}{ticket}", source=unturned(self.source), ticket=ticket)


class _Need(TypedDict):
    answer_by: int
    level_if_unanswered: LevelName | None


class _Ticket(TypedDict):
    subject: str
    body: NotRequired[str | None]


class _Customer(TypedDict):
    name: NotRequired[str | None]


class _Facts(TypedDict):
    case: _Ticket
    account: _Customer


class Decided(CaseEvent):
    """Of the decision, which is stored whole, what a case takes from it."""

    KIND, TITLE = "case.decided", "The policy decided what to do with it; the payload is the whole decision"
    FIELDS = Decision.__struct_fields__
    LOSES = lost(
        *("severity", "level", "kind", "type", "product_area", "score", "team", "policy_version"),
        *("triage_at", "triage_level", "subject"),
    )

    severity: str
    level: LevelName
    kind: Kind | None
    type: str | None
    product_area: str | None
    score: float
    team: str | None
    policy_version: int
    triage: _Need | None
    facts: _Facts

    @classmethod
    def by(cls, decision: Decision, stored: bytes, cause: str | None = None) -> Event:
        """The event of a decision and its canonical bytes. `cause`: the actor who brought it about."""
        need, asked = decision.triage, None
        if need is not None:
            asked = _Need(answer_by=need.answer_by, level_if_unanswered=need.level_if_unanswered)
        outline = cls(
            severity=decision.severity,
            level=decision.level,
            kind=decision.kind,
            type=decision.type,
            product_area=decision.product_area,
            score=decision.score,
            team=decision.team,
            policy_version=decision.policy_version,
            triage=asked,
            facts=cast(_Facts, decision.facts),
        )
        return Event(cls.KIND, outline, decider.actor(cause), stored)

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.subject = self.facts["case"]["subject"]  # a ticket may be renamed
        case.severity = self.severity
        case.level = self.level
        case.kind = self.kind if self.level != "standard" else None
        case.type = self.type
        case.product_area = self.product_area
        case.score = self.score
        case.team = self.team
        case.policy_version = self.policy_version
        need = self.triage if case.state == "open" else None  # nobody is asked about what is over
        case.triage_at = need["answer_by"] if need else None
        case.triage_level = need["level_if_unanswered"] if need else None

    def reads(self) -> Said:
        return say(
            "decided under version {version}: {level}{kind}, severity {severity}, score {score}, team {team}",
            version=self.policy_version,
            level=self.level,
            kind=say(", {kind}", kind=self.kind) if self.kind else "",
            severity=self.severity,
            score=f"{round(self.score, 1):g}",
            team=self.team,
        )


class Reclassified(Decided):
    """As decided, but never lower: lowering takes a person and a reason."""

    KIND, TITLE = "case.reclassified", "Its facts changed and it was decided again; the whole decision"

    def apply(self, state: Aggregate, at: int) -> None:
        level, kind = state.case.level, state.case.kind
        super().apply(state, at)
        if not raised(level, state.case.level):
            state.case.level, state.case.kind = level, kind

    def reads(self) -> Said:
        return say("again {decision}", decision=super().reads())


class Matched(CaseEvent):
    KIND, TITLE = "case.matched", "The case was found to belong to another customer"
    LOSES = lost("account")

    account: str | None
    name: str | None

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.account = optional_id(self.account)

    def reads(self) -> Said:
        return say("the customer is {name}", name=self.name)


class TakenLive(CaseEvent):
    KIND, TITLE = "case.taken_live", "An imported case was taken live"
    LOSES = Lost(frozenset({"triage_at"}), {})

    reason: str
    answer_by: int | None
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.imported = False
        if case.triage_at is not None and self.answer_by:
            case.triage_at = self.answer_by

    def reads(self) -> Said:
        return say("taken live: {reason}", reason=in_words(self.reason, self.words))
