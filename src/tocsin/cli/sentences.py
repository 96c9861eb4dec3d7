"""Events of a case as sentences: how each kind reads in a timeline."""

from collections.abc import Callable
from typing import Any

from tocsin.core import canonical

Payload = dict[str, Any]


def sentence(event: dict[str, Any]) -> str:
    """An event of the API's timeline in words; of a kind without any, its payload."""
    payload = event["payload"]
    if payload is None:
        return f"{event['kind']} (its content was erased)"
    telling = _TELLING.get(event["kind"])
    return telling(payload) if telling else f"{event['kind']} {canonical.encode(payload).decode()}"


def _opened(payload: Payload) -> str:
    ticket = f" as {payload['external_id']}" if payload["external_id"] else ""
    return f"came in from {payload['source']}{ticket}"


def _decided(payload: Payload) -> str:
    kind = f", {payload['kind']}" if payload["kind"] else ""
    return (
        f"decided under version {payload['policy_version']}: {payload['level']}{kind},"
        f" severity {payload['severity']}, score {payload['score']:.4g}, team {payload['team']}"
    )


def _reclassified(payload: Payload) -> str:
    return "again " + _decided(payload)


def _started(payload: Payload) -> str:
    return "clocks run: " + ", ".join(f"{run['clock']} {run['target']}" for run in payload["clocks"])


def _superseded(payload: Payload) -> str:
    return "clocks tightened: " + ", ".join(f"{run['clock']} {run['target']}" for run in payload["clocks"])


def _breached(payload: Payload) -> str:
    return f"the {payload['clock']} target is missed"


def _assigned(payload: Payload) -> str:
    return f"owned by {payload['name']}: {payload['reason']}"


def _escalated(payload: Payload) -> str:
    return f"escalated to {payload['level']}, {payload['kind']}, on the path {payload['path']}"


def _stepped(payload: Payload) -> str:
    place = f"step {payload['step'] + 1} of pass {payload['pass'] + 1}"
    if payload["notified"]:
        told = "notified " + ", ".join(f"{person['name']} ({person['why']})" for person in payload["notified"])
    else:
        told = "nobody is named" if payload["nobody"] else "nobody could be reached"
    missed = ", ".join(person["name"] for person in payload["unreachable"])
    end = "" if payload["next"] else "; the path is at its end"
    return f"{place}: {told}" + (f"; no way to reach {missed}" if missed else "") + end


def _stopped(payload: Payload) -> str:
    return f"the path ends: {payload['state']}"


def _acknowledged(payload: Payload) -> str:
    return "acknowledged"


def _resolved(payload: Payload) -> str:
    return "resolved" + (f": {payload['note']}" if payload["note"] else "")


def _reopened(payload: Payload) -> str:
    return f"open again: {payload['reason']}"


def _noted(payload: Payload) -> str:
    return f"note: {payload['text']}"


def _replied(payload: Payload) -> str:
    return f"the customer: {payload['text'] or ''}"


def _failed(payload: Payload) -> str:
    return f"page {payload['page']} failed: {payload['error']}"


_TELLING: dict[str, Callable[[Payload], str]] = {
    "case.opened": _opened,
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.assigned": _assigned,
    "case.escalated": _escalated,
    "case.acknowledged": _acknowledged,
    "case.resolved": _resolved,
    "case.reopened": _reopened,
    "case.noted": _noted,
    "case.replied": _replied,
    "clocks.started": _started,
    "clocks.superseded": _superseded,
    "clock.breached": _breached,
    "path.stepped": _stepped,
    "path.stopped": _stopped,
    "page.failed": _failed,
}
