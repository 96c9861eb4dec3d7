"""A trigger by a surge: more cases of one product area than is usual at this hour of the week. Whoever takes a case in
compares, and hands the numbers in. Pure."""

from tocsin.core.wording import marked
from tocsin.policy.model import Trigger
from tocsin.policy.triggers.kind import Fired, Looked, TriggerKind


def _surge(trigger: Trigger, looked: Looked) -> Fired | None:
    if looked.given is None:
        return None
    given = {name: looked.given[name] for name in ("count", "of", "span", "expected")}
    return Fired("trigger-surge", given)


SURGE = TriggerKind(
    "surge",
    "More cases of one product area come in than is usual at this hour of the week; said once, of the case by which it"
    " shows, until an hour has passed without a further reason.",
    (),
    (),
    {
        "trigger-surge": marked(
            "level {level}: {rule}, for {count} cases of {of} came within {span}, where {expected} are usual"
        )
    },
    (("", marked("more cases of a product area come in than is usual at this hour of the week")),),
    _surge,
    where="surge",
)
