"""The kinds of clocks: what starts and stops each, and how it behaves meanwhile. One table for those that every policy
has; a policy declares more (`clocks.kinds`), as values of the same shape.

Events are named as text, for this is the ground floor; a test holds the names against the catalogue of events.
"""

import re
from typing import Literal, NamedTuple, NewType

import msgspec

ClockName = NewType("ClockName", str)
"""The name of a clock that some policy has; the policy's reader makes it."""

Followers = Literal["own", "parent"]


class Moment(NamedTuple):
    """What happens to a case, as clocks name it. `events`: the kinds of events that say so. `says`: in words.
    `later`: it may still come once the case is resolved, so a clock that waits for it runs on then."""

    events: tuple[str, ...]
    says: str
    later: bool = False


MOMENTS: dict[str, Moment] = {
    "opened": Moment(("case.opened",), "the case is opened"),
    "classified": Moment(("case.decided",), "the policy has decided it for the first time"),
    "escalated": Moment(("case.escalated",), "it is escalated"),
    "acknowledged": Moment(("case.acknowledged",), "somebody acknowledges it"),
    "contained": Moment(("case.contained",), "it is contained"),
    "resolved": Moment(("case.resolved",), "it is resolved"),
    "reopened": Moment(("case.reopened",), "it is opened again"),
    "customer_reply": Moment(("case.replied",), "the customer writes"),
    "customer_update": Moment(("case.customer_update",), "the customer is written to"),
    "explained": Moment(("case.explained",), "its cause is explained to the customer", later=True),
    "asked_team": Moment(("case.asked_team",), "another team is asked"),
    "answered_team": Moment(("case.answered_team",), "the team that was asked answers"),
    "handed_over": Moment(("case.assigned",), "somebody gives it to another owner"),
    "taken_over": Moment(("case.assigned",), "its owner takes it, or first works on it"),
}
"""What the clocks of a policy may name, besides milestones."""


def marked(milestone: str) -> str:
    """How a clock names that a milestone was marked."""
    return f"marked:{milestone}"


_MILESTONE = re.compile(r"marked:[^\W_][\w.-]{0,63}")


def is_moment(name: str) -> bool:
    """Whether a clock of a policy may name this: a moment of the table, or `marked:` and the name of a milestone."""
    return name in MOMENTS or _MILESTONE.fullmatch(name) is not None


_ASSIGNED = "assigned"  # which only a built-in clock waits for
_OF_VERBS = frozenset({_ASSIGNED, "acknowledged", "contained", "resolved"})
_BUILT_IN_MOMENTS = MOMENTS | {_ASSIGNED: Moment(("case.assigned",), "it has an owner")}


class ClockKind(msgspec.Struct, frozen=True, kw_only=True):
    """How a clock behaves. How long it runs is said by targets.

    `start`, `stop`: moments. `when`: a condition without which it does not run.
    `restart`: a further start begins a new cycle while one runs. `pause`: a hold pauses it. `followers`: whether a case
    that follows another has it for itself, or what its parent does stops it. `excusable`: a correction excuses a miss.
    `tell`: who hears of warnings and misses. `warn`: shares of its time.

    Of built-in ones alone: `brief`: what lists call it. `done`: the field of a case that is set once what it asks for
    is done; `anew`: its start clears that. `climbs`: a miss takes the next step of a path that climbs, else tells
    whoever answers for it, instead of those of `tell`. `rests`: it counts in the hours of a path that may not wake
    anybody. `nags`: a miss is told again each time that another target has passed. `watches`: it is begun anew whenever
    somebody works on the case, and its miss is told to them first. `recurs`: once stopped, it begins again.
    """

    name: ClockName
    title: str
    start: str
    stop: tuple[str, ...] = ()
    when: str | None = None
    restart: bool = False
    pause: bool = False
    followers: Followers = "own"
    excusable: bool = True
    tell: tuple[str, ...] = ()
    warn: tuple[float, ...] = ()
    brief: str = ""
    done: str = ""
    anew: bool = False
    climbs: bool = False
    rests: bool = False
    nags: bool = False
    watches: bool = False
    recurs: bool = False

    @property
    def outlives(self) -> bool:
        """Whether it runs on once the case is resolved, because what it waits for is not over then."""
        return self.start == "resolved" or any(name not in MOMENTS or MOMENTS[name].later for name in self.stop)

    @property
    def stopped_by_verbs(self) -> bool:
        """Whether the verbs themselves stop it, or nothing does; any other stops by what happened."""
        return all(name in _OF_VERBS for name in self.stop)

    @property
    def of_escalations(self) -> bool:
        """Whether only an escalated case has it."""
        return self.start == "escalated"


ASSIGN, ACKNOWLEDGE, CONTAIN, RESOLVE, UPDATE, IDLE = (
    ClockName(name) for name in ("assign", "acknowledge", "contain", "resolve", "update", "idle")
)

_TABLE = (
    ClockKind(
        name=ASSIGN,
        title="Assignment",
        start="opened",
        stop=(_ASSIGNED,),
        done="owner",
        climbs=True,
        nags=True,
    ),
    ClockKind(
        name=ACKNOWLEDGE,
        title="Acknowledgement",
        brief="Ack",
        start="escalated",
        stop=("acknowledged",),
        followers="parent",
        done="acknowledged_at",
        climbs=True,
        rests=True,
    ),
    ClockKind(
        name=CONTAIN,
        title="Containment",
        start="escalated",
        stop=("contained",),
        followers="parent",
        warn=(0.5, 0.8),
        done="contained_at",
        anew=True,
        climbs=True,
    ),
    ClockKind(
        name=RESOLVE,
        title="Resolution",
        start="opened",
        stop=("resolved",),
        pause=True,
        warn=(0.5, 0.8),
        done="resolved_at",
        climbs=True,
    ),
    ClockKind(
        name=UPDATE,
        title="Customer update",
        start="escalated",
        stop=("customer_update",),
        followers="parent",
        tell=("owner", "lead"),
        warn=(0.8,),
        recurs=True,
    ),
    ClockKind(name=IDLE, title="Owner activity", start="opened", pause=True, climbs=True, watches=True),
)

BUILT_IN: dict[ClockName, ClockKind] = {kind.name: kind for kind in _TABLE}
TITLES: dict[ClockName, str] = {kind.name: kind.title for kind in _TABLE}

AT_OPENING: tuple[ClockName, ...] = tuple(kind.name for kind in _TABLE if kind.start == "opened")
AT_ESCALATION: tuple[ClockName, ...] = tuple(kind.name for kind in _TABLE if kind.of_escalations and kind.stop)


OF_FOLLOWERS: tuple[ClockName, ...] = tuple(kind.name for kind in _TABLE if kind.followers == "parent" and kind.stop)
"""What a case that follows another shares with it."""

[SILENCE] = (kind.name for kind in _TABLE if kind.watches)


def stopped_by(moment: str) -> tuple[ClockName, ...]:
    """The built-in clocks that a moment stops. What is resolved is contained."""
    named = ("resolved", "contained") if moment == "resolved" else (moment,)
    return tuple(kind.name for kind in _TABLE if any(one in kind.stop for one in named))


def of(clock: str) -> ClockKind | None:
    """The built-in clock of this name; None for one that a policy declares."""
    return BUILT_IN.get(ClockName(clock))


def moments_of(event: str) -> tuple[str, ...]:
    """The moments that events of this kind are."""
    return _OF_EVENT.get(event, ())


def ends(clock: str) -> frozenset[str]:
    """The kinds of events that do what a built-in clock asks for."""
    kind = of(clock)
    return frozenset(event for moment in (kind.stop if kind else ()) for event in _BUILT_IN_MOMENTS[moment].events)


_OF_EVENT = {
    event: tuple(name for name, moment in MOMENTS.items() if event in moment.events)
    for event in dict.fromkeys(event for moment in MOMENTS.values() for event in moment.events)
}
