"""Functions on strings (CEL, "Standard Definitions")."""

from functools import lru_cache
from typing import Any

from tocsin.policy.expressions.runtime.patterns import Matcher, matcher
from tocsin.policy.expressions.runtime.values import no_overload


def contains(text: Any, part: Any) -> bool:
    if type(text) is str and type(part) is str:
        return part in text
    raise no_overload("contains", text, part)


def starts_with(text: Any, part: Any) -> bool:
    if type(text) is str and type(part) is str:
        return text.startswith(part)
    raise no_overload("startsWith", text, part)


def ends_with(text: Any, part: Any) -> bool:
    if type(text) is str and type(part) is str:
        return text.endswith(part)
    raise no_overload("endsWith", text, part)


def matches(text: Any, pattern: Any) -> bool:
    """Whether the regular expression is found anywhere in the text."""
    if type(text) is str and type(pattern) is str:
        return _kept(pattern)(text)
    raise no_overload("matches", text, pattern)


@lru_cache(maxsize=512)
def _kept(pattern: str) -> Matcher:
    return matcher(pattern)
