"""Literals from their text, by the lexis of the CEL specification ("Syntax", STRING_LIT, INT_LIT, FLOAT_LIT)."""

import math
import re

from tocsin.core.wording import say
from tocsin.policy.expressions.errors import Refusal

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1

_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))", re.DOTALL)


def unescape(body: str, offset: int) -> str:
    """The text that a literal's body stands for; `offset` is where the body begins."""

    def replaced(match: re.Match[str]) -> str:
        two, four, eight, octal, simple = match.groups()
        if octal:
            return chr(int(octal, 8))
        if digits := two or four or eight:
            return _character(int(digits, 16), offset + match.start())
        if simple not in _SIMPLE:
            raise Refusal(
                say("unknown escape {escape}", escape=match[0]),
                offset + match.start(),
                say(r"one of \n \t \" \' \\ \xHH \uHHHH"),
            )
        return _SIMPLE[simple]

    return _ESCAPE.sub(replaced, body) if "\\" in body else body


def _character(code: int, offset: int) -> str:
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise Refusal(
            say("{code} is not a character", code=f"U+{code:04X}"),
            offset,
            say("a code point that is not a surrogate, up to U+10FFFF"),
        )
    return chr(code)


def integer(text: str, offset: int) -> int:
    """A 64-bit integer from decimal or hexadecimal text, with its sign where it has one."""
    digits = text.lstrip("-")
    hexadecimal = digits[:2] in ("0x", "0X")
    # Length first: turning thousands of digits into a number takes longer than linear time.
    too_long = len(digits.lstrip("0xX")) > 19
    value = 0 if too_long else int(digits, 16 if hexadecimal else 10) * (-1 if text.startswith("-") else 1)
    if too_long or not INT_MIN <= value <= INT_MAX:
        raise Refusal(
            say("the number is too large"),
            offset,
            say("an integer from {least} to {most}", least=INT_MIN, most=INT_MAX),
        )
    return value


def double(text: str, offset: int) -> float:
    value = float(text)
    if math.isinf(value):
        raise Refusal(say("the number is too large"), offset, say("a double of at most 1.797e+308"))
    return value
