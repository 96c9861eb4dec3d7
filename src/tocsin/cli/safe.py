"""Text of others on a terminal: nothing in it may move the cursor, recolour, retitle, or turn the reading direction."""

import re
from typing import Any

_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_CONTROLS = "\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_EACH = re.compile(f"[{_CONTROLS}]")
_BUT_BREAKS = re.compile(f"(?!\n)[{_CONTROLS}]")
_BEYOND_ASCII = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text: str, *, lines: bool = False) -> str:
    """The text on one line: breaks and tabs as spaces, other control characters as question marks, one for one.
    `lines`: line feeds stay."""
    return (_BUT_BREAKS if lines else _EACH).sub(lambda found: " " if found[0] in _BREAKS else "?", text)


def plain_value(value: Any) -> Any:
    """A JSON value with each of its texts `plain`."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain_value(item) for key, item in value.items()}
    return value


def escaped(json: str) -> str:
    """JSON that means the same, with such characters as JSON's own escapes; those of ASCII are escaped already."""
    return _BEYOND_ASCII.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
