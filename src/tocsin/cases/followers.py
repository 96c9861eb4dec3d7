"""What the followers of a case are told: that its level or owner is another, that it is contained, that it is over, or
open again. Not of pages, notes and clocks, with which those who work on it deal. Pure."""

from collections.abc import Iterable, Sequence

from tocsin.cases import alerting
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.wording import Listed, Said, say
from tocsin.ledger.journal import Event


def told(scene: Scene, before: Case, state: Aggregate, events: Sequence[Event]) -> list[Event]:
    """A notice to everybody who follows the case, may see it and can be reached, but for whoever did it. None
    where nothing of it has changed."""
    case = state.case
    if not case.followers or not (news := _news(scene, before, case)):
        return []
    doers = _doers(scene, events)
    people = [Named(user, "follows it") for user in _following(scene, case) if user not in doers]
    return [alerting.alert(scene, "followed", _joined(news), people)] if people else []


def _joined(news: Sequence[Said]) -> Said:
    return news[0] if len(news) == 1 else say("{news}", news=Listed(news, "; "))


def _news(scene: Scene, before: Case, case: Case) -> list[Said]:
    found = []
    if case.state != before.state:
        found.append(
            say("it is open again") if case.state == "open" else say("it is {state}", state=Said(case.state, {}))
        )
    if case.level != before.level:
        found.append(say("its level is {level} now; it was {before}", level=case.level, before=before.level))
    if case.owner != before.owner:
        owner = scene.around.directory.name_of(case.owner)
        found.append(say("{owner} owns it now", owner=owner) if owner else say("nobody owns it now"))
    if case.contained_at is not None and before.contained_at is None and case.state == "open":
        found.append(say("it is contained"))
    return found


def _following(scene: Scene, case: Case) -> Iterable[int]:
    users = scene.around.directory.users
    for user in map(ids.from_text, case.followers.split()):
        if case.sees(user) and user in scene.around.reachable and users[user].may("cases.read"):
            yield user


def _doers(scene: Scene, events: Sequence[Event]) -> set[int]:
    people = scene.around.directory.by_name
    actors = {event.actor.partition(" via ")[0] for event in events}
    names = [actor.removeprefix("user:") for actor in actors if actor.startswith("user:")]
    return {people[name].id for name in names if name in people}
