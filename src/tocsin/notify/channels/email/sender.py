"""The e-mail channel: a letter by SMTP, as plain text and as HTML. The server's acceptance counts as delivered; what it
does then, only it knows."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Any

import aiosmtplib
from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from tocsin.notify.channels.email import headers, letters
from tocsin.notify.channels.email.letters import Letter
from tocsin.notify.channels.email.mailserver import MailServer
from tocsin.notify.channels.port import Message, Place
from tocsin.tools.outgoing import Outcome

_SECONDS = 20  # for the whole of one attempt, less than the lease of a message


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """One connection for each letter."""

    server: MailServer

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        """One attempt; never raises for what the network or the server does."""
        letter = compose(self.server.sender, place.address, message, now)
        outcome = await self._tried(lambda client: client.sendmail(self.server.sender, [place.address], letter))
        return outcome._replace(reference=_number(message, self.server.sender))

    async def probe(self) -> Outcome:
        """Whether the server takes our greeting, our password, where one is set, and our sender; nothing is sent."""

        async def introduce(client: SMTP) -> None:
            await client.mail(self.server.sender)
            await client.rset()

        return await self._tried(introduce)

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _tried(self, do: Callable[[SMTP], Awaitable[Any]]) -> Outcome:
        """What became of something that is done with a server that knows us."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._done(do)
        except SMTPException as error:
            return _refused(error)
        except (OSError, TimeoutError) as error:
            return Outcome(False, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        return Outcome(True)

    async def _done(self, do: Callable[[SMTP], Awaitable[Any]]) -> None:
        server = self.server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=False,
            timeout=_SECONDS,
            local_hostname=server.domain,  # else it would ask the network for this machine's name, each time
        )
        await client.connect()
        try:
            secured = server.security == "tls"
            if server.security == "starttls":
                secured = await _secure(client)
            if server.user is not None:
                if not secured and server.security != "none":
                    raise SMTPException(
                        "the server offers no TLS, so the password is not sent; smtp+plain:// works without TLS"
                    )
                await client.login(server.user, server.password or "")
            await do(client)
        except BaseException:
            client.close()
            raise
        with contextlib.suppress(
            SMTPException, OSError, TimeoutError
        ):  # it was accepted: a poor farewell is no failure
            await client.quit()


async def _secure(client: SMTP) -> bool:
    """Whether the connection is encrypted from here on."""
    await client.ehlo()
    if not client.supports_extension("starttls"):
        return False
    await client.starttls()
    return True


def compose(sender: str, address: str, message: Message, now: int) -> bytes:
    """The letter of a message, as it goes over the wire. Its Message-ID is the notification's, so that a letter that is
    sent twice is known; it answers the first letter about its case, so that mail programs keep them together."""
    facts = message.facts
    letter = letters.letter(facts)
    display = facts.get("display") or ""
    head = [
        headers.mailbox("From", "Tocsin", sender),
        headers.mailbox("To", display if display != facts.get("to") else "", address),
        headers.unstructured("Subject", letter.subject),
        f"Date: {format_datetime(datetime.fromtimestamp(now // 1_000_000, UTC))}\r\n",
        f"Message-ID: {_number(message, sender)}\r\n",
        *([f"In-Reply-To: {message.thread}\r\nReferences: {message.thread}\r\n"] if message.thread else []),
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: All\r\n",
    ]
    return "".join(head).encode("ascii") + _content(letter).as_bytes(policy=WIRE)


def _number(message: Message, sender: str) -> str:
    return f"<{message.id}@{sender.rpartition('@')[2]}>"


def _content(letter: Letter) -> EmailMessage:
    """Both forms of the text, the plain one first, under headers of their own."""
    made = EmailMessage(policy=WIRE)
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    return made


def _refused(error: SMTPException) -> Outcome:
    """Only what is said of the receiver or the letter itself, and for good, is final: another fault (of the network, of
    the password, of the sender) may be mended while there are attempts left."""
    answers = list(_answers(error))
    final = bool(answers) and all(code >= 500 for code, _ in answers)
    said = "; ".join(f"{code} {text}" for code, text in answers) or str(error)
    if isinstance(error, SMTPResponseException) and not answers:
        said = f"{error.code} {error.message}"
    who = "the mail server said" if answers or isinstance(error, SMTPResponseException) else "no letter was sent"
    return Outcome(False, f"{who}: {' '.join(said.split())}"[:500], final=final)


def _answers(error: SMTPException) -> Iterator[tuple[int, str]]:
    if isinstance(error, SMTPRecipientsRefused):
        yield from ((one.code, one.message) for one in error.recipients)
    elif isinstance(error, aiosmtplib.SMTPRecipientRefused | SMTPDataError):
        yield error.code, error.message
