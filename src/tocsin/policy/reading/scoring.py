"""Factors, levels, minimums and triage: how much attention a case gets."""

import math
from itertools import pairwise

from tocsin.core.wording import say, verbatim
from tocsin.policy.levels import ESCALATED, EXECUTIVE, RANK, SENIOR, LevelName, named
from tocsin.policy.model import Ask, Factor, Level, Minimum, Triage
from tocsin.policy.reading import Reading
from tocsin.policy.reading.taxonomy import calendar_names


def score(reading: Reading) -> tuple[Factor, ...]:
    """The factors in their order. Their weights sum to 100."""
    found = []
    for name, key, spec in reading.entries("score"):
        curve = tuple((float(x), float(y)) for x, y in spec["curve"]) if "curve" in spec else None
        for index, ((before, _), (x, _)) in enumerate(pairwise(curve or ()), start=1):
            if x <= before:
                says = say("{x} does not come after {before}", x=f"{x:g}", before=f"{before:g}")
                reading.problem((*key, "curve", index), says, say("xs that increase"))
        found.append(
            Factor(
                name=name,
                weight=float(spec["weight"]),
                source=spec.get("from"),
                curve=curve,
                map={value: float(share) for value, share in spec["map"].items()} if "map" in spec else None,
                when=spec.get("when"),
                value=float(spec.get("value", 1)) if "when" in spec else None,
                missing=float(spec.get("missing", 0)),
            )
        )
    _check_weights(reading)
    return tuple(found)


def _check_weights(reading: Reading) -> None:
    """The sum of whatever weights there are, unless one of them is no number."""
    names = reading.names("score")
    weights = [reading.get("score", name, "weight") for name in names]
    if not names or any(isinstance(weight, bool) or not isinstance(weight, (int, float)) for weight in weights):
        return
    total = math.fsum(weights)
    if abs(total - 100) > 1e-6:
        reading.problem(("score",), say("the weights sum to {total}", total=f"{total:g}"), verbatim("100"))


def levels(reading: Reading) -> dict[LevelName, Level]:
    """The levels, the highest first."""
    paths, known = reading.names("paths"), calendar_names(reading)
    found: dict[LevelName, Level] = {}
    for name in reversed(ESCALATED):
        key = ("levels", name)
        reading.known_clocks((*key, "targets"))
        spec = reading.get(*key)
        if spec is None or not reading.sound(key):
            continue
        reading.refer((*key, "path"), "path", spec["path"], paths)
        reading.refer((*key, "relationship"), "path", spec.get("relationship"), paths)
        found[name] = Level(
            name=name,
            at=float(spec["at"]),
            path=spec["path"],
            relationship=spec.get("relationship"),
            targets=reading.targets((*key, "targets"), spec.get("targets", {}), known),
        )
    if len(found) == len(ESCALATED) and found[EXECUTIVE].at <= found[SENIOR].at:
        at = found[SENIOR].at
        says = say("executive starts no higher than senior")
        reading.problem(("levels", "executive", "at"), says, say("more than {least}", least=f"{at:g}"))
    return found


def minimums(reading: Reading) -> tuple[Minimum, ...]:
    found = []
    for key, rule in reading.rules("minimums"):
        level, kind = named(rule["level"]), rule.get("kind", "technical")
        if kind == "relationship" and reading.sound(("levels",)) and not has_relationship_path(reading, level):
            says = say("no path is named for a relationship escalation to {level}", level=level)
            reading.problem((*key, "kind"), says, say("a `relationship` path in {place}", place=f"levels.{level}"))
        found.append(Minimum(id=rule["id"], when=rule["when"], level=level, kind=kind))
    return tuple(found)


def has_relationship_path(reading: Reading, level: LevelName) -> bool:
    """Whether the level, or one below it, names a path for account owners and escalation managers."""
    return any(reading.get("levels", name, "relationship") is not None for name in ESCALATED[: RANK[level]])


def triage(reading: Reading) -> Triage:
    asks = tuple(
        Ask(
            id=rule["id"],
            within=float(rule["within"]) if "within" in rule else None,
            when=rule.get("when"),
            on=rule.get("on"),
        )
        for _, rule in reading.rules("triage", "ask")
    )
    return Triage(
        expiry=reading.setting("triage", "expiry", default="15m"),
        hold=reading.setting("triage", "hold", default="2m"),
        ask=asks,
    )
