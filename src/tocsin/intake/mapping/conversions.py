"""From what stands in a delivery to a value of a case: conversions, and what is said of a value that does not fit.

A conversion takes a text, or a JSON value of another kind, which stays as it is where it is of the right kind already.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import re2

from tocsin.clocks import written as times
from tocsin.clocks import zone as zones
from tocsin.clocks.written import Order
from tocsin.core import instants, numbers, texts
from tocsin.core.errors import InvalidInput
from tocsin.core.numbers import Decimal
from tocsin.core.unfit import Unfit
from tocsin.core.wording import marked, say, verbatim
from tocsin.intake import statuses
from tocsin.intake.statuses import Says
from tocsin.policy.lenient.words import text_of

Kind = Literal["text", "integer", "number", "boolean", "time", "list"]
Otherwise = Literal["refuse", "keep", "missing"]
Convert = Callable[[Any], Any]

ZONELESS = marked("times without a zone, read as {zone}")  # what is told of a file, once for each zone
EPOCHS = ("seconds", "milliseconds", "excel")
_FIRST_DAY = datetime(1899, 12, 30)  # of spreadsheets; their leap day of 1900 is long past
_DAYS = re.compile(r"\d{1,6}(?:[.,]\d{1,15})?", re.ASCII)
_MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1_000}
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "on"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0", "off"), False),
}


def text(value: Any) -> str:
    """A text: a number in its digits, an object by its name."""
    if isinstance(value, bool):
        return "true" if value else "false"
    found = text_of(value)
    if found is None:
        raise Unfit(shown(value), say("not a text"), say("a text, a number, or an object with a name"))
    return found


def integer(decimal: str | None = None) -> Convert:
    """A whole number; between thousands may stand any one sign, for whole numbers have no decimals."""

    def convert(value: Any) -> int:
        found = numbers.read(value, decimal) if isinstance(value, str) else value
        if isinstance(found, float) and found.is_integer():
            found = int(found)
        if not isinstance(found, int) or isinstance(found, bool):
            raise Unfit(shown(value), say("not a whole number"), say("digits such as 1200"))
        return found

    return convert


def number(decimal: str | Decimal | None = None) -> Convert:
    """A number with this decimal sign; where nobody says it, a point, unless the column shows a comma. What could be
    thousands as well as a fraction is asked for."""
    sign = decimal if isinstance(decimal, str) else None
    column = decimal if isinstance(decimal, Decimal) else Decimal()

    def convert(value: Any) -> float:
        if isinstance(value, str):
            found = numbers.read(value, sign or ".")
            if sign is None and (found is None or numbers.either(value)):
                found = _by_column(value, column)
        else:
            found = value
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise Unfit(shown(value), say("not a number"), say("a number such as 1200.50"))
        return float(found)

    return convert


def _by_column(text: str, column: Decimal) -> int | float | None:
    """A number that a decimal point does not explain, by its whole column."""
    sign = column.known()
    if sign is None and "." in text and numbers.either(text):
        reason = say("a number whose mark could stand before a fraction or between thousands")
        raise Unfit(text, reason, say('`decimal: "."` or `","` in the mapping'))
    return numbers.read(text, sign or ".")


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    found = _BOOLEANS.get(value.lower()) if isinstance(value, str) else {1: True, 0: False}.get(value)
    if found is None:
        raise Unfit(shown(value), say("neither true nor false"), say("true or false, yes or no, 1 or 0"))
    return found


def time(
    form: str | None, zone: ZoneInfo | None, order: Order | None = None, heard: Callable[[str], None] | None = None
) -> Convert:
    """Times of this form (`strptime`, or one of EPOCHS; None: any that `times` reads, in this order of day and month)
    as instants. `zone` is meant where the text names none; `heard` is told of it."""
    ordered = order or Order()

    def convert(value: Any) -> datetime:
        written = value if isinstance(value, str) else shown(value)
        try:
            if form is None:
                moment = times.read(written, ordered)
            elif form in EPOCHS:
                moment = _since(written, form)
            else:
                moment = datetime.strptime(written, form)
        except (ValueError, OverflowError):
            raise Unfit(written, say("not a time of this form"), verbatim(str(form))) from None
        if moment.tzinfo is None:
            if zone is None:
                raise Unfit(
                    written, say("a time without a zone"), say("`zone:` in the mapping, such as UTC or Europe/Berlin")
                )
            if heard is not None:
                heard(ZONELESS.format(zone=zone.key))
            # A wall time that stands twice is the first, one in a gap moves by the gap: as everywhere in Tocsin.
            moment = moment.replace(tzinfo=zone)
        try:
            utc = moment.astimezone(UTC)
            instants.from_datetime(utc)
        except (InvalidInput, OverflowError):
            raise Unfit(written, say("a time out of range"), say("a time from 1970 to 2199")) from None
        return utc

    return convert


def _since(text: str, form: str) -> datetime:
    """Seconds or milliseconds since 1970 UTC; or days since the first of a spreadsheet, which are wall time."""
    if form == "excel":
        if not _DAYS.fullmatch(text):
            raise ValueError
        days = _FIRST_DAY + timedelta(days=float(text.replace(",", ".")))
        return (days + timedelta(microseconds=500_000)).replace(microsecond=0)  # half a day is no exact fraction
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(text) * _MICROSECONDS[form]))


def time_text(convert: Convert) -> Convert:
    """The same instants as text, for what holds no times: `2026-11-22T09:30:00Z`."""
    return lambda value: instants.to_text(instants.from_datetime(convert(value)))


def stood(words: Mapping[str, Says]) -> Convert:
    """How a ticket stood, by these words and those that tools have for it: open, resolved or closed."""

    def convert(value: Any) -> str:
        written = value if isinstance(value, str) else text(value)
        says = words.get(texts.fold(written)) if words else None
        found = statuses.stood(written) if says is None else "resolved" if says is Says.ENDS else "open"
        if found is None:
            raise Unfit(
                written, say("no state that is known here"), say("`map:` from each to open, resolved or closed")
            )
        return found

    return convert


def table(values: Mapping[str, Any], otherwise: Otherwise, convert: Convert | None) -> Convert:
    """Texts by this table; one that is not in it is refused, or converted as if there were no table, or missing. A
    number or a truth value of JSON is looked up as it is written."""

    def look_up(value: Any) -> Any:
        written = value if isinstance(value, str) else shown(value)
        if written in values:
            return values[written]
        if otherwise == "missing":
            return None
        if otherwise == "keep":
            return value if convert is None else convert(value)
        raise Unfit(written, say("not in the map"), say("one of {choices}", choices=", ".join(list(values)[:20])))

    return look_up


def parts(separators: Sequence[str], convert: Convert | None) -> Convert:
    """The texts between separators, each converted; empty ones are left out. What is no text is one part."""
    apart = re.compile("|".join(map(re.escape, separators)))

    def split(value: Any) -> list[Any] | None:
        found = [part for each in apart.split(value) if (part := each.strip())] if isinstance(value, str) else [value]
        if convert is None:
            return found or None
        made = [convert(part) for part in found]
        return [each for each in made if each is not None] or None

    return split


def first(characters: int, convert: Convert | None) -> Convert:
    """As much of the text as that."""

    def cut(value: Any) -> Any:
        shorter = value[:characters] if isinstance(value, str) else value
        return shorter if convert is None else convert(shorter)

    return cut


def extract(pattern: str, convert: Convert | None) -> Convert:
    """What the pattern (RE2) finds in a text: its first group, else all of it; missing where it finds nothing.
    ValueError where it is no pattern."""
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(str(error)) from None

    def find(value: Any) -> Any:
        found = compiled.search(text(value))
        taken = None if found is None else found[1] if compiled.groups else found[0]
        return taken if taken is None or convert is None else convert(taken)

    return find


def zone(name: str) -> ZoneInfo:
    """The zone of that name; InvalidInput suggests the nearest where there is none."""
    return zones.load(name)


def shown(value: Any) -> str:
    """A JSON value as it is written."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
