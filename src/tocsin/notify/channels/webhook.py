"""The webhook channel: a POST signed by the Standard Webhooks scheme, to addresses that are allowed."""

import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx2
from standardwebhooks import Webhook

from tocsin.notify import addresses

_TIMEOUT = httpx2.Timeout(5.0, connect=3.0)


class Outcome(NamedTuple):
    """What became of one attempt. `final` failures are not tried again."""

    delivered: bool
    error: str = ""
    final: bool = False


class Sender(Protocol):
    """Whatever can carry a message to an address."""

    def send(self, address: str, secret: str, message_id: str, now: int, body: bytes) -> Outcome: ...


@dataclass(slots=True)
class WebhookChannel:
    """Sends over HTTP. Private addresses are refused unless the operator allows them: an address that a user types must
    not become a key to the operator's network."""

    allow_private: bool = False
    _client: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(
            timeout=_TIMEOUT, follow_redirects=False, trust_env=False, limits=httpx2.Limits(max_connections=64)
        )
    )

    def send(self, address: str, secret: str, message_id: str, now: int, body: bytes) -> Outcome:
        """One attempt; never raises for what the network does."""
        if not self.allow_private and (refused := _private(address)):
            return Outcome(False, refused, final=True)
        moment = datetime.fromtimestamp(now / 1_000_000, UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": "Tocsin",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
        }
        try:
            answer = self._client.post(address, content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return Outcome(False, _said(error, address))
        if answer.is_success:
            return Outcome(True)
        return Outcome(False, f"the receiver answered {answer.status_code}", final=answer.status_code == 410)

    def close(self) -> None:
        self._client.close()


def _said(error: Exception, address: str) -> str:
    """The error in its own words, unless they repeat more of the address than may be shown."""
    parts = urlsplit(address)
    hidden = (parts.path.strip("/"), parts.query, parts.username, parts.password)
    repeats = any(part and part in str(error) for part in hidden)
    return type(error).__name__ if repeats else f"{type(error).__name__}: {error}"


def _private(address: str) -> str:
    """Why this address is refused; empty when it is not."""
    parts = urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return ""  # the attempt itself will say so, and may be tried again
    for entry in found:
        if addresses.private(str(entry[4][0])):
            return f"{parts.hostname} is a private address; TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true allows it"
    return ""
