"""A signal read from what a sender wrote: strictly first, else with what can be taken of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from tocsin.cases.opening import DEFAULT_SOURCE, Ticket
from tocsin.cases.past import Past
from tocsin.core import instants, texts
from tocsin.core.errors import InvalidInput, TooLarge
from tocsin.core.wording import Said, say
from tocsin.intake.statements import KINDS, said
from tocsin.intake.statuses import Says, meaning
from tocsin.people.permissions import Viewer
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.lenient import first_line, lenient, loads
from tocsin.policy.lenient.words import quote

_NOTHING: Mapping[str, Said] = {}
_OF_A_STATEMENT = frozenset({"source", "external_id", "status", "occurred_at", "sequence"})
_OF_A_MESSAGE = frozenset({"subject", "body"})


class Signal(NamedTuple):
    """`body` holds the facts; `given` says which of them the sender named. A signal that changes a case may leave out
    its subject. One of imported history opens cases that start no clocks and page nobody; `past`: how its ticket stood.
    `remarks`: by field, what was cut or not understood."""

    body: CaseBody
    kind: str
    viewer: Viewer
    given: dict[str, Any]
    imported: bool = False
    remarks: Mapping[str, Said] = _NOTHING
    past: Past | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Source and external id: what the sender's ticket is known by."""
        assert self.body.external_id is not None
        return (self.body.source or DEFAULT_SOURCE, self.body.external_id)

    @property
    def says(self) -> Says:
        """What it states about the problem."""
        return said(self.kind, self.body.status)

    @property
    def at(self) -> int | None:
        """When its source says that this happened."""
        return None if self.body.occurred_at is None else instants.from_datetime(self.body.occurred_at)

    @property
    def readable(self) -> bool:
        """Whether there is something to read in it: it may open a case."""
        return any(
            isinstance(text := self.given.get(name), str) and not texts.blank(text) for name in ("subject", "body")
        )

    def word_alone(self) -> "Signal":
        """The same without facts of the ticket: what it states, and of a message its text."""
        kept = _OF_A_STATEMENT | (_OF_A_MESSAGE if self.kind != "ticket" else frozenset())
        given = {name: value for name, value in self.given.items() if name in kept}
        body = structs.replace(self.body, account=None, account_id=None)
        return self._replace(body=body, given=given, remarks=_NOTHING)

    def ticket(self, linked_to: int | None = None, over: str | None = None) -> Ticket:
        """The ticket that the signal opens where there is none."""
        return Ticket(self.body, self.viewer, self.imported, linked_to, over, self.remarks, self.past)


_decoder = msgspec.json.Decoder(dict[str, Any])


def read_signal(raw: bytes, viewer: Viewer) -> Signal:
    """A signal from JSON. InvalidInput where it is no JSON object, or does not say which ticket it is about."""
    try:
        given = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        given = loads(raw)
    return read_given(given, viewer)


def read_given(given: Mapping[str, Any], viewer: Viewer) -> Signal:
    """A signal from its fields, as `read_signal`."""
    fields = texts.composed(dict(given))
    remarks: dict[str, Said] = {}
    kind = _kind(fields, remarks)
    body, fields, more = _body(fields)
    if body.external_id is None:
        raise InvalidInput(
            say("the signal does not say which ticket it is about"), place="external_id", expected=say("its id")
        )
    remarks |= more
    if body.status is not None and "status" not in remarks:
        if (meant := meaning(body.status)) is None:
            remarks["status"] = say(
                "{given} is not a known status; it counts neither as a beginning nor as an end",
                given=quote(body.status),
            )
        elif kind != "ticket" and meant is not said(kind, body.status):
            remarks["status"] = say(
                "beside the kind {kind}, {given} does not count", kind=kind, given=quote(body.status)
            )
    return Signal(body, kind, viewer, fields, remarks=remarks)


def _body(given: dict[str, Any]) -> tuple[CaseBody, dict[str, Any], dict[str, Said]]:
    text = given.get("body")
    missing = given.get("subject") is None
    stands = {"subject": (first_line(text) if isinstance(text, str) else None) or "-"} if missing else {}
    try:
        return to_body({**given, **stands}), given, {}
    except (InvalidInput, TooLarge):
        found = lenient(given, subject="-")
        if missing:
            found.remarks.pop("subject", None)
        return found.body, found.given, found.remarks


def _kind(given: dict[str, Any], remarks: dict[str, Said]) -> str:
    """One of the kinds. The name of a status is one; what is neither counts as a ticket."""
    kind = given.pop("kind", None) or "ticket"
    if kind in KINDS:
        return str(kind)
    if isinstance(kind, str) and meaning(kind) is not None:
        given.setdefault("status", kind)
        return "ticket"
    remarks["kind"] = say("{given} is not a kind of signal; it counts as a ticket", given=quote(kind))
    return "ticket"
