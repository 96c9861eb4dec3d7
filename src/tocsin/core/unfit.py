"""What is said of a text that is not what its column should hold, and where it was found."""

from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import Said, plain, say


class Unfit(InvalidInput):
    """A text that is not what its column should hold. `reason` does not quote it, so that rows can be counted by it."""

    def __init__(self, text: str, reason: Said, expected: Said) -> None:
        self.reason = plain(reason)
        super().__init__(say("{text} is {reason}", text=repr(text[:60]), reason=reason), expected=expected)


def said(message: str) -> str:
    """What pydantic says of a value, without its own word for our sentence."""
    return message.removeprefix("Value error, ")


def locate(error: TocsinError, column: str, value: str) -> None:
    """Remember in which column of a file the error was found, and what stands there."""
    error.__dict__["found_in"] = (column, value)


def located(error: TocsinError) -> tuple[str, str]:
    """Column and value; empty where they are not known."""
    found: tuple[str, str] = error.__dict__.get("found_in", ("", ""))
    return found
