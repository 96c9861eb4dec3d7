"""A trigger by silence: nobody of ours has answered or acted for a time. The timer of the case brings it. Pure."""

from tocsin.core.wording import marked
from tocsin.policy.model import Trigger
from tocsin.policy.triggers import keys
from tocsin.policy.triggers.kind import Fired, Looked, TriggerKind


def _silence(trigger: Trigger, looked: Looked) -> Fired | None:
    if looked.given is None:
        return None
    return Fired("trigger-silence", {"span": str(trigger.settings["for"]), "calendar": trigger.settings["calendar"]})


SILENCE = TriggerKind(
    "silence",
    "Nobody of ours has answered the customer or worked on the case for a time; a case on hold, or said to be resolved,"
    " waits for others.",
    (keys.FOR, keys.CALENDAR),
    ("for",),
    {"trigger-silence": marked("level {level}: {rule}, for nobody has acted for {span} on the calendar {calendar}")},
    (("", marked("nobody of ours acts for {for} on the calendar {calendar}")),),
    _silence,
    where="course",
    of="relationship",
)
