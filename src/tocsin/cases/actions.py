"""Which verbs somebody could do to a case now, and why not the others: by role, and by what the case allows. Pure."""

from collections.abc import Iterable
from typing import Any

from tocsin.cases import sight
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import lower
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed
from tocsin.core.wording import Said, code, plain, say
from tocsin.people.permissions import Viewer
from tocsin.policy.levels import LEVELS, LevelName, raised


def possible(verbs: Iterable[AnyVerb], viewer: Viewer, state: Aggregate, scene: Scene) -> dict[str, Any]:
    """By verb `{"allowed": true}`, or `{"allowed": false, "why_not": a sentence}`. What depends on what is said (which
    level, how late a correction) is found out by trying."""
    return {verb.name: _shown(why_not(viewer, verb, state, scene)) for verb in verbs}


def why_not(viewer: Viewer, verb: AnyVerb, state: Aggregate, scene: Scene) -> Said | None:
    """The reason why this viewer cannot do it now, and who could or what would do; None where nothing is known to stand
    against it."""
    try:
        viewer.require(verb.permission)
        sight.require(viewer, state.case)
        reason = verb.why_not(state)
        if reason is None and verb.requires is not None:
            verb.requires(viewer, state, scene)
    except (Forbidden, NotAllowed, InvalidInput) as refusal:
        if refusal.wanted is None:
            return refusal.says
        return say("{why}; needed: {needed}", why=refusal.says, needed=refusal.wanted)
    return reason


def levels(viewer: Viewer, state: Aggregate, scene: Scene) -> list[LevelName]:
    """The levels to which this viewer may set the case, by an answer to triage or otherwise; its own among them."""
    return [level for level in LEVELS if _settable(viewer, level, state, scene)]


def _settable(viewer: Viewer, level: LevelName, state: Aggregate, scene: Scene) -> bool:
    if raised(state.case.level, level):
        return level == "senior" or viewer.may("cases.raise")
    return level == state.case.level or why_not(viewer, lower, state, scene) is None


def _shown(reason: Said | None) -> dict[str, Any]:
    return {"allowed": True} if reason is None else {"allowed": False, "why_not": plain(reason), "code": code(reason)}
