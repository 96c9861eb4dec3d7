"""A case gets more attention than the policy gave it, because a person says so or because nobody answered. Pure."""

import msgspec

from tocsin.cases import reclassifying, reviving
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.paths import escalating
from tocsin.cases.reclassifying import ENGINE
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event
from tocsin.policy.decision import Decision, Override
from tocsin.policy.levels import LevelName, raised


def by_engine(scene: Scene, state: Aggregate, level: LevelName, why: str) -> list[Event]:
    """Raise a case to a level that is above its own; nothing where it stands there already."""
    if not raised(state.case.level, level):
        return []
    return decided(scene, state, Override(reason=why, by=ENGINE, level=level), ENGINE)


def decided(scene: Scene, state: Aggregate, override: Override, actor: str) -> list[Event]:
    """Decide the case again under what a person has set; what they had set before stays, where this does not say it. A
    relationship beside work that engineers are called to gets a path of its own, even on a case that follows another:
    that one speaks for the problem, not for this customer. The case remains technical. An imported one that is raised
    is worked on from now on."""
    draft = Draft(state, scene.now)
    level = override.level or state.case.level
    rises = raised(state.case.level, level)
    beside = override.kind == "relationship" and state.case.kind == "technical" and level != "standard"
    if beside:
        override = msgspec.structs.replace(override, kind="technical")
    if rises:
        reviving.take_live(draft, scene, override.reason, actor)
    decision = decide_again(draft, scene.again(draft.state), override, actor)
    if decision is None and rises:  # its facts were erased: only the level can be followed
        draft.add_all(escalating.path_of(scene, draft.state, level))
    if beside and rises:
        draft.add_all(escalating.beside(scene.again(draft.state), draft.state, level))
    return draft.events


def decide_again(draft: Draft, scene: Scene, override: Override, actor: str) -> Decision | None:
    """The decision under what a person has set; None where the facts were erased."""
    last = scene.last()
    if last is None:
        return None
    return reclassifying.reclassify(draft, scene, last, last.facts, actor, joined(last, override))


def joined(last: Decision, override: Override) -> Override:
    """What was set before, with what is set now in its place."""
    before = reclassifying.of_person(last.override)
    if before is None:
        return override
    said = {name: value for name, value in msgspec.structs.asdict(override).items() if value is not None}
    return msgspec.structs.replace(before, **said)
