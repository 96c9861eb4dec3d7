"""What a page knows when it is sent: everything that whoever is woken has to be told, as one value. Pure.

`wording` says it; `show` is how it stands in the JSON that webhooks get, and `of` reads it back from there.
"""

from typing import Any

import msgspec

from tocsin.core import instants
from tocsin.languages import ENGLISH

Body = dict[str, Any]


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of the call-in by which it comes, in the place of a path. `who`: a person, a roster or a team,
    as a sentence for the reader calls them; `caller`: how whoever asks is called; `round`: counted from 1."""

    who: str
    caller: str | None
    reason: str | None
    round: int
    rounds: int


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A page to one person. Instants are microseconds; people are named as they are called; of a confidential case
    `subject` says only that it is one, and what else would tell of it is missing. What a customer pays is no part of
    it: messages leave the house."""

    display: str  # whoever reads it
    zone: str  # in which they read times
    number: int
    ticket: str | None
    subject: str
    customer: str | None
    severity: str
    level: str
    opened_at: int
    kind: str = "technical"
    type: str | None = None  # its title
    product_area: str | None = None
    users_affected: int | None = None
    words: str | None = None  # the customer's own, cut
    path: str = ""
    round: int = 1
    step: int = 1
    steps: int | None = None
    target: str | None = None  # by which the step names the reader: oncall:ROSTER, lead:team, ...
    team: str | None = None
    declined_by: str | None = None  # whoever declined it
    due_at: int | None = None  # of the target to acknowledge, while it runs
    next_people: tuple[str, ...] = ()
    next_at: int | None = None
    url: str = ""
    ticket_url: str | None = None
    acknowledge_link: str = ""
    decline_link: str = ""
    language: str = ENGLISH  # in which they read
    bridge: str | None = None
    next: Body | None = None  # what the case asks, as the API shows it
    call: CallFacts | None = None

    def show(self) -> Body:
        """Its part of the JSON document, but for what all messages say of a case."""
        return {
            "display": self.display,
            "zone": self.zone,
            "language": self.language,
            "case": {
                "kind": self.kind,
                "type": self.type,
                "product_area": self.product_area,
                "users_affected": self.users_affected,
                "words": self.words,
                "ticket_url": self.ticket_url,
                "bridge": self.bridge,
                "next": self.next,
            },
            "path": None if self.call else self._path(),
            "call": None if self.call is None else msgspec.to_builtins(self.call),
            "why": {"target": self.target, "team": self.team, "declined_by": self.declined_by},
            "due_at": _text(self.due_at),
            "next": {"people": list(self.next_people), "at": _text(self.next_at)},
            "acknowledge_link": self.acknowledge_link,
            "decline_link": self.decline_link,
        }

    def _path(self) -> Body:
        return {
            "name": self.path,
            "kind": self.kind,
            "pass": self.round,
            "step": self.step,
            "steps": self.steps,
        }

    @classmethod
    def of(cls, body: Body) -> "PageFacts":
        """Read back from the document of a page."""
        case, path, why, after = body["case"], body["path"] or _NO_PATH, body["why"], body["next"]
        return cls(
            display=body["display"],
            zone=body["zone"],
            language=body.get("language", ENGLISH),
            number=case["number"],
            ticket=case["external_id"],
            subject=case["subject"],
            customer=case["account"]["name"] if case["account"] else None,
            severity=case["severity"],
            level=case["level"],
            opened_at=instants.from_text(case["opened_at"]),
            kind=case["kind"],
            type=case["type"],
            product_area=case["product_area"],
            users_affected=case["users_affected"],
            words=case["words"],
            path=path["name"],
            round=path["pass"],
            step=path["step"],
            steps=path["steps"],
            target=why["target"],
            team=why["team"],
            declined_by=why["declined_by"],
            due_at=_instant(body["due_at"]),
            next_people=tuple(after["people"]),
            next_at=_instant(after["at"]),
            url=case["url"],
            ticket_url=case["ticket_url"],
            acknowledge_link=body["acknowledge_link"],
            decline_link=body["decline_link"],
            bridge=case.get("bridge"),
            next=case.get("next"),
            call=CallFacts(**body["call"]) if body.get("call") else None,
        )


_NO_PATH: Body = {"name": "", "pass": 1, "step": 1, "steps": None}


def _text(instant: int | None) -> str | None:
    return None if instant is None else instants.to_text(instant)


def _instant(text: str | None) -> int | None:
    return None if text is None else instants.from_text(text)
