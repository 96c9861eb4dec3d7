"""Sends to incoming webhooks of chats."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from tocsin.notify.channels.chat import styles
from tocsin.notify.channels.port import Message, Place
from tocsin.tools.outgoing import Answer, Client, Outcome, judged

_NEVER = (400, 404, 410)  # a message that is not understood, a webhook that is gone, a channel that is archived


@dataclass(slots=True)
class ChatChannel:
    """Private addresses are refused unless the operator allows them."""

    allow_private: bool = False
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = Client(allow_private=self.allow_private)

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        """One attempt; never raises for what the network does. What the chat does not understand goes out once more as
        plain text: a page must arrive, be it without buttons."""
        style = styles.of(place.options)
        answer = await self._post(place, style.render(message.facts))
        if isinstance(answer, Answer) and answer.status == 400:
            answer = await self._post(place, style.plain(message.facts))
        if isinstance(answer, Outcome):
            return answer
        return judged(answer, now, message.id)._replace(final=answer.status in _NEVER)

    async def _post(self, place: Place, body: dict[str, Any]) -> Answer | Outcome:
        headers = {"content-type": "application/json", "user-agent": "Tocsin"}
        return await self._client.post(place.secret, headers, msgspec.json.encode(body))

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        await self._client.close()
