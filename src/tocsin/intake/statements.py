"""What a signal states about its problem, and what follows from that for the ticket's case. Pure.

Something begins where a source says that it is firing or open, where the customer writes, and where a source that never
sends a status reports the problem anew. Something ends where a source says that it is over. What ends opens nothing.
Within one source, what is older never wins.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

from tocsin.intake.statuses import Says, meaning
from tocsin.policy.lenient.order import OrderKey, comparable, precedes

KINDS = ("ticket", "reply", "solved", "public_reply")
"""`reply`: the customer writes. `solved`: whoever sends it says that it is over. `public_reply`: somebody wrote to the
customer, which begins and ends nothing."""


def said(kind: str, status: str | None) -> Says:
    """What a signal states by its kind and status. The customer's own word counts for more than a status."""
    if kind == "solved":
        return Says.ENDS
    if kind == "reply":
        return Says.REPLY
    if kind == "public_reply":
        return Says.TOLD
    return meaning(status) or Says.NOTHING


class Stamp(NamedTuple):
    """By what statements of one source about one ticket are ordered: its own order key, else the time at which it
    says that this happened (microseconds)."""

    sequence: OrderKey | None = None
    at: int | None = None

    def before(self, other: "Stamp") -> bool:
        """Whether this was said before the other; False where nothing tells, for then what arrives later is later."""
        if comparable(self.sequence, other.sequence):
            return precedes(self.sequence, other.sequence)
        return self.at is not None and other.at is not None and self.at < other.at

    def then(self, later: "Stamp") -> "Stamp":
        """The later one; what it does not say stays."""
        return Stamp(
            self.sequence if later.sequence is None else later.sequence, self.at if later.at is None else later.at
        )

    def since(self, at: int | None) -> "Stamp":
        """The same, but no earlier than that time."""
        return self if at is None or (self.at or 0) >= at else Stamp(self.sequence, at)


class Case(NamedTuple):
    """What counts of the ticket's case. `recent`: over, but not for longer than the policy opens it again.
    `recovered`: its source said that it is over, and people were asked. `claim`: the furthest that somebody claimed and
    nobody has confirmed or rejected."""

    state: Literal["none", "open", "over"]
    recent: bool = False
    recovered: bool = False
    claim: Literal["", "contained", "resolved"] = ""

    @property
    def waits(self) -> bool:
        """Whether the problem can be reported anew: it is over, or is said to be."""
        return self.state == "over" or self.recovered or self.claim != ""


class Statement(NamedTuple):
    """What came in. `older`: something newer of its kind was heard of its source. `again`: the very statement was.
    `anew`: it says no status, nor did its source ever, and it describes the problem rather than files it. `turns`: it
    says otherwise than its source did last."""

    says: Says
    older: bool = False
    again: bool = False
    anew: bool = False
    turns: bool = False

    @property
    def begins(self) -> bool:
        """Whether it opens again what is over."""
        return not self.again and (self.anew or self.says in (Says.FIRES, Says.OPEN, Says.REPLY))

    def breaks(self, case: "Case") -> bool:
        """Whether it says that what goes on is broken, or contradicts that it is over. That a ticket is still open
        contradicts no claim that another made; that it is open contradicts none that the damage grows no more."""
        if not self.begins or self.says is Says.REPLY:
            return False
        if self.says is Says.OPEN:
            return case.recovered or (case.claim == "resolved" and self.turns)
        return self.says is Says.FIRES or case.waits


class Effect(StrEnum):
    """OPEN: a new case. OPEN_OVER: one that is resolved at once, without page or clock. LINK: a new case, linked to
    the ticket's last. REOPEN: that one again. CHANGE: its facts, if they changed. FIRE: the same, and it is written
    down that it fires again. END: it is over, as far as this source's word goes. RECORD: it is written down, and no
    more."""

    OPEN = "open"
    OPEN_OVER = "open over"
    LINK = "link"
    REOPEN = "reopen"
    CHANGE = "change"
    FIRE = "fire"
    END = "end"
    RECORD = "record"


def effect(statement: Statement, case: Case) -> Effect:
    """What follows."""
    if case.state == "none":
        if statement.says in (Says.ENDS, Says.TOLD):
            return Effect.RECORD
        return Effect.OPEN_OVER if statement.older else Effect.OPEN
    if statement.older:
        return Effect.RECORD
    if case.state == "open":
        if statement.says is Says.ENDS:
            return Effect.END
        return Effect.FIRE if statement.breaks(case) else Effect.CHANGE
    if statement.says is Says.ENDS:
        return Effect.RECORD
    if statement.begins:
        return Effect.REOPEN if case.recent else Effect.LINK
    return Effect.CHANGE
