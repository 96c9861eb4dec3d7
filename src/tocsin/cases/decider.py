"""Who decided, as an event names it: the engine, by its version. That stands beside the decision, outside of the bytes
that replay compares."""

import re

from tocsin.policy.decision import ENGINE

_VERSION = re.compile(r"(?:^|via )engine:(\d+)$")


def actor(cause: str | None = None) -> str:
    """The actor of a decision: `engine:1`, or `user:dana via engine:1` where somebody brought it about."""
    return f"engine:{ENGINE}" if cause is None else f"{cause} via engine:{ENGINE}"


def version(decided_by: str) -> int | None:
    """The version of the engine behind an actor; None where the engine is not it."""
    found = _VERSION.search(decided_by)
    return int(found[1]) if found else None
