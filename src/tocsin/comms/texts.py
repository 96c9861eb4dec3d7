"""A text for the customer is a type of its own, which only the functions here make: so no note for colleagues, no score
and no figure of revenue can be sent to one by mistake."""

from typing import NamedTuple

from tocsin.cases.verbs.common import required
from tocsin.core import texts
from tocsin.core.wording import say


class CustomerText(NamedTuple):
    """Plain text for the customer, with lines ended by LF, as somebody wrote it."""

    text: str


def written(text: str | None, place: str = "text") -> CustomerText:
    """What a colleague wrote for the customer. InvalidInput where it says nothing, or is too long."""
    said = required(text, place, say("what the customer should know"))
    return CustomerText(texts.nfc(said.replace("\r\n", "\n")))
