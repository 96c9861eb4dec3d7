"""Each field of a ticket, from whatever stands in its place. A reader gives the value, or None with a remark."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core import instants, numbers, texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.policy.body import BODY_BYTES, MOST_URL, AccountBody, CaseBody, check_day, is_url
from tocsin.policy.lenient import times, words
from tocsin.policy.lenient.attributes import attributes
from tocsin.policy.lenient.order import EXPECTED, MOST, order_key

Remarks = dict[str, Said]
Reader = Callable[[Any, str, Remarks], Any]

_MOST_TAGS = 100
_MOST_USERS = 2**53


def understood(given: Mapping[str, Any]) -> tuple[dict[str, Any], Remarks]:
    """What is taken of it, and what is said of the rest. Null stays null: it takes a fact away."""
    found: dict[str, Any] = {}
    remarks: Remarks = {}
    _read(given, _FIELDS, "", found, remarks)
    return found, remarks


def _read(
    given: Mapping[str, Any], fields: Mapping[str, Reader], within: str, found: dict[str, Any], remarks: Remarks
) -> None:
    for name, value in given.items():
        place = within + (name if name in fields else words.limited(words.storable(str(name)), 60))
        reader = fields.get(name)
        if reader is None:
            remarks[place] = say("there is no such field; it is not looked at")
        elif value is None:
            found[name] = None
        elif (taken := reader(value, place, remarks)) is not None:
            found[name] = taken


def _text(most: int) -> Reader:
    def read(value: Any, place: str, remarks: Remarks) -> str | None:
        text = words.text_of(value)
        if text is None:
            remarks[place] = say("{given} is not text; it counts as missing", given=words.shape(value))
            return None
        if texts.blank(text):
            return None
        if len(text) > most:
            remarks[place] = say(
                "{given} is longer than {most} characters; it was cut", given=words.quote(text), most=most
            )
        return words.limited(text, most)

    return read


def _body(value: Any, place: str, remarks: Remarks) -> str | None:
    text = words.text_of(value)
    if text is None:
        remarks[place] = say("{given} is not text; it counts as missing", given=words.shape(value))
        return None
    whole = words.cut_bytes(text, BODY_BYTES)
    if len(whole) < len(text):
        remarks[place] = say("longer than {most} KiB; the rest was cut off", most=BODY_BYTES // 1024)
    return whole


def _name(value: Any, place: str, remarks: Remarks) -> str | None:
    text = words.text_of(value)
    if text is None:
        remarks[place] = say("{given} is not a name; it counts as missing", given=words.shape(value))
        return None
    name = words.named(text, 200)
    if name is not None and name != text:
        remarks[place] = say(
            "{given} is not a name of one line and 200 characters; it was changed", given=words.quote(text)
        )
    return name


def _users(value: Any, place: str, remarks: Remarks) -> int | None:
    number: int | None = None
    if isinstance(value, str):
        found = numbers.find(value)
        number = int(found) if found is not None and found.is_integer() else None
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    if number is None or not 0 <= number < _MOST_USERS:
        remarks[place] = say("{given} is not a whole number from 0; it counts as missing", given=words.quote(value))
        return None
    if isinstance(value, str) and value.strip() != str(number):
        remarks[place] = say("{given} is taken as {taken}", given=words.quote(value), taken=number)
    return number


def _revenue(value: Any, place: str, remarks: Remarks) -> float | None:
    """What is said of a revenue does not quote it, for not everybody may see it."""
    number = numbers.find(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < 1e300:
        remarks[place] = say("{given} that is not an amount from 0; it counts as missing", given=words.shape(value))
        return None
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdecimal():
        remarks[place] = say("the amount is taken out of a text")
    return float(number)


def _day(value: Any, place: str, remarks: Remarks) -> str | None:
    try:
        check_day(value, place)
    except (InvalidInput, TypeError):
        moment = times.instant(value)
        if moment is not None:
            return instants.to_text(instants.from_datetime(moment))
        remarks[place] = say("{given} is not a day; it counts as missing", given=words.quote(value))
        return None
    return str(value) or None


def _instant(value: Any, place: str, remarks: Remarks) -> Any:
    moment = times.instant(value)
    if moment is None:
        remarks[place] = no_time(value)
    return moment


def no_time(value: Any) -> Said:
    """What is said of a value that should be a time."""
    return say("{given} is not a time with a zone from 1970 to 2199; it counts as missing", given=words.quote(value))


def _sequence(value: Any, place: str, remarks: Remarks) -> int | str | None:
    """An order key: a number that is no whole one is kept as a text."""
    if type(value) is int and 0 <= value < MOST:
        return value
    if (key := order_key(value)) is None:
        remarks[place] = say(
            "{given} is not an order key ({expected}); it counts as missing",
            given=words.quote(value),
            expected=EXPECTED,
        )
        return None
    return value if isinstance(value, str) else str(key)


def _tags(value: Any, place: str, remarks: Remarks) -> list[str] | None:
    if isinstance(value, str):
        if _NOTHING.fullmatch(value):
            return None
        listed = _listed(value)
        value = listed if listed is not None else value.replace(";", ",").split(",")
    if not isinstance(value, list):
        remarks[place] = say("{given} is not a list; it counts as missing", given=words.shape(value))
        return None
    said = [words.text_of(item) for item in value]
    found = [words.limited(tag.strip(), 100) for tag in said if tag is not None and not texts.blank(tag)]
    found = list(dict.fromkeys(found))
    if len(found) > _MOST_TAGS:
        remarks[place] = say("there are {amount}; the first {most} count", amount=len(found), most=_MOST_TAGS)
    elif None in said:
        remarks[place] = say(
            "{amount} of {all} are not text, and count as missing", amount=said.count(None), all=len(said)
        )
    elif any(len(tag) == 100 and tag.endswith("…") for tag in found):
        remarks[place] = say("one is longer than 100 characters; it was cut")
    return found[:_MOST_TAGS]


_NOTHING = re.compile(r"\s*(?:null|none)\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*(?:\[([^\[\]]*)\]|\{([^{}]*)\})\s*")
_ITEM = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"\s*(?=[,;]|\Z)|'((?:[^'\\]|\\.)*)'\s*(?=[,;]|\Z)|([^,;]*))(?:[,;]|\Z)"""
)


def _listed(text: str) -> list[Any] | None:
    """The list that a text holds: as JSON, as programs print one (`['a', 'b']`), as databases do (`{a,b}`)."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        found = _BRACKETED.fullmatch(text)
        return None if found is None else _items(found[1] or found[2] or "")
    return value if isinstance(value, list) else None


def _items(text: str) -> list[str]:
    found = _ITEM.findall(text)
    return [double or single or bare for double, single, bare in found if not _NOTHING.fullmatch(bare)]


def _url(value: Any, place: str, remarks: Remarks) -> str | None:
    """A link that is followed must be whole: one that is too long is not cut."""
    text = words.text_of(value)
    if text is not None and texts.blank(text):
        return None
    if text is None or len(text) > MOST_URL or not is_url(text.strip()):
        given = words.shape(value) if text is None else words.quote(text)
        remarks[place] = say("{given} is not a web address; it counts as missing", given=given)
        return None
    return text.strip()


def _account(value: Any, place: str, remarks: Remarks) -> dict[str, Any] | None:
    if isinstance(value, str) and not texts.blank(value):
        remarks[place] = say("{given} is not an object; it is taken as the customer's name", given=words.quote(value))
        value = {"name": value}
    if not isinstance(value, dict):
        remarks[place] = say("{given} is not an object; it counts as missing", given=words.shape(value))
        return None
    found: dict[str, Any] = {}
    _read(value, _ACCOUNT, f"{place}.", found, remarks)
    return found


_ACCOUNT: dict[str, Reader] = {name: _text(200) for name in AccountBody.__struct_fields__} | {
    "external_id": _name,
    "arr": _revenue,
    "renewal": _day,
    "products": _tags,
    "attributes": attributes,
}
_FIELDS: dict[str, Reader] = {
    "subject": _text(500),
    "body": _body,
    "external_id": _name,
    "source": _name,
    "account": _account,
    "account_id": _text(200),
    "users_affected": _users,
    "priority": _text(50),
    "sentiment": _text(50),
    "language": _text(50),
    "tags": _tags,
    "product_area": _text(100),
    "type": _text(100),
    "attributes": attributes,
    "occurred_at": _instant,
    "url": _url,
    "status": _text(50),
    "sequence": _sequence,
}
assert _FIELDS.keys() == set(CaseBody.__struct_fields__)
