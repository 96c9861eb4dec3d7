"""Climbing a path: whom the next step notifies, and when the one after it is due. Pure.

A path is walked `repeat` times. Behind its last step every reachable lead is notified, or where there is none every
administrator; then it is exhausted, or unheard where not even one of them could be reached. Either is an alarm, which
the auditor raises, and an unheard path begins again once it would reach somebody. A step that reaches nobody does not
wait: the next one fires at once.

An escalation climbs its path as it was in the version of the policy that began it, to its end: its steps and the duties
that they name. A later version, which may have renamed or shortened the path, is for escalations that begin under it.
"""

from collections.abc import Iterable, Iterator

import msgspec

from tocsin.cases import addressing
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Escalation
from tocsin.cases.happenings.paths import PathStepped
from tocsin.cases.scene import Scene
from tocsin.clocks.durations import Duration
from tocsin.core import ids
from tocsin.policy.model import Path, Step


def fire(scene: Scene, escalation: Escalation) -> list[PathStepped]:
    """The steps of an escalation whose next step is due, that fire now.

    Steps that reach nobody are events too, followed at once by the next.
    """
    around = scene.around
    scene, path = of(scene, escalation)
    events: list[PathStepped] = []
    passed, step = escalation.passed, escalation.step
    while True:
        named = list(_everyone(path, scene, passed, step))
        reached = [person for person in named if person.user in around.reachable]
        missed = [person for person in named if person.user not in around.reachable]
        after = _next(path, passed, step)
        last = passed >= path.repeat
        at = scene.now if last or not reached else waited(scene, escalation, path.steps[step])
        events.append(
            PathStepped(
                escalation=ids.to_text(escalation.id),
                passed=passed,
                step=step,
                notified=[addressing.person(around, one) for one in reached],
                unreachable=[addressing.person(around, one) for one in missed],
                nobody=not named,
                team=scene.case.team,
                needed=1 if last else path.steps[step].acknowledgements,
                next=None if last else {"pass": after[0], "step": after[1], "at": at},
            )
        )
        if reached or last:
            return events
        passed, step = after


def of(scene: Scene, escalation: Escalation) -> tuple[Scene, Path]:
    """The path that an escalation climbs, and the scene under the version that began it."""
    begun = scene._replace(policy=scene.around.policies.compiled(escalation.policy_version))
    return begun, begun.policy.document.paths[escalation.path]


def may_fire(scene: Scene, escalation: Escalation) -> bool:
    """Whether a step may notify people now: always, or in the hours that the path keeps."""
    if escalation.hours is None:
        return True
    begun, _ = of(scene, escalation)
    return begun.policy.document.calendars[escalation.hours].next_open(scene.now) == scene.now


def waited(scene: Scene, escalation: Escalation, step: Step | None) -> int:
    """When the wait of a step is over, counted in the hours that the path keeps; without a step, when the next one may
    fire."""
    if step is not None:
        return after(scene, escalation, step.wait)
    if escalation.hours is None:
        return scene.now
    begun, _ = of(scene, escalation)
    return begun.policy.document.calendars[escalation.hours].next_open(scene.now)


def after(scene: Scene, escalation: Escalation, wait: Duration) -> int:
    """When a time is over, counted in the hours that the path keeps."""
    if escalation.hours is None:
        return scene.now + wait.microseconds
    begun, _ = of(scene, escalation)
    return begun.policy.document.calendars[escalation.hours].add(scene.now, wait)


def between(scene: Scene, escalation: Escalation, since: int, until: int) -> int:
    """How much of the hours that the path keeps has passed, in microseconds."""
    if escalation.hours is None:
        return until - since
    begun, _ = of(scene, escalation)
    return begun.policy.document.calendars[escalation.hours].between(since, until)


def last_resort(scene: Scene, escalations: Iterable[Escalation]) -> list[Named]:
    """Whom the last steps of these paths name."""
    found: list[Named] = []
    for escalation in escalations:
        begun, path = of(scene, escalation)
        found += _everyone(path, begun, 0, len(path.steps) - 1)
    return found


def backups(scene: Scene, escalation: Escalation, decliner: int) -> tuple[list[Named], Step | None]:
    """Whom a declined page goes to: the backups of the rosters by which the last step that fired named somebody; and
    that step. Nobody where it named them otherwise."""
    begun, path = of(scene, escalation)
    passed, step = last_fired(scene, escalation)
    if passed >= path.repeat or passed < 0:
        return [], None
    found = []
    for target in path.steps[step].notify:
        if target.startswith("oncall:") and target.count(":") == 1 and decliner in addressing.resolve(target, begun):
            found += [
                Named(user, f"{target}:backup")
                for user in addressing.resolve(f"{target}:backup", begun)
                if user != decliner
            ]
    return found, path.steps[step]


def unasked(scene: Scene, escalation: Escalation, found: Iterable[Named]) -> list[Named]:
    """Those of them whom a page reaches, and whom this escalation has not paged yet: to decline again and again would
    put the next step off for ever."""
    asked = scene.paged().get(escalation.id, ())
    return [person for person in found if person.user in scene.around.reachable and person.user not in asked]


def instead(scene: Scene, escalation: Escalation, decliner: int) -> list[Named]:
    """Whom a decline pages, as it looks now: the backups, else those of the next step, which then comes at once."""
    found, _ = backups(scene, escalation, decliner)
    if handed := unasked(scene, escalation, found):
        return handed
    if escalation.next_at is None:
        return []
    at_once = msgspec.structs.replace(escalation, next_at=waited(scene, escalation, None))
    return [person for person in following(scene, at_once) if person.user != decliner]


def last_fired(scene: Scene, escalation: Escalation) -> tuple[int, int]:
    """The pass and step that fired last; a pass of -1 where none has."""
    _, path = of(scene, escalation)
    if escalation.state in ("exhausted", "unheard"):
        return path.repeat, 0
    if escalation.step:
        return escalation.passed, escalation.step - 1
    return escalation.passed - 1, len(path.steps) - 1


def fired(scene: Scene, escalation: Escalation) -> bool:
    """Whether a step has fired at this very instant, so that its wait has only begun."""
    _, path = of(scene, escalation)
    passed, step = last_fired(scene, escalation)
    return 0 <= passed < path.repeat and escalation.next_at == waited(scene, escalation, path.steps[step])


def named(scene: Scene, escalation: Escalation, user: int) -> bool:
    """Whether the step that fired last means this user."""
    begun, path = of(scene, escalation)
    passed, step = last_fired(scene, escalation)
    return passed >= 0 and any(found.user == user for found in _everyone(path, begun, passed, step))


def following(scene: Scene, escalation: Escalation) -> list[Named]:
    """Whom the path pages next, as it looks now: those of the first step to come that reaches anybody; nobody where no
    step is to come."""
    if escalation.next_at is None:
        return []
    scene, path = of(scene._replace(now=max(scene.now, escalation.next_at)), escalation)
    passed, step = escalation.passed, escalation.step
    while passed <= path.repeat:
        named = _everyone(path, scene, passed, step)
        if reached := [person for person in named if person.user in scene.around.reachable]:
            return reached
        passed, step = _next(path, passed, step)
    return []


def coming(scene: Scene, escalation: Escalation, most: int) -> Iterator[tuple[int, list[Named]]]:
    """The next steps of a path that reach anybody, `most` of them, as it looks now: when each fires unless somebody
    answers, and whom it pages."""
    begun, path = of(scene, escalation)
    passed, step, at = escalation.passed, escalation.step, escalation.next_at
    while at is not None and most and passed <= path.repeat:
        then = begun._replace(now=max(scene.now, at))
        reached = [person for person in _everyone(path, then, passed, step) if person.user in scene.around.reachable]
        if reached:
            yield at, reached
            most -= 1
        if passed == path.repeat:
            return
        at = after(then, escalation, path.steps[step].wait) if reached else at
        passed, step = _next(path, passed, step)


def ever(scene: Scene, escalation: Escalation) -> Iterator[Named]:
    """Whom any step of the path means now, also where a page would not reach them; every lead as well where it has come
    to its end."""
    begun, path = of(scene, escalation)
    all_reached = begun._replace(around=scene.around.reaching_all())
    for step in range(len(path.steps)):
        yield from _everyone(path, begun, 0, step)
        yield from _everyone(path, all_reached, 0, step)
    if last_fired(scene, escalation)[0] >= path.repeat:
        yield from _everyone(path, begun, path.repeat, 0)


def reaches(scene: Scene, escalation: Escalation) -> bool:
    """Whether the path would reach anybody now, if it were walked from its beginning."""
    scene, path = of(scene, escalation)
    places = [(0, step) for step in range(len(path.steps))] + [(path.repeat, 0)]
    named = (person for passed, step in places for person in _everyone(path, scene, passed, step))
    return any(person.user in scene.around.reachable for person in named)


def _next(path: Path, passed: int, step: int) -> tuple[int, int]:
    """The place behind this one; `(repeat, 0)` stands for every lead."""
    return (passed, step + 1) if step + 1 < len(path.steps) else (passed + 1, 0)


def _everyone(path: Path, scene: Scene, passed: int, step: int) -> Iterator[Named]:
    """Those whom a step names, each once."""
    if passed >= path.repeat:
        yield from addressing.everybody(scene.around)
        return
    seen: set[int] = set()
    for target in path.steps[step].notify:
        for user in addressing.resolve(target, scene):
            if user not in seen:
                seen.add(user)
                yield Named(user, target)
