"""Texts within their limits, and the words of remarks."""

import hashlib
import unicodedata
from typing import Any

from tocsin.core import texts
from tocsin.core.wording import Said, say

_NUMBER = say("a number")
_SHAPES = {
    bool: say("true or false"),
    str: say("a text"),
    int: _NUMBER,
    float: _NUMBER,
    list: say("a list"),
    dict: say("an object"),
}
_NAMES = ("name", "label", "title", "value", "text", "displayName", "id")


def quote(value: Any) -> str:
    """What was given, shortened, on one line."""
    text = value if isinstance(value, str) else repr(value)
    line = "".join(character if character.isprintable() else " " for character in text[:60])
    return f"{line[:40].strip()!r}" + (" …" if len(text) > 40 else "")


def shape(value: Any) -> Said:
    """What kind of value this is, in words."""
    return _SHAPES.get(type(value)) or say("nothing")


def text_of(value: Any) -> str | None:
    """The text that is meant: a text, a number, or the name of an object that has one; None for anything else."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        for name in _NAMES:
            if isinstance(value.get(name), str | int) and not isinstance(value[name], bool):
                return text_of(value[name])
    return None


def storable(text: str) -> str:
    """The text without what no database stores: NUL is left out, half a character is replaced."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def limited(text: str, most: int) -> str:
    """At most so many characters; one that was cut ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cut_bytes(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, whole characters."""
    if len(text) * 4 <= most:
        return text
    whole = text.encode()
    return text if len(whole) <= most else whole[:most].decode(errors="ignore")


def named(text: str, most: int) -> str | None:
    """A name of one line. One that had to be changed keeps apart from others by a digest of the whole; None for a
    blank one."""
    text = text.strip("\r\n\t")
    if texts.blank(text):
        return None
    line = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    if line == text and len(text) <= most:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{line[: most - 17]}~{digest}"
