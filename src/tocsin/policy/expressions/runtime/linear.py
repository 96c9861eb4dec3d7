"""The matcher inside of RE2's Python module, in one place: `re2` shows it under names that it calls private.

Why it is used, and what that costs, stands in docs/adr/0028. It is proved when this module is imported: a release of
RE2 that changed it ends the start with a sentence, and never decides wrongly.
"""

from collections.abc import Callable
from typing import Any

import re2

Match = Callable[[Any, bytes, int, int], Any]
"""`match(ANYWHERE, data, 0, len(data))[0][0]`: where the pattern is found, in bytes; below nought: nowhere."""


def matcher_of(compiled: Any) -> Match:
    """The matcher of a compiled pattern, without groups."""
    match: Match = compiled._regexp.Match
    return match


def anywhere(module: Any) -> Any:
    """The value that asks for a match anywhere in the text. ImportError where the matcher is not as it is used."""
    try:
        value = module._Anchor.UNANCHORED
        match = matcher_of(module.compile("b+"))
        found = [match(value, data, 0, len(data))[0][0] for data in (b"abbc", b"b", b"xyz", b"")]
    except (AttributeError, TypeError, IndexError) as error:
        raise ImportError(f"this release of google-re2 has another matcher ({error}); {_EXPECTED}") from error
    if found != [1, 0, -1, -1]:
        raise ImportError(f"the matcher of this release of google-re2 answers {found}; {_EXPECTED}")
    return value


_EXPECTED = "install the one that requirements.lock names"
ANYWHERE = anywhere(re2)
