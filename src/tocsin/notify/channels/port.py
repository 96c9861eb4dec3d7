"""What a channel is to the rest of Tocsin: one value that says everything about it. Faces, the doctor and the docs are
derived from it; its folder holds the rest.

A message is a JSON document, the same for every channel, and each renders it as its provider takes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from tocsin.core import canonical
from tocsin.core.settings import Settings
from tocsin.tools.outgoing import Outcome

Options = Mapping[str, Any]  # the further fields of a destination, by name
NO_OPTIONS: Options = MappingProxyType({})


class Place(NamedTuple):
    """A destination, as its channel reads it."""

    address: str
    secret: str = ""
    options: Options = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told. `id` is the same at every attempt; `thread`: the reference of the first message about the
    same case to the same place, which this one follows."""

    id: str
    body: bytes
    thread: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """All that it says: the document in `body`."""
        found: dict[str, Any] = canonical.decode(self.body)
        return found

    @property
    def kind(self) -> str:
        """`page`, `room`, `answered`, `notice`, `digest`, `alarm`, `synthetic`, `test`."""
        return str(self.facts["type"])


class Sender(Protocol):
    """Whatever carries messages to the places of one channel. It raises nothing for what the network does."""

    async def send(self, place: Place, message: Message, now: int) -> Outcome: ...

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        """What was taken under this reference is followed, or replaced, by the message. Called only for destinations
        that can be updated."""

    async def close(self) -> None:
        """Give back what it holds; called last, in the loop in which it sent."""


class Field(NamedTuple):
    """One thing to be said of a destination. `name` is the field of the API and the option of the command; `choices`:
    all values, the first where none is said; `flag`: yes or no, and nobody's word where it is not said. `secret`: who
    knows it may do what it is for, so it is never shown again."""

    name: str
    says: str
    metavar: str = "TEXT"
    choices: tuple[str, ...] = ()
    flag: bool = False
    secret: bool = False


class Checked(NamedTuple):
    """A new destination that can be stored. `address` is shown to whoever administers, and stands in the journal;
    `secret` is sealed; `once`: what is shown to whoever made it, this one time."""

    address: str
    secret: str = ""
    once: str | None = None


class Probed(NamedTuple):
    """What a look at a receiver found; where nothing is wrong, without a way out. `weight`: how bad it is."""

    weight: Literal["ok", "warn", "fail"]
    found: str
    way_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to reach people.

    `says`: what arrives, in a few words; `title`: how it is called, where that is not its name. `address` and
    `options`: the fields of a destination; the first is called as the channel. `check`: a new address with its options,
    and whether private networks are allowed; InvalidInput names the field. `open`: what sends, None where the settings
    do not provide for it; Misconfigured names the setting. `needs`: those settings. `wakes`: whether a destination
    wakes somebody; None where nobody has said so. `updates`: whether it can say of a page that was sent there that
    somebody has answered it. `threads`: whether a message follows the first of its case.
    `buttons`: whether it carries buttons. `people`: False for one that leads to nobody. `probe`: its own `server` (how
    that is called), where the settings name one; `look`: one of its places, and whether private networks are allowed.
    Neither sends anything.
    """

    name: str
    says: str
    address: Field
    check: Callable[[str, Options, bool], Checked]
    open: Callable[[Settings], Sender | None]
    options: tuple[Field, ...] = ()
    title: str = ""
    server: str = ""
    needs: str = ""
    wakes: Callable[[Options], bool | None] = lambda options: False
    updates: Callable[[Options], bool] = lambda options: False
    threads: bool = False
    buttons: bool = False
    people: bool = True
    probe: Callable[[Settings], Probed] = lambda settings: Probed("ok", "it has no server of its own")
    look: Callable[[Place, bool], Probed] | None = None

    @property
    def called(self) -> str:
        """How people call it."""
        return self.title or self.name

    @property
    def fields(self) -> tuple[Field, ...]:
        return (self.address, *self.options)
