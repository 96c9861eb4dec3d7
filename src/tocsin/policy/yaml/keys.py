"""Where in a document: the way down to a value, and how people read it."""

import re
from collections.abc import Iterable

Key = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[\w-]+")


def key_text(key: Iterable[str | int]) -> str:
    """A key as people read it: `route[0].team`; a part with odd characters stands quoted in brackets."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{part!r}]"
    return text
