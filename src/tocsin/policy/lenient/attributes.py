"""Attributes within their limits: what does not fit is left out or cut, item by item."""

import math
from typing import Any

from tocsin.core.wording import Said, say
from tocsin.policy.body import ATTRIBUTE_CHARACTERS, ATTRIBUTE_DEPTH, ATTRIBUTE_ITEMS, ATTRIBUTE_TEXT
from tocsin.policy.lenient import words

_KEYS = ("key", "name", "field", "id")
_KEY = 100
_INT64 = 1 << 63


def attributes(value: Any, place: str, remarks: dict[str, Said]) -> dict[str, Any] | None:
    """An object of JSON values. A list of `{key, value}` is one too."""
    if isinstance(value, list):
        value = _paired(value)
    if not isinstance(value, dict):
        remarks[place] = say("this is not an object of names and values; it counts as missing")
        return None
    found: dict[str, Any] = {}
    left = ATTRIBUTE_CHARACTERS
    for key, item in value.items():
        name = words.limited(words.storable(str(key)), _KEY)
        if len(found) == ATTRIBUTE_ITEMS:
            remarks[place] = say("there are {amount}; the first {most} count", amount=len(value), most=ATTRIBUTE_ITEMS)
            break
        kept, said = _kept(item, 2)
        size = _size(kept) + len(name)
        if size > left:
            said, kept = say("too large together with the others; it counts as missing"), None
        elif kept is not None or item is None:
            left -= size
            found[name] = kept
        if said is not None:
            remarks[f"{place}.{words.limited(name, 60)}"] = said
    return found


def _paired(value: list[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for item in value:
        key = (
            next((item[name] for name in _KEYS if item.get(name) is not None), None) if isinstance(item, dict) else None
        )
        if key is None or "value" not in item or isinstance(key, dict | list):
            return None
        found[str(key)] = item["value"]
    return found or None


def _kept(value: Any, depth: int) -> tuple[Any, Said | None]:
    """As much of a value as may be kept, and what is said of the rest."""
    if isinstance(value, str):
        text = words.storable(value)
        cut = words.limited(text, ATTRIBUTE_TEXT)
        return cut, None if cut == text else say("longer than {most} characters; it was cut", most=ATTRIBUTE_TEXT)
    if isinstance(value, bool) or value is None:
        return value, None
    if isinstance(value, int):
        fits = -_INT64 <= value < _INT64
        return (value, None) if fits else (None, say("a number of too many digits; it counts as missing"))
    if isinstance(value, float):
        return (value, None) if math.isfinite(value) else (None, say("no finite number; it counts as missing"))
    if depth > ATTRIBUTE_DEPTH:
        return None, say("nested deeper than {most} levels; what is deeper counts as missing", most=ATTRIBUTE_DEPTH)
    said: Said | None = None
    if len(value) > ATTRIBUTE_ITEMS:
        said = say("more than {most} items; the first count", most=ATTRIBUTE_ITEMS)
    if isinstance(value, list):
        parts = [_kept(item, depth + 1) for item in value[:ATTRIBUTE_ITEMS]]
        remarks = [remark for _, remark in parts if remark]
        kept = [part for part, remark in parts if part is not None or remark is None]
        return kept, remarks[0] if remarks else said
    inner: dict[str, Any] = {}
    for key, item in list(value.items())[:ATTRIBUTE_ITEMS]:
        part, remark = _kept(item, depth + 1)
        said = said or remark
        if part is not None or remark is None:
            inner[words.storable(str(key))] = part
    return inner, said


def _size(value: Any) -> int:
    """About how many characters it has, as the strict reader counts."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(_size(item) for item in value)
    return 5 if value is None or isinstance(value, bool) else 20
