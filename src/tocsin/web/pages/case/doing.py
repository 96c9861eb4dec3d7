"""What the reader of a case can do to it: which acts stand where on its page, and why not the others."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.cases import actions
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asking import Question
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import acknowledge
from tocsin.core.wording import Counted, Said, say, worded
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer, roles
from tocsin.policy.model import Document
from tocsin.web import rendering
from tocsin.web.asking import Act, FormField
from tocsin.web.pages.case import steps
from tocsin.web.verbs import acts

KEYS = {
    "acknowledge": "a",
    "contain": "c",
    "confirm-containment": "c",
    "resolve": "r",
    "confirm-resolution": "r",
    "send-update": "u",
    "note": "n",
    "assign": "s",
    "hold": "h",
    "resume": "h",
    "link": "l",
    "override": "o",
}
ICONS = {
    "acknowledge": "check",
    "confirm-containment": "shield-check",
    "reject-containment": "circle-x",
    "confirm-resolution": "circle-check",
    "reject-resolution": "circle-x",
    "answer-triage": "message-circle-question-mark",
    "snooze-triage": "hourglass",
    "answer-request": "gavel",
    "assign": "user",
    "decline": "user-x",
    "call-in": "phone-call",
    "bridge": "phone",
    "follow": "eye",
    "unfollow": "eye",
    "note": "message-square",
    "send-update": "megaphone",
    "ask-team": "users",
    "answer-team": "users",
    "explain": "file-text",
    "mark-milestone": "flag",
    "contain": "shield",
    "resolve": "circle-check",
    "hold": "pause",
    "resume": "play",
    "link": "link",
    "unlink": "unlink",
    "answer-risk": "activity",
    "dismiss-parent": "circle-x",
    "reopen": "rotate-ccw",
    "close": "lock",
    "raise": "arrow-up",
    "request": "chevrons-up",
    "lower": "arrow-down",
    "override": "square-pen",
    "correct": "undo-2",
    "extend": "calendar-clock",
    "restrict": "shield",
}
_TOOLS = ("note", "assign", "hold", "resume", "resolve", "reopen", "close")
_AT_ONCE = ("acknowledge", "decline", "confirm-containment", "confirm-resolution", "follow", "unfollow")
_BUTTONS = 3


class Placed(NamedTuple):
    """Where the acts in reach stand: `answers` what the case asks, `tools` at its head, `more` in the menu there;
    `write`: to the customer. A form stands once; what is done at once has its own in the menu, where it asks anything.
    """

    answers: Sequence[Act]
    tools: Sequence[Act]
    more: Sequence[Act]
    write: Act | None


class Reach(NamedTuple):
    """`refused`: each with its reason. `levels`: to which the viewer may set the case. `asks`: while people are paged,
    why this viewer may not answer, and who may."""

    acts: Sequence[Act]
    refused: Sequence[tuple[Act, str]]
    levels: Sequence[str]
    asks: str | None

    def of(self, name: str) -> Act | None:
        return next((act for act in self.acts if act.verb.name == name), None)


def reach(viewer: Viewer, state: Aggregate, scene: Scene, language: str) -> Reach:
    """What of all verbs this viewer can do now."""
    told = reasons(viewer, state, scene, language)
    why = {act.verb.name: reason for act, reason in told}
    paging = state.case.state == "open" and bool(state.live())
    refused = [(act, reason) for act, reason in told if reason is not None]
    return Reach(
        [act for act, reason in told if reason is None],
        sorted(refused, key=lambda pair: pair[1]),
        actions.levels(viewer, state, scene),
        why[acknowledge.name] if paging and viewer.may("cases.work") else None,
    )


def reasons(viewer: Viewer, state: Aggregate, scene: Scene, language: str) -> list[tuple[Act, str | None]]:
    """Every act with the reason why this viewer cannot do it now; None where they can."""
    reader, found = rendering.reader(language), []
    for act in acts().values():
        reason = actions.why_not(viewer, act.verb, state, scene)
        found.append((act, None if reason is None else worded(reason, reader)))
    return found


def placed(found: Reach, answering: Sequence[str], state: Aggregate) -> Placed:
    """`answering`: the verbs that answer what the case asks, the likeliest first."""
    tools = [act for name in _TOOLS if (act := found.of(name)) is not None]
    wanted = [act for name in answering if (act := found.of(name)) is not None]
    answers = [act for act in wanted if act.verb.name not in ("note", "hold", "assign")][:_BUTTONS]
    tools = [act for act in tools if act not in answers]
    write = found.of("send-update") if state.case.state == "open" else None
    gone = {act.verb.name for act in (*tools, *answers) if not at_once(act)}
    gone |= {"acknowledge", "undo"} | ({"send-update"} if write else set())
    return Placed(answers, tools, [act for act in found.acts if act.verb.name not in gone], write)


def labels(question: Question | None, others: Sequence[str]) -> dict[str, Said]:
    """What the buttons of answers say, where that is not the name of the verb: they answer the question that stands
    above them. `others`: what those are called whom a decline pages."""
    if question is not None and question.asks == "call":
        return {"acknowledge": say("I come"), "decline": say("I do not come")} | _LABELS
    passes = say("I cannot: page {names}", names=steps.few(others)) if others else say("I cannot")
    return {"decline": passes} | _LABELS


_LABELS = {
    "contain": say("Contained…"),
    "resolve": say("Resolved…"),
    "reject-containment": say("It is not…"),
    "reject-resolution": say("It is not…"),
}


def at_once(act: Act) -> bool:
    """Whether it is done when its button is pressed, because nothing has to be said with it."""
    return act.verb.name in _AT_ONCE


def choices(
    state: Aggregate,
    people: Directory,
    document: Document,
    rosters: Sequence[str],
    levels: Sequence[str],
    colleagues: Sequence[str],
    field: FormField,
) -> Sequence[tuple[str, str | Counted]]:
    """What a select offers, as value and label."""
    if field.kind in ("user", "colleague"):
        return called(people, working(people) if field.kind == "user" else colleagues)
    offered: Any = {
        "severity": list(document.severities),
        "level": levels,
        "team": list(people.teams),
        "roster": rosters,
        "clock": [run.clock for run in state.clocks if run.outcome is None],
    }.get(field.kind, [])
    if field.choices and field.name == "level":  # nothing is raised or lowered to where it is
        return [choice for choice in field.choices if choice[0] != state.case.level]
    if field.kind in ("type", "product_area"):
        known = document.types if field.kind == "type" else document.product_areas
        return [(name, name.replace("_", " ")) for name in known]
    return field.choices or [(name, name) for name in offered]


def working(people: Directory) -> list[str]:
    """Those who may work on cases."""
    can = roles("cases.work")
    return [name for name, user in people.by_name.items() if user.active and user.role in can]


def called(people: Directory, names: Sequence[str]) -> Sequence[tuple[str, str]]:
    """People for a select, in the order of what they are called."""
    return tuple(sorted(zip(names, people.displays(names), strict=True), key=lambda pair: pair[1].casefold()))


def colleagues(viewer: Viewer, scene: Scene) -> list[str]:
    """Those whom this viewer may call in, as far as a page reaches them."""
    around = scene.around
    users = around.directory.by_name.items()
    return [
        name
        for name, user in users
        if user.may("cases.work") and user.id in around.reachable and user.id != viewer.user
    ]
