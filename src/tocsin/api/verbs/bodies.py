"""The bodies of the routes of verbs, made of what the verbs ask for."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from tocsin.api.bodies import A_TIME, Body
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.policy.levels import LEVELS

_TEXT = Annotated[str, Field(min_length=1, max_length=20_000)]
_MAYBE_EMPTY = Annotated[str, Field(max_length=20_000)]
_NAME = Annotated[str, Field(min_length=1, max_length=100)]
_TYPES: dict[str, Any] = {
    "line": _TEXT,
    "area": _TEXT,
    "instant": Annotated[str, Field(max_length=40, json_schema_extra=A_TIME)],
    "names": Annotated[list[_NAME], Field(max_length=100)],
    "accept": bool,
    "level": Literal[LEVELS],
}


def model(resource: str, verbs: Sequence[AnyVerb]) -> type[Body]:
    """The body of a resource: what its verbs ask for, each field needed that all of them need, and the fields that say
    which of them is meant."""
    asked = [{each.name: each for each in verb.asked()} for verb in verbs]
    fields: dict[str, Any] = {}
    for name, each in {name: each for one in asked for name, each in one.items()}.items():
        needed = all(name in one and one[name].required for one in asked)
        fields[name] = _field(each.asks, needed)
    for name, values in given(verbs).items():
        says = next(verb.route.says for verb in verbs if verb.route.given and verb.route.given[0] == name)
        if True in values:
            fields[name] = (bool, Field(default=False, description=says))
        else:
            fields[name] = (Literal[tuple(values)] | None, Field(default=None, description=says))
    name = "".join(part.title() for part in resource.split("/"))
    return create_model(f"{name}Body", __base__=Body, **fields)


def alone(verb: AnyVerb) -> type[Body]:
    """What one verb asks for, where it is named beside."""
    fields = {each.name: _field(each.asks, each.required) for each in verb.asked()}
    return create_model(f"{verb.name}Arguments", __base__=Body, **fields)


def given(verbs: Sequence[AnyVerb]) -> dict[str, list[bool | str]]:
    """The fields by which a body says which of these verbs is meant, with their values."""
    found: dict[str, list[bool | str]] = {}
    for name, value in (verb.route.given for verb in verbs if verb.route.given is not None):
        found.setdefault(name, []).append(value)
    return found


def meant(verbs: Sequence[AnyVerb], body: Body) -> AnyVerb:
    """The verb that a body means: the one whose field it carries, else the one that needs none."""
    for verb in verbs:
        if verb.route.given is not None and getattr(body, verb.route.given[0]) == verb.route.given[1]:
            return verb
    return next(verb for verb in verbs if verb.route.given is None)


def arguments(verbs: Sequence[AnyVerb], verb: AnyVerb, body: Body) -> Any:
    """What is said with a verb, of a body of its resource. InvalidInput for what would be lost without a word, because
    another verb of the resource asks for it."""
    asked = {each.name: each for each in verb.asked()}
    marks = given(verbs)
    said = {name: value for name, value in body.model_dump().items() if value is not None and name not in marks}
    for name in said:
        if name not in asked:
            others = " or ".join(_called(each) for each in verbs if name in {one.name for one in each.asked()})
            raise InvalidInput(
                say("{name} takes no {name2}", name=verb.name, name2=name),
                place=name,
                expected=say("{others}, or leave it out", others=others),
            )
    missing = {name: _EMPTY[each.asks.kind] for name, each in asked.items() if each.required and name not in said}
    return verb.arguments(**missing, **{name: _read(asked[name].asks, name, value) for name, value in said.items()})


# What a body left out that one of the resource's verbs needs: the plan says what it should have said.
_EMPTY: dict[str, Any] = {"area": "", "line": "", "name": ""}


def _called(verb: AnyVerb) -> str:
    """A verb as a body says it: by its field, where it has one."""
    if verb.route.given is None:
        return verb.name
    name, value = verb.route.given
    return f"`{name}`: {'true' if value is True else value}"


def _field(asks: Asks, needed: bool) -> Any:
    kind, says = _type(asks), _description(asks)
    return (kind, Field(description=says)) if needed else (kind | None, Field(default=None, description=says))


def _type(asks: Asks) -> Any:
    if asks.kind == "choice":
        return Literal[tuple(value for value, _ in asks.choices)]
    return _MAYBE_EMPTY if asks.empty else _TYPES.get(asks.kind, _NAME)


def _description(asks: Asks) -> str:
    return f"{asks.says}; RFC 3339, with a zone" if asks.kind == "instant" else asks.says


def _read(asks: Asks, name: str, value: Any) -> Any:
    return instants.from_text(value, name) if asks.kind == "instant" else value
