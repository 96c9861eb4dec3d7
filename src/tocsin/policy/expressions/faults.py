"""Why an expression has no value for some facts: each text in one place, by its code. Decisions keep it in English, as
it was when they were made; it is read back for whoever reads it in another language. Pure."""

import re
from functools import cache, lru_cache
from typing import Any

from tocsin.core.wording import Said, marked, say, verbatim
from tocsin.policy.expressions.errors import EvaluationError, Refusal

TEXTS = {
    "absent": marked("{path} is missing"),
    "no-function": marked("there is no function {name}"),
    "unforeseen": marked("the facts cannot be evaluated: {error}"),
    "no-condition": marked("a condition is a {type}"),
    "no-element": marked("there is no element {key} in a list of {size}"),
    "no-key": marked("there is no key {key} in the map"),
    "no-fields": marked("{path} is not there: a {type} has no fields"),
    "nothing-to-walk": marked("a macro walks over a {type}"),
    "too-many": marked("a macro walks over {size} elements"),
    "key-twice": marked("the key {key} is in the map twice"),
    "no-timestamp": marked("{text} is not a timestamp"),
    "no-duration": marked("{text} is not a duration"),
    "no-zone": marked("{text} is not a time zone"),
    "out-of-range-there": marked("the timestamp is out of range in that zone"),
    "long-pattern": marked("the regular expression has {size} characters"),
    "no-pattern": marked("the regular expression is not valid: {reason}"),
    "overflow": marked("the integer overflows 64 bits"),
    "by-zero": marked("division by zero"),
    "modulus-by-zero": marked("modulus by zero"),
    "timestamp-range": marked("the timestamp is out of range"),
    "duration-range": marked("the duration is out of range"),
    "no-overload": marked("{function} is not defined for {types}"),
    "no-int": marked("the double does not fit an int"),
    "unreadable": marked("{text} is not of the type {type}"),
}
"""What is said, in the order in which it is read back: the first that fits."""

WANTED = {
    "no-condition": marked("bool"),
    "nothing-to-walk": marked("a list or map"),
    "too-many": marked("at most {most}"),
    "no-timestamp": marked("RFC 3339: 2026-11-22T09:30:00Z"),
    "no-duration": marked("numbers with units: 1h30m, 90s, 10ms"),
    "no-zone": marked("an IANA zone or an offset such as -02:30"),
    "long-pattern": marked("at most {most}"),
    "timestamp-range": marked("a time from year 1 to 9999"),
    "duration-range": marked("290 years at most"),
}
"""What was expected instead, where that can be said."""

_PLACE = re.compile(r"\{(\w+)\}")


def fault(code: str, /, *, missing: str | None = None, **values: Any) -> EvaluationError:
    """The error of this code. `missing`: the fact that is."""
    wanted = WANTED.get(code)
    expected = None if wanted is None else wanted.format(**values)
    return EvaluationError(TEXTS[code].format(**values), expected=expected, missing=missing)


def always(error: EvaluationError, offset: int) -> Refusal:
    """The refusal of an expression that fails so whatever the facts are. `offset`: where in it."""
    wanted = None if error.expected is None else _read(error.expected, tuple(WANTED.values()))
    return Refusal(say("this always fails: {error}", error=read(error.detail)), offset, wanted)


@lru_cache(1024)
def read(text: str) -> Said:
    """The text of an error as it was kept; one that nothing here says, as it stands."""
    why, between, wanted = text.rpartition("; expected ")
    if between and (expected := _found(wanted, tuple(WANTED.values()))) is not None:
        return say("{why}; expected {wanted}", why=_read(why, tuple(TEXTS.values())), wanted=expected)
    return _read(text, tuple(TEXTS.values()))


def _read(text: str, known: tuple[str, ...]) -> Said:
    return _found(text, known) or verbatim(text)


def _found(text: str, known: tuple[str, ...]) -> Said | None:
    """Which of these it is, with what stands in its places."""
    for each in known:
        if (found := _pattern(each).fullmatch(text)) is not None:
            return Said(each, found.groupdict())
    return None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A text with anything in its places."""
    parts = _PLACE.split(text)
    return re.compile(
        "".join(f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL
    )
