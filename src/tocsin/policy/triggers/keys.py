"""The keys that triggers may have: each once, for every kind that has it. Schema, reading, docs and words follow."""

from typing import Any, Literal, NamedTuple

Shape = Literal["fact", "number", "percent", "whole", "elapsed", "duration", "calendar", "name", "choice", "words"]


class Key(NamedTuple):
    """`says`: its description; `shape`: what it may hold; `default`: what holds where it is absent; `choices`: the only
    values there are, of a `choice` or of each in a list; `many`: whether it is a list."""

    name: str
    says: str
    shape: Shape
    example: Any
    default: Any = None
    choices: tuple[str, ...] = ()
    many: bool = False


FROM = Key("from", "The fact that is looked at.", "fact", "case.attributes.error_rate")
UPTIME_FROM = FROM._replace(default="case.attributes.uptime")
ABOVE = Key("above", "Fires where the number is above this.", "number", 0.05)
BELOW = Key("below", "Fires where the number is below this.", "number", 99.5)
TARGET = Key("target", "The uptime in percent that is promised.", "percent", 99.9)
AT_LEAST = Key("at_least", "From how many on it fires.", "whole", 5)
WITHIN = Key("within", "How far back is counted.", "elapsed", "1h")
PER = Key(
    "per",
    "What is counted together: cases of one product area, account or source, with one tag, or all.",
    "choice",
    "product_area",
    default="product_area",
    choices=("product_area", "account", "source", "tag", "all"),
)
FOR = Key("for", "How long nobody of ours has acted.", "duration", "4h")
CALENDAR = Key("calendar", "The calendar on which that time runs.", "calendar", "office", default="always")
EVERY = Key("every", "How often a sign of life comes.", "elapsed", "24h")
GRACE = Key("grace", "How late it may be.", "elapsed", "1h", default="1m")
PHRASES = Key(
    "phrases",
    "What is said: `manager`, somebody senior is asked for; `cancel`, they leave; `legal`, lawyers are involved.",
    "words",
    ["manager"],
    choices=("manager", "cancel", "legal"),
    many=True,
)
