"""Whether a text says anything at all, and texts of others made fit to stand among our own words."""

import unicodedata
from typing import Any

from tocsin.core import canonical

_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that leave no ink
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})
_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})  # ends of lines, control characters, halves of characters
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn what stands behind around
_JOINING = frozenset({"Mn", "Mc", "Me"})
_JOINERS = frozenset("\u200c\u200d")
_EMOJI_MODIFIERS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: it is empty, or only space, control and format characters, marks on nothing,
    fillers."""
    return not any(_seen(character) for character in text)


def line(text: str, most: int = 500) -> str:
    """One line of what somebody else wrote, in any language: no control characters, no characters that would turn our
    own words around, no run of spaces, and not more than `most` characters."""
    plain = "".join(_plain(character) for character in text)
    return cut(" ".join(part for part in plain.split(" ") if part), most)


def value(found: Any, most: int = 80) -> str:
    """A JSON value on one short line: a text as it is, a list of texts with commas, anything else as JSON."""
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        found = ", ".join(found)
    return line(found if isinstance(found, str) else canonical.encode(found).decode(), most)


def lines(text: str, most: int) -> str:
    """As `line`, with its line ends kept: no empty line at its ends, at most one between two others."""
    found = [line(one, most) for one in text.splitlines()]
    kept = [one for place, one in enumerate(found) if one or (place and found[place - 1])]
    return cut("\n".join(kept).strip("\n"), most)


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits in front of an ellipsis: up to the end of a word where one is near, and never
    within what is read as one character."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > 0 and joins(text, end):
        end -= 1
    space = max(text.rfind(" ", end * 3 // 4, end + 1), text.rfind("\n", end * 3 // 4, end + 1))
    return text[: space if space > 0 else end or most - 1].rstrip() + "…"


def joins(text: str, place: int) -> bool:
    """Whether the character at this place belongs to the one before it: a mark, a joiner and what it joins, the colour
    of an emoji, the tags of a flag."""
    character, before = text[place], text[place - 1]
    return (
        unicodedata.category(character) in _JOINING
        or character in _JOINERS
        or before in _JOINERS
        or ord(character) in _EMOJI_MODIFIERS
        or ord(character) in _TAGS
    )


def _plain(character: str) -> str:
    if character.isprintable():
        return character
    if character in _TURNING:
        return ""
    return " " if unicodedata.category(character) in _BREAKING else character


def _seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN
