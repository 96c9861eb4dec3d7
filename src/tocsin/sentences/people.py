"""How events read that people cause."""

from tocsin.clocks import saying
from tocsin.clocks.moments import Say
from tocsin.sentences.common import Payload, Telling, because


def _acknowledged(payload: Payload, say: Say) -> str:
    return f"acknowledged, with {payload['with']}" if payload.get("with") else "acknowledged"


def _resolved(payload: Payload, say: Say) -> str:
    return f"resolved{_before(payload)}" + _since(payload, say) + (f": {payload['note']}" if payload["note"] else "")


def _since(payload: Payload, say: Say) -> str:
    """That a claim is confirmed, which keeps its time."""
    claimed = payload.get("claimed_at")
    return f", confirmed as of {say(claimed)}, when it was claimed" if claimed is not None else ""


def _contested(payload: Payload, say: Say) -> str:
    what = " and ".join(payload["what"])
    clocks = ", ".join(saying.whole(run[0]) for run in payload["clocks"])
    return f"contests the claimed {what}" + (f"; clocks run on: {clocks}" if clocks else "")


def _reopened(payload: Payload, say: Say) -> str:
    return f"reopened: {payload['reason']}"


def _noted(payload: Payload, say: Say) -> str:
    return f"note: {payload['text']}"


def _request(payload: Payload, say: Say) -> str:
    parts = [f"asks for {payload['level']}: {payload['reason']}"]
    parts += [f"hurt: {payload['hurt']}"] if payload.get("hurt") else []
    parts += [f"the customer wants: {payload['wants']}"] if payload.get("wants") else []
    return "; ".join(parts)


def _answer(payload: Payload, say: Say) -> str:
    return f"the request is {'accepted' if payload['accepted'] else 'declined'}{because(payload)}"


def _overridden(payload: Payload, say: Say) -> str:
    said = ("severity", "level", "kind", "owner", "team")
    what = ", ".join(f"{name} {payload[name]}" for name in said if payload.get(name))
    return f"set by a person: {what}{because(payload)}"


def _triaged(payload: Payload, say: Say) -> str:
    answer = f"triage answers {payload['answer']}" if payload["answer"] else "triage ends"
    return f"{answer}{because(payload)}"


def _corrected(payload: Payload, say: Say) -> str:
    return f"escalated by mistake ({payload['what'].replace('_', ' ')}){because(payload)}"


def _claimed(payload: Payload, say: Say) -> str:
    return f"claims {payload['what']}" + (f": {payload['note']}" if payload.get("note") else "")


def _rejected(payload: Payload, say: Say) -> str:
    return f"rejects the {payload['what']}{because(payload)}"


def _contained(payload: Payload, say: Say) -> str:
    return "contained" + _since(payload, say) + (f": {payload['note']}" if payload.get("note") else "")


def _closed(payload: Payload, say: Say) -> str:
    return f"closed{_before(payload)}" + (f": {payload['note']}" if payload.get("note") else "")


def _before(payload: Payload) -> str:
    """Of a ticket that had ended elsewhere."""
    return " before it was imported" if payload.get("at") else ""


def _merged(payload: Payload, say: Say) -> str:
    into = f"#{payload['number']}" if payload.get("number") else "another case"
    return f"merged into {into}{because(payload)}"


def _linked(payload: Payload, say: Say) -> str:
    return f"{_LINKS.get(payload['kind'], payload['kind'])} {_other(payload)}"


def _unlinked(payload: Payload, say: Say) -> str:
    return f"no longer {_LINKS.get(payload['kind'], payload['kind'])} {_other(payload)}"


_LINKS = {"related": "related to", "parent": "follows", "child": "is followed by", "merged": "merged with"}


def _other(payload: Payload) -> str:
    return f"#{payload['number']}" if payload.get("number") else "another case"


def _held(payload: Payload, say: Say) -> str:
    until = f" until {say(payload['until'])}" if payload.get("until") else ""
    return f"on hold{until}{because(payload)}"


def _released(payload: Payload, say: Say) -> str:
    return f"off hold{because(payload)}"


def _confided(payload: Payload, say: Say) -> str:
    return (
        "confidential: only the people named may see it" if payload["named"] else "no longer confidential"
    ) + because(payload)


TELLING: dict[str, Telling] = {
    "case.acknowledged": _acknowledged,
    "case.resolved": _resolved,
    "case.reopened": _reopened,
    "case.noted": _noted,
    "case.requested": _request,
    "case.request_answered": _answer,
    "case.overridden": _overridden,
    "case.triaged": _triaged,
    "case.corrected": _corrected,
    "case.lowered": lambda payload, say: f"lowered to {payload['level']}{because(payload)}",
    "case.claimed": _claimed,
    "case.contested": _contested,
    "case.claim_rejected": _rejected,
    "case.contained": _contained,
    "case.closed": _closed,
    "case.merged": _merged,
    "case.linked": _linked,
    "case.unlinked": _unlinked,
    "case.held": _held,
    "case.released": _released,
    "case.confided": _confided,
}
