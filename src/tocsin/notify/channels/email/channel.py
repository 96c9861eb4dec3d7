"""E-mail: a letter by the installation's mail server."""

from typing import TYPE_CHECKING

from tocsin.core.mailing import check_email
from tocsin.core.settings import Settings
from tocsin.notify.channels.email import mailserver
from tocsin.notify.channels.port import Channel, Checked, Field, Options, Probed

if TYPE_CHECKING:
    from tocsin.notify.channels.email.sender import EmailChannel


def _check(address: str, options: Options, allow_private: bool) -> Checked:
    check_email(address)
    return Checked(address)


def opened(settings: Settings) -> "EmailChannel | None":
    """What sends letters; None where no server for it is set. Misconfigured where the settings do not fit."""
    from tocsin.notify.channels.email.sender import EmailChannel

    if settings.smtp_url is None:
        return None
    return EmailChannel(mailserver.of(settings.smtp_url.get_secret_value(), settings.mail_from))


def _probe(settings: Settings) -> Probed:
    """Whether the mail server takes our greeting, password and sender."""
    import asyncio

    sender = opened(settings)
    assert sender is not None
    name = f"{sender.server.host}:{sender.server.port}"
    outcome = asyncio.run(sender.probe())
    if not outcome.delivered:
        return Probed("fail", f"{name}: {outcome.error}", "another TOCSIN_SMTP_URL, or the mail server's log")
    return Probed("ok", f"{name} takes letters from {sender.server.sender}")


CHANNEL = Channel(
    name="email",
    title="e-mail",
    server="mail",
    says="a letter as plain text and as HTML",
    address=Field("email", "Where pages go, as e-mail", "ADDRESS"),
    check=_check,
    open=opened,
    needs="TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM where the server runs",
    threads=True,
    buttons=True,
    probe=_probe,
)
