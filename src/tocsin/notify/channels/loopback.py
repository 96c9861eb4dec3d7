"""A receiver inside this process. The synthetic page goes here when no address is set for it, and so proves the queue,
the workers, the writer and the record; the network and the provider only a real address can prove."""

from dataclasses import dataclass, field

from tocsin.core import canonical
from tocsin.notify.channels.port import Outcome


@dataclass(slots=True)
class LoopbackChannel:
    """Takes a message that arrives whole and under its own id; `received` keeps the ids of the last few."""

    received: list[str] = field(default_factory=list)

    async def send(self, address: str, secret: str, message_id: str, now: int, body: bytes) -> Outcome:
        if canonical.decode(body).get("id") != message_id:
            return Outcome(False, "the message carries another's id", final=True)
        self.received[:] = [*self.received[-9:], message_id]
        return Outcome(True)

    async def close(self) -> None:
        pass
