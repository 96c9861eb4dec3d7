"""Numbers as people write them in text: read where only one number can be meant."""

import re

_APART = r"[.,'’ \u00a0\u202f]"
_NUMBER = re.compile(r"-?\d[\d.,'’ \u00a0\u202f]*")
_GROUPED = re.compile(rf"\d{{1,3}}(?P<apart>{_APART})\d{{3}}(?:(?P=apart)\d{{3}})*")
_COMPUTED = re.compile(  # as programs write them
    r"\+\d{1,15}|\+?\.\d{1,15}|\+?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})[eE][+-]?\d{1,2}", re.ASCII
)
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
_TIMES = {"k": 1_000, "tsd": 1_000, "thousand": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000}
_BEHIND = re.compile(r"([a-z]+|%)")


def whole(text: str) -> int | None:
    """The whole number in a text: `1,200`, `1.200`, `about 30`, `5k users`. None where there is none or several, or a
    share, a fraction or less than nothing."""
    found = amount(text)
    return int(found) if found is not None and found.is_integer() else None


def amount(text: str) -> float | None:
    """The number in a text, which may have a fraction: `1.234,56`, `EUR 12.5`, `1.2M`."""
    if _COMPUTED.fullmatch(plain := text[:200].strip()):
        return float(plain)
    written = list(_NUMBER.finditer(text[:200]))
    if len(written) != 1:
        return None
    [number] = written
    if number.start() and (text[number.start() - 1].isalnum() or text[number.start() - 1] in "-/"):
        return None
    value = _value(number[0].rstrip("., '’\u00a0\u202f"))
    behind = _BEHIND.match(text[number.end() :].lstrip().casefold())
    if value is None or value < 0 or (behind is not None and behind[0] == "%"):
        return None
    return value * _TIMES.get(behind[0], 1) if behind is not None else value


def _value(written: str) -> float | None:
    """Three digits behind every mark are thousands, whatever the mark; other digits behind one are a fraction."""
    if written.isdecimal():
        return float(written) if len(written) < 16 else None
    if grouped := _GROUPED.fullmatch(written):
        return float(re.sub(r"\D", "", grouped[0])) if len(grouped[0]) < 21 else None
    if decimal := _DECIMAL.fullmatch(written):
        return float(f"{decimal[1]}.{decimal[2]}")
    head, mark, fraction = written.rpartition("," if written.rfind(",") > written.rfind(".") else ".")
    if mark and fraction.isdecimal() and _GROUPED.fullmatch(head) and mark not in head:
        return float(re.sub(r"\D", "", head) + "." + fraction)
    return None
