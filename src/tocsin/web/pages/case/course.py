"""The history of a case: what happened as one line each, who did it, what they wrote, and of which kind it is. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from tocsin.core import instants
from tocsin.core.wording import Said, marked, say, worded
from tocsin.events import sentence
from tocsin.people.directory import Directory
from tocsin.web import rendering, words

Group = Literal["people", "customer", "pages", "clocks", "decisions"]
GROUPS: dict[Group, str] = {
    "people": marked("People"),
    "customer": marked("Customer"),
    "pages": marked("Paging"),
    "clocks": marked("Clocks"),
    "decisions": marked("Decisions"),
}
SHOWN = 60  # events on one page of it
_RUN = 3  # events alike that stand by themselves below one
_ASIDE = ("clocks.restarted",)  # follows upon whatever somebody does, and says no more than that


class Look(NamedTuple):
    """How events of a kind are shown. `tone`: claim, missed, or none. `first`: whether the sentence goes on behind the
    name of whoever did it."""

    group: Group
    icon: str
    tone: str = ""
    first: bool = False


class Quoted(NamedTuple):
    """What is said in place of the sentence, where the text of somebody stands below it, in its own words. `field`: in
    the payload."""

    says: Said
    field: str


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


class Wanted(NamedTuple):
    """What of it somebody asks for. `show`: a kind, empty: all. `older`: how many of the newest are passed over.
    `whole`: everything at once."""

    show: str = ""
    older: int = 0
    whole: bool = False


_LOOKS: dict[str, Look] = {
    "case.opened": Look("customer", "inbox"),
    "case.replied": Look("customer", "mail"),
    "case.customer_update": Look("customer", "megaphone", first=True),
    "case.explained": Look("customer", "file-text", first=True),
    "case.contested": Look("customer", "triangle-alert"),
    "case.heard": Look("customer", "activity"),
    "case.recovered": Look("customer", "activity"),
    "case.fired_again": Look("customer", "activity"),
    "case.matched": Look("customer", "building-2"),
    "case.decided": Look("decisions", "layers"),
    "case.reclassified": Look("decisions", "repeat"),
    "case.triaged": Look("decisions", "message-circle-question-mark"),
    "case.escalated": Look("decisions", "chevrons-up"),
    "case.lowered": Look("decisions", "arrow-down"),
    "case.overridden": Look("decisions", "square-pen"),
    "case.corrected": Look("decisions", "undo-2"),
    "case.requested": Look("decisions", "arrow-up", first=True),
    "case.request_answered": Look("decisions", "gavel"),
    "case.alerted": Look("pages", "bell"),
    "case.nudged": Look("pages", "bell"),
    "case.acknowledged": Look("people", "check", "did", first=True),
    "case.claimed": Look("people", "shield-check", "claim", first=True),
    "case.contained": Look("people", "shield-check", "claim"),
    "case.resolved": Look("people", "circle-check", "claim"),
    "case.claim_rejected": Look("people", "circle-x", first=True),
    "case.noted": Look("people", "message-square", "did", first=True),
    "case.assigned": Look("people", "user"),
    "case.held": Look("people", "pause"),
    "case.released": Look("people", "play"),
    "case.linked": Look("people", "link"),
    "case.merged": Look("people", "git-merge"),
    "case.unlinked": Look("people", "unlink"),
    "case.closed": Look("people", "lock"),
    "case.undone": Look("people", "undo-2"),
    "case.asked_team": Look("people", "users", first=True),
    "case.answered_team": Look("people", "users"),
    "case.bridged": Look("people", "phone"),
    "case.confided": Look("people", "lock"),
    "case.followed": Look("people", "eye", first=True),
    "case.unfollowed": Look("people", "eye", first=True),
    "case.marked": Look("people", "flag"),
    "call.answered": Look("pages", "phone-call", first=True),
    "call.declined": Look("pages", "phone", first=True),
    "call.started": Look("pages", "phone-call", first=True),
    "path.answered": Look("pages", "check", first=True),
    "path.declined": Look("pages", "user-x", first=True),
    "path.stepped": Look("pages", "bell-ring"),
    "path.unreached": Look("pages", "triangle-alert", "missed"),
    "page.failed": Look("pages", "triangle-alert", "missed"),
    "notice.failed": Look("pages", "triangle-alert", "missed"),
    "clock.breached": Look("clocks", "x", "missed"),
    "clock.warned": Look("clocks", "hourglass"),
    "clocks.met": Look("clocks", "check"),
    "clocks.relieved": Look("clocks", "calendar-clock"),
}
_OTHERWISE: tuple[tuple[str, Look], ...] = (
    ("clock", Look("clocks", "clock")),
    ("call.", Look("pages", "phone")),
    ("path.", Look("pages", "bell")),
    ("alarm.", Look("pages", "siren")),
    ("effect.", Look("customer", "webhook")),
    ("", Look("people", "history")),
)
_QUOTED = {
    "case.noted": Quoted(say("noted"), "text"),
    "case.replied": Quoted(say("The customer wrote"), "text"),
    "case.customer_update": Quoted(say("wrote to the customer"), "text"),
    "case.explained": Quoted(say("explained the cause to the customer"), "text"),
    "case.answered_team": Quoted(say("the team's answer"), "answer"),
}
_CLAIMS = {"containment": say("says that it is contained"), "resolution": say("says that it is resolved")}
_REJECTED = {
    "containment": say("says that it is not contained yet"),
    "resolution": say("says that it is not resolved yet"),
}
_COLLEAGUES = say("for colleagues")


def course(
    events: Sequence[dict[str, Any]], wanted: Wanted, people: Directory, titles: Mapping[str, str], language: str
) -> Course:
    """`events`: as this reader may see them, oldest first; `titles`: of clocks that a policy declares."""
    told = [event for event in events if wanted.whole or event["kind"] not in _ASIDE]
    told.reverse()
    groups = [_look(event["kind"]).group for event in told]
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
    at, look = instants.from_text(event["at"]), _look(event["kind"])
    payload = event["payload"] or {}
    says, quote = _quoted(event["kind"], payload, language)
    if says is None:
        displays = {"people": {**event.get("people", {})}, "payload": called(event["payload"], people)}
        says = sentence(event | displays | {"clocks": titles}, words.marked, language)
    internal = payload.get("audience") == "internal"
    aside = worded(_COLLEAGUES, rendering.reader(language)) if internal else None
    return Entry(event["seq"], at, look, _actor(event["actor"], people), says, quote, aside)


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
    return _actor(event["actor"], people)


def called(payload: Any, people: Directory) -> Any:
    """The same content with what people call each other in place of the names by which they sign in."""
    if isinstance(payload, list):
        return [called(each, people) for each in payload]
    if not isinstance(payload, dict):
        return payload
    found = {key: called(value, people) for key, value in payload.items()}
    for key in ("name", "to"):
        name = found.get(key)
        if isinstance(name, str) and (key == "to" or found.keys() & {"user", "owner"}) and name in people.by_name:
            found[key] = people.displays([name])[0]
    return found


def _quoted(kind: str, payload: Mapping[str, Any], language: str) -> tuple[str | None, str | None]:
    """What is said before a quote, and the quote; None and None where the sentence says it all."""
    reader = rendering.reader(language)
    if kind == "case.claimed" and payload.get("what") in _CLAIMS:
        return worded(_CLAIMS[payload["what"]], reader), payload.get("note")
    if kind == "case.claim_rejected" and payload.get("what") in _REJECTED:
        return worded(_REJECTED[payload["what"]], reader), payload.get("reason")
    quoted = _QUOTED.get(kind)
    if quoted is None or not payload.get(quoted.field):
        return None, None
    return worded(quoted.says, reader), payload[quoted.field]


def _look(kind: str) -> Look:
    return _LOOKS.get(kind) or next(look for begins, look in _OTHERWISE if kind.startswith(begins))


def _actor(actor: str, people: Directory) -> str | None:
    """`user:dana via link` as what dana is called, `token:zendesk` as zendesk; None of the engine."""
    kind, _, name = actor.partition(" via ")[0].partition(":")
    if not name or kind == "engine":
        return None
    return people.displays([name])[0] if kind == "user" else name
