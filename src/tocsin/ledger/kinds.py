"""What kinds of events there are. Each is declared once, by the package whose subject it is: as a `Happening`, a struct
with the fields of its payload, or as what happens to a thing that is administered (`keeping.py`). Whatever needs to
know of kinds finds them in `KINDS`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, reduce
from operator import or_
from types import ModuleType, UnionType
from typing import (
    Any,
    ClassVar,
    NamedTuple,
    Self,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import msgspec
from msgspec import UNSET, UnsetType

from tocsin.core import canonical
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event

Payload = Mapping[str, Any]


class EventKind(NamedTuple):
    """`says`: what has happened, for whoever reads a history; `fields`: the names in the payload; `private`: never
    handed to other systems; `reads`: how an event of this kind reads, by its payload, None where it has no words of its
    own; `happening`: the struct, where one declares the kind."""

    name: str
    says: str
    fields: tuple[str, ...]
    private: bool = False
    reads: Callable[[Payload], Said | None] = lambda payload: None
    happening: "type[Happening] | None" = None


class _Kinds(Mapping[str, EventKind]):
    """Kinds by name, in the order in which they were declared."""

    def __init__(self) -> None:
        self._found: dict[str, EventKind] = {}

    def declare(self, kind: EventKind) -> None:
        """ValueError for a name that is taken."""
        if kind.name in self._found:
            raise ValueError(f"the event kind {kind.name} is declared twice")
        self._found[kind.name] = kind

    def __getitem__(self, name: str) -> EventKind:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


KINDS = _Kinds()


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class _Declaring(msgspec.StructMeta):
    """Makes structs that are frozen and take their fields by name, and declares those that have a `KIND`."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> type:
        made: Any = super().__new__(cls, name, bases, namespace, frozen=True, kw_only=True, **options)
        if namespace.get("KIND"):
            fields = made.FIELDS or made.__struct_encode_fields__
            reads = lambda payload: made.of(payload).reads()  # noqa: E731
            KINDS.declare(EventKind(made.KIND, made.TITLE, fields, made.PRIVATE, reads, made))
        return made  # type: ignore[no-any-return]


class Happening(msgspec.Struct, metaclass=_Declaring):
    """What an event of one kind says. A subclass with a `KIND` declares that kind; its fields are those of the payload.

    Who writes an event makes the struct, which refuses a missing or unknown field, and `event`, which refuses a value
    of another type. Reading takes whatever was stored: what is missing has its default, or is None, and what is unknown
    is left out. So a field that came later, or that does not always apply, has None as its default.
    """

    KIND: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""  # what has happened, for lists of kinds
    PRIVATE: ClassVar[bool] = False  # never handed to other systems
    FIELDS: ClassVar[tuple[str, ...]] = ()  # those of the payload, where it has more than the struct reads

    @classmethod
    def read(cls, body: bytes) -> Self:
        """From what is stored."""
        try:
            return _decoder(cls).decode(body)  # type: ignore[no-any-return]
        except msgspec.ValidationError:
            return cls.of(canonical.decode(body))

    @classmethod
    def of(cls, payload: Payload) -> Self:
        """From a payload that was decoded already."""
        names = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
        known = {name: payload[stored] for name, stored in names if stored in payload}
        return cls(**(dict.fromkeys(_required(cls)) | known))

    def event(self, actor: str = "engine") -> Event:
        """The event, done by this actor. TypeError where a field holds a value of another type than it should, or one
        with names that are not known."""
        body = canonical.encode(self)
        try:
            _checker(type(self)).decode(body)
        except msgspec.ValidationError as error:
            raise TypeError(f"{self.KIND}: {error}") from None
        return Event(self.KIND, self, actor, body)

    def reads(self) -> Said | None:
        """How the event reads in a history; None where its title says it all."""
        return None


@cache
def _decoder(happening: type[Happening]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(happening)


@cache
def _checker(happening: type[Happening]) -> msgspec.json.Decoder[Any]:
    """For what is about to be written: as strict inside of a field as the struct itself is."""
    if happening.FIELDS:
        return _decoder(happening)
    names = dict(zip(happening.__struct_fields__, happening.__struct_encode_fields__, strict=True))
    fields = msgspec.structs.fields(happening)
    optional = [field.name for field in fields if not field.required]
    inner = [(field.name, _strict(field.type)) for field in fields]
    return msgspec.json.Decoder(_closed(happening.__name__, inner, optional, names))


def _strict(hint: Any) -> Any:
    """A type with structs in the place of typed dictionaries: they know no further names, and are read faster."""
    if is_typeddict(hint):
        inner = [(name, _strict(one)) for name, one in get_type_hints(hint).items()]
        return _closed(hint.__name__, inner, hint.__optional_keys__)
    of = tuple(_strict(one) for one in get_args(hint))
    if isinstance(hint, UnionType):
        return reduce(or_, of)
    return list[of[0]] if get_origin(hint) is list else hint  # type: ignore[valid-type]


def _closed(
    name: str, fields: list[tuple[str, Any]], optional: Collection[str], names: dict[str, str] | None = None
) -> Any:
    made = [(field, hint | UnsetType, UNSET) if field in optional else (field, hint) for field, hint in fields]
    return msgspec.defstruct(name, made, rename=names, kw_only=True, forbid_unknown_fields=True, gc=False)


@cache
def _required(happening: type[Happening]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(happening) if field.required)


def declared_by(*modules: ModuleType) -> tuple[EventKind, ...]:
    """The kinds that the structs of these modules declare, in the order in which they stand there."""
    kinds = [(kind.happening.__module__, kind) for kind in KINDS.values() if kind.happening is not None]
    return tuple(kind for module in modules for place, kind in kinds if place == module.__name__)


def matches(pattern: str, kind: str) -> bool:
    """Whether a pattern means a kind: its name, `case.*` for all that begin so, `*` for every one."""
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern


def check_pattern(pattern: str, known: Iterable[str]) -> None:
    """InvalidInput for a pattern that means no kind."""
    starred = pattern.endswith("*") and pattern not in ("*",) and not pattern.endswith(".*")
    if starred or not any(matches(pattern, kind) for kind in known):
        raise InvalidInput(
            say("{pattern} means no kind of event", pattern=repr(pattern[:60])),
            place="events",
            expected=say("a kind such as case.opened, a family such as case.*, or *"),
        )
