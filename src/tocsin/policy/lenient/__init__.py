"""Bodies as senders write them: what the strict reader refuses for a part of it is cut to its limit, or counts as
missing, and each such part has a remark. Pure: the same bytes give the same body and remarks.

The strict reader comes first, so a body that is as it should be costs nothing here.
"""

import codecs
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.core import texts
from tocsin.core.errors import InvalidInput, TooLarge
from tocsin.core.wording import Said, say
from tocsin.policy.body import CaseBody, read_body, to_body
from tocsin.policy.lenient.fields import understood

MOST_REMARKS = 30


class Understood(NamedTuple):
    """`given`: what of it is taken, by the names of `POST /cases`; null stays null. `remarks`: by field, what was cut
    or not understood."""

    body: CaseBody
    given: dict[str, Any]
    remarks: dict[str, Said]


def read(raw: bytes) -> tuple[CaseBody, dict[str, Said]]:
    """A body and its remarks. InvalidInput where it is no JSON object, or says nothing that could be read."""
    try:
        return read_body(raw), {}
    except (InvalidInput, TooLarge):
        found = lenient(loads(raw))
        return found.body, found.remarks


def loads(raw: bytes) -> dict[str, Any]:
    """A JSON object, also behind a byte order mark, in UTF-16 that has one, with line breaks and tabs within a text,
    bytes that are no UTF-8, half characters, and numbers beyond all bounds."""
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        value = json.loads(raw.decode(encoding, "replace"), parse_int=_integer, strict=False)
    except ValueError as error:
        raise InvalidInput(
            say("this is not JSON: {error}", error=error), expected=say("a JSON object in UTF-8")
        ) from None
    except RecursionError:
        raise InvalidInput(say("nested too deep"), expected=say("JSON of a few levels")) from None
    if not isinstance(value, dict):
        raise InvalidInput(say("this is not a JSON object"), expected=say("an object of names and values"))
    return value


def lenient(given: Mapping[str, Any], *, subject: str | None = None) -> Understood:
    """What can be taken of it. Without a subject the first line of the body stands for it; `subject`: what else does,
    where there is no body either. InvalidInput where there is nothing to read."""
    found, remarks = understood(given)
    taken = dict(found)
    if found.get("subject") is None:
        line = first_line(found.get("body"))
        if line is None and subject is None:
            raise InvalidInput(
                say("there is nothing to read: neither a subject nor a body"),
                place="subject",
                expected=say("1 to 500 characters, of which some can be seen"),
            )
        taken["subject"] = line or subject
        if line is not None:
            remarks.setdefault("subject", say("missing: the first line of the body stands for it"))
    return Understood(to_body(taken), found, _few(remarks))


def first_line(body: str | None) -> str | None:
    """The first line in which something can be seen, within the limit of a subject."""
    lines = (line.strip() for line in (body or "").splitlines())
    return next((line[:500] for line in lines if not texts.blank(line)), None)


def _few(remarks: dict[str, Said]) -> dict[str, Said]:
    if len(remarks) <= MOST_REMARKS:
        return remarks
    kept = dict(list(remarks.items())[:MOST_REMARKS])
    return kept | {"more": say("{amount} further parts were cut or not understood", amount=len(remarks) - MOST_REMARKS)}


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 40 else digits
