"""The factors of the risk of a case, each read off its record as of an instant, from 0 (says nothing) to 1. Pure.

None says anything of a single person: owners are counted, not named.
"""

from collections.abc import Callable, Iterable
from math import log1p
from typing import NamedTuple

from tocsin.cases.events import kind_of
from tocsin.cases.happenings.messages import Replied
from tocsin.cases.happenings.people import Assigned
from tocsin.clocks import saying
from tocsin.core.clock import HOUR
from tocsin.core.wording import Counted, Said, counted, say
from tocsin.ledger.journal import PastEvent

USUAL_AGE = 8 * HOUR  # of a case until it is over, where that is not known
LEANING = 5  # cases' worth of what is usual that an account's own history is mixed with
_MOST_REPLIES, _MOST_OWNERS = 8, 4


class Course(NamedTuple):
    """How a case stands: its `age` and the `usual` one of cases like it until they are over, since when nobody of ours
    has acted (`silent`, all in microseconds); how often its customer wrote and somebody else became its owner; whether
    its customer is upset; of the account's `others`, how many `escalated`, and the share that is usual."""

    age: int
    usual: int
    silent: int
    replies: int
    owners: int
    upset: bool
    others: int
    escalated: int
    share: float

    @property
    def prone(self) -> float:
        """By how much more of the account's cases escalate than is usual, from 0 to 1."""
        own = (self.escalated + LEANING * self.share) / (self.others + LEANING)
        return max(0.0, own - self.share)


class Factor(NamedTuple):
    """`value`: from 0 to 1; `says`: what it rests on."""

    name: str
    value: Callable[[Course], float]
    says: Callable[[Course], Said | Counted]


FACTORS = (
    Factor(
        "age",
        lambda course: min(1.0, course.age / (3 * course.usual)),
        lambda course: say(
            "open for {age}; cases like it are over after {usual}",
            age=saying.span(course.age),
            usual=saying.span(course.usual),
        ),
    ),
    Factor(
        "silence",
        lambda course: min(1.0, course.silent / course.usual),
        lambda course: say("nobody of ours has acted for {span}", span=saying.span(course.silent)),
    ),
    Factor(
        "replies",
        lambda course: min(1.0, log1p(course.replies) / log1p(_MOST_REPLIES)),
        lambda course: counted(
            "its customer has written {amount} time since",
            "its customer has written {amount} times since",
            course.replies,
        ),
    ),
    Factor(
        "owners",
        lambda course: min(1.0, log1p(max(0, course.owners - 1)) / log1p(_MOST_OWNERS)),
        lambda course: counted("it has had {amount} owner", "it has had {amount} owners", course.owners),
    ),
    Factor("mood", lambda course: float(course.upset), lambda course: say("its customer is upset, by their own words")),
    Factor(
        "account",
        lambda course: course.prone,
        lambda course: say(
            "of {others} other cases of the account, {escalated} escalated",
            others=course.others,
            escalated=course.escalated,
        ),
    ),
)
NAMES = tuple(factor.name for factor in FACTORS)


def values(course: Course) -> tuple[float, ...]:
    """Of every factor, in their order."""
    return tuple(factor.value(course) for factor in FACTORS)


def worked(events: Iterable[PastEvent], opened_at: int) -> tuple[int, int, int]:
    """Of the events of a case so far: when somebody of ours last acted, how often its customer wrote, and how often it
    had a new owner."""
    at, replies, owners = opened_at, 0, 0
    for event in events:
        replies += event.kind == Replied.KIND
        owners += event.kind == Assigned.KIND
        known = kind_of(event.kind)
        if known is not None and known.WORK and event.actor.startswith(("user:", "token:")):
            at = max(at, event.at)
    return at, replies, owners
