"""A trigger by what the customer says: that it is critical to them, in their own words and language. Pure."""

from tocsin.core.wording import marked, say
from tocsin.policy.expressions.limits import MAX_PATTERN
from tocsin.policy.levels import EXECUTIVE
from tocsin.policy.model import Trigger
from tocsin.policy.triggers import keys
from tocsin.policy.triggers.kind import Fault, Fired, Looked, TriggerKind
from tocsin.policy.triggers.phrases import NOT, PHRASES

_NOT = "not "  # before the name of a phrase, as a pattern by which it is not wanted


def _said(trigger: Trigger, looked: Looked) -> Fired | None:
    text = looked.variables["case"].get("text", "")
    found = [
        name
        for name in trigger.settings["phrases"]
        if any(one(text) for one in looked.matchers[name])
        and not any(one(text) for one in looked.matchers.get(_NOT + name, ()))
    ]
    return Fired("trigger-said", {"phrases": ", ".join(found)}) if found else None


def _patterns(trigger: Trigger) -> dict[str, tuple[str, ...]]:
    wanted = trigger.settings["phrases"]
    found = {name: _joined(PHRASES[name]) for name in wanted}
    return found | {_NOT + name: _joined(NOT[name]) for name in wanted if name in NOT}


def _joined(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The same as few expressions, none of them longer than an expression may be."""
    joined = [f"(?:{patterns[0]})"]
    for pattern in patterns[1:]:
        longer = f"{joined[-1]}|(?:{pattern})"
        joined = [*joined[:-1], longer] if len(longer) <= MAX_PATTERN else [*joined, f"(?:{pattern})"]
    return tuple(joined)


def _no_executive(trigger: Trigger) -> tuple[Fault, ...]:
    if trigger.level != EXECUTIVE:
        return ()
    return (("level", say("words alone never wake executives"), say("senior")),)


SAID = TriggerKind(
    "said",
    "The customer says that it is critical to them: that they want to speak to a manager, that they leave, that lawyers"
    " are involved; in English, German, French, Spanish and Japanese.",
    (keys.PHRASES,),
    ("phrases",),
    {"trigger-said": marked("level {level}: {rule}, for the customer says so: {phrases}")},
    (("", marked("the customer says, in five languages: {phrases}")),),
    _said,
    of="relationship",
    check=_no_executive,
    patterns=_patterns,
)
