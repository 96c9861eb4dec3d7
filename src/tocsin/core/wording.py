"""What is said as a value: a text with places, and what stands in them. It is worded when somebody reads it, in their
zone, with the names that they know, and in their language where a catalogue has the text. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.core import texts

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Said(NamedTuple):
    """`text`: the English text, by which a catalogue knows it; its places are in braces. `values`: what stands in them:
    texts and numbers, and the kinds of values below. Without values the text is taken as it is."""

    text: str
    values: Mapping[str, Any]


class Instant(NamedTuple):
    """A time (microseconds UTC), said in the zone of whoever reads it."""

    at: int


class Ours(NamedTuple):
    """A text of ours that was written before: the times in it are said in the reader's zone."""

    text: str


class Person(NamedTuple):
    """A user by id, called by name."""

    user: str


class Listed(NamedTuple):
    """Several values, one after the other."""

    parts: Sequence[Any]
    joint: str = ", "


class Reader(NamedTuple):
    """Whoever reads: how they are told a time and a text of ours, which users they know by name, and the catalogue of
    their language."""

    instant: Callable[[int], str]
    ours: Callable[[str], str]
    people: Mapping[str, str]
    translated: Callable[[str], str] = str


def say(text: str, /, **values: Any) -> Said:
    """A text and the values for its places."""
    return Said(text, values)


def worded(value: Any, reader: Reader) -> str:
    """A value as this reader sees it."""
    match value:
        case Said(text, values):
            found = reader.translated(text)
            return found.format(**{name: worded(one, reader) for name, one in values.items()}) if values else found
        case Instant(at):
            return reader.instant(at)
        case Ours(text):
            return reader.ours(text)
        case Person(user):
            return reader.people.get(user) or reader.translated("a user")
        case Listed(parts, joint):
            return reader.translated(joint).join(worded(part, reader) for part in parts)
        case str():
            return texts.isolated(value)
    return str(value)


def unturned(text: str | None) -> str:
    """What a sender wrote, without the characters that would turn our own words behind it around."""
    return "".join(letter for letter in text or "" if letter not in _TURNING)
