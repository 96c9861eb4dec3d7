"""The engine's answer for a case: a value with its reasons, the same object in UI, API, CLI and journal.

Times are microseconds UTC. Rules are named by their place in the document: `classify.down-words`,
`minimums.critical`, `score.reputation`, `targets.premium`, `triage.near-threshold`, `route.billing`, `wake`.
"""

from typing import Any, Literal

import msgspec

from tocsin.clocks.kinds import ClockName
from tocsin.core import canonical
from tocsin.policy.facts import Facts
from tocsin.policy.levels import LevelName
from tocsin.policy.model import Assign, Kind, Origin
from tocsin.policy.reasons import Reason, ReasonText, told

ENGINE = 4
"""The engine's version, kept beside a decision and outside the compared bytes; a change of what a decision says raises
it."""

_SINCE: dict[int, dict[str, tuple[str, ...]]] = {  # what each engine was the first to say, by the part that says it
    3: {"": ("reason_codes",), "factors": ("code",), "unknown": ("fact",)},
    4: {"override": ("type", "product_area"), "triage": ("answers",)},
}

Evidence = Literal["monitoring", "person", "number", "text"]


SILENCE = "engine"  # as the one who set something: nobody answered
FAMILY = "engine: for another case"  # which is graver, and for which this one speaks
STORM = "storm"  # as the rule by which cases join one that pages for all; muted like any other


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has decided; or the engine (`by` is SILENCE or FAMILY), which sets a level, and a severity for
    another case alone. It wins over every rule, minimums included; it takes a reason."""

    reason: str
    by: str = ""
    severity: str | None = None
    level: LevelName | None = None
    kind: Kind | None = None
    owner: str | None = None
    team: str | None = None
    type: str | None = None
    product_area: str | None = None

    def at(self, level: LevelName) -> "Override":
        """The same, with a level."""
        return msgspec.structs.replace(self, level=level)

    def told_level(self, level: LevelName) -> ReasonText:
        """Why the level is this one: a person's word, or what the engine says of it."""
        if self.by in (SILENCE, FAMILY):
            return told("level-follows", level=level, why=self.reason)
        return told("level-set", level=level)

    def told_severity(self, severity: str) -> ReasonText:
        """Likewise of the severity."""
        if self.by == FAMILY:
            return told("severity-follows", name=severity, why=self.reason)
        return told("severity-set", name=severity)


class FactorScore(msgspec.Struct, frozen=True):
    """One bar of the waterfall: points = weight x value, value within 0 to 1, `assumed` where the fact was missing."""

    name: str
    value: float
    weight: float
    points: float
    reason: str
    source: str | None = None
    fact: Any = None
    assumed: bool = False
    code: str = ""  # of `reason` (`reasons.TEXTS`); empty where an older engine decided


class MinimumApplied(msgspec.Struct, frozen=True):
    """A guard whose condition held; `raised` where the score alone would have left the case lower."""

    id: str
    level: LevelName
    kind: Kind
    raised: bool


class ChosenTarget(msgspec.Struct, frozen=True):
    """The strictest target of a clock: the one due first if it started now. `why` names who asked for it."""

    duration: str
    calendar: str
    origin: Origin
    why: str


class Plausible(msgspec.Struct, frozen=True):
    """What a person might plausibly say, and what would follow. `field`: `type`, `product_area` or `severity`, whose
    right `value` another rule names; `words`, where the customer's words mislead; or a fact of the case that is
    missing."""

    ask: str
    field: str
    value: str | None
    level: LevelName
    team: str


class TriageNeed(msgspec.Struct, frozen=True):
    """What a person is asked, and what happens at `answer_by` when nobody answers. `answers`: those in doubt."""

    asks: tuple[str, ...]
    answer_by: int
    level_if_unanswered: LevelName | None
    answers: tuple[Plausible, ...] = ()


class Unknown(msgspec.Struct, frozen=True):
    """A rule that could not be answered, because `fact` is missing or for another reason, and so did not fire."""

    rule: str
    reason: str
    fact: str | None = None


class Decision(msgspec.Struct, frozen=True):
    """What to do with a case, and why. Two equal inputs give equal bytes of `canonical()`. `reason_codes`: the reasons
    once more, in the same order, as codes with their values; empty where an older engine decided."""

    policy_version: int
    decided_at: int
    opened_at: int
    type: str | None
    product_area: str | None
    severity: str
    score: float
    level: LevelName
    kind: Kind | None
    team: str
    assign: Assign
    owner: str | None
    path: str | None  # of a technical escalation, or where the level names no relationship path
    relationship_path: str | None
    wake: bool
    hold: int  # microseconds by which the first wake-up outside hours may wait for triage
    evidence: Evidence
    factors: tuple[FactorScore, ...]
    distance: dict[LevelName, float]  # points missing to each level; negative where the score exceeds it
    minimums: tuple[MinimumApplied, ...]
    targets: dict[ClockName, ChosenTarget]
    triage: TriageNeed | None
    rules: tuple[str, ...]
    unknown: tuple[Unknown, ...]
    muted: tuple[str, ...]
    reasons: tuple[str, ...]
    override: Override | None
    facts: Facts
    reason_codes: tuple[Reason, ...] = ()

    @property
    def escalated(self) -> bool:
        """Whether the level is above standard."""
        return self.level != "standard"

    def canonical(self) -> bytes:
        """The bytes that replay compares."""
        return canonical.encode(self)

    def as_of(self, engine: int | None) -> bytes:
        """The same as an engine of this version would have written them: without what that did not say yet."""
        if engine is None or engine >= ENGINE:
            return self.canonical()
        told = canonical.decode(self.canonical())
        for part, names in (part for since, parts in _SINCE.items() if since > engine for part in parts.items()):
            found = told[part] if part else told
            for each in found if isinstance(found, list) else [found]:
                for name in names if each else ():
                    del each[name]
        return canonical.encode(told)


class KeptInput(msgspec.Struct, frozen=True):
    """What a decision keeps of its input; enough to decide it again."""

    policy_version: int
    decided_at: int
    opened_at: int
    muted: tuple[str, ...]
    override: Override | None
    facts: Facts


_decoder = msgspec.json.Decoder(Decision)
_kept = msgspec.json.Decoder(KeptInput)


def from_bytes(data: bytes | str) -> Decision:
    """A decision as it was stored; what the engine that made it did not say yet is empty."""
    return _decoder.decode(data)


def kept_from_bytes(data: bytes | str) -> KeptInput:
    """Only the input, of a decision as it was stored: a third of the time."""
    return _kept.decode(data)
