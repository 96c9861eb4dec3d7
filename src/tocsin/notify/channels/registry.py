"""Every channel that there is, and what follows from them: what a destination is made of, and the table in the docs."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tocsin.core.errors import InvalidInput, Misconfigured
from tocsin.core.settings import Settings
from tocsin.core.wording import say, verbatim
from tocsin.notify.channels.chat.channel import CHANNEL as CHAT
from tocsin.notify.channels.email.channel import CHANNEL as EMAIL
from tocsin.notify.channels.loopback.channel import CHANNEL as LOOPBACK
from tocsin.notify.channels.port import Channel, Field, Sender
from tocsin.notify.channels.webhook.channel import CHANNEL as WEBHOOK

CHANNELS: dict[str, Channel] = {one.name: one for one in (WEBHOOK, EMAIL, CHAT, LOOPBACK)}


class WantedDestination(NamedTuple):
    """A destination as somebody asks for it."""

    channel: Channel
    address: str
    options: dict[str, Any]


def to_people() -> list[Channel]:
    """Those that reach somebody, in order."""
    return [channel for channel in CHANNELS.values() if channel.people]


def opened(settings: Settings) -> dict[str, Sender]:
    """What sends, of each channel that these settings provide for. Misconfigured names the setting."""
    found = ((name, channel.open(settings)) for name, channel in CHANNELS.items())
    return {name: sender for name, sender in found if sender is not None}


def is_set_up(channel: Channel, settings: Settings) -> bool:
    """Whether these settings provide for it, be they right or wrong."""
    try:
        return channel.open(settings) is not None
    except Misconfigured:
        return True


def wakes(channel: str, options: Mapping[str, Any]) -> bool | None:
    """Whether a destination wakes somebody; None where nobody has said so."""
    found = CHANNELS.get(channel)
    return None if found is None else found.wakes(options)


def updates(channel: str, options: Mapping[str, Any]) -> bool:
    """Whether a page that went to this destination is updated once somebody has answered it."""
    found = CHANNELS.get(channel)
    return found is not None and found.updates(options)


def read(given: Mapping[str, Any]) -> WantedDestination:
    """A destination from its fields, such as `{"webhook": URL, "wakes": true}`; those that are null are not given.
    InvalidInput where it names no channel, or two, or a field that its channel does not have."""
    given = {name: value for name, value in given.items() if value is not None}
    named = [channel for channel in to_people() if channel.address.name in given]
    if len(named) != 1:
        expected = say("one of {choices}", choices=", ".join(channel.address.name for channel in to_people()))
        raise InvalidInput(say("exactly one destination is needed"), place="body", expected=expected)
    [channel] = named
    address = given.pop(channel.address.name)
    if not isinstance(address, str):
        raise InvalidInput(
            say("this is not text"), place=channel.address.name, expected=verbatim(channel.address.metavar)
        )
    return WantedDestination(channel, address, _options(channel, given))


def _options(channel: Channel, given: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name: field for field in channel.options}
    for name in given:
        if name not in known:
            expected = verbatim(", ".join(field.name for field in channel.fields))
            raise InvalidInput(
                say("{called} has no such field", called=channel.called), place=name[:100], expected=expected
            )
    chosen = {field.name: _value(field, given.get(field.name)) for field in channel.options}
    return {name: value for name, value in chosen.items() if value is not None}


def _value(field: Field, value: Any) -> Any:
    if value is None:
        return field.choices[0] if field.choices else None
    if field.flag and not isinstance(value, bool):
        raise InvalidInput(say("this is neither yes nor no"), place=field.name, expected=say("true or false"))
    if field.choices and value not in field.choices:
        raise InvalidInput(
            say("there is no such choice"), place=field.name, expected=verbatim(" or ".join(field.choices))
        )
    if not field.flag and not isinstance(value, str):
        raise InvalidInput(say("this is not text"), place=field.name, expected=verbatim(field.metavar))
    return value


def fields(channels: Iterable[Channel] | None = None) -> list[tuple[Field, list[Channel]]]:
    """Every field of a destination once, with the channels that have it; first those that name a channel."""
    those = list(to_people() if channels is None else channels)
    found: dict[str, tuple[Field, list[Channel]]] = {one.address.name: (one.address, [one]) for one in those}
    for channel in those:
        for field in channel.options:
            found.setdefault(field.name, (field, []))[1].append(channel)
    return list(found.values())


def schema() -> dict[str, Any]:
    """The JSON Schema of a new destination: exactly one field that names a channel, and its further ones."""
    properties: dict[str, Any] = {}
    for field, channels in fields():
        says = field.says if field == channels[0].address else f"{field.says} ({_names(channels)})"
        kind: dict[str, Any] = {"type": ["boolean" if field.flag else "string", "null"]}
        if field.choices:
            kind = {"enum": [*field.choices, None]}
        properties[field.name] = {**kind, "description": says}
    ways = [
        {"required": [one.address.name], "properties": {one.address.name: {"type": "string"}}} for one in to_people()
    ]
    return {
        "type": "object",
        "description": "One destination: the field of its channel, and the further fields of that channel",
        "properties": properties,
        "oneOf": ways,
        "additionalProperties": False,
    }


def table() -> str:
    """All channels to people, as the docs show them."""
    rows = ["| channel | what arrives | fields | wakes people | threads | buttons |", "|---|---|---|---|---|---|"]
    for channel in to_people():
        said = channel.wakes({})
        wakes = "where its destination says so" if said is None else "yes" if said else "no"
        names = ", ".join(f"`{field.name}`" for field in channel.fields)
        threads, buttons = _yes(channel.threads), _yes(channel.buttons)
        rows.append(f"| {channel.called} | {channel.says} | {names} | {wakes} | {threads} | {buttons} |")
    return "\n".join(rows) + "\n"


def _names(channels: Iterable[Channel]) -> str:
    return ", ".join(channel.called for channel in channels)


def _yes(found: bool) -> str:
    return "yes" if found else "no"
