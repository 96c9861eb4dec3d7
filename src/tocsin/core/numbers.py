"""Numbers as people and programs write them in text: the one grammar of files, deliveries and tickets.

Between thousands may stand a space, an apostrophe, a comma or a point, and before a fraction a comma or a point. Where
one mark could be either, as in `1.200`, the caller says which, or it counts as thousands.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MARKS = r".,'’ \u00a0\u202f"
_WRITTEN = re.compile(rf"([+-]?)(\d[\d{_MARKS}]*|[.,]\d+)", re.ASCII)
_POINTED = re.compile(r"[+-]?\d{1,300}\.\d{1,300}", re.ASCII)
_COMPUTED = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})[eE][+-]?\d{1,3}", re.ASCII)
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}([{_MARKS}])\d{{3}}(?:\1\d{{3}})*", re.ASCII)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_CURRENCY = re.compile(r"^(?:[$€£¥]|[A-Z]{3}\b)\s*|\s*(?:[$€£¥]|\b[A-Z]{3})$")
_OTHER = {".": ",", ",": "."}
_LONGEST = 300  # digits

_RUN = re.compile(rf"-?\d[\d{_MARKS}]*", re.ASCII)
_TIMES = {"k": 1_000, "tsd": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}
_BEHIND = re.compile(r"([a-z]+|%)")
_MOST_FOUND = 15  # digits of a number within words


def read(text: str, decimal: str | None = None) -> int | float | None:
    """The number that a text is, with a sign and a currency perhaps; None where it is none. `decimal`: the mark before
    a fraction, `.` or `,`; without it, what the text itself shows."""
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) <= _LONGEST else None
    if decimal == "." and _POINTED.fullmatch(text):
        return float(text)
    plain = _CURRENCY.sub("", text.strip())
    if _COMPUTED.fullmatch(plain):
        return _finite(float(plain))
    found = _WRITTEN.fullmatch(plain)
    if found is None or len(plain) > _LONGEST:
        return None
    value = _value(found[2], decimal)
    return None if value is None else -value if found[1] == "-" else value


def find(text: str) -> float | None:
    """The one number within words: `about 30`, `EUR 12.5`, `5k users`, `1.2M`. None where there is none or several, or
    a share, or less than nothing."""
    if (whole := read(text[:200])) is not None:
        return float(whole) if whole >= 0 and _digits(text) <= _MOST_FOUND else None
    written = list(_RUN.finditer(text[:200]))
    if len(written) != 1:
        return None
    [number] = written
    if number.start() and (text[number.start() - 1].isalnum() or text[number.start() - 1] in "-/"):
        return None
    run = number[0].rstrip("., '’\u00a0\u202f")
    value = None if run.startswith("-") or _digits(run) > _MOST_FOUND else _value(run, None)
    behind = _BEHIND.match(text[number.end() :].lstrip().casefold())
    if value is None or (behind is not None and behind[0] == "%"):
        return None
    return float(value * _TIMES.get(behind[0], 1) if behind is not None else value)


def either(text: str) -> bool:
    """Whether the one mark of this number could stand before a fraction as well as between thousands."""
    if text[-1:].isdecimal() and text[-4:-3] not in (",", "."):
        return False
    return _EITHER.fullmatch(_CURRENCY.sub("", text.strip()).lstrip("+-")) is not None


@dataclass(slots=True)
class Decimal:
    """The mark before a fraction in a column, where nobody said it. `find`: reads the whole file for it, the first time
    that a number could mean two. `used`: whether numbers are read by it at all."""

    sign: str | None = None
    used: bool = False
    find: Callable[[], str | None] | None = None

    def known(self) -> str | None:
        if self.sign is None and self.find is not None:
            self.sign, self.find = self.find(), None
        return self.sign


class Evidence:
    """What numbers say of the mark before a fraction: those in which it can be nothing else."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._says: set[str] = set()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        plain = _CURRENCY.sub("", text.strip()).lstrip("+-")
        if not _WRITTEN.fullmatch(plain) or either(plain):
            return
        grouped, sign = _GROUPED.fullmatch(plain), _shown(plain)
        if grouped is not None and grouped[1] in _OTHER:
            self._says.add(_OTHER[grouped[1]])
        elif sign is not None and _value(plain, sign) is not None:
            self._says.add(sign)

    @property
    def any(self) -> bool:
        return bool(self._says)

    @property
    def sign(self) -> str | None:
        """The mark; None where no number says it, or they differ."""
        return next(iter(self._says)) if len(self._says) == 1 else None


def _value(written: str, decimal: str | None) -> int | float | None:
    """The number of digits and marks."""
    if written.isdecimal():
        return int(written)
    sign = decimal or _shown(written)
    if sign is None:
        return _whole(written)
    whole, mark, fraction = written.rpartition(sign)
    if not mark:
        return _whole(written)
    if not (fraction.isdecimal() or fraction == "") or sign in whole:
        return None
    found = 0 if whole == "" else _whole(whole)
    return None if found is None or whole + fraction == "" else _finite(float(f"{found}.{fraction or 0}"))


def _whole(written: str) -> int | None:
    """The number of digits with one mark between thousands."""
    if written.isdecimal():
        return int(written)
    return int(re.sub(r"\D", "", written)) if _GROUPED.fullmatch(written) else None


def _shown(written: str) -> str | None:
    """The mark that stands before a fraction, by the number alone; None where every mark stands between thousands."""
    if _GROUPED.fullmatch(written):
        return None
    last = max(written.rfind("."), written.rfind(","))
    return written[last] if last >= 0 else None


def _digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
