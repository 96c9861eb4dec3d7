"""A receiver inside this process. The synthetic page goes here when no address is set for it, and so proves the queue,
the workers, the writer and the record; the network and the provider only a real address can prove."""

from dataclasses import dataclass, field

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.notify.channels.port import Channel, Checked, Field, Message, Options, Place
from tocsin.tools.outgoing import Outcome


@dataclass(slots=True)
class LoopbackChannel:
    """Takes a message that arrives whole and under its own id; `received` keeps the ids of the last few."""

    received: list[str] = field(default_factory=list)

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        if message.facts.get("id") != message.id:
            return Outcome(False, "the message carries another's id", final=True)
        self.received[:] = [*self.received[-9:], message.id]
        return Outcome(True)

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        pass


def _check(address: str, options: Options, allow_private: bool) -> Checked:
    raise InvalidInput(say("nobody is reached by this"), place="loopback", expected=say("another channel"))


CHANNEL = Channel(
    name="loopback",
    says="nothing: a receiver inside, for the test page",
    address=Field("loopback", "Nowhere"),
    check=_check,
    open=lambda settings: LoopbackChannel(),
    people=False,
)
