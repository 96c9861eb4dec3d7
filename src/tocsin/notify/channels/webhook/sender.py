"""Sends webhooks: POSTs signed by the Standard Webhooks scheme, to addresses that are allowed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from standardwebhooks import Webhook

from tocsin.notify.channels.port import Message, Place
from tocsin.tools.outgoing import Client, Outcome, judged


@dataclass(slots=True)
class WebhookChannel:
    """Private addresses are refused unless the operator allows them: an address that a user types must not become a key
    to the operator's network."""

    allow_private: bool = False
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = Client(allow_private=self.allow_private)

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        """One attempt; never raises for what the network does."""
        moment = datetime.fromtimestamp(now / 1_000_000, UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "Tocsin",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(place.secret).sign(message.id, moment, message.body.decode()),
        }
        answer = await self._client.post(place.address, headers, message.body)
        return answer if isinstance(answer, Outcome) else judged(answer, now, message.id)

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        await self._client.close()
