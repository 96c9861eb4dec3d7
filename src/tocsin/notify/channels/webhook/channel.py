"""Webhooks: the message as it is, to a program that does with it what it likes."""

import base64
import secrets

from tocsin.core import addresses
from tocsin.core.settings import Settings
from tocsin.notify.channels import reaching
from tocsin.notify.channels.port import Channel, Checked, Field, Options, Sender


def _check(address: str, options: Options, allow_private: bool) -> Checked:
    """With a secret of its own, base64 as Standard Webhooks writes it."""
    addresses.check_url(address, allow_private=allow_private, place="webhook")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return Checked(address, secret, once=secret)


def _open(settings: Settings) -> Sender:
    from tocsin.notify.channels.webhook.sender import WebhookChannel

    return WebhookChannel(settings.allow_private_destinations)


CHANNEL = Channel(
    name="webhook",
    says="the message as JSON, by a signed POST",
    address=Field("webhook", "Where pages go, as signed POSTs", "URL"),
    options=(
        Field("wakes", "Whether it leads to something that wakes people, such as a pager", flag=True),
        Field("updates", "Whether a further message says when somebody has answered a page", flag=True),
    ),
    check=_check,
    open=_open,
    wakes=lambda options: options.get("wakes"),
    updates=lambda options: bool(options.get("updates")),
    look=lambda place, allow_private: reaching.look(place.address, allow_private),
)
