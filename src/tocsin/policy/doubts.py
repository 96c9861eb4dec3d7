"""When a decision is in doubt: a plausible answer of a person would give the case another level or team. Pure.

Each kind of doubt is one value. Whoever decides hands in `outcome`, which decides the case once more with other facts
or another choice, and asks nobody; so what is in doubt is computed by the very rules that decided.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from tocsin.core.wording import Number, Said, say
from tocsin.policy.classify import Classified
from tocsin.policy.compiled import Policy
from tocsin.policy.conditions import Trace
from tocsin.policy.decision import FactorScore, Override, Plausible
from tocsin.policy.facts import SUGGESTED, Facts
from tocsin.policy.levels import RANK, STANDARD, LevelName
from tocsin.policy.model import Ask, Factor
from tocsin.policy.scoring import DIGITS
from tocsin.policy.seen import Variables
from tocsin.policy.triage import question

Outcome = Callable[[Facts, Override | None], tuple[LevelName, str]]
WITHIN = 10.0  # points of a level within which a missing fact counts, where the policy does not say


class Decided(NamedTuple):
    """A decision so far. `floor`: the rank below which no other score would bring the case. `others`: by field, what
    further rules of `classify` would have set."""

    policy: Policy
    facts: Facts
    classified: Classified
    level: LevelName
    team: str
    evidence: str
    score: float
    floor: int
    factors: tuple[FactorScore, ...]
    others: tuple[tuple[str, str], ...] = ()


class Doubt(NamedTuple):
    """`name`: what the policy calls it; `says`: when it is in doubt, in words; `find`: what might be answered."""

    name: str
    says: Said
    find: Callable[[Decided, Ask, Outcome], Iterator[Plausible]]


def _words(decided: Decided, ask: Ask, outcome: Outcome) -> Iterator[Plausible]:
    """Escalated by the customer's words alone: without them it would not be."""
    if decided.evidence != "text" or decided.level == "standard":
        return
    silent = {name: value for name, value in decided.facts["case"].items() if name != "body"}
    level, team = outcome({**decided.facts, "case": {**silent, "subject": ""}}, None)
    if RANK[level] < RANK[decided.level]:
        yield Plausible(rule(ask), "words", None, level, team)


def _conflict(decided: Decided, ask: Ask, outcome: Outcome) -> Iterator[Plausible]:
    """Another rule would have set the type, the product area or the severity otherwise."""
    for field, value in decided.others:
        level, team = outcome(decided.facts, _chosen(field, value))
        if (level, team) != (decided.level, decided.team):
            yield Plausible(rule(ask), field, value, level, team)


def _chosen(field: str, value: str) -> Override:
    override = Override(reason="")
    return msgspec.structs.replace(override, **{field: value})


def _incomplete(decided: Decided, ask: Ask, outcome: Outcome) -> Iterator[Plausible]:
    """A fact is missing that alone could carry the score across a level, which is not far."""
    within = WITHIN if ask.within is None else ask.within
    if all(abs(at - decided.score) > within for _, at in decided.policy.thresholds):
        return
    for factor, scored in zip(decided.policy.document.score, decided.factors, strict=True):
        if scored.code != "missing" or scored.source is None:
            continue
        least, most = (value * factor.weight - scored.points for value in _range(factor))
        for level, at in decided.policy.thresholds:
            short = round(at - decided.score, DIGITS)
            if abs(short) > within or decided.floor >= RANK[level]:
                continue
            if 0 < short <= most and RANK[level] > RANK[decided.level]:
                yield Plausible(rule(ask), scored.source, None, level, decided.team)
            elif least < short <= 0 and level == decided.level:
                yield Plausible(rule(ask), scored.source, None, _below(decided, level), decided.team)


def _low_confidence(decided: Decided, ask: Ask, outcome: Outcome) -> Iterator[Plausible]:
    """What no rule has set is suggested, and the suggestion is not sure enough to set it."""
    said, document = decided.facts.get(SUGGESTED, {}), decided.policy.document
    for field, known in (("type", document.types), ("product_area", document.product_areas)):
        name = said.get(field, {}).get("name")
        if name not in known or getattr(decided.classified, field) is not None:
            continue
        level, team = outcome(decided.facts, _chosen(field, name))
        if (level, team) != (decided.level, decided.team):
            yield Plausible(rule(ask), field, name, level, team)


def _range(factor: Factor) -> tuple[float, float]:
    """The least and the greatest value that a fact may give a factor."""
    if factor.map is not None:
        return min(factor.map.values()), max(factor.map.values())
    heights = [height for _, height in factor.curve or ((0.0, 0.0), (1.0, 1.0))]
    return min(heights), max(heights)


def _below(decided: Decided, level: LevelName) -> LevelName:
    return next((name for name, _ in decided.policy.thresholds if RANK[name] < RANK[level]), STANDARD)


WORDS = Doubt("words", say("only the customer's words escalate it"), _words)
CONFLICT = Doubt(
    "conflict", say("two rules classify it differently, and that would change its level or team"), _conflict
)
INCOMPLETE = Doubt("incomplete", say("a fact is missing that could change its level"), _incomplete)
LOW_CONFIDENCE = Doubt(
    "low_confidence", say("what is suggested is not sure, and would change its level or team"), _low_confidence
)
DOUBTS = {doubt.name: doubt for doubt in (WORDS, CONFLICT, INCOMPLETE, LOW_CONFIDENCE)}


def asks(
    decided: Decided, variables: Variables, outcome: Outcome, settled: Collection[str], trace: Trace
) -> tuple[tuple[str, ...], tuple[Plausible, ...]]:
    """Which doubts the policy has a person asked about, and what they might answer; not those that are `settled`."""
    wanted = [
        ask
        for ask in decided.policy.doubts
        if rule(ask) not in trace.muted and question(rule(ask), decided.level) not in settled
    ]
    if any(ask.on == CONFLICT.name for ask in wanted):
        matters = partial(_matters, decided)
        others = decided.policy.classification.others(
            variables, decided.classified, decided.level != STANDARD, matters, trace
        )
        decided = decided._replace(others=others)
    answers = tuple(answer for ask in wanted if ask.on for answer in DOUBTS[ask.on].find(decided, ask, outcome))
    asked = tuple(dict.fromkeys(answer.ask for answer in answers))
    trace.rules += asked
    return asked, answers


def _matters(decided: Decided, field: str, value: str) -> bool:
    """Whether another value of a field might give another level or team: it is named where these are decided, or it
    makes the case graver, or what is escalated less grave."""
    policy, now = decided.policy, decided.classified
    if value in policy.deciding[field] or getattr(now, field) in policy.deciding[field]:
        return True
    if field == "product_area":
        return False
    severity = value if field == "severity" else policy.classification.severity_of(value)
    order = policy.document.severities
    graver = list(order).index(severity) < list(order).index(now.severity)
    return severity != now.severity and (graver or decided.level != STANDARD)


def rule(ask: Ask) -> str:
    """How reasons name it."""
    return f"triage.{ask.id}"


def said(ask: Ask) -> Said:
    """When this is asked, in words."""
    assert ask.on is not None
    if ask.within is None:
        return DOUBTS[ask.on].says
    return say("{doubt}, within {points} points", doubt=DOUBTS[ask.on].says, points=Number(ask.within))
