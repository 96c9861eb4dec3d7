"""Which e-mail addresses are taken."""

import re

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

_MOST, _MOST_LOCAL = 254, 64  # RFC 5321
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


def check_email(address: str, place: str = "email") -> None:
    """InvalidInput for what is no plain address: no name around it, no quotes, no line end, ASCII only."""
    if len(address) > _MOST or not _EMAIL.fullmatch(address) or len(address.split("@")[0]) > _MOST_LOCAL:
        raise InvalidInput(
            say("this is not an e-mail address"),
            place=place,
            expected=say("name@host.example, plain ASCII, at most {most} characters", most=_MOST),
        )
