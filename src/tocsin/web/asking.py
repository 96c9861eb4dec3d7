"""What the forms of verbs ask for, and how what is typed becomes what is said with a verb."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import extend, hold, request
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.verb import AnyVerb, Argument
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Counted, counted, marked, say
from tocsin.people.permissions import Viewer
from tocsin.web.access import Form


class FormField(NamedTuple):
    """One question. `kind`: a kind of input, or what it offers (`user`, `colleague`, `severity`, `level`, `team`,
    `roster`, `clock`)."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str | Counted], ...] = ()
    none: str = ""  # what a select offers for no answer


class Act(NamedTuple):
    """A verb as a form. `done`: what is said once it is carried out."""

    verb: AnyVerb
    label: str
    done: str
    fields: tuple[FormField, ...]
    plan: Callable[[Viewer, Form], Plan]


def act_of(verb: AnyVerb, label: str, done: str) -> Act:
    """The form of a verb: what it asks for, or where the page asks it otherwise, what stands here."""
    if verb.name in _OTHERWISE:
        return Act(verb, label, done, *_OTHERWISE[verb.name])
    asked = [each for each in verb.asked() if each.asks.label]
    return Act(verb, label, done, tuple(map(_field, asked)), lambda who, form: verb.by(who, _said(verb, asked, form)))


def _field(asked: Argument) -> FormField:
    asks = asked.asks
    if asks.kind == "accept":
        return FormField(
            asked.name, asks.label, "choice", True, (("yes", marked("yes")), ("no", marked("no, because")))
        )
    kind = "choice" if asks.choices else _INPUTS.get(asks.kind, asks.kind)
    return FormField(asked.name, asks.label, kind, asked.required and asks.kind != "names", asks.choices, asks.none)


_INPUTS = {"line": "text", "name": "text", "names": "text", "case": "text"}


def _said(verb: AnyVerb, asked: list[Argument], form: Form) -> Any:
    said = {each.name: _read(each.asks, form, each.name, each.required) for each in asked}
    return verb.arguments(**{name: value for name, value in said.items() if value is not None})


def _read(asks: Asks, form: Form, name: str, required: bool) -> Any:
    if asks.kind == "accept":
        return form.get(name) == "yes"
    if asks.kind == "names":
        return [each.strip() for each in form.get(name, "").split(",") if each.strip()]
    return form.get(name, "") if required else form.optional(name)


_EITHER = (("yes", marked("yes")), ("no", marked("no, because")))
_WHY = FormField("reason", marked("Why"), "area")
_CLOCK = FormField("clock", marked("Clock"), "clock")
_MINUTES = FormField("minutes", marked("Minutes more"), "number")
_HOURS = FormField(
    "hours",
    marked("For"),
    "choice",
    True,
    tuple((str(amount), counted("{amount} hour", "{amount} hours", amount)) for amount in (1, 4, 8, 24, 48, 72)),
)


def _hold(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        return hold(who, form.get("reason", ""), scene.now + whole(form, "hours", 72) * HOUR)(state, scene)

    return plan  # type: ignore[return-value]


def _extend(who: Viewer, form: Form) -> Plan:
    def plan(state: Aggregate, scene: Scene) -> object:
        name = form.get("clock", "")
        run = state.running(name)
        due = (run.due_at if run else scene.now) + whole(form, "minutes", 100_000) * MINUTE
        return extend(who, name, due, form.get("reason", ""))(state, scene)

    return plan  # type: ignore[return-value]


def _request(who: Viewer, form: Form) -> Plan:
    said = {name: form.optional(name) for name in ("hurt", "wants")}
    within = whole(form, "hours", 72) * HOUR if form.optional("hours") else None

    def plan(state: Aggregate, scene: Scene) -> object:
        by = None if within is None else scene.now + within
        return request(who, form.get("level", ""), form.get("reason", ""), **said, needed_by=by)(state, scene)

    return plan  # type: ignore[return-value]


# On a page people say how long, not until when.
_OTHERWISE: dict[str, tuple[tuple[FormField, ...], Callable[[Viewer, Form], Plan]]] = {
    hold.name: ((_HOURS, _WHY), _hold),
    extend.name: (
        (_CLOCK, _MINUTES, _WHY),
        _extend,
    ),
    request.name: (
        (
            *(_field(each) for each in request.asked() if each.asks.label),
            _HOURS._replace(label=marked("Needed within"), required=False, none=marked("not said")),
        ),
        _request,
    ),
}


def whole(form: Form, name: str, most: int) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        raise InvalidInput(
            say("this is not a number"), place=name, expected=say("a whole number from 1 to {most}", most=most)
        )
    return int(text)
