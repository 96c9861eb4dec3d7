"""Which verbs somebody could do to a case now, and why not the others: by role, and by what the case allows. Pure."""

from typing import Any

from tocsin.cases import lifecycle, sight
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.lifecycle import Verb
from tocsin.cases.verbs.common import judge
from tocsin.core.errors import Forbidden
from tocsin.people.permissions import Permission, Viewer

_WORK: Permission = "cases.work"
_FURTHER: dict[Verb, Permission] = {
    Verb.LOWER: "cases.lower",
    Verb.CORRECT: "cases.correct",
    Verb.RELIEVE: "cases.relieve",
    Verb.CONFIDE: "cases.confide",
}
PERMISSIONS: dict[Verb, Permission] = {verb: _FURTHER.get(verb, _WORK) for verb in Verb}


def possible(viewer: Viewer, state: Aggregate) -> dict[str, Any]:
    """By verb `{"allowed": true}`, or `{"allowed": false, "why_not": a sentence}`. What depends on what is said (which
    level, how late a correction) is found out by trying."""
    return {verb.value: _shown(why_not(viewer, verb, state)) for verb in Verb}


def why_not(viewer: Viewer, verb: Verb, state: Aggregate) -> str | None:
    """The reason why this viewer cannot do it now; None where nothing is known to stand against it."""
    try:
        viewer.require(PERMISSIONS[verb])
        sight.require(viewer, state.case)
        reason = lifecycle.why_not(verb, state)
        if reason is None:
            _require_more(viewer, verb, state)
    except Forbidden as refusal:
        return refusal.detail + (f"; it takes {refusal.expected}" if refusal.expected else "")
    return reason


def _require_more(viewer: Viewer, verb: Verb, state: Aggregate) -> None:
    """Forbidden where the verb asks for more than its permission, the case being as it is."""
    if verb is Verb.DECLINE and viewer.user is None:
        raise Forbidden("a token cannot decline", expected="the token of a person who was paged")
    if verb is Verb.ANSWER or (verb is Verb.RAISE and state.case.level == "senior"):
        viewer.require("cases.raise")
    if verb in (Verb.JUDGE_CONTAINMENT, Verb.JUDGE_RESOLUTION):
        judge(viewer, state)


def _shown(reason: str | None) -> dict[str, Any]:
    return {"allowed": True} if reason is None else {"allowed": False, "why_not": reason}
