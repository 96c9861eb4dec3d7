"""A verb as one value: what people do to a case, declared once. Its route, command, form, place in `actions` and row of
the documentation are derived from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, get_type_hints

import msgspec

from tocsin.cases import sight
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.lifecycle import WHILE_OPEN, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.core.clock import MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import Said
from tocsin.ledger.journal import Event, Recorded
from tocsin.people.permissions import Permission, Viewer

P = ParamSpec("P")
A = TypeVar("A")


class Arguments(msgspec.Struct, frozen=True):
    """What is said with a verb. A field that carries `Asks` is asked of people and programs; any other is given by our
    own code alone. Instants are microseconds."""


class Route(NamedTuple):
    """The resource below a case. Where verbs share it, `given` is the field of the body that means this one, with its
    value, and `says` describes that field. `by_hand`: its route is written out, because it takes more than a plan."""

    resource: str
    given: tuple[str, bool | str] | None = None
    says: str = ""
    by_hand: bool = False


class Command(NamedTuple):
    """The command beside its name. `said`: what is true of the case afterwards, with `{names}` of what was said or of
    fields of the case as it is shown; or a function of both. `switches`: options that mean another verb, from before
    that one had a command of its own."""

    said: str | Callable[[Mapping[str, Any]], str]
    example: str
    aliases: tuple[str, ...] = ()
    switches: Mapping[str, str] = MappingProxyType({})


class Form(NamedTuple):
    """The form on the page of a case: its button, and what is said once it is done."""

    label: str
    done: str


class Undo(NamedTuple):
    """How a verb is undone. `of`: the kinds of events by which the record knows it; `beside`: those that its plan may
    write with them; `only`: what the payload of such an event says, where its kind alone does not tell. `within`: so
    long after it (microseconds); `by`: the verb that does it."""

    of: tuple[type[CaseEvent], ...]
    beside: tuple[type[CaseEvent], ...] = ()
    only: Mapping[str, tuple[str | None, ...]] = MappingProxyType({})
    within: int = 10 * MINUTE
    by: str = "undo"

    def says(self, event: Recorded) -> bool:
        """Whether an event says that the verb was carried out."""
        if event.payload is None or all(event.kind != kind.KIND for kind in self.of):
            return False
        return all(event.payload[name] in values for name, values in self.only.items() if name in event.payload)


class Argument(NamedTuple):
    """One thing that a verb asks for."""

    name: str
    asks: Asks
    required: bool


@dataclass(frozen=True, slots=True, eq=False)
class Verb(Generic[P, A]):
    """What people do to a case. Called with who does it and what they say, it is the plan of it.

    `does`: one sentence, without its full stop, for commands, routes and docs; `more` and `who`: what the docs add.
    `allowed`: by the case; `permission`: by the role; `requires` raises, as the plan would, where the verb asks for
    more of its viewer than the permission, the case being as it is. `answers`: whether it answers what a case asks.
    `undo`: how the verb `undo` takes it back; None where nothing does.
    """

    name: str
    does: str
    arguments: Callable[P, A]
    plan: Callable[[Viewer, A, Aggregate, Scene], Sequence[Event]]
    route: Route
    command: Command
    form: Form | None = None
    permission: Permission = "cases.work"
    allowed: Allowed = WHILE_OPEN
    requires: Callable[[Viewer, Aggregate, Scene], object] | None = None
    answers: bool = False
    undo: Undo | None = None
    more: str = ""
    who: str = ""

    def __post_init__(self) -> None:
        if self.undo is not None:
            UNDOABLE[self.name] = self

    def __call__(self, viewer: Viewer, *args: P.args, **kwargs: P.kwargs) -> Plan:
        """The plan, of what is said with it."""
        return self.by(viewer, self.arguments(*args, **kwargs))

    def by(self, viewer: Viewer, said: A) -> Plan:
        """The plan, of arguments that were put together before."""

        def plan(state: Aggregate, scene: Scene) -> Sequence[Event]:
            self.begin(viewer, state)
            return self.plan(viewer, said, state, scene)

        return plan

    def begin(self, viewer: Viewer, state: Aggregate) -> None:
        """Forbidden, NotFound or NotAllowed where this viewer may not, or the case does not allow it now."""
        viewer.require(self.permission)
        sight.require(viewer, state.case)
        reason = self.why_not(state)
        if reason is not None:
            raise NotAllowed(reason, place=self.name)

    def why_not(self, state: Aggregate) -> Said | None:
        """The reason why the case does not allow it now; None where it does."""
        return self.allowed.why_not(state)

    def asked(self) -> list[Argument]:
        """What is asked of people and programs, in order."""
        kinds = get_type_hints(self.arguments, include_extras=True)
        fields = msgspec.structs.fields(self.arguments)  # type: ignore[arg-type]
        found = [(field, _asks(kinds[field.name])) for field in fields]
        return [Argument(field.name, asks, field.required) for field, asks in found if asks is not None]


AnyVerb = Verb[..., Any]
UNDOABLE: dict[str, AnyVerb] = {}
"""The verbs that can be undone, by name; each is here as soon as it is made."""


def _asks(annotation: Any) -> Asks | None:
    return next((each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Asks)), None)
