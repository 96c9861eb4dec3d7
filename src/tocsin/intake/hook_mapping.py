"""The mapping of an inbound webhook: where the fields of a ticket stand in the payload of any tool, by dotted paths.

source: helpdesk
fields: {external_id: ticket.id, subject: ticket.title, body: ticket.description, account.name: customer.name}
kind: {path: event, values: {comment.added: reply, ticket.closed: solved}, otherwise: ticket}
"""

from typing import Any, NamedTuple

from tocsin.core.errors import InvalidInput
from tocsin.intake.statements import KINDS
from tocsin.policy.body import AccountBody, CaseBody

MOST_FIELDS = 100
_LONGEST = 200
_TARGETS = (
    {name for name in CaseBody.__struct_fields__ if name not in ("account", "attributes", "source")}
    | {f"account.{name}" for name in AccountBody.__struct_fields__}
    | {"attributes"}
)


class Kind(NamedTuple):
    """Which kind of signal a payload is: by the value at a path; `otherwise` for any other."""

    path: str | None = None
    values: dict[str, str] = {}  # noqa: RUF012
    otherwise: str = "ticket"


class Mapping(NamedTuple):
    source: str
    fields: dict[str, str]
    kind: Kind = Kind()

    def apply(self, payload: Any) -> dict[str, Any]:
        """The signal that a payload means, as `read_given` takes it; what the payload lacks is left out."""
        signal: dict[str, Any] = {"source": self.source, "kind": self._kind(payload)}
        for field, path in self.fields.items():
            value = at(payload, path)
            if value is None:
                continue
            name, _, inner = field.partition(".")
            if inner:
                signal.setdefault(name, {})[inner] = value
            else:
                signal[name] = value
        if "external_id" not in signal:
            raise InvalidInput(
                "the payload does not say which ticket it is about",
                place=self.fields["external_id"],
                expected="the ticket's id, at the path that the mapping names for external_id",
            )
        return signal

    def _kind(self, payload: Any) -> str:
        found = at(payload, self.kind.path) if self.kind.path else None
        return self.kind.values.get(str(found), self.kind.otherwise)


def read(value: Any) -> Mapping:
    """A mapping from its document; InvalidInput names the key."""
    document = _dict(value, "map", {"source", "fields", "kind"})
    source = _text(document.get("source"), "source")
    fields = _dict(document.get("fields"), "fields", None)
    if len(fields) > MOST_FIELDS:
        raise InvalidInput(f"{len(fields)} fields", place="fields", expected=f"at most {MOST_FIELDS}")
    for field, path in fields.items():
        if field not in _TARGETS and not (field.startswith("attributes.") and field.count(".") == 1):
            raise InvalidInput(
                f"there is no field {str(field)[:60]!r}",
                place="fields",
                expected="one of " + ", ".join(sorted(_TARGETS)),
            )
        _text(path, f"fields.{field}")
    if "external_id" not in fields:
        raise InvalidInput("the field is missing", place="fields.external_id", expected="the path of the ticket's id")
    return Mapping(source, fields, _read_kind(document.get("kind")))


def at(payload: Any, path: str) -> Any:
    """The value at a dotted path, numbers counting in lists from 0; None where there is none."""
    for part in path.split("."):
        if isinstance(payload, dict):
            payload = payload.get(part)
        elif isinstance(payload, list) and part.isascii() and part.isdecimal() and len(part) < 6:
            payload = payload[int(part)] if int(part) < len(payload) else None
        else:
            return None
    return payload


def _read_kind(value: Any) -> Kind:
    if value is None or isinstance(value, str):
        return Kind(otherwise=_one_of_kinds(value or "ticket", "kind"))
    document = _dict(value, "kind", {"path", "values", "otherwise"})
    values = _dict(document.get("values", {}), "kind.values", None)
    return Kind(
        _text(document.get("path"), "kind.path"),
        {str(said): _one_of_kinds(kind, f"kind.values.{said}") for said, kind in values.items()},
        _one_of_kinds(document.get("otherwise", "ticket"), "kind.otherwise"),
    )


def _one_of_kinds(value: Any, place: str) -> str:
    if value not in KINDS:
        raise InvalidInput(f"{str(value)[:40]!r} is not a kind", place=place, expected="one of " + ", ".join(KINDS))
    return str(value)


def _dict(value: Any, place: str, known: set[str] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("this is not a mapping", place=place, expected="an object of names and values")
    for key in value:
        if known is not None and key not in known:
            raise InvalidInput(f"there is no key {str(key)[:60]!r}", place=place, expected=", ".join(sorted(known)))
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST or "\0" in value:
        raise InvalidInput("this is not text", place=place, expected=f"1 to {_LONGEST} characters")
    return value
