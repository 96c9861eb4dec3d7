"""A trigger by an alert of some kind: a condition that counts only where monitoring speaks. Pure."""

from tocsin.core.wording import marked
from tocsin.policy.model import Trigger
from tocsin.policy.triggers.kind import Fired, Looked, TriggerKind


def _alert(trigger: Trigger, looked: Looked) -> Fired | None:
    if looked.evidence != "monitoring":
        return None
    return Fired("trigger-alert", {"source": looked.variables["case"].get("source", "")})


ALERT = TriggerKind(
    "alert",
    "A monitoring tool reports what the condition asks for; what people write never fires it.",
    (),
    (),
    {"trigger-alert": marked("level {level}: {rule}, for {source} reports it")},
    (("", marked("a monitoring tool reports it")),),
    _alert,
    needs_when=True,
)
