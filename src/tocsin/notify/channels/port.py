"""What a channel is to the rest of the package: it carries a message to an address, and says how that went."""

from typing import NamedTuple, Protocol


class Outcome(NamedTuple):
    """What became of one attempt. `final` failures are not tried again."""

    delivered: bool
    error: str = ""
    final: bool = False


class Sender(Protocol):
    """Whatever can carry a message to an address."""

    async def send(self, address: str, secret: str, message_id: str, now: int, body: bytes) -> Outcome: ...

    async def close(self) -> None:
        """Give back what it holds; called last, in the loop in which it sent."""
