"""The levels of attention. A level is told from any other text by its type: the policy's reader makes it, and `named`
of what somebody types."""

from typing import Annotated, NewType

from msgspec import Meta

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

_NAMES = ("standard", "senior", "executive")

LevelName = NewType("LevelName", Annotated[str, Meta(extra_json_schema={"enum": [*_NAMES]})])
"""The name of one of `LEVELS`."""

STANDARD, SENIOR, EXECUTIVE = (LevelName(name) for name in _NAMES)
LEVELS: tuple[LevelName, ...] = (STANDARD, SENIOR, EXECUTIVE)
ESCALATED: tuple[LevelName, ...] = (SENIOR, EXECUTIVE)
RANK: dict[LevelName, int] = {name: rank for rank, name in enumerate(LEVELS)}


def named(text: str, among: tuple[LevelName, ...] = LEVELS) -> LevelName:
    """The level of this name; InvalidInput, with the possible ones, where there is none."""
    for level in among:
        if level == text:
            return level
    raise InvalidInput(
        say("there is no level {given}", given=repr(text[:40])),
        place="level",
        expected=say("one of {choices}", choices=", ".join(among)),
    )


def raised(before: LevelName, after: LevelName) -> bool:
    """Whether the second level is above the first."""
    return RANK[after] > RANK[before]
