"""The kinds of guards: each is one value, from which routes, commands, forms and docs are derived."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.core.clock import DAY, HOUR
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import Said, say
from tocsin.policy.levels import ESCALATED

SCOPE = ("areas", "accounts", "tags")  # by which a guard covers some cases
QUIET, ANNOTATE = "quiet", "annotate"
MODES = (QUIET, ANNOTATE)
"""Of a window: what begins within it waits with its pages; or is only marked as begun within it."""


_LEVELS = tuple((level, say(level.capitalize())) for level in ESCALATED)
_MODES = ((QUIET, say("pages wait")), (ANNOTATE, say("cases are only marked")))


class ScopeField(NamedTuple):
    """One thing that a guard may be asked about. `says`: its description, without a full stop; `label`: the question on
    a page; `option`: what commands call it; `many`: whether it is a list; `choices`: the values that there are, each
    with what a page calls it."""

    name: str
    says: str
    label: Said
    option: str
    many: bool = False
    choices: tuple[tuple[str, Said], ...] = ()


ASKED = {
    each.name: each
    for each in (
        ScopeField("areas", "A product area of the policy that it covers", say("Product area"), "area", many=True),
        ScopeField(
            "accounts", "An account that it covers, by the id of either side", say("Account"), "account", many=True
        ),
        ScopeField("tags", "A tag of tickets that it covers", say("Tag"), "tag", many=True),
        ScopeField("rule", "The rule that does not fire, such as classify.down-words", say("Rule"), "rule"),
        ScopeField("level", "The least level of new decisions", say("Level"), "level", choices=_LEVELS),
        ScopeField("mode", "Whether pages wait, or cases are only marked", say("What it does"), "mode", choices=_MODES),
    )
}


class GuardKind(NamedTuple):
    """`name`: in the API and on the command line; `plural`: its resource; `title`, `does`: in words, the second without
    a full stop; `asks`: what its scope holds beside a reason and times; `longest`: microseconds that it may last, None:
    until somebody ends it; `hushes`: whether no path pages about what it covers; `planned`: whether it may begin later,
    and covers only what begins within it."""

    name: str
    plural: str
    title: Said
    does: Said
    asks: tuple[str, ...]
    longest: int | None = None
    hushes: bool = False
    planned: bool = False

    @property
    def covers(self) -> bool:
        """Whether it is about some cases, by their area, account or tags."""
        return set(SCOPE) <= set(self.asks)


AUTOMATION = GuardKind(
    "automation",
    "automation",
    say("Automation off"),
    say("The policy escalates nothing by itself: every new decision goes to triage, with its clocks running"),
    (),
)
MUTE = GuardKind(
    "mute",
    "mutes",
    say("Muted rule"),
    say("One rule of the policy does not fire, for at most four hours; minimums cannot be muted"),
    ("rule",),
    longest=4 * HOUR,
)
WINDOW = GuardKind(
    "window",
    "windows",
    say("Maintenance window"),
    say("What begins within planned work is opened, and pages nobody before its end; or is only marked"),
    (*SCOPE, "mode"),
    longest=30 * DAY,
    hushes=True,
    planned=True,
)
SILENCE = GuardKind(
    "silence",
    "silences",
    say("Silence"),
    say("Nobody is paged about the cases it covers, until it ends"),
    SCOPE,
    longest=7 * DAY,
    hushes=True,
)
WATCH = GuardKind(
    "watch",
    "watches",
    say("Watch"),
    say("Every new decision on a case of an account is at least at a level, as during a go-live"),
    ("accounts", "level"),
    longest=90 * DAY,
    planned=True,
)
KINDS = {kind.name: kind for kind in (AUTOMATION, MUTE, WINDOW, SILENCE, WATCH)}


def kind_of(name: str) -> GuardKind:
    """The kind of this name; NotFound where there is none."""
    if name not in KINDS:
        raise NotFound(
            say("there is no kind of guard {name}", name=repr(name[:40])),
            expected=say("one of {choices}", choices=", ".join(KINDS)),
        )
    return KINDS[name]


def require(kind: GuardKind, given: Iterable[str]) -> None:
    """InvalidInput where something is said that a guard of this kind does not have."""
    for name in given:
        if name not in kind.asks:
            raise InvalidInput(
                say("a guard of the kind {kind} has no {name}", kind=kind.name, name=name),
                place=name,
                expected=say("one of {choices}", choices=", ".join(kind.asks) or "reason"),
            )
