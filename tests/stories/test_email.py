"""Letters over SMTP, to a real server: what arrives, what is tried again, what is given up, and what is kept secret."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.certificates import certificate
from tests.stories.starter import OUTAGE, STARTER, opened, rows
from tests.testing import MONDAY, PEOPLE, SECRET, furnish, serving, world
from tests.unit.notify.samples import ABOUT, EVERYWHERE, FACTS, page
from tocsin import runtime
from tocsin.core import canonical, texts
from tocsin.core.clock import HOUR, MINUTE
from tocsin.notify import destinations
from tocsin.notify.channels.email import mailserver
from tocsin.notify.channels.email.letters import letter
from tocsin.notify.channels.email.sender import EmailChannel
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.destinations import New
from tocsin.tools.outgoing import Outcome

FROM = "tocsin@example.test"
ANNA = Place("anna@example.test")
PAGE = canonical.encode({"type": "synthetic", "id": "0123456789abc", "to": "anna", "queued_at": "2026-03-02T10:00:00Z"})


class Mailbox:
    """Takes letters; `greeting` is what it says to a sender, `answer` to a receiver, `verdict` to a letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.logins: list[LoginPassword] = []
        self.answer = self.verdict = self.greeting = "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self.greeting

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.verdict.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.receivers.append(envelope.rcpt_tos)
        return self.verdict

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data)
        return AuthResult(success=data.password == b"right", handled=False)


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


Start = Callable[..., Controller]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start(mailbox: Mailbox) -> Iterator[Start]:
    """Starts a mail server on a free port, with these settings of aiosmtpd."""
    running: list[Controller] = []

    def begin(**settings: Any) -> Controller:
        made = Controller(mailbox, hostname="127.0.0.1", port=free_port(), authenticator=mailbox.login, **settings)
        made.start()
        running.append(made)
        return made

    yield begin
    for one in running:
        one.stop()


def channel(server: Controller, scheme: str = "smtp+plain", user: str = "") -> EmailChannel:
    return EmailChannel(mailserver.of(f"{scheme}://{user}localhost:{server.port}", FROM))


def send(by: EmailChannel) -> Any:
    return asyncio.run(by.send(ANNA, Message("0123456789abc", PAGE), MONDAY))


def test_a_letter_arrives(mailbox: Mailbox, start: Start) -> None:
    assert send(channel(start())).delivered
    assert send(channel(start(), "smtp")).delivered, "without a password TLS is used only where it is offered"
    [arrived, _] = mailbox.letters
    assert mailbox.receivers[0] == ["anna@example.test"]
    assert arrived["Message-ID"] == "<0123456789abc@example.test>"
    assert arrived["Subject"] == "[Tocsin] Test page"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert text_of(arrived).startswith("Queued at")


def test_every_language_arrives_whole(mailbox: Mailbox, start: Start) -> None:
    by = channel(start())
    bodies = [
        page(
            ABOUT._replace(subject=text, external_id=None), msgspec.structs.replace(FACTS, words=texts.lines(text, 280))
        )
        | {"to": "anna", "display": texts.line(text, 14)}
        for text in EVERYWHERE
    ]

    async def send_all() -> list[Outcome]:
        encoded = [canonical.encode(body) for body in bodies]
        return [await by.send(ANNA, Message(f"{place:013}", body), MONDAY) for place, body in enumerate(encoded)]

    assert {outcome.delivered for outcome in asyncio.run(send_all())} == {True}
    for body, arrived in zip(bodies, mailbox.letters, strict=True):
        written = letter(body)
        assert str(arrived["Subject"]) == written.subject
        assert text_of(arrived).replace("\r\n", "\n") == written.text
        [receiver] = arrived["To"].addresses
        assert (receiver.display_name, receiver.addr_spec) == (body["display"], "anna@example.test")


@pytest.mark.parametrize(
    ("answer", "verdict", "final"),
    [
        ("450 4.2.1 Mailbox busy", "250 OK", False),
        ("550 5.1.1 No such user", "250 OK", True),
        ("250 OK", "451 4.3.0 Later", False),
        ("250 OK", "554 5.7.1 Looks like spam", True),
    ],
)
def test_what_the_server_refuses(mailbox: Mailbox, start: Start, answer: str, verdict: str, final: bool) -> None:
    mailbox.answer, mailbox.verdict = answer, verdict
    outcome = send(channel(start()))
    assert (outcome.delivered, outcome.final) == (False, final)
    assert (answer if final and verdict == "250 OK" else verdict if answer == "250 OK" else answer) in outcome.error


def test_a_server_that_is_not_there_is_tried_again() -> None:
    outcome = send(EmailChannel(mailserver.of(f"smtp://localhost:{free_port()}", FROM)))
    assert (outcome.delivered, outcome.final) == (False, False)
    assert outcome.error


def test_a_password_goes_over_tls_only(
    mailbox: Mailbox, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = send(channel(start(auth_require_tls=False), "smtp", "me:right@"))
    assert (outcome.delivered, outcome.final) == (False, False)
    assert "offers no TLS" in outcome.error
    assert mailbox.logins == []

    context, trusted = certificate(tmp_path)
    secured = start(tls_context=context)
    untrusted = send(channel(secured, "smtp", "me:right@"))
    assert (untrusted.delivered, untrusted.final) == (False, False)
    assert mailbox.logins == []
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert send(channel(secured, "smtp", "me:right@")).delivered
    assert send(channel(start(ssl_context=context), "smtps")).delivered
    assert len(mailbox.logins) == 1


def test_a_wrong_password_is_told_to_nobody_and_may_be_mended(mailbox: Mailbox, start: Start) -> None:
    server = start(auth_require_tls=False)
    outcome = send(channel(server, user="me:verywrong@"))
    assert (outcome.delivered, outcome.final) == (False, False)
    assert "535" in outcome.error
    assert "verywrong" not in outcome.error
    assert send(channel(server, user="me:right@")).delivered


def test_a_page_is_answered_by_its_letter(database_url: str, mailbox: Mailbox, start: Start) -> None:
    here = world(database_url, STARTER)
    installation = here.installation
    courier: Any = installation.outgoing.pages.courier
    courier.channels["email"] = channel(start())

    def reach_all(tx: Any) -> None:
        for user in installation.desk.directory.get(tx).users.values():
            destinations.add(
                tx,
                installation.mint,
                installation.journal,
                installation.vault,
                user.id,
                New("email", f"{user.name}@example.test"),
                by="test",
            )

    installation.writer.write(reach_all)
    mailbox.answer = "450 Later"
    case = opened(here, OUTAGE)
    here.forward(0)
    assert mailbox.letters == []
    mailbox.answer = "250 OK"
    here.forward(MINUTE)
    arrived = mailbox.letters[0]
    assert arrived["Subject"] == "[Tocsin] CRITICAL Z-1 acme: API is down - acknowledge"
    [hook] = [page for page in here.outbox.sent if f"{page['to']}@example.test" == arrived["To"]]
    text = text_of(arrived)
    [link] = [line for line in text.splitlines() if "/acknowledge/" in line]
    claim = installation.entrance.links.read(link.rpartition("/")[2])
    assert installation.entrance.links.read(hook["acknowledge_link"].rpartition("/")[2]).user == claim.user
    found = rows(
        here,
        "SELECT state, attempts FROM notifications n JOIN destinations d ON d.id = n.destination"
        " WHERE d.channel = 'email' AND n.case_id = ?",
        case,
    )
    assert {tuple(row) for row in found} == {("delivered", row[1]) for row in found}
    assert all(row[1] >= 2 for row in found)
    installation.close()


def test_a_receiver_that_does_not_exist_is_given_up_and_told(database_url: str, mailbox: Mailbox, start: Start) -> None:
    here = world(database_url, STARTER, watching=True)
    installation = here.installation
    courier: Any = installation.outgoing.pages.courier
    courier.channels["email"] = channel(start())
    installation.writer.write(
        lambda tx: [
            destinations.add(
                tx,
                installation.mint,
                installation.journal,
                installation.vault,
                user,
                New("email", f"gone{user}@example.test"),
                by="test",
            )
            for user in installation.people().users
        ]
    )
    mailbox.answer = "550 No such user"
    opened(here, OUTAGE)
    here.forward(2 * MINUTE)
    found = rows(
        here,
        "SELECT DISTINCT n.state, n.attempts FROM notifications n JOIN destinations d"
        " ON d.id = n.destination WHERE d.channel = 'email' AND n.kind = 'page'",
    )
    assert [tuple(row) for row in found] == [("failed", 1)]
    here.forward(HOUR, look=5 * MINUTE)
    raised = [alarm for one in here.outbox.sent if one["type"] == "alarm" for alarm in one["alarms"]]
    assert any(alarm["kind"] == "case.page_failed" and "No such user" in alarm["says"] for alarm in raised)
    installation.close()


def test_over_http_an_address_is_checked_and_needs_a_mail_server(database_url: str, start: Start) -> None:
    import httpx2

    installation = runtime.build(database_url, SECRET, allow_private=True, channels={"email": channel(start())})
    token = furnish(installation, STARTER, PEOPLE)
    with serving(installation) as url, httpx2.Client(base_url=url) as http:
        http.headers["authorization"] = f"Bearer {token}"
        where = "/api/v1/users/anna/destinations"
        made = http.post(where, json={"email": "anna@example.test"})
        assert (made.status_code, made.json()["webhook_secret"]) == (201, None)
        assert http.post(where, json={"email": "anna@example.test"}).json()["id"] == made.json()["id"]
        for wrong in (
            {"email": "anna@example.test\r\nBcc: bo@x.test"},
            {},
            {"email": "a@b.test", "webhook": "https://x"},
        ):
            assert http.post(where, json=wrong).status_code == 422
        installation.outgoing.reachable_by -= {"email"}
        refused = http.post(where, json={"email": "anna@example.test"})
        assert refused.status_code == 422
        assert "TOCSIN_SMTP_URL" in refused.json()["expected"]


def test_a_probe_greets_and_signs_in_and_sends_nothing(mailbox: Mailbox, start: Start) -> None:
    server = start(auth_require_tls=False)
    for user, taken in (("", True), ("me:right@", True), ("me:wrong@", False)):
        outcome = asyncio.run(channel(server, user=user).probe())
        assert outcome.delivered is taken, outcome
    assert len(mailbox.logins) >= 2  # a wrong one is tried by each way that the server knows
    mailbox.greeting = "550 5.7.1 sender not allowed here"
    refused = asyncio.run(channel(server, user="").probe())
    assert (refused.delivered, "sender not allowed" in refused.error) == (False, True)
    assert mailbox.letters == []
    nobody = EmailChannel(mailserver.of(f"smtp+plain://127.0.0.1:{free_port()}", FROM))
    assert asyncio.run(nobody.probe()).delivered is False


def test_letters_about_a_case_are_one_conversation(database_url: str, mailbox: Mailbox, start: Start) -> None:
    here = world(database_url, STARTER)
    installation = here.installation
    courier: Any = installation.outgoing.pages.courier
    courier.channels["email"] = channel(start())
    user = here.viewer("lea").user
    assert user is not None
    new = New("email", "lea@example.test")
    installation.writer.write(
        lambda tx: destinations.add(
            tx, installation.mint, installation.journal, installation.vault, user, new, by="test"
        )
    )
    opened(here, OUTAGE)
    opened(here, {**OUTAGE, "external_id": "Z-2"})
    here.forward(HOUR, look=5 * MINUTE)
    by_case: dict[str, list[EmailMessage]] = {}
    for arrived in mailbox.letters:
        by_case.setdefault("Z-1" if "Z-1" in arrived["Subject"] else "Z-2", []).append(arrived)
    for first, *later in by_case.values():
        assert first["References"] is None
        assert later
        assert {str(one["References"]) for one in later} == {str(first["Message-ID"])}
        assert {str(one["In-Reply-To"]) for one in later} == {str(first["Message-ID"])}
    stored = rows(here, "SELECT count(*) FROM notifications WHERE reference LIKE '<%@example.test>'")
    assert stored[0][0] == len(mailbox.letters)
    installation.close()
