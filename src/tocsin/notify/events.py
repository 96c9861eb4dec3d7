"""The kinds of events of notifications, alarms and subscriptions, and which rows follow from them."""

from sys import modules
from typing import Any

from tocsin.core import addresses
from tocsin.core.wording import Listed, Ours, Person, Said, in_words, say
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.kinds import Happening, declared_by
from tocsin.ledger.words import Payload, says, simply
from tocsin.notify.tables import alarms, destinations, subscriptions


class PageFailed(Happening):
    KIND, TITLE = "page.failed", "A page could not be delivered and was set aside"

    page: str
    error: str
    to: str | None

    def reads(self) -> Said:
        return say("a page{to} failed: {error}", to=_to(self.to), error=self.error)


class NoticeFailed(Happening):
    KIND, TITLE = "notice.failed", "A notice could not be delivered and was set aside"

    notice: str
    error: str
    to: str | None

    def reads(self) -> Said:
        return say("a notice{to} failed: {error}", to=_to(self.to), error=self.error)


class AlarmRaised(Happening):
    """`says` in English; `words`: the same to be worded for each reader, None where an older release said it."""

    KIND, TITLE = "alarm.raised", "Something is wrong that needs a person"

    kind: str
    says: str
    case: str | None
    words: dict[str, Any] | None = None

    def reads(self) -> Said:
        return say("{says}", says=Ours(in_words(self.says, self.words)))


class AlarmFailed(Happening):
    KIND, TITLE = "alarm.failed", "An alarm could not be delivered to one person"

    notification: str
    error: str
    to: str | None

    def reads(self) -> Said:
        return say("an alarm{to} failed: {error}", to=_to(self.to), error=self.error)


def _to(name: str | None) -> Said | str:
    return say(" to {name}", name=name) if name else ""


def _reaches(said: Payload) -> Said:
    place, channel = addresses.place(said["address"]), said["channel"]
    if said.get("role"):
        return say(
            "pages reach the role {role} at {place}, by {channel}", role=said["role"], place=place, channel=channel
        )
    if said.get("team"):
        return say("pages reach a team at {place}, by {channel}", place=place, channel=channel)
    person = Person(said["user_id"])
    return say("pages reach {person} at {place}, by {channel}", person=person, place=place, channel=channel)


def _used(said: Payload) -> Said:
    parts = [say("the place is used again") if "ended_at" in said else say("the place is used")]
    return say("{parts}", parts=Listed(parts + ([say("with another secret")] if "secret" in said else [])))


def _hears(said: Payload) -> Said:
    return say("{place} hears of {kinds}", place=addresses.place(said["url"]), kinds=Listed(said["kinds"], " and "))


DESTINATIONS = Kept(
    destinations,
    "destination",
    "address",
    {
        "created": What("A destination was added", _reaches),
        "changed": What("A destination was restored, or got a new secret", _used, ("secret", "options", "ended_at")),
        "ended": What("A destination was removed", simply("nothing more is sent to the place"), ("ended_at",)),
    },
    secret=frozenset({"secret"}),
)
SUBSCRIPTIONS = Kept(
    subscriptions,
    "webhook",
    "url",
    {
        "created": What("Another system subscribed to events", _hears),
        "ended": What("A subscription ended", simply("the subscription ended"), ("ended_at",)),
    },
    secret=frozenset({"secret"}),
)
ALARMS = Kept(
    alarms,
    "alarm",
    "key",
    {
        "began": What("An alarm began", says("an alarm began")),
        "returned": What(
            "An alarm that had ended came back",
            says("an alarm came back"),
            ("says", "words", "times", "raised_at", "ended_at"),
        ),
        "told": What(
            "An alarm was sent to those responsible", simply("the alarm was told to whoever sees to it"), ("told_at",)
        ),
        "ended": What("An alarm ended", simply("what the alarm was about is over"), ("ended_at",)),
    },
)

KEPT = (DESTINATIONS, SUBSCRIPTIONS, ALARMS)
EVENTS = (
    *declared_by(modules[__name__]),
    *(kind for kept in KEPT for kind in kept.kinds),
)
