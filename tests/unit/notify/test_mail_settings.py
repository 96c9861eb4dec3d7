"""The settings of e-mail, and which addresses are ones."""

import pytest
from aiosmtplib import SMTPConnectError, SMTPDataError, SMTPException, SMTPSenderRefused, SMTPServerDisconnected

from tocsin.core.errors import InvalidInput, Misconfigured
from tocsin.core.mailing import check_email
from tocsin.notify.channels.email import mailserver
from tocsin.notify.channels.email import sender as email

FROM = "tocsin@example.test"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.test", ("mail.test", 587, "starttls", None, None)),
        ("smtp://me:pa%40ss@mail.test:2525", ("mail.test", 2525, "starttls", "me", "pa@ss")),
        ("smtps://me%40x.test:p@mail.test/", ("mail.test", 465, "tls", "me@x.test", "p")),
        ("smtp+plain://localhost", ("localhost", 25, "none", None, None)),
    ],
)
def test_a_url_of_a_server(url: str, expected: tuple[object, ...]) -> None:
    found = mailserver.of(url, FROM)
    assert (found.host, found.port, found.security, found.user, found.password) == expected
    assert "pa@ss" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.test",
        "http://mail.test",
        "smtp://",
        "smtp://h:0",
        "smtp://h:99999",
        "smtp://hidden@h",
        "smtp://h/x",
        "smtp://me:hidden@h?x=1",
        "smtp://me:hidden@h:port",
        "smtp://me:hidden@h\n",
    ],
)
def test_what_is_no_server_is_named_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        mailserver.of(url, FROM)
    assert refused.value.place == "TOCSIN_SMTP_URL"
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("sender", [None, "", "Tocsin <tocsin@example.test>", "tocsin"])
def test_a_sender_is_needed(sender: str | None) -> None:
    with pytest.raises(Misconfigured) as refused:
        mailserver.of("smtp://mail.test", sender)
    assert refused.value.place == "TOCSIN_MAIL_FROM"


@pytest.mark.parametrize("address", ["anna@example.test", "a.b+c@x-y.example.test", "o'neil@example.test", "1@2.test"])
def test_an_address(address: str) -> None:
    check_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@example.test",
        "anna@localhost",
        "anna@@example.test",
        "anna@example.test\n",
        "anna@example.test\r\nBcc: bo@example.test",
        "a b@example.test",
        '"a b"@example.test',
        "Anna <a@example.test>",
        ".a@example.test",
        "a..b@example.test",
        "a@-x.test",
        "a@x..test",
        "a@x.test.",
        "a@[127.0.0.1]",
        "ä@example.test",
        "a@exämple.test",
        "a,b@example.test",
        "a@example.test,b@example.test",
        "a\x00@example.test",
        "a@" + "x" * 64 + ".t",
        "a" * 65 + "@example.test",
        "a@" + "x." * 130 + "test",
    ],
)
def test_no_address(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_email(address)
    assert refused.value.place == "email"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SMTPConnectError("Error connecting to mail.test on port 587"), "no letter was sent: Error connecting to mail"),
        (SMTPServerDisconnected("Connection lost"), "no letter was sent: Connection lost"),
        (SMTPDataError(554, "rejected"), "the mail server said: 554 rejected"),
        (SMTPSenderRefused(550, "who?", FROM), "the mail server said: 550 who?"),
    ],
)
def test_only_what_a_server_answered_is_said_to_be_its_word(error: SMTPException, says: str) -> None:
    assert str(email._refused(error).error).startswith(says)
