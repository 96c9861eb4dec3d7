"""What a thing may be called that has an address by its name."""

from tocsin.core.errors import InvalidInput

_MOST = 100
_PLACES = frozenset({".", ".."})  # an address means by these the place itself, and the one above


def check(name: str, what: str, place: str = "name") -> None:
    """InvalidInput for a name that no address could hold, or that nobody could type. `what`: a token, a hook, ..."""
    if not 1 <= len(name) <= _MOST or not name.isprintable() or name != name.strip():
        fault = f"this is not a valid name for a {what}"
    elif "/" in name or name in _PLACES:
        fault = f"{name!r} cannot stand in an address, so it is not a valid name for a {what}"
    else:
        return
    expected = f"1 to {_MOST} printable characters, no / among them, no space around them, and neither . nor .."
    raise InvalidInput(fault, place=place, expected=expected)
