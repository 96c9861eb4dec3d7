"""What is said as a value: a text with places, and what stands in them. It is worded when somebody reads it, in their
zone, with the names that they know, and in their language where a catalogue has the text. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from tocsin.core import texts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GIVEN = "{given}"
_NAMED = "{named}"
_PLACE = re.compile(r"\{[^{}]*\}")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def marked(text: str) -> str:
    """A text of ours that is said elsewhere, for whoever gathers what catalogues are to have."""
    return text


_SOMEBODY = marked("a user")
_JOINT, AND, _OR, _ALSO = marked(", "), marked(" and "), marked(" or "), marked("; ")  # of several


class Said(NamedTuple):
    """`text`: the English text, by which a catalogue knows it; its places are in braces. `values`: what stands in them:
    texts and numbers, and the kinds of values below. Without values the text is taken as it is."""

    text: str
    values: Mapping[str, Any]


class Instant(NamedTuple):
    """A time (microseconds UTC), said in the zone of whoever reads it."""

    at: int


class Ours(NamedTuple):
    """A text of ours that was written before, or is said with values that were: the times in it are said in the
    reader's zone."""

    text: "str | Said"


class Person(NamedTuple):
    """A user by id, called by name."""

    user: str


class UserName(NamedTuple):
    """Somebody by the name that they sign in with, or a program by its own; called as the reader knows them."""

    name: str


class Promise(NamedTuple):
    """A clock that a policy declares, called by its title there; `otherwise` where the reader does not have that."""

    clock: str
    otherwise: str


class Number(NamedTuple):
    """A number, whose thousands are parted as the reader is used to."""

    amount: float


class Listed(NamedTuple):
    """Several values, one after the other."""

    parts: Sequence[Any]
    joint: str = _JOINT


class Counted(NamedTuple):
    """One of two texts, by an amount, which stands in its place `amount`."""

    one: str
    many: str
    amount: int
    values: Mapping[str, Any]


class Reader(NamedTuple):
    """Whoever reads: how they are told a time and a text of ours, which users they know by name, and their language, in
    its texts, plurals and numbers. `foreign`: how a text of somebody else stands among ours; `clocks`: titles of those
    that a policy declares; `called`: what somebody is called who signs in by this name."""

    instant: Callable[[int], str]
    ours: Callable[[str], str]
    people: Mapping[str, str]
    translated: Callable[[str], str] = str
    plural: Callable[[str, str, int], str] = lambda one, many, amount: one if amount == 1 else many
    number: Callable[[float], str] = "{:,.15g}".format
    foreign: Callable[[str], str] = texts.isolated
    clocks: Mapping[str, str] = MappingProxyType({})
    called: Callable[[str], str] = str

    def says(self, text: str, /, **values: Any) -> str:
        """A text of ours, worded for this reader."""
        return worded(Said(text, values), self)

    def counts(self, one: str, many: str, amount: int, /, **values: Any) -> str:
        """One of two texts of ours by an amount."""
        return worded(Counted(one, many, amount, values), self)


def say(text: str, /, **values: Any) -> Said:
    """A text and the values for its places."""
    return Said(text, values)


def counted(one: str, many: str, amount: int, /, **values: Any) -> Counted:
    """`1 case`, `3 cases`: texts with a place `{amount}`, and the values for the others."""
    return Counted(one, many, amount, values)


def verbatim(text: str) -> Said:
    """A text that no catalogue has, as it is: somebody's own, or a list of names."""
    return Said(_GIVEN, {"given": text})


def one_of(parts: Sequence[Any]) -> Said:
    """`a lead, an admin or an operator`: the last of several by another word."""
    if len(parts) == 1:
        return say("{last}", last=parts[0])
    return say("{others} or {last}", others=Listed(parts[:-1]), last=parts[-1])


def code(said: Said) -> str:
    """Which text it is, in a word for programs: `there-is-no-team` of "there is no team {name}". Empty where it has no
    words of ours."""
    return _code(said.text)


@lru_cache(4096)
def _code(text: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", _PLACE.sub(" ", text).lower().replace("'", "")))


def packed(value: Any) -> Any:
    """What is said, as JSON that is kept until somebody reads it: texts, values, and several of them. Any other value,
    such as an exception, is kept in English."""
    match value:
        case None | str() | int() | float():  # first, as most values are
            return value
        case Said(text, values):
            return {"text": text, "values": {name: packed(one) for name, one in values.items()}}
        case UserName(name):  # which a release that knows no such value reads as a text with a name in it
            return {"text": _NAMED, "values": {"named": name}}
        case Listed(parts, joint):
            return {"parts": [packed(part) for part in parts], "joint": joint}
    return plain(value)


def unpacked(value: Any) -> Any:
    """The way back from `packed`."""
    match value:
        case {"text": "{named}", "values": {"named": str(name)}}:
            return UserName(name)
        case {"text": str(text), "values": values}:
            return Said(text, {name: unpacked(one) for name, one in values.items()})
        case {"parts": parts, "joint": str(joint)}:
            return Listed([unpacked(part) for part in parts], joint)
    return value


def words_of(said: "Said | str | None") -> dict[str, Any] | None:
    """What is kept beside an English text, so that each reader is told in their language; None for somebody's own."""
    return packed(said) if isinstance(said, Said) else None


def in_words(text: Any, words: Mapping[str, Any] | None) -> Any:
    """A text with the words that were kept beside it; without them, as a person or an older release wrote it."""
    return text if words is None else unpacked(words)


def plain(value: Any) -> str:
    """A value in English, for programs and logs: its times as programs read them."""
    return worded(value, PLAIN)


def worded(value: Any, reader: Reader) -> str:
    """A value as this reader sees it."""
    match value:
        case str():  # first, as most values are
            return reader.foreign(value)
        case Said(text, values):
            found = reader.translated(text)
            return found.format(**{name: worded(one, reader) for name, one in values.items()}) if values else found
        case Counted(one, many, amount, values):
            found = reader.plural(one, many, amount)
            return worded(Said(found, {**values, "amount": Number(amount)}), reader._replace(translated=str))
        case Instant(at):
            return reader.instant(at)
        case Ours(text):
            return reader.ours(text if isinstance(text, str) else worded(text, reader))
        case Person(user):
            return reader.people.get(user) or reader.translated(_SOMEBODY)
        case UserName(name):
            return reader.foreign(reader.called(name))
        case Promise(clock, otherwise):
            return reader.translated(reader.clocks.get(clock, otherwise))
        case Number(amount):
            return reader.number(amount)
        case Listed(parts, joint):
            return reader.translated(joint).join(worded(part, reader) for part in parts)
    return str(value)


def _as_programs_read_it(at: int) -> str:
    return f"{(_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat()}Z"


PLAIN = Reader(_as_programs_read_it, str, {}, foreign=str)


def unturned(text: str | None) -> str:
    """What a sender wrote, without the characters that would turn our own words behind it around."""
    return "".join(letter for letter in text or "" if letter not in _TURNING)
