"""Whether a page would wake somebody at night, by what their destinations say of themselves. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.core.wording import Listed, Said, marked, say
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, Destinations
from tocsin.people.directory import Directory
from tocsin.roster import absence
from tocsin.roster.plan import Roster

_OR, _AND = marked(" or "), marked(" and ")


class Asleep(NamedTuple):
    """`certain` False: their destinations say that they wake nobody; None: nobody has said so of some of them."""

    certain: bool | None
    why: Said


def wakes(places: Iterable[Destination]) -> bool | None:
    """True where one of them wakes people; None where nobody has said so of some, and the others do not."""
    said = {registry.wakes(place.channel, place.options) for place in places}
    return True if True in said else None if None in said else False


def asleep(names: Iterable[str], people: Directory, reach: Destinations) -> dict[str, Asleep]:
    """Those of these active and reachable users whom no destination is known to wake, by name: whether that is certain
    or nobody has said so, and why. Whom nothing reaches at all is another matter."""
    found: dict[str, Asleep] = {}
    for name in names:
        user = people.by_name.get(name)
        places = reach.get(user.id, ()) if user is not None and user.active else ()
        if places and (said := wakes(places)) is not True:
            found[name] = Asleep(said, _why(places, said))
    return found


def on_roster(roster: Roster, people: Directory, reach: Destinations) -> dict[str, Asleep]:
    """The same for everybody on a roster."""
    return asleep(absence.everybody(roster), people, reach)


def _why(places: Sequence[Destination], said: bool | None) -> Said:
    channels = list(dict.fromkeys(_called(place.channel) for place in places))
    if said is None:
        return say(
            "perhaps sleeps through a page at night: their {channels} does not say whether it wakes people",
            channels=Listed(channels, _OR),
        )
    if len(channels) == 1:
        return say("is not woken by a page at night: {channel} wakes nobody", channel=channels[0])
    return say("is not woken by a page at night: {channels} wake nobody", channels=Listed(channels, _AND))


def _called(channel: str) -> str:
    found = registry.CHANNELS.get(channel)
    return found.called if found else channel
