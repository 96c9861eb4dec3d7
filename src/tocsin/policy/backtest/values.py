"""What a backtest returns: counts, weeks, pages, the escalated cases, and what differs from another policy."""

import msgspec

from tocsin.policy.levels import LevelName
from tocsin.policy.model import Kind


class Rate(msgspec.Struct, frozen=True):
    """How often something happens: in all, a week on average, and in the worst week, which begins on `worst_week`."""

    total: int
    average: float
    worst: int
    worst_week: str | None


class Share(msgspec.Struct, frozen=True):
    """How many of all cases reach a level, and how many of them should at most."""

    cases: int
    share: float
    aim: float
    within: bool


class CalledTarget(msgspec.Struct, frozen=True):
    """Whom the paths name, such as `oncall:senior`. `paged`: named by the first step; `woken`: of these, outside of the
    hours of whoever takes the case; `unanswered`: named by a later step only, and so paged if nobody answers."""

    target: str
    paged: Rate
    woken: Rate
    unanswered: Rate


class Week(msgspec.Struct, frozen=True):
    """A week by the day of its Monday: cases opened in it, and what became of them."""

    start: str
    cases: int = 0
    senior: int = 0
    executive: int = 0
    woken: int = 0


class Asked(msgspec.Struct, frozen=True):
    """How many cases would be asked of triage, and by which rule; a case may be asked by several."""

    cases: int
    share: float
    by: dict[str, int]


class Listed(msgspec.Struct, frozen=True):
    """A case in a list. `line` is that of the file; `reasons` begin with what gave the level."""

    id: str
    line: int
    opened_at: str | None
    subject: str
    level: LevelName
    kind: Kind | None
    severity: str
    team: str
    score: float
    wake: bool
    woken: bool
    minimums: tuple[str, ...]
    reasons: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True):
    """What one policy does with a history. `undated` cases do not say when they were opened, and are in no week.
    `assumed`: for each factor the cases that lack its fact. `zone`: in which weeks begin, on Monday."""

    policy: str
    digest: str
    thresholds: dict[str, float]
    cases: int
    undated: int
    first: str | None
    last: str | None
    zone: str
    counts: dict[str, dict[str, int]]
    shares: dict[str, Share]
    asked: Asked
    assumed: dict[str, int]
    paged: Rate
    woken: Rate
    calls: tuple[CalledTarget, ...]
    weeks: tuple[Week, ...]
    escalated: tuple[Listed, ...]


class Measured(msgspec.Struct, frozen=True):
    """What a comparison looks at, and the score."""

    level: LevelName
    severity: str
    team: str
    wake: bool
    score: float


class Moved(msgspec.Struct, frozen=True):
    """A factor whose points differ; None where a policy does not have it."""

    factor: str
    before: float | None
    after: float | None


class Changed(msgspec.Struct, frozen=True):
    """A case that the two policies take differently, and why: rules that fired and reasons given under one only."""

    id: str
    line: int
    opened_at: str | None
    subject: str
    before: Measured
    after: Measured
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    factors: tuple[Moved, ...]
    reasons_before: tuple[str, ...]
    reasons_after: tuple[str, ...]


class Comparison(msgspec.Struct, frozen=True):
    """The other policy's result, and every case that differs in level, severity, team or wake."""

    before: Summary
    changed: tuple[Changed, ...]
