"""How what is said with a verb is asked for: on a page, on the command line, in the body of a request."""

from typing import Annotated, Literal, NamedTuple

Kind = Literal[
    "line",
    "area",
    "name",
    "choice",
    "instant",
    "names",
    "accept",
    "case",
    "user",
    "colleague",
    "severity",
    "type",
    "product_area",
    "level",
    "team",
    "roster",
    "clock",
    "number",
]


class Asks(NamedTuple):
    """How one argument is asked for, whatever the face.

    `says`: its description, without a full stop. `kind`: what answers it; `line` and `area` are free text, `accept` is
    yes or no, `colleague` another user, whom a page reaches. `label`: the question on the page, empty where the page
    does not ask. `choices`: the values that there are, each with what the page calls it. `argument`: what a command
    calls it that takes it by its place; otherwise it is an option, named `option` where the argument's own name is not.
    `none`: what a list on the page offers for no answer. `empty`: whether an empty text is an answer.
    """

    says: str
    kind: Kind = "line"
    label: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    argument: str = ""
    option: str = ""
    none: str = "as it is"
    empty: bool = False


def choices(*values: str) -> tuple[tuple[str, str], ...]:
    """Values that the page calls by their own names."""
    return tuple((value, value.replace("_", " ")) for value in values)


Why = Annotated[str, Asks("Why, for the record", "area", "Why")]
MaybeWhy = Annotated[str | None, Asks("Why, for the record", "area", "Why")]
How = Annotated[str | None, Asks("How, as a note for colleagues", "area", "How, as a note for colleagues")]
Level = Annotated[str, Asks("standard, senior or executive", "level", "The level that is right", argument="LEVEL")]
TYPE = Asks("The type of problem, as the policy names it", "type", "Type")
AREA = Asks("The product area, as the policy names it", "product_area", "Product area", option="area")
UP = Asks("senior or executive", "choice", "To", choices("senior", "executive"), argument="LEVEL")
DOWN = Asks("standard or senior", "choice", "To", choices("standard", "senior"), argument="LEVEL")
ISSUE = Asks(
    "technical or relationship",
    "choice",
    "Kind of escalation",
    choices("technical", "relationship"),
    none="as the policy says",
)
