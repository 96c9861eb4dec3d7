"""The commands of verbs, made of what the verbs ask for."""

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.undo import undo
from tocsin.cases.verbs.verb import AnyVerb, Argument
from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Json, Said
from tocsin.cli.output import read_text, wrong_use
from tocsin.verbs import VERBS


def add_to(app: typer.Typer) -> None:
    """A command for each verb that there is now, by its name and its short ones."""
    for verb in VERBS.values():
        epilog = f"Example: tocsin case {verb.command.example}"
        app.command(verb.name, epilog=epilog)(_command(verb))
        for alias in verb.command.aliases:
            app.command(alias, epilog=epilog, hidden=True)(_command(verb))


def _command(verb: AnyVerb) -> Callable[..., None]:
    others = {switch: VERBS[name] for switch, name in verb.command.switches.items()}

    def run(reference: str, acting: str | None, json: bool, **given: Any) -> None:
        wanted = _meant(verb, {switch: other for switch, other in others.items() if given.pop(switch)}, others)
        said = _said(wanted, given)
        _refuse_what_would_be_lost(verb, wanted, others, given)
        if wanted is undo and not said:
            said = _shown_first(reference, acting)
        Act(wanted.name, reference, wanted.route.resource, acting, json).send(_told(wanted), **_marked(wanted, said))

    parameters = [*_parameters(verb, others), *_LAST]
    run.__signature__ = Signature([_FIRST, *parameters])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (_FIRST, *parameters)}
    run.__doc__ = f"{verb.does}."
    return run


_FIRST = Parameter("reference", Parameter.KEYWORD_ONLY, annotation=Case)
_LAST = (
    Parameter("acting", Parameter.KEYWORD_ONLY, annotation=As, default=None),
    Parameter("json", Parameter.KEYWORD_ONLY, annotation=Json, default=False),
)


def _parameters(verb: AnyVerb, others: Mapping[str, AnyVerb]) -> Iterator[Parameter]:
    """What is asked, by place first; with switches, also what those verbs ask beside it, which is then optional."""
    asked = verb.asked()
    for each in sorted(asked, key=lambda each: not each.asks.argument):
        yield from _parameter(each, each.required)
    for switch, other in others.items():
        annotation = Annotated[bool, typer.Option(f"--{switch}", help=f"{other.does}.")]
        yield Parameter(switch, Parameter.KEYWORD_ONLY, annotation=annotation, default=False)
    known = {each.name for each in asked}
    for each in {one.name: one for other in others.values() for one in other.asked()}.values():
        if each.name not in known:
            yield from _parameter(each, required=False)


def _parameter(asked: Argument, required: bool) -> Iterator[Parameter]:
    name, asks = asked.name, asked.asks
    if asks.kind == "accept":
        for flag in ("accept", "decline"):
            annotation = Annotated[bool, typer.Option(f"--{flag}", help=f"{flag.title()} it.")]
            yield Parameter(flag, Parameter.KEYWORD_ONLY, annotation=annotation, default=False)
        return
    many = asks.kind == "names"
    kind: Any = (list[str] | None) if many else str if required else (str | None)
    default = Parameter.empty if required and not many else None
    yield Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[kind, _info(name, asks)], default=default)


def _info(name: str, asks: Asks) -> Any:
    if asks.argument:
        more = "; - reads standard input" if asks.kind == "area" else ""
        return typer.Argument(metavar=asks.argument, help=f"{asks.says}{more}.")
    return typer.Option(f"--{(asks.option or name).replace('_', '-')}", help=f"{asks.says}.")


def _meant(verb: AnyVerb, chosen: Mapping[str, AnyVerb], others: Mapping[str, AnyVerb]) -> AnyVerb:
    if len(chosen) > 1:
        wrong_use(f"{_named(others)}: one of them, not both")
    return next(iter(chosen.values()), verb)


def _said(verb: AnyVerb, given: dict[str, Any]) -> dict[str, Any]:
    """What is said, as the body has it; what was not given is left out."""
    return {each.name: value for each in verb.asked() if (value := _value(each.asks, each.name, given)) is not None}


def _value(asks: Asks, name: str, given: dict[str, Any]) -> Any:
    if asks.kind == "accept":
        accept, decline = given.pop("accept"), given.pop("decline")
        if accept == decline:
            wrong_use("--accept, --decline: one of them" + (", not both" if accept else ""))
        return accept
    value = given.pop(name)
    if asks.kind == "names":
        return value or []
    return read_text("-") if asks.kind == "area" and asks.argument and value == "-" else value


def _refuse_what_would_be_lost(
    verb: AnyVerb, wanted: AnyVerb, others: Mapping[str, AnyVerb], given: Mapping[str, Any]
) -> None:
    """Options that belong to another verb of the command."""
    for name in (name for name, value in given.items() if value is not None):
        if wanted is verb:
            wrong_use(f"--{name} goes with {_named(others)}")
        wrong_use(f"--{name} does not go with {_named(others)}")


def _shown_first(reference: str, acting: str | None) -> dict[str, Any]:
    """What is about to be undone, which is said; by its event, so that nothing else is, whoever does what meanwhile. A
    merged case is answered for by another one, of which nothing is undone here."""
    with access.reading(acting) as api:
        case = api.get(f"/cases/{access.part(reference)}")
    if case["undo"] is None or "answers_for" in case:
        return {}
    access.note(f"undoing {case['undo']['verb']}: {case['undo']['says']}")
    return {"event": case["undo"]["event"]}


def _named(others: Mapping[str, AnyVerb]) -> str:
    return " or ".join(f"--{switch}" for switch in others)


def _marked(verb: AnyVerb, said: dict[str, Any]) -> dict[str, Any]:
    """The body, with the field by which the resource knows the verb."""
    return said if verb.route.given is None else {**said, verb.route.given[0]: verb.route.given[1]}


def _told(verb: AnyVerb) -> Said:
    said = verb.command.said
    return said if callable(said) else said.format_map
