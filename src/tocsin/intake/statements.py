"""What a signal states about its problem, and what follows from that for the ticket's case. Pure.

Something begins where a source says that it is firing or open, where the customer writes, and where a source that never
sends a status reports the problem anew. Something ends where a source says that it is over. What ends opens nothing.
Within one source, what is older never wins.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

KINDS = ("ticket", "reply", "solved")  # the last: whoever sends it says that the problem is over


class Says(StrEnum):
    """FIRES: it is broken, or is again. OPEN: it is not over. WAITS: it goes on, and begins nothing. REPLY: the
    customer writes. NOTHING: no word of it."""

    FIRES = "fires"
    OPEN = "open"
    WAITS = "waits"
    ENDS = "ends"
    REPLY = "reply"
    NOTHING = "nothing"


_WORDS: dict[Says, str] = {
    Says.FIRES: """
        firing, fires, fired, fire, alerting, alert, alarm, in alarm, triggered, trigger, problem, down, critical,
        error, failing, failed, failure, unhealthy, outage, major outage, partial outage, degraded, warning, warn,
        reopened, reopen, re opened, regressed, regression, returned, recurring, broken
    """,
    Says.OPEN: """
        open, opened, new, active, created, unresolved, unsolved, in progress, work in progress, working, started,
        ongoing, assigned, to do, todo, backlog, submitted, escalated, investigating, identified, triage, in review
    """,
    Says.WAITS: """
        pending, on hold, hold, held, waiting, waiting for customer, waiting for support, waiting on customer,
        waiting on third party, awaiting user info, awaiting vendor, awaiting problem, awaiting evidence,
        awaiting reply, acknowledged, acknowledge, acked, snoozed, suspended, silenced, muted, suppressed, paused,
        monitoring, maintenance, under maintenance, no data, nodata, unknown, blocked, deferred
    """,
    Says.ENDS: """
        solved, closed, close, resolved, resolve, recovered, recovery, ok, okay, up, done, complete, completed,
        finished, fixed, clear, cleared, normal, healthy, operational, good, success, passed, inactive, expired,
        ended, cancelled, canceled, deleted, archived, rejected, duplicate, false positive, false alarm, wontfix,
        wont fix, won't fix, won't do, closed complete, closed incomplete, closed skipped, auto closed, merged, spam
    """,
}
_MEANING = {word.strip(): says for says, words in _WORDS.items() for word in " ".join(words.split()).split(",")}


def meaning(status: str | None) -> Says | None:
    """What a status says, in any case, with spaces, `_` or `-` between its words, and perhaps the name of what it is
    about before a dot (`incident.resolved`); None for one that is not known."""
    words = (status or "").casefold().rpartition(".")[2].replace("_", " ").replace("-", " ").split()
    return _MEANING.get(" ".join(words))


def words(says: Says) -> list[str]:
    """The statuses that say this, in order."""
    return sorted(word for word, meant in _MEANING.items() if meant is says)


def said(kind: str, status: str | None) -> Says:
    """What a signal states by its kind and status. The customer's own word counts for more than a status."""
    if kind == "solved":
        return Says.ENDS
    if kind == "reply":
        return Says.REPLY
    return meaning(status) or Says.NOTHING


class Stamp(NamedTuple):
    """By what statements of one source about one ticket are ordered: its own order key, else the time at which it
    says that this happened (microseconds)."""

    sequence: int | None = None
    at: int | None = None

    def before(self, other: "Stamp") -> bool:
        """Whether this was said before the other; False where nothing tells, for then what arrives later is later."""
        if self.sequence is not None and other.sequence is not None:
            return self.sequence < other.sequence
        return self.at is not None and other.at is not None and self.at < other.at


class Case(NamedTuple):
    """What counts of the ticket's case. `recent`: over, but not for longer than the policy opens it again.
    `recovered`: its source said that it is over, and people were asked."""

    state: Literal["none", "open", "over"]
    recent: bool = False
    recovered: bool = False


class Statement(NamedTuple):
    """What came in. `older`: something newer was heard of this source before. `again`: the very statement was.
    `anew`: it says no status, nor did its source ever, and it describes the problem rather than files it."""

    says: Says
    older: bool = False
    again: bool = False
    anew: bool = False

    @property
    def begins(self) -> bool:
        """Whether it opens again what is over."""
        return not self.again and (self.anew or self.says in (Says.FIRES, Says.OPEN, Says.REPLY))


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
        if statement.says is Says.ENDS:
            return Effect.RECORD
        return Effect.OPEN_OVER if statement.older else Effect.OPEN
    if statement.older:
        return Effect.RECORD
    if case.state == "open":
        if statement.says is Says.ENDS:
            return Effect.END
        fires = statement.says is Says.FIRES or (case.recovered and statement.says is not Says.REPLY)
        return Effect.FIRE if fires and statement.begins else Effect.CHANGE
    if statement.says is Says.ENDS:
        return Effect.RECORD
    if statement.begins:
        return Effect.REOPEN if case.recent else Effect.LINK
    return Effect.CHANGE
