"""What is said of a text that is not what its column should hold, and where it was found."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import Said, plain, say, verbatim

_QUOTED = re.compile(r"'([^']*)'")


class Unfit(InvalidInput):
    """A text that is not what its column should hold. `reason` does not quote it, so that rows can be counted by it."""

    def __init__(self, text: str, reason: Said, expected: Said) -> None:
        self.reason = plain(reason)
        super().__init__(say("{text} is {reason}", text=repr(text[:60]), reason=reason), expected=expected)


def said(message: str) -> str:
    """What pydantic says of a value, without its own word for our sentence."""
    return message.removeprefix("Value error, ")


def refusal(error: Mapping[str, Any], place: str | None) -> InvalidInput:
    """What pydantic says of a field (one of `ValidationError.errors()`), in our words where we have some."""
    context, value = error.get("ctx", {}), repr(error.get("input"))[:60]
    match error["type"]:
        case "string_too_short":
            least = context["min_length"]
            if least == 1:
                says, expected = say("the text is empty"), say("some text")
            else:
                says, expected = say("too short"), say("{least} characters", least=least)
        case "string_too_long":
            says, expected = (
                say("the text is too long"),
                say("at most {longest} characters", longest=context["max_length"]),
            )
        case "literal_error":
            choices = [choice for choice in _QUOTED.findall(context["expected"]) if choice]
            says = say("{value} is not one of the choices", value=value)
            expected = say("one of {choices}", choices=", ".join(choices))
        case "int_parsing":
            says, expected = say("{value} is not a number", value=value), say("a whole number")
        case "greater_than_equal":
            says, expected = say("{value} is too small", value=value), say("{least} or more", least=context["ge"])
        case "less_than_equal":
            says, expected = say("{value} is too large", value=value), say("{most} or less", most=context["le"])
        case "missing":
            says, expected = say("the field is missing"), say("a value")
        case "extra_forbidden":
            says, expected = say("there is no such field"), say("only fields that this route takes")
        case _:
            return InvalidInput(verbatim(said(str(error["msg"]))), place=place)
    return InvalidInput(says, place=place, expected=expected)


def locate(error: TocsinError, column: str, value: str) -> None:
    """Remember in which column of a file the error was found, and what stands there."""
    error.__dict__["found_in"] = (column, value)


def located(error: TocsinError) -> tuple[str, str]:
    """Column and value; empty where they are not known."""
    found: tuple[str, str] = error.__dict__.get("found_in", ("", ""))
    return found
