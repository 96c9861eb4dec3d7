"""The history of a case: what happened as one line each, who did it, what they wrote, and of which kind it is. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from tocsin.core import instants
from tocsin.core.wording import say, worded
from tocsin.events import sentence
from tocsin.people.directory import Directory
from tocsin.web import rendering, words
from tocsin.web.pages.case import looks
from tocsin.web.pages.case.looks import GROUPS, Look

SHOWN = 60  # events on one page of it
_RUN = 3  # events alike that stand by themselves below one
_COLLEAGUES = say("for colleagues")
_ASIDE = ("clocks.restarted",)  # follows upon whatever somebody does, and says no more than that


class Entry(NamedTuple):
    """One event. `at`: microseconds. `actor`: whoever did it, None: Tocsin. `aside`: to whom it was said. `alike`: the
    older ones of a run of such events, which stand folded below it."""

    seq: int
    at: int
    look: Look
    actor: str | None
    says: str
    quote: str | None
    aside: str | None
    alike: "Sequence[Entry]" = ()


class Course(NamedTuple):
    """One page of the history, the newest first, `shown` events in all. `counts`: by kind, of all that is there.
    `more`: how many are older. `quiet`: how many are left out, since they say nothing of their own."""

    entries: Sequence[Entry]
    shown: int
    counts: Mapping[str, int]
    total: int
    more: int
    quiet: int


class CourseFilter(NamedTuple):
    """What of it somebody asks for. `show`: a kind, empty: all. `older`: how many of the newest are passed over.
    `whole`: everything at once."""

    show: str = ""
    older: int = 0
    whole: bool = False


def course(
    events: Sequence[dict[str, Any]], wanted: CourseFilter, people: Directory, titles: Mapping[str, str], language: str
) -> Course:
    """`events`: as this reader may see them, oldest first; `titles`: of clocks that a policy declares."""
    told = [event for event in events if wanted.whole or event["kind"] not in _ASIDE]
    told.reverse()
    groups = [looks.look(event["kind"]).group for event in told]
    chosen = [event for event, group in zip(told, groups, strict=True) if wanted.show in ("", group)]
    first = 0 if wanted.whole else wanted.older
    last = len(chosen) if wanted.whole else first + SHOWN
    entries = [entry(event, people, titles, language) for event in chosen[first:last]]
    counts: dict[str, int] = {name: groups.count(name) for name in GROUPS}
    return Course(
        list(_bundled(entries)), len(entries), counts, len(told), max(0, len(chosen) - last), len(events) - len(told)
    )


def _bundled(entries: Iterable[Entry]) -> Iterator[Entry]:
    """A run of events of one kind, by one person and without a word of theirs, as one entry."""
    for _, run in groupby(entries, key=lambda one: (one.look, one.actor, one.quote is None or one.seq)):
        first, *alike = run
        if len(alike) < _RUN:
            yield from (first, *alike)
        else:
            yield first._replace(alike=alike)


def entry(event: dict[str, Any], people: Directory, titles: Mapping[str, str], language: str) -> Entry:
    """One event as a line of the history."""
    at, reader = instants.from_text(event["at"]), rendering.reader(language)
    payload = event["payload"] or {}
    actor = people.called(event["actor"])
    before, quote = looks.quoted(event["kind"], payload)
    if before is not None:
        says = worded(before, reader)
    else:
        field = looks.below(event["kind"], payload) if actor else None
        quote = payload[field] if field else None
        told = payload | {field: ""} if field else event["payload"]
        displayed = {"payload": called(told, people), "clocks": titles}
        says = sentence(event | displayed, words.marked, language)
    internal = payload.get("audience") == "internal"
    aside = worded(_COLLEAGUES, reader) if internal else None
    return Entry(event["seq"], at, looks.look(event["kind"]), actor, says, quote, aside)


def last(events: Iterable[dict[str, Any]], kind: str, **said: Any) -> dict[str, Any] | None:
    """The newest event of a kind whose payload says this; None where there is none, or its content was erased."""
    found = None
    for event in events:
        payload = event["payload"]
        if event["kind"] == kind and payload and all(payload.get(name) == value for name, value in said.items()):
            found = event
    return found


def actor_of(event: Mapping[str, Any], people: Directory) -> str | None:
    """What whoever did something is called; None where Tocsin did."""
    return people.called(event["actor"])


def called(payload: Any, people: Directory) -> Any:
    """The same content with what people call each other in place of the names by which they sign in."""
    if isinstance(payload, list):
        return [called(each, people) for each in payload]
    if not isinstance(payload, dict):
        return payload
    found = {key: called(value, people) for key, value in payload.items()}
    if isinstance(text := found.get("text"), str) and isinstance(values := found.get("values"), dict):
        return found | {"values": _within(text, values, people)}
    kind, _, target = str(found.get("target", "")).partition(":")
    if kind == "user" and target in people.by_name:
        found["target"] = f"user:{people.known_as(target)}"
    for key in ("name", "to", "named", "owner"):
        name = found.get(key)
        if isinstance(name, str) and (key != "name" or found.keys() & {"user", "owner"}) and name in people.by_name:
            found[key] = people.known_as(name)
    return found


def _within(text: str, values: dict[str, Any], people: Directory) -> dict[str, Any]:
    """The values of a sentence as older releases kept it; in these places of it stands somebody who did something."""
    name = values.get("name")
    if (
        not isinstance(name, str)
        or name not in people.by_name
        or not (text.startswith("{name} ") or "by {name}" in text)
    ):
        return values
    return values | {"name": people.known_as(name)}
