"""What a case is told about at the head of its page, and the steps of the path that it climbs: those that were and
those that are to come. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.core.wording import Counted, Listed, Said, counted, say, worded
from tocsin.people.directory import Directory
from tocsin.policy.model import Path
from tocsin.web import rendering

STEPS = 3  # of a path that are shown, the last that was among them


class Then(NamedTuple):
    """Something that follows, or that was: `at` (microseconds), None where it has no time; `was`: it is over."""

    icon: str
    says: str
    at: int | None = None
    was: bool = False


class CaseSoFar(NamedTuple):
    """What the head is made of: the case, its newest events as this reader sees them, whom its paths have paged and its
    messages, the people, and the language."""

    state: Aggregate
    scene: Scene
    events: Sequence[dict[str, Any]]
    pages: Sequence[dict[str, Any]]
    people: Directory
    me: str
    language: str

    def word(self, value: Said | Counted | Listed) -> str:
        return worded(value, rendering.reader(self.language, self.people.displays_by_id()))


def passing(climb: Escalation, path: Path) -> Said:
    """Which path it climbs, and how far it is."""
    if climb.passed >= path.repeat:
        return say("Path {path}, at its end", path=climb.path)
    return say("Path {path}, pass {number} of {all}", path=climb.path, number=climb.passed + 1, all=path.repeat)


def went(told: CaseSoFar, paged: Sequence[dict[str, Any]]) -> list[Then]:
    """The page that went out last, with what became of it."""
    page = paged[-1]
    together = [each for each in paged if abs(each["queued_at"] - page["queued_at"]) < 1_000_000]
    names = told.people.displays(dict.fromkeys(each["user"] for each in together))
    says = say("{names} by {channel}, {state}", names=Listed(names), channel=page["channel"], state=say(page["state"]))
    return [Then("smartphone", told.word(says), page["queued_at"], was=True)]


def coming(told: CaseSoFar, climb: Escalation) -> list[Then]:
    """The steps to come, as it looks now, the next first."""
    found: list[Then] = []
    for at, named in climbing.coming(told.scene, climb, STEPS - 1):
        names = dict.fromkeys(told.people.display_of(person.user) or "" for person in named)
        found.append(Then("phone" if not found else "siren", told.word(few(list(names))), at))
    return found


def after_decline(state: Aggregate, scene: Scene, people: Directory, user: int | None) -> list[str]:
    """What those are called who are paged in this user's place when they decline."""
    mine = [climb for climb in state.live() if user is not None and climbing.named(scene, climb, user)]
    if user is None or not mine:
        return []
    named = climbing.instead(scene, mine[-1], user)
    return list(dict.fromkeys(people.display_of(each.user) or "" for each in named))


def few(names: Sequence[str]) -> Listed | Counted:
    """Some names, and of many how many more there are."""
    if len(names) <= STEPS:
        return Listed(names)
    return counted("{names} and {amount} more", "{names} and {amount} more", len(names) - 2, names=Listed(names[:2]))
