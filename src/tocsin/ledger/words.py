"""How events read that tell what is new of a thing that is administered: the first event names it, later ones hold only
what is new."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tocsin.core import addresses
from tocsin.core.wording import Listed, Ours, Person, Said, in_words, say

Payload = Mapping[str, Any]
Reads = Callable[[Payload], Said]


class Phrase(NamedTuple):
    """How what is new in one field is said: behind `word`; or `word` alone, where the value is a secret. `person`: it
    is a user, by id; `called`: what people call a value that is a key of ours."""

    word: str
    secret: bool = False
    person: bool = False
    called: Callable[[str], Said] | None = None


def begins(words: str, name: str, fields: Mapping[str, Phrase]) -> Reads:
    """`words`: with `{name}` for its name; `fields`: what else is said of it, where it has that."""

    def reads(payload: Payload) -> Said:
        more = [_news(payload, field, fields[field]) for field in fields if payload.get(field)]
        return _with(say(words, name=addresses.place(payload[name])), more)

    return reads


def changes(words: str, fields: Mapping[str, Phrase], *flags: Callable[[Payload], Said | None]) -> Reads:
    """What is new in these fields; `flags`: what else is to be said."""

    def reads(payload: Payload) -> Said:
        news = [_news(payload, field, fields[field]) for field in fields if field in payload]
        news += [said for flag in flags if (said := flag(payload)) is not None]
        return _with(say(words), news)

    return reads


def says(words: str) -> Reads:
    """With what the event says: as it is to be worded, or where an older release wrote it, in its own words."""

    return lambda payload: say(words + ": {says}", says=Ours(in_words(payload["says"], payload.get("words"))))


def simply(words: str) -> Reads:
    return lambda payload: say(words)


def _with(words: Said, news: list[Said]) -> Said:
    return say("{what}: {news}", what=words, news=Listed(news)) if news else words


def _news(payload: Payload, name: str, field: Phrase) -> Said:
    value = payload[name]
    if field.secret:
        return say(field.word)
    if value is None or value == [] or value == {}:
        return say("no " + field.word)
    values = sorted(value) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    named = [_value(field, one) for one in values]
    several = [Listed(named[:-1]), named[-1]] if len(named) > 1 else named
    return say(field.word + " {values}", values=Listed(several, " and "))


def _value(field: Phrase, value: Any) -> Any:
    if field.person:
        return Person(value)
    return str(value) if field.called is None else field.called(value)
