"""The webhook channel: a POST signed by the Standard Webhooks scheme, to addresses that are allowed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import ClientError
from standardwebhooks import Webhook

from tocsin.notify.channels.outgoing import Client, PrivateAddress
from tocsin.notify.channels.port import Outcome


@dataclass(slots=True)
class WebhookChannel:
    """Sends over HTTP. Private addresses are refused unless the operator allows them: an address that a user types must
    not become a key to the operator's network."""

    allow_private: bool = False
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = Client(allow_private=self.allow_private)

    async def send(self, address: str, secret: str, message_id: str, now: int, body: bytes) -> Outcome:
        """One attempt; never raises for what the network does."""
        moment = datetime.fromtimestamp(now / 1_000_000, UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "Tocsin",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
        }
        try:
            status = await self._client.post(address, headers, body)
        except PrivateAddress as refused:
            return Outcome(False, f"{refused}; TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true allows it", final=True)
        except (ClientError, OSError, ValueError) as error:
            return Outcome(False, _said(error, address))
        if 200 <= status < 300:
            return Outcome(True)
        return Outcome(False, f"the receiver answered {status}", final=status == 410)

    async def close(self) -> None:
        await self._client.close()


def _said(error: Exception, address: str) -> str:
    """The error in its own words, unless they repeat more of the address than may be shown."""
    parts = urlsplit(address)
    hidden = (parts.path.strip("/"), parts.query, parts.username, parts.password)
    repeats = "://" in str(error) or any(part and part in str(error) for part in hidden)
    return type(error).__name__ if repeats else f"{type(error).__name__}: {error}"
