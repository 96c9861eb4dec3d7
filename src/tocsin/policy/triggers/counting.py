"""Triggers by how many: cases in a window, cases of one account, replies of the customer. Whoever takes a case in
counts, and hands the numbers in. Pure."""

from collections.abc import Callable

from tocsin.clocks.durations import Duration
from tocsin.core.wording import marked, say
from tocsin.policy.model import Trigger
from tocsin.policy.triggers import keys
from tocsin.policy.triggers.kind import Fault, Fired, Looked, TriggerKind

LONGEST = Duration("days", 31)
"""So far back cases are counted."""


def _many(code: str) -> Callable[[Trigger, Looked], Fired | None]:
    def look(trigger: Trigger, looked: Looked) -> Fired | None:
        given, least = looked.given, trigger.settings["at_least"]
        if given is None or given["count"] < least:
            return None
        return Fired(code, {**given, "limit": least, "span": str(trigger.settings.get("within", ""))})

    return look


def _countable(trigger: Trigger) -> tuple[Fault, ...]:
    within: Duration = trigger.settings["within"]
    if within.microseconds <= LONGEST.microseconds:
        return ()
    return (
        (
            "within",
            say("{given} is too long", given=within),
            say("at most {most}{match}", most=LONGEST.amount, match="d"),
        ),
    )


COUNT = TriggerKind(
    "count",
    "So many cases that meet the condition come in within a time, of one product area, account, source or tag.",
    (keys.AT_LEAST, keys.WITHIN, keys.PER),
    ("at_least", "within"),
    {
        "trigger-count": marked(
            "level {level}: {rule}, for {count} cases of {of} came within {span}, {limit} are enough"
        )
    },
    (("", marked("at least {at_least} such cases come within {within}, counted per {per}")),),
    _many("trigger-count"),
    where="count",
    check=_countable,
)
ACCOUNT_CASES = TriggerKind(
    "account_cases",
    "One account opens so many cases within a time.",
    (keys.AT_LEAST, keys.WITHIN),
    ("at_least", "within"),
    {
        "trigger-account": marked(
            "level {level}: {rule}, for this is case {count} of the account within {span}, {limit} are enough"
        )
    },
    (("", marked("an account opens at least {at_least} cases within {within}")),),
    _many("trigger-account"),
    where="count",
    check=_countable,
    of="relationship",
)
REPLIES = TriggerKind(
    "replies",
    "The customer has written so often, and the case is not resolved.",
    (keys.AT_LEAST,),
    ("at_least",),
    {
        "trigger-replies": marked(
            "level {level}: {rule}, for the customer has written {count} times, {limit} are enough"
        )
    },
    (("", marked("the customer has written at least {at_least} times")),),
    _many("trigger-replies"),
    where="course",
    of="relationship",
)
