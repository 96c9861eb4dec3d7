"""What a plain YAML word means: the core schema of YAML 1.2 (section 10.3.2), and nothing beyond it.

So `on`, `no`, `12:30` and `2026-12-24` are text, as a policy's author would think.
"""

import math
import re

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

Scalar = str | int | float | bool | None

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DIGITS_AT_MOST = 40
_LARGEST = 2**63 - 1


def resolve(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar; InvalidInput says what is wrong with it as a number."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise InvalidInput(say("the number is too large"))
        return number
    if _NOT_FINITE.fullmatch(text):
        raise InvalidInput(say("{given} is not a number that can be counted with", given=text))
    return text


def _integer(text: str) -> int:
    # Reading a number of very many digits takes quadratic time, so its length is looked at first.
    if len(text) > _DIGITS_AT_MOST:
        raise InvalidInput(say("the number is too large"))
    number = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if not -_LARGEST <= number <= _LARGEST:
        raise InvalidInput(say("the number is too large"))
    return number
