"""Instants as people read them: the wall time of their own zone, with its name. Pure; words are English."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tocsin.clocks import zone as zones
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Reader

Say = Callable[[int], str]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN = re.compile(r"(?<!['\"\w])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?!['\"\w])")


def wall(instant: int, zone: ZoneInfo) -> str:
    """`03:45 on Tue 3 Mar`: to the minute in which it lies. It reads well behind at, by, since and until."""
    at = zones.local(instant, zone)
    return f"{at:%H:%M} on {_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"


def said(instant: int, zone: ZoneInfo) -> str:
    """`03:45 on Tue 3 Mar (Europe/Berlin)`"""
    return f"{wall(instant, zone)} ({zone.key})"


def sayer(zone: ZoneInfo) -> Say:
    """How instants are said to somebody in this zone."""
    return lambda instant: said(instant, zone)


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


def reader(
    say: Say, people: Mapping[str, str] = MappingProxyType({}), translated: Callable[[str], str] = str
) -> Reader:
    """Somebody who reads times in this way. `people`: names of users by id; `translated`: our texts in their
    language."""
    return Reader(say, lambda text: localised(text, say), people, translated)
