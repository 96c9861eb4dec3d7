"""The verbs of cases as resources below them: a route for each resource that the catalogue of verbs names."""

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any

from fastapi import APIRouter
from fastapi import Body as Sent
from fastapi.responses import Response

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs import bodies, bulk, links, raising, undoing
from tocsin.api.verbs.common import act
from tocsin.cases.verbs.verb import AnyVerb


def router(of: Sequence[AnyVerb]) -> APIRouter:
    """The routes of these verbs."""
    found = APIRouter(tags=["cases"])
    found.include_router(links.router)
    found.include_router(undoing.router)
    found.include_router(bulk.router)
    for resource, verbs in resources(of).items():
        if not any(verb.route.by_hand for verb in verbs):
            path, name = f"/cases/{{case}}/{resource}", verbs[0].name.replace("-", "_")
            found.add_api_route(path, _endpoint(resource, verbs), methods=["POST"], name=name, description=_says(verbs))
    return found


def resources(of: Sequence[AnyVerb]) -> dict[str, list[AnyVerb]]:
    """The resources below a case, each with its verbs."""
    found: dict[str, list[AnyVerb]] = {}
    for verb in of:
        found.setdefault(verb.route.resource, []).append(verb)
    return found


def _endpoint(resource: str, verbs: Sequence[AnyVerb]) -> Callable[..., Response]:
    made = bodies.model(resource, verbs)

    def endpoint(case: str, here: Here, who: Who, again: Again, body: Body | None) -> Response:
        said = body or made()
        verb = raising.meant(who, verbs, said) if resource == raising.RESOURCE else bodies.meant(verbs, said)
        return act(here, who, again, case, verb.by(who, bodies.arguments(verbs, verb, said)), verb.permission)

    _take(endpoint, made)
    return endpoint


def _take(endpoint: Any, made: type[Body]) -> None:
    """Let an endpoint take a body of this kind, which may be left out where nothing in it is needed."""
    needed = any(field.is_required() for field in made.model_fields.values())
    taken = signature(endpoint)
    body = Parameter(
        "body",
        Parameter.KEYWORD_ONLY,
        annotation=made if needed else made | None,
        default=Sent() if needed else Sent(default=None),
    )
    parameters = [each for name, each in taken.parameters.items() if name != "body"]
    endpoint.__signature__ = taken.replace(parameters=[*parameters, body])


def _says(verbs: Sequence[AnyVerb]) -> str:
    """What a resource is for: what each of its verbs does, the one that is meant without a field first."""
    ordered = sorted(verbs, key=lambda verb: verb.route.given is not None)
    return " ".join(f"{_with(verb)}{verb.does}." for verb in ordered)


def _with(verb: AnyVerb) -> str:
    if verb.route.given is None:
        return ""
    name, value = verb.route.given
    return f"With `{name}`: `{'true' if value is True else value}`: "
