"""What a thing may be called that has an address by its name."""

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

_MOST = 100
_PLACES = frozenset({".", ".."})  # an address means by these the place itself, and the one above


def check(name: str, what: str, place: str = "name") -> None:
    """InvalidInput for a name that no address could hold, or that nobody could type. `what`: a token, a hook, ..."""
    if not 1 <= len(name) <= _MOST or not name.isprintable() or name != name.strip():
        fault = say("this is not a valid name for a {what}", what=what)
    elif "/" in name or name in _PLACES:
        fault = say(
            "{name} cannot stand in an address, so it is not a valid name for a {what}", name=repr(name), what=what
        )
    else:
        return
    expected = say(
        "1 to {most} printable characters, no / among them, no space around them, and not just one dot or two",
        most=_MOST,
    )
    raise InvalidInput(fault, place=place, expected=expected)
