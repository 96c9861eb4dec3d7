"""Where those who work on a case talk to each other."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.people import Bridged
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core import addresses
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer

_NUMBER = re.compile(r"tel:\+?[0-9().,;*#=a-z-]{2,100}", re.ASCII)
_ADDRESS = Asks(
    "The call or chat: https://… or tel:…; without it, or empty, there is none any more",
    "line",
    "The call or chat, https://… or tel:… (empty: none)",
    argument="[ADDRESS]",
    empty=True,
)


_NO_SECRET = say("one without a user name and a password")


class Bridge(Arguments, frozen=True):
    """`address`: http, https or tel; None or empty: there is none any more."""

    address: Annotated[str | None, _ADDRESS] = None


def checked(address: str) -> str:
    """The address without space around it; InvalidInput for what no browser or telephone should be sent to."""
    address = address.strip()
    if _NUMBER.fullmatch(address):
        return address
    expected = say("https://… or tel:+49…, at most {most} characters", most=addresses.MOST_LENGTH)
    if _scheme(address) not in ("http", "https"):
        raise InvalidInput(say("this is not the address of a call or a chat"), place="bridge", expected=expected)
    addresses.check_url(address, allow_private=True, place="bridge")
    if "@" in urlsplit(address).netloc:
        raise InvalidInput(say("everybody on the case reads this address"), place="bridge", expected=_NO_SECRET)
    return address


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def changed(viewer: Viewer, address: str | None, state: Aggregate) -> list[Event]:
    """The event that sets another address; none where it is said by nobody or stands already."""
    if address is None or (wanted := checked(address)) == state.case.bridge:
        return []
    return [Bridged(address=wanted).event(viewer.actor)]


def _set(viewer: Viewer, said: Bridge, state: Aggregate, scene: Scene) -> list[Event]:
    if said.address is not None and said.address.strip():
        return changed(viewer, said.address, state)
    return [Bridged(address=None).event(viewer.actor)] if state.case.bridge is not None else []


bridge = Verb(
    "bridge",
    "Say where those who work on the case talk: the address of a call or a chat; without one, end that",
    Bridge,
    _set,
    Route("bridge"),
    Command(
        lambda told: f"has the bridge {told['bridge']}" if told["bridge"] else "has no bridge",
        "bridge 17 https://meet.example.com/acme",
    ),
    Form("Bridge", "Done."),
    more="Pages, call-ins and the page of the case link to it. The address of a confidential case stands in no message",
)
