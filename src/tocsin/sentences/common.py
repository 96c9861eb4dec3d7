"""What the sentences share."""

from typing import Any

Payload = dict[str, Any]


def because(payload: Payload) -> str:
    """Why, with a colon before it; nothing where nobody said."""
    if payload.get("reason"):
        return f": {payload['reason']}"
    return f": {str(payload['because']).replace('_', ' ')}" if payload.get("because") else ""
