"""Two people who do the same to a case at once: whoever comes second is told, and both texts are shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.scene import Scene
from tocsin.core.errors import Outdated
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.directory import Directory
from tocsin.web.pages.case import course
from tocsin.web.pages.case.course import Entry

_RIVALS: Mapping[str, tuple[str, ...]] = {
    "assign": ("case.assigned", "case.overridden"),
    "override": ("case.overridden", "case.assigned", "case.lowered", "case.escalated", "case.reclassified"),
    "lower": ("case.overridden", "case.lowered", "case.escalated"),
    "send-update": ("case.customer_update", "case.explained"),
    "explain": ("case.explained",),
    "bridge": ("case.bridged",),
    "restrict": ("case.confided",),
    "extend": ("clocks.relieved",),
}
"""Of each verb that puts something in the place of what was there: the events by which somebody else did the same."""


class KeptForm(NamedTuple):
    """A form that was refused: its verb, what was typed, and why. `seen`: the newest event that its page had shown;
    None where that is not known."""

    verb: str
    typed: dict[str, str]
    says: str
    seen: int | None = None


def unrivalled(plan: Plan, verb: str, actor: str, seen: int | None) -> Plan:
    """The same plan; Outdated where somebody else has done the same since `seen`, the newest event that was shown."""
    kinds = _RIVALS.get(verb, ())
    if seen is None or not kinds:
        return plan

    def checked(state: Aggregate, scene: Scene) -> Sequence[Event]:
        if any(event.seq > seen and event.kind in kinds and not _same(event.actor, actor) for event in scene.history()):
            raise Outdated(
                say("somebody else has done the same while you did"),
                expected=say("to be sent again, once you have looked at what they did"),
            )
        return plan(state, scene)

    return checked


def of(
    kept: KeptForm | None,
    events: Iterable[dict[str, Any]],
    people: Directory,
    titles: Mapping[str, str],
    actor: str,
    language: str,
) -> list[Entry]:
    """What others have done in place of a form that was kept, since its page was shown."""
    if kept is None or kept.seen is None:
        return []
    kinds = _RIVALS.get(kept.verb, ())
    return [
        course.entry(event, people, titles, language)
        for event in events
        if event["seq"] > kept.seen and event["kind"] in kinds and not _same(event["actor"], actor)
    ]


def _same(one: str, other: str) -> bool:
    return one.partition(" via ")[0] == other.partition(" via ")[0]
