"""What the sentences share."""

from collections.abc import Callable
from typing import Any

from tocsin.clocks.moments import Say

Payload = dict[str, Any]
Telling = Callable[[Payload, Say], str]  # `Say`: how instants are said to whoever reads it
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unturned(text: str) -> str:
    """What a sender wrote, without the characters that would turn our own words behind it around."""
    return "".join(letter for letter in text if letter not in _TURNING)


def because(payload: Payload) -> str:
    """Why, with a colon before it; nothing where nobody said."""
    if payload.get("reason"):
        return f": {payload['reason']}"
    return f": {str(payload['because']).replace('_', ' ')}" if payload.get("because") else ""
