"""A case gets more attention than the policy gave it, because a person says so or because nobody answered. Pure."""

import msgspec

from tocsin.cases import escalating, reclassifying
from tocsin.cases.aggregate import Aggregate, raised
from tocsin.cases.drafting import Draft
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event
from tocsin.policy.decision import Decision, Override

ENGINE = "engine"


def by_engine(scene: Scene, state: Aggregate, level: str, why: str) -> list[Event]:
    """Raise a case to a level that is above its own; nothing where it stands there already."""
    if not raised(state.case.level, level):
        return []
    return decided(scene, state, Override(reason=why, by=ENGINE, level=level), ENGINE)  # type: ignore[arg-type]


def decided(scene: Scene, state: Aggregate, override: Override, actor: str) -> list[Event]:
    """Decide the case again under what a person has set; what he had set before stays, where this does not say it."""
    last = scene.last()
    draft = Draft(state, scene.now)
    if last is None:  # its facts were erased: only the level can be followed
        for event in escalating.path_of(scene, draft.state, override.level or state.case.level):
            draft.add(event)
        return draft.events
    reclassifying.reclassify(draft, scene, last, last.facts, actor, joined(last, override))
    return draft.events


def joined(last: Decision, override: Override) -> Override:
    """What was set before, with what is set now in its place."""
    before = last.override
    if before is None or before.by == ENGINE:
        return override
    said = {name: value for name, value in msgspec.structs.asdict(override).items() if value is not None}
    return msgspec.structs.replace(before, **said)
