"""How events read that Tocsin itself causes: opening, deciding, clocks, paths, messages."""

from collections.abc import Callable
from typing import Any

from tocsin.sentences.common import Payload, because, unturned


def _opened(payload: Payload) -> str:
    ticket = f" as {payload['external_id']}" if payload["external_id"] else ""
    return unturned(f"came in from {payload['source']}{ticket}")


def _decided(payload: Payload) -> str:
    kind = f", {payload['kind']}" if payload["kind"] else ""
    return (
        f"decided under version {payload['policy_version']}: {payload['level']}{kind},"
        f" severity {payload['severity']}, score {round(payload['score'], 1):g}, team {payload['team']}"
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


def _unreached(payload: Payload) -> str:
    goes_on = "the next step does not wait" if payload["next_at"] is not None else "the path has no further step"
    return f"no page of step {payload['step'] + 1} could be delivered; {goes_on}"


def _stopped(payload: Payload) -> str:
    return f"the path ends: {payload['state']}"


def _taken_live(payload: Payload) -> str:
    return f"live from now on: {payload['reason']}"


def _replied(payload: Payload) -> str:
    return f"the customer: {payload['text']}" if payload["text"] else "the customer answered, without a text"


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
    why = "whoever gave it works on no cases any more" if payload["why"] == "left" else payload["why"]
    return f"the acknowledgement ended: {why}"


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
    "clocks.started": _started,
    "clocks.superseded": _superseded,
    "clock.breached": _breached,
    "path.stepped": _stepped,
    "path.unreached": _unreached,
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
    "alarm.raised": lambda payload: str(payload["says"]),
}
