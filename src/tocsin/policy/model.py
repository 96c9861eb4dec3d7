"""The policy document as values: what `document.parse` returns and everything else reads.

Names are those of the YAML document. Durations are `clocks.durations.Duration`; conditions are CEL source text.
"""

from typing import Any, Literal

import msgspec

from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import BUILT_IN, ClockKind, ClockName
from tocsin.policy.levels import LevelName

Kind = Literal["technical", "relationship"]
Assign = Literal["oncall", "least_loaded", "none"]
Origin = Literal["start", "opened"]  # since when a clock counts


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the document's parts."""


class Target(Value, frozen=True, kw_only=True):
    """How long a clock runs. `calendar` None means that of its severity or rule."""

    duration: Duration
    origin: Origin = "start"
    calendar: str | None = None


Targets = dict[ClockName, Target]


class Severity(Value, frozen=True, kw_only=True):
    name: str
    calendar: str
    targets: Targets
    definition: str = ""
    title: str = ""


class CaseType(Value, frozen=True, kw_only=True):
    """`grave`: no silence and no maintenance window keeps its pages back."""

    name: str
    title: str
    severity: str | None = None
    definition: str = ""
    examples: tuple[str, ...] = ()
    grave: bool = False


class TargetRule(Value, frozen=True, kw_only=True):
    """Stricter targets by plan, region or contract."""

    id: str
    targets: Targets
    when: str | None = None
    severity: str | None = None
    calendar: str | None = None


class ClassifyRule(Value, frozen=True, kw_only=True):
    """The first match sets each field of `set` (type, product_area, severity) that is still unset."""

    id: str
    when: str
    set: dict[str, str]


class Factor(Value, frozen=True, kw_only=True):
    """Points = weight x value. Either `source` (a field, with `curve` or `map`), or `when` with `value`."""

    name: str
    weight: float
    source: str | None = None
    curve: tuple[tuple[float, float], ...] | None = None
    map: dict[str, float] | None = None
    when: str | None = None
    value: float | None = None
    missing: float = 0.0


class Level(Value, frozen=True, kw_only=True):
    name: LevelName
    at: float
    path: str
    relationship: str | None = None
    targets: Targets = {}


class Minimum(Value, frozen=True, kw_only=True):
    """A guard that no arithmetic may undercut."""

    id: str
    when: str
    level: LevelName
    kind: Kind = "technical"


class Ask(Value, frozen=True, kw_only=True):
    """Why to ask a person: the score lies `within` points of a level, `when` holds, or the decision is in doubt for a
    reason that `on` names."""

    id: str
    within: float | None = None
    when: str | None = None
    on: str | None = None


class Triage(Value, frozen=True, kw_only=True):
    expiry: Duration
    hold: Duration
    ask: tuple[Ask, ...] = ()


class Trigger(Value, frozen=True, kw_only=True):
    """A rule that escalates without a person. `on`: its kind; `settings`: what that kind asks for, by key, durations
    read."""

    id: str
    on: str
    level: LevelName
    kind: Kind
    when: str | None = None
    settings: dict[str, Any] = {}


class Route(Value, frozen=True, kw_only=True):
    id: str
    team: str
    when: str | None = None
    assign: Assign = "none"


class Step(Value, frozen=True, kw_only=True):
    """Whom to notify, how long to wait for an answer before the next step, and how many answers are needed."""

    notify: tuple[str, ...]
    wait: Duration
    acknowledgements: int = 1


class Path(Value, frozen=True, kw_only=True):
    name: str
    leader: str
    steps: tuple[Step, ...]
    repeat: int = 1


class ClockRules(Value, frozen=True, kw_only=True):
    """`kinds`: all clocks of the policy, the built-in ones first; `pause_clocks` and `warnings` are of all of them."""

    grace: Duration
    pause_clocks: tuple[ClockName, ...]
    pause_at_most: Duration
    warnings: dict[ClockName, tuple[float, ...]]
    kinds: dict[ClockName, ClockKind]

    def declared(self) -> dict[ClockName, ClockKind]:
        """The clocks of the policy's own."""
        return {name: kind for name, kind in self.kinds.items() if name not in BUILT_IN}


class CaseRules(Value, frozen=True, kw_only=True):
    reopen_within: Duration
    correct_within: Duration
    request_answer: Duration
    acknowledgement_critical: Duration
    acknowledgement_other: Duration


class OnCallRules(Value, frozen=True, kw_only=True):
    """`not_woken`: what of people on a roster whom no destination wakes; `alarm` or `allow`."""

    not_woken: str


class SameProblem(Value, frozen=True, kw_only=True):
    """From which likelihood on an open case is offered to a new one as its parent, and from which on it is linked
    without a person; None: never. `within`: how long after the last ticket of the problem."""

    offer: float | None = None
    link: float | None = None
    within: Duration


class Collector(Value, frozen=True, kw_only=True):
    """What is fetched when a case is escalated. `on`: its kind; `secret`: the name of a credential; `window`: how far
    back it looks."""

    id: str
    on: str
    window: Duration
    when: str | None = None
    url: str | None = None
    query: str | None = None
    secret: str | None = None


class Suggest(Value, frozen=True, kw_only=True):
    """From which confidence on a suggestion sets what no rule has set; None: nothing is suggested."""

    confidence: float | None = None


class Risk(Value, frozen=True, kw_only=True):
    """Cases below an escalation that may yet become one are shown. `miss_at_most`: the share of those that will, which
    may be missed; None: nothing is estimated."""

    miss_at_most: float | None = None


class Storm(Value, frozen=True, kw_only=True):
    """More than so many cases of one product area and type that are escalated by themselves, each `within` this time of
    the one before, are a storm: those that follow join one that pages for all. None of `more_than`: never."""

    more_than: int | None
    within: Duration


class Example(Value, frozen=True, kw_only=True):
    """A documented decision that is a test: `given` is a body of POST /cases, `expect` fields of the decision."""

    name: str
    given: dict[str, object]
    expect: dict[str, object]
    at: int | None = None
    line: int | None = None


class Document(Value, frozen=True, kw_only=True):
    """A whole policy. `source` is the text it was read from; `digest` its SHA-256 in hex."""

    name: str
    source: str
    digest: str
    calendars: dict[str, Calendar]
    default_severity: str
    product_areas: tuple[str, ...]
    severities: dict[str, Severity]
    types: dict[str, CaseType]
    targets: tuple[TargetRule, ...]
    classify: tuple[ClassifyRule, ...]
    score: tuple[Factor, ...]
    levels: dict[LevelName, Level]
    minimums: tuple[Minimum, ...]
    triage: Triage
    route: tuple[Route, ...]
    duties: dict[str, tuple[str, ...]]
    paths: dict[str, Path]
    clocks: ClockRules
    cases: CaseRules
    on_call: OnCallRules
    evidence: tuple[Collector, ...]
    risk: Risk
    suggest: Suggest
    storm: Storm
    same_problem: SameProblem
    wake: str
    triggers: tuple[Trigger, ...]
    communication: dict[str, object]
    governance: dict[str, object]
    examples: tuple[Example, ...]
    lines: dict[str, int] = {}
