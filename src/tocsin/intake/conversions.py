"""From the text of a column to a value of a case: conversions, and what is said of a text that does not fit."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tocsin.clocks import written as times
from tocsin.clocks import zone as zones
from tocsin.clocks.written import Order
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.unfit import Unfit
from tocsin.intake import statuses

Kind = Literal["text", "integer", "number", "boolean", "time"]
Convert = Callable[[str], Any]

_INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,.'’ \u00a0\u202f])\d{3}(?:\1\d{3})*", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_CURRENCY = re.compile(r"^(?:[$€£¥]|[A-Z]{3}\b)\s*|\s*(?:[$€£¥]|\b[A-Z]{3})$")
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "on"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "off"), False),
}


def integer(text: str) -> int:
    """A whole number; between thousands may stand any one sign, for whole numbers have no decimals."""
    plain = re.sub(r"[,.'’ \u00a0\u202f]", "", text) if _THOUSANDS.fullmatch(text) else text
    if not _INTEGER.fullmatch(plain):
        raise Unfit(text, "not a whole number", "digits such as 1200")
    return int(plain)


def number(text: str) -> float:
    """A number with a decimal point; between thousands may stand what is no point."""
    plain = re.sub(r"[,'’ \u00a0\u202f]", "", text) if _GROUPED.fullmatch(text) else text
    if not _NUMBER.fullmatch(plain):
        raise Unfit(text, "not a number", "a number such as 1200.50")
    return float(plain)


def grouped(decimal: str, convert: Convert) -> Convert:
    """Numbers as people write them, with this decimal sign: thousands apart, a currency before or behind. What is no
    such number goes on as it is."""
    others = {".": ",", ",": "."}[decimal]
    apart = rf"[{others}'’ \u00a0\u202f]"
    shape = re.compile(rf"([+-]?)(\d{{1,3}}(?:{apart}\d{{3}})+|\d+)(?:{re.escape(decimal)}(\d*))?", re.ASCII)

    def read(text: str) -> Any:
        found = shape.fullmatch(_CURRENCY.sub("", text))
        if found is None:
            return convert(text)
        sign, whole, fraction = found.groups()
        return convert(f"{sign}{re.sub(apart, '', whole)}" + (f".{fraction}" if fraction else ""))

    return read


def boolean(text: str) -> bool:
    found = _BOOLEANS.get(text.lower())
    if found is None:
        raise Unfit(text, "neither true nor false", "true or false, yes or no, 1 or 0")
    return found


def time(
    form: str | None, zone: ZoneInfo | None, order: Order | None = None, heard: Callable[[str], None] | None = None
) -> Convert:
    """Texts of this form (`strptime`; None: any that `times` reads, in this order of day and month) as instants. `zone`
    is meant where the text names none; `heard` is told of it."""
    ordered = order or Order()

    def convert(text: str) -> datetime:
        try:
            moment = times.read(text, ordered) if form is None else datetime.strptime(text, form)
        except ValueError:
            raise Unfit(text, "not a time of this form", str(form)) from None
        if moment.tzinfo is None:
            if zone is None:
                raise Unfit(text, "a time without a zone", "`zone:` in the mapping, such as UTC or Europe/Berlin")
            if heard is not None:
                heard(f"times without a zone, read as {zone.key}")
            # A wall time that stands twice is the first, one in a gap moves by the gap: as everywhere in Tocsin.
            moment = moment.replace(tzinfo=zone)
        try:
            utc = moment.astimezone(UTC)
            instants.from_datetime(utc)
        except (InvalidInput, OverflowError):
            raise Unfit(text, "a time out of range", "a time from 1970 to 2199") from None
        return utc

    return convert


def time_text(convert: Convert) -> Convert:
    """The same instants as text, for what holds no times: `2026-11-22T09:30:00Z`."""
    return lambda text: instants.to_text(instants.from_datetime(convert(text)))


def stood(text: str) -> str:
    """How a ticket stood, by the words that tools have for it: open, resolved or closed."""
    if (found := statuses.stood(text)) is not None:
        return found
    raise Unfit(text, "no state that is known here", "`map:` from each to open, resolved or closed")


def table(values: Mapping[str, Any], otherwise: Literal["refuse", "keep", "missing"], convert: Convert) -> Convert:
    """Texts by this table; one that is not in it is refused, or converted as if there were no table, or missing."""

    def look_up(text: str) -> Any:
        if text in values:
            return values[text]
        if otherwise == "missing":
            return None
        if otherwise == "keep":
            return convert(text)
        raise Unfit(text, "not in the map", "one of " + ", ".join(list(values)[:20]))

    return look_up


def parts(separators: Sequence[str], convert: Convert) -> Convert:
    """The texts between separators, each converted; empty ones are left out."""
    apart = re.compile("|".join(map(re.escape, separators)))

    def split(text: str) -> list[Any] | None:
        found = [convert(part) for each in apart.split(text) if (part := each.strip())]
        return [each for each in found if each is not None] or None

    return split


def first(characters: int, convert: Convert) -> Convert:
    """As much of the text as that."""
    return lambda text: convert(text[:characters])


def zone(name: str) -> ZoneInfo:
    """The zone of that name; InvalidInput suggests the nearest where there is none."""
    return zones.load(name)
