"""The name of a language in which somebody reads."""

from tocsin import languages
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say


def check(name: str, place: str = "language") -> None:
    """InvalidInput, with those that there are, for a language that there is not."""
    if name not in languages.known():
        raise InvalidInput(
            say("{name} is no language that Tocsin speaks", name=repr(name[:40])),
            place=place,
            expected=say("one of {choices}", choices=", ".join(languages.known())),
        )
