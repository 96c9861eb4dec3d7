"""Routes, duties and paths: who owns a case, and whom to notify."""

from tocsin.core.wording import say
from tocsin.policy import addressees
from tocsin.policy.model import Path, Route, Step
from tocsin.policy.reading import Reading
from tocsin.policy.yaml.keys import Key

FIRST_WAIT = "5m"


def routes(reading: Reading) -> tuple[Route, ...]:
    """The routes in order. The last one has no condition, so that no case is without a team."""
    found = [
        Route(id=rule["id"], team=rule["team"], when=rule.get("when"), assign=rule.get("assign", "none"))
        for _, rule in reading.rules("route")
    ]
    listed = reading.get("route")
    last = ("route", len(listed) - 1 if isinstance(listed, list) else 0)
    if found and reading.sound(last) and found[-1].when is not None:
        says = say("a case that no rule matches would have no team")
        reading.problem((*last, "when"), says, say("a last rule without `when`"))
    return tuple(found)


def duties(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Who fills each duty. A duty may name another one; a circle is a problem."""
    found = {}
    for name, key, listed in reading.entries("duties"):
        _refer_all(reading, key, tuple(listed))
        found[name] = tuple(listed)
    for name in found:
        trail = _circle(name, found)
        if trail and name == min(trail):
            says = say("the duties name each other: {trail}", trail=" -> ".join(trail))
            reading.problem(("duties", name), says, say("no circle"))
    return found


def _circle(start: str, duties: dict[str, tuple[str, ...]]) -> list[str] | None:
    """The way from a duty back to itself, if there is one."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for text in duties.get(name, ()):
            named = addressees.parse(text)
            if named.kind != "role":
                continue
            if named.name == start:
                trail = [start, name] if name != start else [start]
                while trail[-1] != start and (before := came_from[trail[-1]]) != start:
                    trail.append(before)
                return [start, *reversed(trail[1:]), start]
            if named.name not in came_from:
                came_from[named.name] = name
                waiting.append(named.name)
    return None


def paths(reading: Reading) -> dict[str, Path]:
    found = {}
    for name, key, spec in reading.entries("paths"):
        _refer_all(reading, (*key, "leader"), (spec["leader"],), one=True)
        steps = []
        wait = FIRST_WAIT
        for index, step in enumerate(spec["steps"]):
            place = (*key, "steps", index)
            _refer_all(reading, (*place, "notify"), tuple(step["notify"]))
            wait = step.get("wait", wait)
            needed = int(step.get("acknowledgements", 1))
            steps.append(
                Step(
                    notify=tuple(step["notify"]),
                    wait=reading.duration((*place, "wait"), wait, least=1 if "wait" in step else 0),
                    acknowledgements=needed,
                )
            )
        found[name] = Path(name=name, leader=spec["leader"], steps=tuple(steps), repeat=int(spec.get("repeat", 1)))
    return found


def _refer_all(reading: Reading, key: Key, listed: tuple[str, ...], *, one: bool = False) -> None:
    known = reading.names("duties")
    for index, text in enumerate(listed):
        named = addressees.parse(text)
        if named.kind == "role":
            reading.refer(key if one else (*key, index), "duty", named.name, known)
