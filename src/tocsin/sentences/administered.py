"""How events read of what is administered: users, teams, tokens, accounts, destinations, webhooks, hooks, alarms, the
policy.

The first event of each names it; later ones hold only what is new. Users stand in events by id: they are called by
name where the event comes with `people`, names by id.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tocsin.clocks.moments import Say, localised
from tocsin.notify import addresses
from tocsin.sentences.common import Payload, Telling


class _Field(NamedTuple):
    """How what is new in one field is said: behind `word`; or `word` alone, where the value is a secret."""

    word: str
    secret: bool = False
    person: bool = False


_USER = {
    "display": _Field("display name"),
    "email": _Field("email"),
    "role": _Field("role"),
    "password_hash": _Field("a new password", secret=True),
    "zone": _Field("time zone"),
}
_TEAM = {"lead": _Field("lead", person=True), "roster": _Field("roster"), "members": _Field("members", person=True)}
_TOKEN = {"role": _Field("role"), "scopes": _Field("scopes"), "user_id": _Field("for", person=True)}
_ACCOUNT = {"owner": _Field("owner", person=True), "facts": _Field("facts")}  # which facts: some are not for everyone


def _begins(words: str, name: str, fields: Mapping[str, _Field]) -> Telling:
    """`words`: with a place for its name; `fields`: what else is said of it, where it has that."""

    def telling(payload: Payload, say: Say) -> str:
        more = [_news(payload, field, fields[field]) for field in fields if payload.get(field)]
        return _with(words.format(_place(payload[name])), more)

    return telling


def _changes(words: str, fields: Mapping[str, _Field]) -> Telling:
    def telling(payload: Payload, say: Say) -> str:
        news = [_news(payload, field, fields[field]) for field in fields if field in payload]
        return _with(words, news)

    return telling


def _user_changed(payload: Payload, say: Say) -> str:
    news = [_news(payload, field, _USER[field]) for field in _USER if field in payload]
    news += ["active" if payload["active"] else "not active"] if "active" in payload else []
    return _with("the user was changed", news)


def _with(words: str, news: list[str]) -> str:
    return f"{words}: {', '.join(news)}" if news else words


def _news(payload: Payload, name: str, field: _Field) -> str:
    value = payload[name]
    if field.secret:
        return field.word
    if value is None or value == [] or value == {}:
        return f"no {field.word}"
    values = sorted(value) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return f"{field.word} {' and '.join(_called(payload, one) if field.person else str(one) for one in values)}"


def _called(payload: Payload, user: str) -> str:
    return str(payload.get("people", {}).get(user, "a user"))


def _place(name: str) -> str:
    """Of an address on the web only the host: the rest may be a secret."""
    return addresses.shown(name) if "://" in name else name


def _reaches(payload: Payload, say: Say) -> str:
    role = f"the role {payload['role']}" if payload.get("role") else "a team"
    whom = _called(payload, payload["user_id"]) if payload.get("user_id") else role
    return f"pages reach {whom} at {_place(payload['address'])}, by {payload['channel']}"


def _used(payload: Payload, say: Say) -> str:
    secret = ["with another secret"] if "secret" in payload else []
    return ", ".join((["the place is used again"] if "ended_at" in payload else ["the place is used"]) + secret)


def _alarm(words: str) -> Telling:
    return lambda payload, say: f"{words}: {localised(payload['says'], say)}"


def _simply(words: str) -> Telling:
    return lambda payload, say: words


TELLING: dict[str, Telling] = {
    "user.created": _begins("the user {} was made", "name", {"role": _USER["role"]}),
    "user.changed": _user_changed,
    "team.created": _begins("the team {} was made", "name", _TEAM),
    "team.changed": _changes("the team was changed", _TEAM),
    "token.created": _begins("the token {} was issued", "name", _TOKEN),
    "token.changed": _changes("the token was changed", _TOKEN),
    "token.revoked": _simply("the token was revoked"),
    "account.created": _begins("the account {} became known", "external_id", _ACCOUNT),
    "account.changed": _changes("the account was changed", _ACCOUNT),
    "destination.created": _reaches,
    "destination.changed": _used,
    "destination.ended": _simply("nothing more is sent to the place"),
    "webhook.created": lambda payload, say: f"{_place(payload['url'])} hears of {' and '.join(payload['kinds'])}",
    "webhook.ended": _simply("the subscription ended"),
    "hook.created": _begins("the hook {} was made", "name", {"secret": _Field("deliveries are signed", secret=True)}),
    "hook.revoked": _simply("the hook was revoked and takes nothing more"),
    "alarm.began": _alarm("an alarm began"),
    "alarm.returned": _alarm("an alarm came back"),
    "alarm.told": _simply("the alarm was told to whoever sees to it"),
    "alarm.ended": _simply("what the alarm was about is over"),
    "policy.stored": lambda payload, say: f"version {payload['version']} of the policy was written: {payload['name']}",
}
