"""Times as help desks and spreadsheets write them. Each form that means one instant is read; where day and month could
be either, nothing is guessed: the whole column, or the mapping, says which comes first."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from tocsin.clocks import zone as zones
from tocsin.core.errors import InvalidInput
from tocsin.core.unfit import Unfit
from tocsin.core.wording import marked, say

EXPECTED = marked("a time such as 2026-11-22T09:30:00Z, 22 Nov 2026 9:30 AM, 22.11.2026 09:30, or seconds since 1970")
_LONGEST = 80  # characters

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(
                "jan january januar jänner janvier janv enero ene janeiro",
                "feb february februar février févr febrero fevereiro fev",
            ),
            *("mar march mär märz mrz mars marzo março", "apr april avril avr abril abr", "may mai mayo maio"),
            *("jun june juni juin junio junho", "jul july juli juillet juil julio julho"),
            *("aug august août agosto ago", "sep sept september septembre septiembre setembro set"),
            *("oct october okt oktober octobre octubre outubro out", "nov november novembre noviembre novembro"),
            "dec december dez dezember décembre déc diciembre dic dezembro",
        ),
        1,
    )
    for name in names.split()
}
_OFFSETS = {"Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3} | {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}  # those of RFC 2822, and those of Europe that mean one thing

_EPOCH = re.compile(r"(\d{9,10}|\d{13}|\d{16})(?:\.(\d{1,9}))?", re.ASCII)
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?(.*)", re.ASCII)
_TIME = re.compile(
    r"[\s,T]*(?:at\s+)?(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"(?:\s*([AaPp])\.?[Mm]\b\.?)?(?:\s*Uhr\b)?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|[\sT,])", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?=$|[\sT,])", re.ASCII)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]*\.?,?\s+", re.IGNORECASE)
_NAMED = (
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s/-]+(?:de\s+)?(?P<month>[^\W\d_]{3,10})\.?[\s/,-]+(?:de\s+)?"
        r"(?P<year>\d{4}|\d{2})\b"
    ),
    re.compile(r"(?P<month>[^\W\d_]{3,10})\.?[\s/-]+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[\s/-]+(?P<year>\d{4})\b"),
    re.compile(r"(?P<year>\d{4})[\s/-]+(?P<month>[^\W\d_]{3,10})\.?[\s/-]+(?P<day>\d{1,2})\b"),
)
_UNIX = re.compile(r"([^\W\d_]{3,10} \d{1,2})( \d{1,2}:\d{2}(?::\d{2})?(?: [A-Z]{1,4})?) (\d{4})")  # as of `date`
_ZONE = re.compile(r"(?:(?:UTC|GMT)\s*)?([+-])(\d{1,2}):?(\d{2})?(?:\s*\(.*\))?")


@dataclass(slots=True)
class Order:
    """Whether the day comes before the month, where a time leaves that open. `find`: reads the whole file for it, the
    first time that it is asked for. `used`: whether times are read by it at all."""

    day_first: bool | None = None
    used: bool = False
    find: Callable[[], bool | None] | None = None

    def known(self) -> bool | None:
        if self.day_first is None and self.find is not None:
            self.day_first, self.find = self.find(), None
        return self.day_first


def read(text: str, order: Order) -> datetime:
    """The time that a text means, without a zone where it names none; Unfit says why it means none, or could mean
    two."""
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise _no_time(text)
    if found := _EPOCH.fullmatch(text):
        return _since_1970(found)
    try:
        moment = _digits(text) or _written(text, order)
    except (ValueError, OverflowError):
        raise _no_time(text) from None
    if moment is None:
        raise _no_time(text)
    return moment


class Evidence:
    """What values say of the order: those in which one of the two is above 12."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._says: set[bool] = set()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        found = _NUMBERS.match(text.strip())
        if found is not None and found[2] != "." and (int(found[1]) > 12) != (int(found[3]) > 12):
            self._says.add(int(found[1]) > 12)

    @property
    def any(self) -> bool:
        return bool(self._says)

    @property
    def order(self) -> bool | None:
        """Whether the day comes first; None where no value says it, or they differ."""
        return next(iter(self._says)) if len(self._says) == 1 else None


def ambiguous(text: str) -> bool:
    """Whether day and month of this time could be either."""
    found = _NUMBERS.match(text.strip())
    if found is None or found[2] == ".":
        return False
    return found[1] != found[3] and max(int(found[1]), int(found[3])) <= 12


def _since_1970(found: re.Match[str]) -> datetime:
    whole = int(found[1])
    scale = {13: 1_000, 16: 1_000_000}.get(len(found[1]), 1)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=whole * (1_000_000 // scale))
    return moment if scale > 1 or found[2] is None else moment + timedelta(seconds=float(f"0.{found[2]}"))


def _digits(text: str) -> datetime | None:
    """`20240312`, `20240312T094100Z`."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) for part in found.groups()[:6] if part is not None]
    return datetime(*parts, tzinfo=_zone(found[7].strip()))  # type: ignore[misc, arg-type]


def _written(text: str, order: Order) -> datetime | None:
    """A date, behind it perhaps a time, behind that perhaps a zone."""
    rest = _WEEKDAY.sub("", text)
    if unix := _UNIX.fullmatch(rest):
        rest = f"{unix[1]} {unix[3]}{unix[2]}"
    found = _date(rest, order)
    if found is None:
        return None
    year, month, day, behind = found
    if not behind.strip(" ,"):
        return datetime(_full(year), month, day)
    time = _TIME.match(behind)
    if time is None or (time[2] is None and time[5] is None):
        return None
    fraction = int((time[4] or "0")[:6].ljust(6, "0"))
    zone = _zone(behind[time.end() :].strip(" ,"))
    hour, minute, second = _hour(int(time[1]), time[5]), int(time[2] or 0), int(time[3] or 0)
    return datetime(_full(year), month, day, hour, minute, second, fraction, tzinfo=zone)


def _date(text: str, order: Order) -> tuple[str, int, int, str] | None:
    """Year, month, day, and the text behind them."""
    if found := _YEAR_FIRST.match(text):
        return found[1], int(found[3]), int(found[4]), text[found.end() :]
    if found := _NUMBERS.match(text):
        day, month = _sorted(text, found, order)
        return found[4], month, day, text[found.end() :]
    for form in _NAMED:
        if (found := form.match(text)) and (named := _MONTHS.get(found["month"].casefold())):
            return found["year"], named, int(found["day"]), text[found.end() :]
    return None


def _sorted(text: str, found: re.Match[str], order: Order) -> tuple[int, int]:
    """Day and month. Between dots the day comes first, wherever they are written so."""
    first, second = int(found[1]), int(found[3])
    if found[2] == "." or first == second:
        return first, second
    known = order.known()
    if known is None and max(first, second) > 12:
        known = first > 12
    if known is None:
        one, other = (f"{day} {_NAMES[month - 1]}" for day, month in ((first, second), (second, first)))
        if first < 1 or second < 1:
            raise _no_time(text)
        reason = say("a date whose day and month could be either")
        raise Unfit(
            text,
            reason,
            say("`day_first: true` or `false` in the mapping: it is either {one} or {other}", one=one, other=other),
        )
    return (first, second) if known else (second, first)


_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _hour(hour: int, half: str | None) -> int:
    """The hour of the day; 12 AM is midnight."""
    if half is None:
        return hour
    if hour > 12:
        raise ValueError
    return hour % 12 + (12 if half in "pP" else 0)


def _full(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (1900 if int(year) > 68 else 2000)


def _zone(text: str) -> tzinfo | None:
    """The zone that stands behind a time; ValueError where it is none."""
    plain = text.strip("()[] ")
    if not plain:
        return None
    if plain.upper() in _OFFSETS:
        return timezone(timedelta(hours=_OFFSETS[plain.upper()]))
    if found := _ZONE.fullmatch(plain):
        span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(span if found[1] == "+" else -span)
    if "/" in plain:
        try:
            return zones.load(plain)
        except InvalidInput:
            pass
    raise ValueError


def _no_time(text: str) -> Unfit:
    return Unfit(text, say("not a time"), say(EXPECTED))
