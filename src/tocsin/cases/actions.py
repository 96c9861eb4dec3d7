"""Which verbs somebody could do to a case now, and why not the others: by role, and by what the case allows. Pure."""

from typing import Any

from tocsin.cases import lifecycle, sight
from tocsin.cases.aggregate import LEVELS, Aggregate, raised
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import acknowledgement, correction, escalation, reopening, resolution
from tocsin.cases.verbs.common import require_confirming
from tocsin.cases.verbs.hold import longest
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed
from tocsin.people.permissions import Permission, Viewer

_WORK: Permission = "cases.work"
_FURTHER: dict[Verb, Permission] = {
    Verb.LOWER: "cases.lower",
    Verb.CORRECT: "cases.correct",
    Verb.RELIEVE: "cases.relieve",
    Verb.CONFIDE: "cases.confide",
}
PERMISSIONS: dict[Verb, Permission] = {verb: _FURTHER.get(verb, _WORK) for verb in Verb}


def possible(viewer: Viewer, state: Aggregate, scene: Scene) -> dict[str, Any]:
    """By verb `{"allowed": true}`, or `{"allowed": false, "why_not": a sentence}`. What depends on what is said (which
    level, how late a correction) is found out by trying."""
    return {verb.value: _shown(why_not(viewer, verb, state, scene)) for verb in Verb}


def why_not(viewer: Viewer, verb: Verb, state: Aggregate, scene: Scene) -> str | None:
    """The reason why this viewer cannot do it now, and who could or what would do; None where nothing is known to stand
    against it."""
    try:
        viewer.require(PERMISSIONS[verb])
        sight.require(viewer, state.case)
        reason = lifecycle.why_not(verb, state)
        if reason is None:
            _require_more(viewer, verb, state, scene)
    except (Forbidden, NotAllowed, InvalidInput) as refusal:
        return refusal.detail + (f"; needed: {refusal.expected}" if refusal.expected else "")
    return reason


def levels(viewer: Viewer, state: Aggregate, scene: Scene) -> list[str]:
    """The levels to which this viewer may set the case, by an answer to triage or otherwise; its own among them."""
    return [level for level in LEVELS if _settable(viewer, level, state, scene)]


def _settable(viewer: Viewer, level: str, state: Aggregate, scene: Scene) -> bool:
    if raised(state.case.level, level):
        return level == "senior" or viewer.may("cases.raise")
    return level == state.case.level or why_not(viewer, Verb.LOWER, state, scene) is None


def _require_more(viewer: Viewer, verb: Verb, state: Aggregate, scene: Scene) -> None:
    """What the verb itself raises where it asks for more than its permission, the case being as it is."""
    if verb is Verb.ACKNOWLEDGE:
        acknowledgement.require_answer(viewer, state, scene)
    if verb is Verb.DECLINE:
        acknowledgement.require_page(viewer, state, scene)
    if verb is Verb.LOWER:
        escalation.require_lowering(viewer, state, scene)
    if verb is Verb.CORRECT:
        correction.require_able(viewer, state, scene)
    if verb is Verb.HOLD:
        longest(state, scene)
    if verb is Verb.REOPEN:
        reopening.known(scene)
    if verb is Verb.ANSWER or (verb is Verb.RAISE and state.case.level == "senior"):
        viewer.require("cases.raise")
    if verb is Verb.CONFIRM_CONTAINMENT:
        require_confirming(viewer, state)
    if verb is Verb.CONFIRM_RESOLUTION:
        resolution.require_able(viewer, state, scene)


def _shown(reason: str | None) -> dict[str, Any]:
    return {"allowed": True} if reason is None else {"allowed": False, "why_not": reason}
