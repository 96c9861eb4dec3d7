"""How events read that Tocsin itself causes: opening, deciding, clocks, paths, messages."""

from collections.abc import Callable
from typing import Any

from tocsin.sentences.common import Payload, because


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


def _taken_live(payload: Payload) -> str:
    return f"live from now on: {payload['reason']}"


def _replied(payload: Payload) -> str:
    return f"the customer: {payload['text'] or ''}"


def _claimed(payload: Payload) -> str:
    return f"{payload['what']} claimed" + (f": {payload['note']}" if payload["note"] else "")


def _rejected(payload: Payload) -> str:
    return f"{payload['what']} rejected: {payload['reason']}"


def _contained(payload: Payload) -> str:
    return "contained" + (f": {payload['note']}" if payload["note"] else "")


def _closed(payload: Payload) -> str:
    return "closed" + (f": {payload['note']}" if payload["note"] else "")


def _requested(payload: Payload) -> str:
    return f"{payload['level']} requested: {payload['reason']}"


def _request_answered(payload: Payload) -> str:
    said = "the request is accepted" if payload["accepted"] else "the request is declined"
    return said + (f": {payload['reason']}" if payload["reason"] else "")


def _lowered(payload: Payload) -> str:
    return f"lowered to {payload['level']}: {payload['reason']}"


def _overridden(payload: Payload) -> str:
    names = ("severity", "level", "kind", "owner", "team")
    said = ", ".join(f"{name} {payload[name]}" for name in names if payload[name] is not None)
    return f"set by hand: {said}: {payload['reason']}"


def _corrected(payload: Payload) -> str:
    return f"a mistake, {payload['what'].replace('_', ' ')}: {payload['reason']}"


def _held(payload: Payload) -> str:
    return f"on hold: {payload['reason']}"


def _released(payload: Payload) -> str:
    return f"waits no more: {payload['reason']}"


def _linked(payload: Payload) -> str:
    return f"linked to {_other(payload)}, {payload['kind'].replace('_', ' ')}"


def _unlinked(payload: Payload) -> str:
    return f"linked no more to {_other(payload)}, {payload['kind'].replace('_', ' ')}"


def _merged(payload: Payload) -> str:
    return f"merged into {_other(payload)}: {payload['reason']}"


def _other(payload: Payload) -> str:
    return "another case" if payload["number"] is None else f"case {payload['number']}"


def _confided(payload: Payload) -> str:
    return f"{'confidential' if payload['named'] else 'open to everybody'}: {payload['reason']}"


def _declined(payload: Payload) -> str:
    return f"handed on: {_told(payload)}"


def _alerted(payload: Payload) -> str:
    return f"{payload['says']} ({_told(payload)})"


def _told(payload: Payload) -> str:
    told = (
        "told " + ", ".join(person["name"] for person in payload["notified"]) if payload["notified"] else "told nobody"
    )
    missed = ", ".join(person["name"] for person in payload["unreachable"])
    return told + (f"; no way to reach {missed}" if missed else "")


def _failed(payload: Payload) -> str:
    return f"page {payload['page']} failed: {payload['error']}"


def _notice_failed(payload: Payload) -> str:
    return f"notice {payload['notice']} failed: {payload['error']}"


def _recovered(payload: Payload) -> str:
    note = f": {payload['note']}" if payload.get("note") else ""
    return f"{payload['source']} says that it is over{note}; a senior is asked"


def _ended(payload: Payload) -> str:
    return f"the acknowledgement ended: {payload['why']}"


def _of_clocks(words: str) -> Callable[[Payload], str]:
    def telling(payload: Payload) -> str:
        return words.format(", ".join(_clock(run) for run in payload["clocks"])) + because(payload)

    return telling


def _clock(run: Any) -> str:
    return str(run["clock"] if isinstance(run, dict) else run[0])


def _warned(payload: Payload) -> str:
    return f"the {payload['clock']} target comes near"


def _answered(payload: Payload) -> str:
    return f"answered, as {payload['given']} of {payload['needed']}"


def _repaired(payload: Payload) -> str:
    return "the auditor put right: " + "; ".join(found["says"] for found in payload["found"])


TELLING: dict[str, Callable[[Payload], str]] = {
    "case.opened": _opened,
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.assigned": _assigned,
    "case.escalated": _escalated,
    "case.taken_live": _taken_live,
    "case.replied": _replied,
    "case.alerted": _alerted,
    "case.claimed": _claimed,
    "case.claim_rejected": _rejected,
    "case.contained": _contained,
    "case.closed": _closed,
    "case.requested": _requested,
    "case.request_answered": _request_answered,
    "case.lowered": _lowered,
    "case.overridden": _overridden,
    "case.corrected": _corrected,
    "case.held": _held,
    "case.released": _released,
    "case.linked": _linked,
    "case.unlinked": _unlinked,
    "case.merged": _merged,
    "case.confided": _confided,
    "clocks.started": _started,
    "clocks.superseded": _superseded,
    "clock.breached": _breached,
    "path.stepped": _stepped,
    "path.stopped": _stopped,
    "path.declined": _declined,
    "page.failed": _failed,
    "notice.failed": _notice_failed,
    "case.nudged": lambda payload: "reminded that the acknowledgement is about to expire",
    "case.acknowledgement_ended": _ended,
    "case.recovered": _recovered,
    "clocks.corrected": _of_clocks("clocks put right: {}"),
    "clocks.relieved": _of_clocks("more time for {}"),
    "clocks.restarted": _of_clocks("begins anew: {}"),
    "clocks.cancelled": _of_clocks("clocks cancelled: {}"),
    "clocks.excused": _of_clocks("breach excused: {}"),
    "clock.warned": _warned,
    "path.answered": _answered,
    "audit.repaired": _repaired,
}
