"""Triggers by a number that comes with a case: a measured value, an uptime. Pure."""

import math
import re
from collections.abc import Callable

from tocsin.core.wording import marked
from tocsin.policy.model import Trigger
from tocsin.policy.triggers import keys
from tocsin.policy.triggers.kind import Fired, Look, Looked, TriggerKind, Unread, read

MOST = 1e15
"""Beyond it a number is a fault of whoever measured."""
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,12})?(?:[eE][-+]?\d{1,2})?\s*%?")


def number_of(value: object) -> float | str:
    """A number, also one that was sent as text; else why it is none. Nothing of what was sent is repeated."""
    if isinstance(value, str) and len(value) <= 40 and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip().rstrip("% "))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return marked("it is not a number")
    if isinstance(value, float) and not math.isfinite(value):
        return marked("it is not a finite number")
    return float(value) if abs(value) <= MOST else marked("it is beyond any measure")


def _measured(judge: Callable[[Trigger, str, float], Fired | Unread | None]) -> Look:
    def look(trigger: Trigger, looked: Looked) -> Fired | Unread | None:
        fact = str(trigger.settings["from"])
        value = read(looked.variables, fact)
        if value is None:
            return None
        found = number_of(value)
        return Unread(fact, found) if isinstance(found, str) else judge(trigger, fact, found)

    return look


def _number(trigger: Trigger, fact: str, found: float) -> Fired | None:
    above, below = trigger.settings.get("above"), trigger.settings.get("below")
    if above is not None and found > above:
        return Fired("trigger-above", {"fact": fact, "value": found, "limit": above})
    if below is not None and found < below:
        return Fired("trigger-below", {"fact": fact, "value": found, "limit": below})
    return None


def _uptime(trigger: Trigger, fact: str, found: float) -> Fired | Unread | None:
    target = trigger.settings["target"]
    if not 0 <= found <= 100:
        return Unread(fact, marked("it is not between 0 and 100"))
    return Fired("trigger-uptime", {"fact": fact, "value": found, "limit": target}) if found < target else None


NUMBER = TriggerKind(
    "number",
    "A number that comes with the case is above or below a limit.",
    (keys.FROM, keys.ABOVE, keys.BELOW),
    ("from",),
    {
        "trigger-above": marked("level {level}: {rule}, for {fact} is {value}, above {limit}"),
        "trigger-below": marked("level {level}: {rule}, for {fact} is {value}, below {limit}"),
    },
    (("above", marked("{from} is above {above}")), ("below", marked("{from} is below {below}"))),
    _measured(_number),
    one_of=("above", "below"),
)
UPTIME = TriggerKind(
    "uptime",
    "An uptime that is reported, in percent, is under its target.",
    (keys.UPTIME_FROM, keys.TARGET),
    ("target",),
    {"trigger-uptime": marked("level {level}: {rule}, for {fact} is {value} %, under the target of {limit} %")},
    (("", marked("{from} is under {target} %")),),
    _measured(_uptime),
)
