"""Instants as people read them: the wall time of their own zone, with its name, in their language. Pure."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tocsin.clocks import zone as zones
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Reader, marked
from tocsin.languages import IN_ENGLISH, Tongue

Say = Callable[[int], str]

_WALL = marked("{time} on {day}")
_WRITTEN = re.compile(r"(?<!['\"\w])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?!['\"\w])")


def wall(instant: int, zone: ZoneInfo, tongue: Tongue = IN_ENGLISH) -> str:
    """`03:45 on Tue 3 Mar`: to the minute in which it lies. It reads well behind at, by, since and until."""
    at = zones.local(instant, zone)
    return tongue.text(_WALL).format(time=f"{at:%H:%M}", day=tongue.weekday(at))


def said(instant: int, zone: ZoneInfo, tongue: Tongue = IN_ENGLISH) -> str:
    """`03:45 on Tue 3 Mar (Europe/Berlin)`"""
    return f"{wall(instant, zone, tongue)} ({zone.key})"


def sayer(zone: ZoneInfo, tongue: Tongue = IN_ENGLISH) -> Say:
    """How instants are said to somebody in this zone."""
    return lambda instant: said(instant, zone, tongue)


def utc(instant: int) -> str:
    """`02:45 on Tue 3 Mar (UTC)`: for whoever's zone is not known."""
    return said(instant, zones.load("UTC"))


def localised(text: str, say: Say) -> str:
    """A sentence of ours with the instants that are written in it as programs read them said to a person. What stands
    in quotes is somebody's own and stays."""

    def found(match: re.Match[str]) -> str:
        try:
            return say(instants.from_text(match[0]))
        except InvalidInput:  # no instant after all
            return match[0]

    return _WRITTEN.sub(found, text)


_NONE: Mapping[str, str] = MappingProxyType({})


def reader(
    say: Say, people: Mapping[str, str] = _NONE, tongue: Tongue = IN_ENGLISH, clocks: Mapping[str, str] = _NONE
) -> Reader:
    """Somebody who reads times in this way, and this language. `people`: names of users by id; `clocks`: titles of
    those that a policy declares."""
    told = (tongue.text, tongue.plural, tongue.number)
    return Reader(say, lambda text: localised(text, say), people, *told, clocks=clocks)
