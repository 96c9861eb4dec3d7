"""What messages say: JSON documents in canonical bytes, the same for every channel."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tocsin.cases.happenings.parts import Told
from tocsin.cases.happenings.paths import PathDeclined, PathStepped
from tocsin.cases.happenings.people import PERSONAL, Alerted
from tocsin.core import canonical, ids, instants
from tocsin.core.wording import Ours, Reader, in_words, marked, say, worded
from tocsin.languages import ENGLISH
from tocsin.notify import parts, wording
from tocsin.notify.facts import PageFacts
from tocsin.notify.reading import reader_of

WITHHELD = marked("Confidential case")


class Subject(NamedTuple):
    """What a message says of its case, in the order of the query's columns (`pending.CASE`)."""

    number: int
    external_id: str | None
    subject: str
    level: str
    severity: str
    opened_at: int
    confidential: bool
    account_id: str | None = None  # the customer's own id, as the help desk has it
    account_facts: bytes | None = None
    decision: bytes | None = None  # the newest, where the ticket has no account but perhaps a customer's name

    def show(self, case: int, base_url: str) -> dict[str, Any]:
        """A confidential case keeps its subject, its ticket and its customer to itself: messages leave the house."""
        reference = ids.to_text(case)
        return {
            "id": reference,
            "number": self.number,
            "external_id": None if self.confidential else self.external_id,
            "subject": WITHHELD if self.confidential else self.subject,
            "account": None if self.confidential else self._account(),
            "level": self.level,
            "severity": self.severity,
            "opened_at": instants.to_text(self.opened_at),
            "url": f"{base_url}/cases/{self.number}",
        }

    def _account(self) -> dict[str, Any] | None:
        """Who the customer is, and nothing of what they pay. None where the ticket does not say."""
        if self.account_id is not None:
            known = canonical.decode(bytes(self.account_facts or b"{}"))
            return {"external_id": self.account_id, "name": known.get("name") or self.account_id}
        said = canonical.decode(bytes(self.decision))["facts"]["account"] if self.decision else {}
        return {"external_id": None, "name": said["name"]} if said.get("name") else None


class PathPlace(NamedTuple):
    """Where on its path a page stands, in the order of the query's columns (`pending.PATH`)."""

    path: str
    kind: str
    passed: int
    step: int
    escalation: int = 0

    @property
    def round(self) -> int:
        """Counted from 1. What was declined stands beside its pass, which is -1 for the first, -2 for the second."""
        return self.passed + 1 if self.passed >= 0 else -self.passed


class Envelope(NamedTuple):
    """What every message to a person begins with: whom it goes to, how they are called, the zone and the language in
    which they read. `called`: what people call whoever signs in by a name."""

    notification: int
    to: str
    attempt: int
    display: str = ""
    zone: str = "UTC"
    language: str = ENGLISH
    called: Callable[[str], str] = str

    def reader(self) -> Reader:
        """Whoever it goes to."""
        return reader_of(self.zone, self.language)._replace(called=self.called)

    def show(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "id": ids.to_text(self.notification),
            "to": self.to,
            "display": self.display or self.to,
            "zone": self.zone,
            "language": self.language,
            "attempt": self.attempt,
        }


class Answered(NamedTuple):
    """How a path ended: `acknowledged` or `stopped`, and how whoever acknowledged is called, where that is known."""

    state: str
    by: str | None


class KeptNotice(NamedTuple):
    """A notice in a digest: its case, what is said of that, its content, when it was queued."""

    case: int
    about: Subject
    content: bytes
    queued_at: int


def page(envelope: Envelope, case: int, about: Subject, facts: PageFacts, base_url: str) -> bytes:
    """A page, of a path (`page`) or of a call-in (`call`): it demands an acknowledgement, and says where to
    give it or to decline, with a token (`acknowledge`) or without (`acknowledge_link`, `decline_link`)."""
    shown = facts.show()
    return _written(
        {
            **envelope.show("page" if facts.call is None else "call"),
            **shown,
            "case": about.show(case, base_url) | shown["case"],
            "acknowledge": f"{base_url}/api/v1/cases/{ids.to_text(case)}/acknowledgement",
        }
    )


def told(alert: Alerted) -> bytes:
    """What is kept of an alert for its notices: the payload of `case.alerted` but for its people."""
    kept = {name: getattr(alert, name) for name in ("why", "clock", "cycle", "due_at", "says")}
    words = {} if alert.words is None else {"words": alert.words}  # those of an older release have none
    return canonical.encode(kept | words | ({"lasts": True} if alert.lasts else {}))


def lasts(content: bytes | None) -> bool:
    """Whether what was kept of an alert holds once its case is over."""
    return content is not None and bool(canonical.decode(bytes(content)).get("lasts"))


def named(person: Told, step: PathStepped | PathDeclined) -> bytes:
    """What is kept of a step for a page: by which target it named somebody, and who declined it."""
    declined_by = step.by if isinstance(step, PathDeclined) else None
    return canonical.encode({"target": person["why"], "declined_by": declined_by})


def called(person: Told) -> bytes:
    """What is kept of a call-in for a page: by which target it named somebody."""
    return canonical.encode({"target": person["why"], "declined_by": None})


def paged(step: PathStepped | PathDeclined) -> bytes:
    """What is kept of a step for a room: whom it pages, and where it stands on its path."""
    people = [person["user"] for person in step.notified]
    return canonical.encode({"paged": people, "pass": step.passed, "step": step.step, "target": None})


def room(
    envelope: Envelope, case: int, about: Subject, facts: PageFacts, people: Sequence[str], base_url: str
) -> bytes:
    """To a team or a role: who was paged, as the page says it, but with nothing that answers: who reads it there is
    not known."""
    shown = facts.show()
    return _written(
        {
            **envelope.show("room"),
            **shown,
            "case": about.show(case, base_url) | shown["case"],
            "paged": list(people),
        }
    )


def notice(envelope: Envelope, case: int, about: Subject, content: bytes, base_url: str) -> bytes:
    """Something that one should know and need not answer."""
    said = _said(content, about, envelope)
    return _written({**envelope.show("notice"), "case": about.show(case, base_url), **said})


def answered(envelope: Envelope, case: int, about: Subject, content: bytes, how: Answered, base_url: str) -> bytes:
    """A page that its receiver has was answered: nothing is asked there any more. `page` is the id of that page."""
    page = canonical.decode(content)["page"]
    shown = {"page": page, "case": about.show(case, base_url), "state": how.state, "by": how.by}
    return _written({**envelope.show("answered"), **shown})


def digest(envelope: Envelope, kept: Sequence[KeptNotice], base_url: str) -> bytes:
    """The notices that a flood kept back, oldest first."""
    notices = [
        {
            "at": instants.to_text(one.queued_at),
            "case": one.about.show(one.case, base_url),
            **_said(one.content, one.about, envelope),
        }
        for one in kept
    ]
    return _written({**envelope.show("digest"), "count": len(notices), "notices": notices})


def alarm(envelope: Envelope, content: bytes) -> bytes:
    """A digest of what is wrong, as `alarms` wrote it down, for one person."""
    found: dict[str, Any] = canonical.decode(content)
    alarms = [_alarm(alarm, envelope.reader()) for alarm in found["alarms"]]
    return _written({**envelope.show("alarm"), **found, "alarms": alarms})


def _alarm(alarm: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """With its sentence as the reader's; of one that an older release raised, with its times as theirs."""
    kept = {name: value for name, value in alarm.items() if name != "words"}
    return kept | {"says": worded(Ours(in_words(alarm["says"], alarm.get("words"))), reader)}


def synthetic(notification: int, queued_at: int) -> bytes:
    """The page that only proves the way; whoever gets it need do nothing."""
    return _written({"type": "synthetic", "id": ids.to_text(notification), "queued_at": instants.to_text(queued_at)})


def test(envelope: Envelope, content: bytes, queued_at: int) -> bytes:
    """A page that somebody sent to see whether it arrives; whoever gets it need do nothing."""
    by = canonical.decode(content)["by"]
    return _written({**envelope.show("test"), "by": by, "queued_at": instants.to_text(queued_at)})


def _written(message: dict[str, Any]) -> bytes:
    """The document, with the same in a few lines for chats that show `text`."""
    return canonical.encode(message | {"text": parts.chat(wording.words(message))})


def _said(content: bytes, about: Subject, envelope: Envelope) -> dict[str, Any]:
    """The sentence with its times as the reader's. Of a confidential case the words are withheld too, where people
    chose them: a request says who is hurt."""
    said: dict[str, Any] = canonical.decode(content)
    said.pop("lasts", None)  # which decides whether it goes out, and is nothing to read
    reader, due = envelope.reader(), said["due_at"]
    says = worded(in_words(said["says"], said.pop("words", None)), reader)
    if said["why"] not in PERSONAL:
        says = reader.ours(says)
    elif about.confidential:
        says = reader.says("{what}: {news}", what=say(WITHHELD), news=said["why"])
    return {**said, "says": says, "due_at": None if due is None else instants.to_text(due)}
