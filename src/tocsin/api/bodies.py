"""The bodies of FastAPI's routes: nothing unknown, no text that a database could not store, and letters composed."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim

MOST_DEPTH = 32
A_TIME: dict[str, Any] = {"format": "date-time"}  # how the description says of a text that it is one


class Body(BaseModel):
    """Base of every request body. Unknown fields are refused; so is a NUL, half a character, or nesting without end."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        check(value)
        return texts.composed(value)


def check(value: Any, depth: int = 0) -> None:
    """ValueError where a JSON value holds text that cannot be stored, or is nested too deep."""
    if depth > MOST_DEPTH:
        raise ValueError(f"nested deeper than {MOST_DEPTH} levels")
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("the text contains a NUL character")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("the text contains half a character (a lone surrogate)") from None
    elif isinstance(value, dict):
        for key, item in value.items():
            check(key, depth + 1)
            check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check(item, depth + 1)
    elif isinstance(value, float) and value != value:
        raise ValueError("NaN is not a JSON number")


def named(body: Body, nullable: set[str]) -> dict[str, Any]:
    """The changes that a body names; InvalidInput where it names none, or null for what cannot be without a value."""
    changes = body.model_dump(include=body.model_fields_set)
    if not changes:
        raise InvalidInput(
            say("no change is given"), place="body", expected=verbatim(", ".join(type(body).model_fields))
        )
    for name, value in changes.items():
        if value is None and name not in nullable:
            raise InvalidInput(
                say("this field must have a value"), place=name, expected=say("a value, or leave the field out")
            )
    return changes
