"""From text to tokens, by the lexis of the CEL specification ("Syntax")."""

import re
from dataclasses import dataclass
from typing import Literal

from tocsin.core.wording import say
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.literals import double, integer, unescape

Kind = Literal["int", "double", "string", "name", "quoted", "operator", "end"]

_SPACE = re.compile(r"(?:[\t\n\f\r ]+|//[^\n]*)+")
_NUMBER = re.compile(
    r"(?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)|(?P<int>0[xX][0-9a-fA-F]+|[0-9]+)(?P<u>[uU]?)"
)
_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_QUOTED = re.compile(r"`([a-zA-Z0-9_.\-/ ]+)`")
_PREFIX = re.compile(r"([rRbB]{0,2})('''|\"\"\"|'|\")")
_OPERATOR = re.compile(r"&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}]")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written; `value` is that of a literal; `offset` and `end` count characters of the source."""

    kind: Kind
    text: str
    offset: int
    end: int
    value: object = None


def tokens(source: str) -> list[Token]:
    """All tokens, closed by one of the kind "end"."""
    found: list[Token] = []
    at = 0
    while True:
        if space := _SPACE.match(source, at):
            at = space.end()
        if at == len(source):
            found.append(Token("end", "", at, at))
            return found
        found.append(_token(source, at))
        at = found[-1].end


def _token(source: str, at: int) -> Token:
    if match := _PREFIX.match(source, at):
        return _string(source, match)
    if match := _NUMBER.match(source, at):
        return _number(match)
    if match := _NAME.match(source, at):
        return Token("name", match[0], at, match.end())
    if match := _QUOTED.match(source, at):
        return Token("quoted", match[0], at, match.end(), match[1])
    if match := _OPERATOR.match(source, at):
        return Token("operator", match[0], at, match.end())
    raise _stranger(source, at)


def _number(match: re.Match[str]) -> Token:
    text, at = match[0], match.start()
    if match["u"]:
        raise Refusal(say("unsigned integers are not in the subset"), at, f"{text[:-1]}")
    # The range is checked by the parser, which knows of a minus before the number.
    return Token("double" if match["double"] else "int", text, at, match.end())


def number(text: str, kind: Kind, offset: int) -> int | float:
    """The value of a number's text, with its sign."""
    return double(text, offset) if kind == "double" else integer(text, offset)


def _string(source: str, match: re.Match[str]) -> Token:
    at, (prefix, quote) = match.start(), match.groups()
    if "b" in prefix.lower():
        raise Refusal(say("bytes are not in the subset"), at, say("a string without the prefix b"))
    raw = prefix.lower() == "r"
    if len(prefix) > 1:
        raise Refusal(say("unknown prefix {prefix} of a string", prefix=prefix), at, say("r, or none"))
    start = end = match.end()
    while not source.startswith(quote, end):
        if end >= len(source) or (len(quote) == 1 and source[end] in "\n\r"):
            raise Refusal(say("the string is not closed"), at, say("{quote} at its end", quote=quote))
        end += 2 if source[end] == "\\" and not raw else 1
    body = source[start:end]
    return Token("string", source[at : end + len(quote)], at, end + len(quote), body if raw else unescape(body, start))


def _stranger(source: str, at: int) -> Refusal:
    back = say("a name in back quotes, such as {name}", name="`content-type`")
    wanted = back if source[at] == "`" else {"=": "==", "&": "&&", "|": "||"}.get(source[at])
    return Refusal(say("unexpected character {given}", given=repr(source[at])), at, wanted)
