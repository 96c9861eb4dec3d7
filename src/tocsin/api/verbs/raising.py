"""Which verb a body of the escalation means: what only a request says makes it one, where the role may do no more."""

from collections.abc import Sequence
from typing import Any

from tocsin.api.bodies import Body
from tocsin.api.verbs import bodies
from tocsin.cases.verbs import raise_, request
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Listed, say
from tocsin.people.permissions import Viewer

RESOURCE = raise_.route.resource


def meant(who: Viewer, verbs: Sequence[AnyVerb], body: Body) -> AnyVerb:
    """The verb. InvalidInput where the case would be raised at once, and the body says what only a request says."""
    verb, argued = bodies.meant(verbs, body), _argued(body)
    if verb is not raise_ or not argued:
        return verb
    said: Any = body
    if said.level != "senior" and not who.may("cases.raise"):
        return request
    detail = say(
        "{fields} can only be given with a request; this would raise the case at once",
        fields=Listed(tuple(argued), " and "),
    )
    raise InvalidInput(detail, place=argued[0], expected=say("`request`: true, or everything in the reason"))


def _argued(body: Body) -> list[str]:
    """What the body says that only a request has."""
    raising = {each.name for each in raise_.asked()}
    return [each.name for each in request.asked() if each.name not in raising and getattr(body, each.name) is not None]
