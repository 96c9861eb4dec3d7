"""What a row of an event history means: held against the ticket's row before, the verbs that people meant. Pure.

It looks at one ticket at a time and knows nothing of the case. Whether the case allows a verb is the case's to say.
"""

from typing import Any, Literal, NamedTuple

State = Literal["new", "working", "waiting", "resolved", "closed"]
Verb = Literal["tell", "assign", "move", "take", "hold", "release", "reopen", "resolve", "close", "note"]

OVER = ("resolved", "closed")

# What a row leaves open, or says without a verb for it; counted in the report.
BEGINS_RESOLVED = "the first row is resolved already: opened and resolved at once"
BEGINS_CLOSED = "the first row is closed already: opened, resolved and closed at once"
NEVER_RESOLVED = "closed without having been resolved: resolved as well"
NO_OWNER = "the owner was removed: the last owner stays"
NO_TEAM = "the team was removed: the last team stays"
FACTS_LATE = "facts changed after the resolution: recorded only, because a change would reopen the case"


class Told(NamedTuple):
    """A row. `given`: the body of the ticket, with a key for every mapped field; `reason`: why it waits."""

    ticket: str
    line: int
    at: int
    by: str | None
    state: State
    owner: str | None
    team: str | None
    reason: str | None
    given: dict[str, Any]


class Intent(NamedTuple):
    """A verb that somebody meant. `what`: the owner, the team, or words; `remark`: what the row did not say itself."""

    verb: Verb
    what: str = ""
    remark: str = ""


def translate(before: Told | None, now: Told) -> list[Intent]:
    """The verbs behind a row, in the order in which they happen. A row that shows none is somebody's work all the
    same, and is noted."""
    if before is None or (before.state == "closed" and now.state not in OVER):
        # What was closed opens again: by the policy's window the signal opens a case of its own, linked to the old one.
        return [Intent("tell"), *_owned(None, now), *_stated(None, now)]
    intents = [
        *_back(before, now),
        *_facts(before, now),
        *_owned(before, now),
        *_moved(before, now),
        *_stated(before, now),
    ]
    worked = any(intent.verb not in ("tell", "take") for intent in intents)
    return intents if worked else [*intents, Intent("note", "the ticket was changed")]


def _back(before: Told, now: Told) -> list[Intent]:
    again = before.state == "resolved" and now.state not in OVER
    return [Intent("reopen", "the ticket is open again")] if again else []


def _facts(before: Told, now: Told) -> list[Intent]:
    if before.given == now.given:
        return []
    if before.state in OVER and now.state in OVER:
        return [Intent("note", "facts of the ticket changed", FACTS_LATE)]
    return [Intent("tell")]


def _owned(before: Told | None, now: Told) -> list[Intent]:
    if now.owner == (before.owner if before else None):
        return []
    return [Intent("note", "the ticket has no owner", NO_OWNER) if now.owner is None else Intent("assign", now.owner)]


def _moved(before: Told, now: Told) -> list[Intent]:
    """A ticket that is moved to another team. The first row's team is nobody's judgement: the policy routes."""
    if now.team == before.team:
        return []
    return [Intent("note", "the ticket has no team", NO_TEAM) if now.team is None else Intent("move", now.team)]


def _stated(before: Told | None, now: Told) -> list[Intent]:
    was = before.state if before else "new"
    if now.state == "resolved":
        return [] if was in OVER else [Intent("resolve", remark="" if before else BEGINS_RESOLVED)]
    if now.state == "closed":
        ends = Intent("resolve", remark=NEVER_RESOLVED if before else BEGINS_CLOSED)
        return [] if was == "closed" else [*([] if was == "resolved" else [ends]), Intent("close")]
    taken = [Intent("take")] if now.state in ("working", "waiting") else []
    return taken + _waiting(before, now, was)


def _waiting(before: Told | None, now: Told, was: State) -> list[Intent]:
    """Into a wait, out of it, or from one reason for waiting to another."""
    held, holds = was == "waiting", now.state == "waiting"
    if held and holds and before is not None and before.reason == now.reason:
        return []
    out = [Intent("release", "it waits no longer" if not holds else "it waits for something else")] if held else []
    return out + ([Intent("hold", now.reason or "it waits")] if holds else [])
