"""The server that e-mail goes out by, as its two settings describe it. Nothing here repeats a password."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from tocsin.core.errors import InvalidInput, Misconfigured
from tocsin.core.mailing import check_email
from tocsin.core.wording import say

Security = Literal["tls", "starttls", "none"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}
_EXPECTED = say("smtp://user:password@host:port, smtps://..., or smtp+plain://... for a server on this machine")


@dataclass(frozen=True, slots=True)
class MailServer:
    """`security`: TLS from the first byte; STARTTLS where the server offers it; or none at all. `sender`: the address
    that messages come from."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def domain(self) -> str:
        """That of the sender, by which we greet and which our messages are numbered under."""
        return self.sender.rpartition("@")[2]


def of(url: str, sender: str | None) -> MailServer:
    """The server of a URL; Misconfigured names the setting."""
    if sender is None:
        raise Misconfigured(
            say("no sender is set"), place="TOCSIN_MAIL_FROM", expected=say("the address that e-mail comes from")
        )
    try:
        check_email(sender)
    except InvalidInput as wrong:
        raise Misconfigured(wrong.says, place="TOCSIN_MAIL_FROM", expected=wrong.wanted) from None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong() from None
    odd = parts.path.strip("/") or parts.query or parts.fragment or port == 0 or not url.isprintable()
    if parts.scheme not in _SCHEMES or not parts.hostname or odd or (parts.username and parts.password is None):
        raise _wrong()
    security, usual = _SCHEMES[parts.scheme]
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password or "") if user else None
    return MailServer(parts.hostname, port or usual, security, sender, user, password)


def _wrong() -> Misconfigured:
    return Misconfigured(say("this is not a mail server"), place="TOCSIN_SMTP_URL", expected=_EXPECTED)
