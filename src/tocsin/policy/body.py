"""The body of POST /cases: its shape, its limits, and how it is refused."""

import math
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from tocsin.clocks import dates
from tocsin.core import instants, texts
from tocsin.core.errors import InvalidInput, TooLarge
from tocsin.core.wording import say, verbatim

BODY_BYTES = 256 * 1024
ATTRIBUTE_DEPTH = 3
ATTRIBUTE_ITEMS = 100
ATTRIBUTE_TEXT = 16 * 1024
ATTRIBUTE_CHARACTERS = 64 * 1024
MOST_URL = 2000
_INT64 = 1 << 63
_DAY = len("2027-03-31")

Short = Annotated[str, Meta(max_length=50)]
Name = Annotated[str, Meta(max_length=200)]
Label = Annotated[str, Meta(max_length=100)]


class AccountBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the sender knows of the customer, for this request."""

    external_id: Name | None = None
    name: Name | None = None
    segment: Name | None = None
    plan: Name | None = None
    region: Name | None = None
    language: Name | None = None
    arr: Annotated[float, Meta(ge=0)] | None = None
    renewal: Name | None = None
    products: Annotated[list[Label], Meta(max_length=100)] | None = None
    attributes: Annotated[dict[Label, Any], Meta(max_length=ATTRIBUTE_ITEMS)] | None = None


class CaseBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The body of POST /cases. Null and absent are the same: missing."""

    subject: Annotated[str, Meta(min_length=1, max_length=500)]
    body: str | None = None
    external_id: Name | None = None
    source: Name | None = None
    account: AccountBody | None = None
    account_id: Name | None = None
    users_affected: Annotated[int, Meta(ge=0, lt=2**53)] | None = None
    priority: Short | None = None
    sentiment: Short | None = None
    language: Short | None = None
    tags: Annotated[list[Label], Meta(max_length=100)] | None = None
    product_area: Label | None = None
    type: Label | None = None
    attributes: Annotated[dict[Label, Any], Meta(max_length=ATTRIBUTE_ITEMS)] | None = None
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None
    url: Annotated[str, Meta(max_length=MOST_URL)] | None = None
    status: Short | None = None  # what its source says of the problem; no fact
    sequence: Annotated[int, Meta(ge=0, lt=10**18)] | Annotated[str, Meta(max_length=100)] | None = None


_decoder = msgspec.json.Decoder(CaseBody)
_CASE_TEXTS = tuple(
    name
    for name in CaseBody.__struct_fields__
    if name not in {"account", "users_affected", "tags", "attributes", "occurred_at", "sequence"}
)
_ACCOUNT_TEXTS = tuple(name for name in AccountBody.__struct_fields__ if name not in {"arr", "products", "attributes"})


def read_body(data: bytes) -> CaseBody:
    """A body from JSON, validated; InvalidInput names the field."""
    try:
        body = _decoder.decode(data)
    except msgspec.ValidationError as error:
        _refuse(error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            say("this is not JSON: {error}", error=error), expected=say("a JSON object in UTF-8")
        ) from None
    except RecursionError:
        raise InvalidInput(
            say("nested too deep"),
            expected=say("attributes of at most {attribute_depth} levels", attribute_depth=ATTRIBUTE_DEPTH),
        ) from None
    if data.isascii() and b"\\u" not in data:  # of such letters none needs a look
        check_body(body, plain=True)
    else:
        check_body(body)
        _compose(body)
    return body


def to_body(value: Mapping[str, object]) -> CaseBody:
    """A body from a mapping, such as `given` of an example; InvalidInput names the field."""
    try:
        body = msgspec.convert(value, CaseBody)
    except msgspec.ValidationError as error:
        _refuse(error)
    check_body(body)
    _compose(body)
    return body


def _compose(body: CaseBody) -> None:
    """Its texts as they are stored: composed letters."""
    for record in (body, body.account):
        for name in record.__struct_fields__ if record is not None else ():
            value = getattr(record, name)
            if (stored := texts.composed(value)) is not value:
                setattr(record, name, stored)


def check_body(body: CaseBody, *, plain: bool = False) -> None:
    """What the types cannot say: characters, bytes, depth, the range of times. InvalidInput names the field. An id of
    nothing but space is none. `plain`: its texts are known to be ASCII, without NUL."""
    if texts.blank(body.subject):
        raise InvalidInput(
            say("the subject says nothing"),
            place="subject",
            expected=say("1 to 500 characters, of which some can be seen"),
        )
    for name in _CASE_TEXTS if not plain else ():
        _check_text(getattr(body, name), name)
    if body.body is not None and len(body.body) * 4 > BODY_BYTES and len(body.body.encode()) > BODY_BYTES:
        raise TooLarge(
            say("the text is too long"),
            place="body",
            expected=say("at most {value} KiB in UTF-8", value=BODY_BYTES // 1024),
        )
    if body.external_id is not None and texts.blank(body.external_id):
        body.external_id = None
    check_name(body.source, "source")
    check_name(body.external_id, "external_id")
    for position, tag in enumerate(body.tags or ()) if not plain else ():
        _check_text(tag, f"tags[{position}]")
    if body.account is not None:
        if body.account.external_id is not None and texts.blank(body.account.external_id):
            body.account.external_id = None
        for name in _ACCOUNT_TEXTS if not plain else ():
            _check_text(getattr(body.account, name), f"account.{name}")
        check_name(body.account.external_id, "account.external_id")
        check_day(body.account.renewal, "account.renewal")
        check_products(body.account.products, "account.products")
        check_attributes(body.account.attributes, "account.attributes")
        if body.account.arr is not None and not math.isfinite(body.account.arr):
            raise InvalidInput(say("the amount is not finite"), place="account.arr", expected=say("a number from 0"))
    check_url(body.url, "url")
    if body.occurred_at is not None:
        instants.from_datetime(body.occurred_at, "occurred_at")
    check_attributes(body.attributes, "attributes")


def check_products(found: list[str] | None, place: str) -> None:
    """What a customer has of us, each by its name; InvalidInput for a text that is none."""
    for position, name in enumerate(found or ()):
        _check_text(name, f"{place}[{position}]")
        check_name(name, f"{place}[{position}]")


def check_attributes(found: dict[str, Any] | None, place: str) -> None:
    """Further fields, by name: JSON values of some depth and size. InvalidInput or TooLarge for others."""
    if found and _check_value(found, place, 1) > ATTRIBUTE_CHARACTERS:
        raise TooLarge(
            say("the attributes are too large"),
            place=place,
            expected=say("about {attribute_characters} characters", attribute_characters=ATTRIBUTE_CHARACTERS),
        )


def check_day(text: str | None, place: str) -> None:
    """A day, or an instant with its zone, as `timestamp()` reads it in conditions; InvalidInput for anything else."""
    if not text:
        return
    try:
        dates.read(text, place) if len(text) == _DAY else instants.from_text(text, place)
    except InvalidInput:
        raise InvalidInput(
            say("{given} is not a day", given=repr(text[:40])),
            place=place,
            expected=say("a day such as 2027-03-31, or a time with a zone"),
        ) from None


def check_url(text: str | None, place: str) -> None:
    """Where the ticket is found in its own tool: a link that a browser follows and that runs nothing; InvalidInput for
    any other."""
    if text and not is_url(text):
        raise InvalidInput(say("this is not a web address"), place=place, expected=say("https://host/path, or http://"))


def is_url(text: str) -> bool:
    """Whether a text is an address by http or https with a host, and nothing around it."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return sound and text.isprintable() and " " not in text


def check_name(text: str | None, place: str) -> None:
    """What a thing is known by is one line, so that it can be typed, logged and looked for; InvalidInput where it is
    none."""
    if text and not text.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in text):
        raise InvalidInput(say("the text contains a control character"), place=place, expected=say("one line of text"))


def _check_text(text: str | None, place: str) -> None:
    if not text:
        return
    if "\0" in text:
        raise InvalidInput(say("the text contains a NUL character"), place=place, expected=say("text without U+0000"))
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(
                say("the text contains half a character"), place=place, expected=say("no lone surrogates")
            ) from None


def _check_value(value: object, place: str, depth: int) -> int:
    """Check a JSON value of the attributes; return about how many characters it has."""
    match value:
        case None | bool():
            return 5
        case str():
            if len(value) > ATTRIBUTE_TEXT:
                raise TooLarge(
                    say("the text is too long"),
                    place=place,
                    expected=say("at most {attribute_text} characters", attribute_text=ATTRIBUTE_TEXT),
                )
            _check_text(value, place)
            return len(value)
        case int():
            if not -_INT64 <= value < _INT64:
                raise InvalidInput(
                    say("the integer is too large"), place=place, expected=say("a signed 64-bit integer")
                )
            return 20
        case float():
            if not math.isfinite(value):
                raise InvalidInput(say("the number is not finite"), place=place, expected=say("a finite number"))
            return 20
        case dict() | list():
            if depth > ATTRIBUTE_DEPTH:
                raise InvalidInput(
                    say("nested too deep"),
                    place=place,
                    expected=say("at most {attribute_depth} levels", attribute_depth=ATTRIBUTE_DEPTH),
                )
            if len(value) > ATTRIBUTE_ITEMS:
                raise InvalidInput(
                    say("too many items"),
                    place=place,
                    expected=say("at most {attribute_items}", attribute_items=ATTRIBUTE_ITEMS),
                )
    if isinstance(value, list):
        return sum(_check_value(item, f"{place}[{position}]", depth + 1) for position, item in enumerate(value))
    if isinstance(value, dict):
        size = 0
        for key, item in value.items():
            if not isinstance(key, str):
                raise InvalidInput(say("the key {key} is not text", key=repr(key)), place=place, expected=say("text"))
            _check_text(key, place)
            size += len(key) + _check_value(item, f"{place}.{key}", depth + 1)
        return size
    raise InvalidInput(
        say("{name__} is not a JSON value", name__=type(value).__name__), place=place, expected=say("a JSON value")
    )


def _refuse(error: msgspec.ValidationError) -> NoReturn:
    """The library's words in ours: `Expected `int` >= 0 - at `$.users_affected`` and its like."""
    what, _, place = str(error).partition(" - at ")
    parent = place.replace("`key` in", "").strip("` ").removeprefix("$").lstrip(".")
    if what.startswith("Expected "):
        detail, expected = say("the value is not valid"), verbatim(_worded(what.removeprefix("Expected ")))
    elif what.startswith(("Object contains unknown field", "Object missing required field")):
        name = what.split("`")[1]
        known = AccountBody if parent == "account" else CaseBody
        missing = "missing" in what
        detail = say("the field is missing") if missing else say("there is no such field")
        expected = say("a value") if missing else verbatim(", ".join(known.__struct_fields__))
        parent = f"{parent}.{name}" if parent else name
    else:
        detail, expected = verbatim(what.replace("`", "")), say("a body of POST /cases")
    raise InvalidInput(detail, place=parent or None, expected=expected) from None


_WORDS = {"int": "a whole number", "float": "a number", "str": "text", "null": "nothing", "bool": "true or false"}
_WORDS |= {"array": "a list", "object": "an object"}


def _worded(expected: str) -> str:
    """`a number or nothing, not text` of `` `float | null`, got `str` ``."""
    wanted, _, got = expected.partition(", got ")
    types, _, limit = wanted.removeprefix("`").partition("`")
    said = " or ".join(_WORDS.get(name, name) for name in types.split(" | ")) + limit
    found = got.strip("`")
    return f"{said}, not {_WORDS.get(found, found)}" if found else said
