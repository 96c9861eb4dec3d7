"""How events read that Tocsin itself causes: opening, deciding, clocks, paths, messages."""

from typing import Any

from tocsin.cases.alerting import PERSONAL
from tocsin.clocks import saying
from tocsin.clocks.moments import Say, localised
from tocsin.sentences.common import Payload, Telling, because, unturned


def _opened(payload: Payload, say: Say) -> str:
    ticket = f" as {payload['external_id']}" if payload["external_id"] else ""
    return unturned(f"came in from {payload['source']}{ticket}")


def _decided(payload: Payload, say: Say) -> str:
    kind = f", {payload['kind']}" if payload["kind"] else ""
    return (
        f"decided under version {payload['policy_version']}: {payload['level']}{kind},"
        f" severity {payload['severity']}, score {round(payload['score'], 1):g}, team {payload['team']}"
    )


def _reclassified(payload: Payload, say: Say) -> str:
    return "again " + _decided(payload, say)


def _started(payload: Payload, say: Say) -> str:
    return "clocks started: " + ", ".join(f"{saying.whole(run['clock'])} {run['target']}" for run in payload["clocks"])


def _superseded(payload: Payload, say: Say) -> str:
    return "stricter targets: " + ", ".join(_tightened(run, say) for run in payload["clocks"])


def _tightened(run: Payload, say: Say) -> str:
    """Only what is new of a clock stands in the event: its target, or no more than when it is due."""
    name = saying.whole(run["clock"])
    if "target" in run:
        return f"{name} {run['target']}"
    return f"{name} due at {say(run['due_at'])}" if "due_at" in run else name


def _breached(payload: Payload, say: Say) -> str:
    return f"the {saying.whole(payload['clock'])} target was missed"


def _assigned(payload: Payload, say: Say) -> str:
    return f"owned by {payload['name']}: {payload['reason']}"


def _escalated(payload: Payload, say: Say) -> str:
    return f"escalated to {payload['level']}, {payload['kind']}, on the path {payload['path']}"


def _stepped(payload: Payload, say: Say) -> str:
    place = f"step {payload['step'] + 1} of pass {payload['pass'] + 1}"
    if payload["notified"]:
        told = "notified " + ", ".join(f"{person['name']} ({person['why']})" for person in payload["notified"])
    else:
        told = "the step names nobody" if payload["nobody"] else "nobody could be reached"
    missed = ", ".join(person["name"] for person in payload["unreachable"])
    end = "" if payload["next"] else "; the path has come to its end"
    return f"{place}: {told}" + (f"; no way to reach {missed}" if missed else "") + end


def _unreached(payload: Payload, say: Say) -> str:
    goes_on = "the next step follows at once" if payload["next_at"] is not None else "the path has no further step"
    return f"no page of step {payload['step'] + 1} could be delivered; {goes_on}"


def _stopped(payload: Payload, say: Say) -> str:
    return f"paging stopped: {payload['state']}"


def _taken_live(payload: Payload, say: Say) -> str:
    return f"taken live: {payload['reason']}"


def _replied(payload: Payload, say: Say) -> str:
    return f"the customer: {payload['text']}" if payload["text"] else "the customer wrote, without a text"


def _declined(payload: Payload, say: Say) -> str:
    return f"declined: {_told(payload)}"


def _alerted(payload: Payload, say: Say) -> str:
    says = payload["says"] if payload["why"] in PERSONAL else localised(payload["says"], say)
    return f"{says} ({_told(payload)})"


def _told(payload: Payload) -> str:
    told = (
        "told " + ", ".join(person["name"] for person in payload["notified"]) if payload["notified"] else "told nobody"
    )
    missed = ", ".join(person["name"] for person in payload["unreachable"])
    return told + (f"; no way to reach {missed}" if missed else "")


def _failed(payload: Payload, say: Say) -> str:
    return f"a page{_to(payload)} failed: {payload['error']}"


def _notice_failed(payload: Payload, say: Say) -> str:
    return f"a notice{_to(payload)} failed: {payload['error']}"


def _alarm_failed(payload: Payload, say: Say) -> str:
    return f"an alarm{_to(payload)} failed: {payload['error']}"


def _to(payload: Payload) -> str:
    return f" to {payload['to']}" if payload.get("to") else ""


def _activated(payload: Payload, say: Say) -> str:
    return (
        f"version {payload['version']} of the policy is in force from {say(payload['effective_at'])}{because(payload)}"
    )


def _reverted(payload: Payload, say: Say) -> str:
    return f"version {payload['version']} of the policy was withdrawn{because(payload)}"


def _recovered(payload: Payload, say: Say) -> str:
    note = f": {payload['note']}" if payload.get("note") else ""
    asked = "; a senior is asked" if payload.get("told", True) else "; it changes often, so nobody is told"
    return f"{payload['source']} says that it is over{note}{asked}"


def _fired_again(payload: Payload, say: Say) -> str:
    status = f": {payload['status']}" if payload.get("status") else ""
    return unturned(f"{payload['source']} says that it is broken{status}{_as_of(payload, say)}")


_UNCOUNTED = {"older": "after something newer", "late": "of before the case was over"}


def _heard(payload: Payload, say: Say) -> str:
    what = payload.get("status") or {"reply": "the customer wrote", "solved": "solved"}.get(payload["kind"], "a ticket")
    why = _UNCOUNTED.get(payload["why"], "and the case is over")
    text = f": {payload['text']}" if payload.get("text") else ""
    return unturned(
        f"{payload['source']} says {what}{_as_of(payload, say)}, {why}; recorded, and nothing changed{text}"
    )


def _as_of(payload: Payload, say: Say) -> str:
    return f" (of {say(payload['at'])})" if payload.get("at") is not None else ""


def _ended(payload: Payload, say: Say) -> str:
    why = "this person no longer works on cases" if payload["why"] == "left" else payload["why"]
    return f"the acknowledgement ended: {why}"


def _of_clocks(words: str) -> Telling:
    def telling(payload: Payload, say: Say) -> str:
        return words.format(", ".join(_clock(run) for run in payload["clocks"])) + because(payload)

    return telling


def _clock(run: Any) -> str:
    return saying.whole(run["clock"] if isinstance(run, dict) else run[0])


def _warned(payload: Payload, say: Say) -> str:
    return f"the {saying.whole(payload['clock'])} target is due soon"


def _answered(payload: Payload, say: Say) -> str:
    return f"answered, as {payload['given']} of {payload['needed']}"


def _repaired(payload: Payload, say: Say) -> str:
    return "repaired by the auditor: " + "; ".join(localised(found["says"], say) for found in payload["found"])


TELLING: dict[str, Telling] = {
    "case.opened": _opened,
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.assigned": _assigned,
    "case.escalated": _escalated,
    "case.taken_live": _taken_live,
    "case.replied": _replied,
    "case.matched": lambda payload, say: f"the customer is {payload['name']}",
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
    "case.nudged": lambda payload, say: "reminded that the acknowledgement is about to expire",
    "case.acknowledgement_ended": _ended,
    "case.recovered": _recovered,
    "case.fired_again": _fired_again,
    "case.heard": _heard,
    "clocks.corrected": _of_clocks("targets corrected: {}"),
    "clocks.relieved": _of_clocks("more time for {}"),
    "clocks.restarted": _of_clocks("restarted: {}"),
    "clocks.cancelled": _of_clocks("clocks cancelled: {}"),
    "clocks.excused": _of_clocks("breach excused: {}"),
    "clock.warned": _warned,
    "path.answered": _answered,
    "audit.repaired": _repaired,
    "alarm.raised": lambda payload, say: localised(payload["says"], say),
    "alarm.failed": _alarm_failed,
    "policy.activated": _activated,
    "policy.reverted": _reverted,
    "roster.changed": lambda payload, say: f"the roster {payload['name']} was made or replaced",
    "payload.erased": lambda payload, say: f"the content of earlier events was erased{because(payload)}",
}
