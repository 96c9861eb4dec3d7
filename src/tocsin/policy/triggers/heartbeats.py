"""A trigger by a heartbeat: a sign of life that comes regularly, from a backup or a batch job, is missing. What watches
it opens a case of its own, whose source and attributes say so. Pure."""

from tocsin.core.texts import fold
from tocsin.core.wording import marked
from tocsin.policy.model import Trigger
from tocsin.policy.triggers import keys
from tocsin.policy.triggers.kind import Fired, Looked, TriggerKind

SOURCE = "heartbeat"
"""The source of such cases, which counts as monitoring."""
NAME, LAST = "heartbeat", "last_sign"
"""Attributes of such cases: the trigger's id; when the last sign of life came, in UTC."""


def _missing(trigger: Trigger, looked: Looked) -> Fired | None:
    case = looked.variables["case"]
    said = case.get("attributes", {})
    if case.get("source") != SOURCE or said.get(NAME) != fold(trigger.id):
        return None
    return Fired("trigger-heartbeat", {"last": str(said.get(LAST, "")).upper(), "span": str(trigger.settings["every"])})


HEARTBEAT = TriggerKind(
    "heartbeat",
    "A sign of life that comes regularly is missing: nobody has called its address for as long. A case of its own is"
    " opened; the next sign says that it is over.",
    (keys.EVERY, keys.GRACE),
    ("every",),
    {
        "trigger-heartbeat": marked(
            "level {level}: {rule}, for the last sign of life came {last}, and it comes every {span}"
        )
    },
    (("", marked("no sign of life comes for {every} and {grace}")),),
    _missing,
)
