"""Chat: a message in a channel of Slack, Mattermost or Teams, by the incoming webhook that each of them offers."""

from hashlib import sha256

from tocsin.core import addresses
from tocsin.core.settings import Settings
from tocsin.notify.channels import reaching
from tocsin.notify.channels.chat.styles import STYLES
from tocsin.notify.channels.port import Channel, Checked, Field, Options, Sender


def _check(address: str, options: Options, allow_private: bool) -> Checked:
    """Whoever knows the URL may write there: it is kept as a secret, and told apart by a few digits of its digest."""
    addresses.check_url(address, allow_private=allow_private, place="chat")
    digest = sha256(address.encode()).hexdigest()[:8]
    return Checked(f"{addresses.shown(address)} ({digest})", address)


def _open(settings: Settings) -> Sender:
    from tocsin.notify.channels.chat.sender import ChatChannel

    return ChatChannel(settings.allow_private_destinations)


CHANNEL = Channel(
    name="chat",
    says="a message with buttons, by the incoming webhook of Slack, Mattermost or Teams",
    address=Field(
        "chat", "The URL of the incoming webhook; it is kept as a secret and not shown again", "URL", secret=True
    ),
    options=(
        Field("style", "Whose chat it is", "STYLE", tuple(STYLES)),
        Field("updates", "Whether a further message says when somebody has answered a page", flag=True),
    ),
    check=_check,
    open=_open,
    updates=lambda options: bool(options.get("updates")),
    buttons=True,
    look=lambda place, allow_private: reaching.look(place.secret, allow_private),
)
