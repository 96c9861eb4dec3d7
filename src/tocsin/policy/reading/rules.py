"""Clocks, cases, waking, governance and examples: the rest of the document."""

from typing import Any

from tocsin.clocks import kinds
from tocsin.clocks.kinds import BUILT_IN, ClockKind, ClockName
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.policy import addressees
from tocsin.policy.addressees import TOLD
from tocsin.policy.collectors import COLLECTORS, has_host
from tocsin.policy.model import (
    CaseRules,
    ClockRules,
    Collector,
    Example,
    OnCallRules,
    Risk,
    SameProblem,
    Storm,
    Suggest,
)
from tocsin.policy.reading import Reading
from tocsin.policy.schema import WAKE
from tocsin.policy.structure import near, shown
from tocsin.policy.yaml.keys import Key

STORM = 5  # escalations of one area and type that page each for itself
PAUSED: tuple[ClockName, ...] = tuple(kind.name for kind in BUILT_IN.values() if kind.pause)
WARNINGS: dict[ClockName, tuple[float, ...]] = {kind.name: kind.warn for kind in BUILT_IN.values() if kind.warn}


def clocks(reading: Reading) -> ClockRules:
    """How clocks behave. `pause.clocks` and `warnings`, where given, hold as a whole."""
    paused, warnings = PAUSED, WARNINGS
    if _given(reading, "clocks", "pause", "clocks"):
        paused = tuple(reading.get("clocks", "pause", "clocks"))
    if _given(reading, "clocks", "warnings"):
        listed: dict[ClockName, list[float]] = reading.get("clocks", "warnings")
        warnings = {clock: tuple(sorted(map(float, fractions))) for clock, fractions in listed.items()}
    own = _declared(reading)
    paused += tuple(kind.name for kind in own if kind.pause)
    warnings = warnings | {kind.name: kind.warn for kind in own if kind.warn}
    return ClockRules(
        kinds=BUILT_IN | {kind.name: kind for kind in own},
        grace=reading.setting("clocks", "grace", default="10m"),
        pause_clocks=paused,
        pause_at_most=reading.setting("clocks", "pause", "at_most", default="72h"),
        warnings=warnings,
    )


def _declared(reading: Reading) -> list[ClockKind]:
    """The clocks of the policy's own, in its order."""
    found = []
    for name, key, spec in reading.entries("clocks", "kinds"):
        if name in BUILT_IN:
            reading.problem(key, say("every policy has a clock {name}", name=repr(name)), say("another name"))
            continue
        for place, moment in (((*key, "start"), spec["start"]), *_each((*key, "stop"), spec["stop"])):
            if not kinds.is_moment(moment):
                wanted = near(moment, [*kinds.MOMENTS, "marked:NAME"])
                reading.problem(place, say("nothing is called {name}", name=shown(moment)), wanted)
        for place, text in _each((*key, "tell"), spec.get("tell", [])):
            if text not in TOLD and (named := addressees.parse(text)).kind == "role":
                reading.refer(place, "duty", named.name, reading.names("duties"))
        found.append(
            ClockKind(
                name=ClockName(name),
                title=spec.get("title", name.replace("_", " ").capitalize()),
                start=spec["start"],
                stop=tuple(spec["stop"]),
                when=spec.get("when"),
                restart=spec.get("restart", False),
                pause=spec.get("pause", False),
                followers=spec.get("followers", "own"),
                excusable=spec.get("excusable", True),
                tell=tuple(spec.get("tell", ())),
                warn=tuple(sorted(map(float, spec.get("warn", ())))),
            )
        )
    return found


def _each(key: Key, listed: list[str]) -> list[tuple[Key, str]]:
    return [((*key, index), text) for index, text in enumerate(listed)]


def cases(reading: Reading) -> CaseRules:
    return CaseRules(
        reopen_within=reading.setting("cases", "reopen_within", default="7d"),
        correct_within=reading.setting("cases", "correct_within", default="60m"),
        request_answer=reading.setting("cases", "request_answer", default="30m"),
        acknowledgement_critical=reading.setting("cases", "acknowledgement", "critical", default="60m"),
        acknowledgement_other=reading.setting("cases", "acknowledgement", "other", default="4h"),
    )


def evidence(reading: Reading) -> tuple[Collector, ...]:
    """Each asks for what its kind needs."""
    found = []
    for key, one in reading.rules("evidence"):
        kind = COLLECTORS[one["on"]]
        for name in kind.asks:
            if name not in one:
                wanted = say("one of {names}", names=", ".join(kind.asks))
                reading.problem((*key, name), say("this key is missing"), wanted)
        for name in ("url", "query", "secret"):
            if name in one and not kind.asks:
                reading.problem((*key, name), say("this key is not known here"), say("another kind"))
        if "url" in one and not has_host(one["url"]):
            reading.problem((*key, "url"), say("this is not a web address"), say("an address such as https://…"))
        found.append(
            Collector(
                id=one["id"],
                on=one["on"],
                window=reading.duration((*key, "window"), one.get("window", "1h")),
                when=one.get("when"),
                url=one.get("url"),
                query=one.get("query"),
                secret=one.get("secret"),
            )
        )
    return tuple(found)


def risk(reading: Reading) -> Risk:
    return Risk(miss_at_most=_likelihood(reading, ("risk", "miss_at_most")))


def suggest(reading: Reading) -> Suggest:
    return Suggest(confidence=_likelihood(reading, ("suggest", "confidence")))


def storm(reading: Reading) -> Storm:
    """The default where the policy does not say."""
    most = reading.get("storm", "more_than")
    counted = isinstance(most, int) and reading.sound(("storm", "more_than"))
    return Storm(
        more_than=None if reading.get("storm", "enabled") is False else most if counted else STORM,
        within=reading.setting("storm", "within", default="10m"),
    )


def on_call(reading: Reading) -> OnCallRules:
    return OnCallRules(not_woken="allow" if reading.get("on_call", "not_woken") == "allow" else "alarm")


def same_problem(reading: Reading) -> SameProblem:
    offer, link = (_likelihood(reading, ("same_problem", name)) for name in ("offer", "link"))
    if offer is not None and link is not None and link < offer:
        says = say("what is linked at {link} is not even offered below {offer}", link=link, offer=offer)
        reading.problem(("same_problem", "link"), says, say("at least {least}", least=offer))
    return SameProblem(offer=offer, link=link, within=reading.setting("same_problem", "within", default="24h"))


def _likelihood(reading: Reading, key: Key) -> float | None:
    value = reading.get(*key)
    return float(value) if isinstance(value, int | float) and reading.sound(key) else None


def wake(reading: Reading) -> str:
    value = reading.get("wake", default=WAKE)
    return value if isinstance(value, str) else WAKE


def free(reading: Reading, section: str) -> dict[str, object]:
    value = reading.get(section, default={})
    return value if isinstance(value, dict) else {}


def examples(reading: Reading) -> tuple[Example, ...]:
    found = []
    listed = reading.get("examples")
    seen: set[str] = set()
    for index, spec in enumerate(listed if isinstance(listed, list) else ()):
        key = ("examples", index)
        if not reading.sound(key):
            continue
        if spec["name"] in seen:
            says = say("an example named {name} stands above", name=repr(spec["name"]))
            reading.problem((*key, "name"), says, say("a name of its own"))
        seen.add(spec["name"])
        found.append(
            Example(
                name=spec["name"],
                given=spec["given"],
                expect=spec["expect"],
                at=_instant(reading, (*key, "at"), spec.get("at")),
                line=reading.tree.line(key),
            )
        )
    return tuple(found)


def _instant(reading: Reading, key: tuple[str | int, ...], text: Any) -> int | None:
    if text is None:
        return None
    try:
        return instants.from_text(text)
    except InvalidInput as error:
        reading.problem(key, error.says, error.wanted)
        return None


def _given(reading: Reading, *key: str) -> bool:
    return reading.get(*key) is not None and reading.sound(key)
