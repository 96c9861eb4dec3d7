"""What the forms of verbs ask for, and those plans that take more than handing the answers on."""

from collections.abc import Callable
from typing import NamedTuple

from tocsin.cases import verbs
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.escalation import Request
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.web.access import Form


class Field(NamedTuple):
    """One question. `kind`: a kind of input, or what it offers (`user`, `severity`, `level`, `team`, `clock`)."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


class Act(NamedTuple):
    """`done`: what is said once it is carried out. `plan` None: it takes two cases (`web/casepage.py`)."""

    verb: Verb
    label: str
    done: str
    fields: tuple[Field, ...] = ()
    plan: Callable[[Viewer, Form], Plan] | None = None


def choices(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, value.replace("_", " ")) for value in values)


WHY = Field("reason", "Why", "area")
MAYBE_WHY = Field("reason", "Why", "area", False)
NOTE = Field("note", "How, as a note for colleagues", "area", False)
UP = Field("level", "To", "choice", True, choices("senior", "executive"))
HOURS = Field("hours", "For", "choice", True, tuple((str(n), f"{n} hours") for n in (1, 4, 8, 24, 48, 72)))
VERDICT = Field("verdict", "Is it so?", "choice", True, (("confirm", "yes, confirm"), ("reject", "no, reject")))


def hold(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        return verbs.hold(who, form.get("reason", ""), scene.now + whole(form, "hours", 72) * HOUR)(state, scene)

    return plan  # type: ignore[return-value]


def relieve(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        name = form.get("clock", "")
        run = state.running(name)
        due = (run.due_at if run else scene.now) + whole(form, "minutes", 100_000) * MINUTE
        return verbs.relieve(who, name, due, form.get("reason", ""))(state, scene)

    return plan  # type: ignore[return-value]


def request(who: Viewer, form: Form) -> Plan:
    said = Request(form.get("level", ""), form.get("reason", ""), form.optional("hurt"), form.optional("wants"), None)
    return verbs.request(who, said)


def override(who: Viewer, form: Form) -> Plan:
    level = form.optional("level")
    said = Override(
        reason=form.get("reason", ""),
        severity=form.optional("severity"),
        level=level,  # type: ignore[arg-type]
        owner=form.optional("owner"),
        team=form.optional("team"),
    )
    return verbs.override(who, said)


def whole(form: Form, name: str, most: int) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        raise InvalidInput("this is not a number", place=name, expected=f"a whole number from 1 to {most}")
    return int(text)
