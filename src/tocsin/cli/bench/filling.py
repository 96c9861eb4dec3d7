"""A database as a company with many customers has it after years, for measuring pages and lists.

Some tickets are opened as any ticket is. Everything else is written as copies of their cases: under ids, numbers,
customers, owners and times of their own, with their clocks, their record and their words. So a million cases take
minutes. Each can be listed and found, and the open ones changed; the record does not tell how the others ended. How
they stood from when to when is known of all.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import spans, store, writing
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.opening import Opened, Ticket
from tocsin.cases.queries import indexing
from tocsin.cases.spans import Written
from tocsin.clocks import kinds
from tocsin.core import canonical, ids
from tocsin.core.clock import DAY, HOUR
from tocsin.intake.accept import Submission
from tocsin.ledger import journal
from tocsin.ledger.journal import Event
from tocsin.people import accounts, directory
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body
from tocsin.runtime import Installation
from tocsin.storage.seam import take_numbers
from tocsin.storage.transaction import Tx

BATCH = 2000
CUSTOMERS, PEOPLE, TEMPLATES = 5000, 60, 60
CIRCLES = 5  # of people who see the same confidential cases
FIRST = 101  # the number of the first case that is a copy: closed ones come first
_YEARS = 3 * 365 * DAY
_OPEN_FOR = 20 * DAY
_UNANSWERED, _UNOWNED, _LATE = 0.02, 0.05, 0.03  # of the open ones
_CONFIDENTIAL = 0.002
_SUBJECT, _BODY, _TICKET = "@@subject@@", "@@body@@", "@@ticket@@"
_AREAS = ("api", "billing", "dashboard", "identity", "integrations")
_WHAT = (
    *("Payments fail at checkout", "Login with single sign-on loops", "Export of the monthly report is slow"),
    *("Webhook deliveries stopped", "Invoice shows the wrong amount", "Dashboard stays empty after sign-in"),
    *("Import overwrote contacts", "API answers with status 502", "How do we rename a report?"),
    *("Payout is missing since Friday", "Certificate expires tomorrow", "Mail to customers is not sent"),
)
_WORDS = re.findall(
    r"\w+",
    "since this morning our colleagues see the same message in another browser and account after the update of last "
    "week the page stays empty or takes minutes we tried to sign out and in again the error says timeout while reading "
    "from upstream customers call us and ask when it works please look at it soon thank you payment invoice webhook "
    "token certificate gateway queue report export import contact region europe cluster node latency retry checkout",
)
_PLACES = ("Berlin", "Lyon", "Gdańsk", "Porto", "Malmö", "Turin", "Graz", "Leeds", "Ghent", "Brno")


class _Template(NamedTuple):
    """A case that a ticket opened, and its events with their stored payloads."""

    state: Aggregate
    events: list[tuple[str, str, bytes]]  # kind, actor, payload


class _Crowd(NamedTuple):
    """Whose cases there are."""

    customers: list[tuple[int, str]]  # id and name
    people: list[int]


def name_of(number: int) -> str:
    """What a person is called whom filling adds, from 0 up to PEOPLE."""
    return f"agent-{number:02}"


def _role_of(number: int) -> str:
    return "lead" if number % 20 == 0 else "senior" if number % 5 == 0 else "agent"


def fill(here: Installation, live: int, over: int, seed: int = 1) -> None:
    """So many open cases, most of them of the last three weeks, and so many closed ones of the last three years, in a
    database that has a policy and no cases. The same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    now = here.clock.now()
    copies = _Copies(here, chance, _templates(here, chance), _crowd(here), now)
    began = now - _OPEN_FOR
    for times in _parts(began - _YEARS, began, over):
        here.writer.write(partial(copies.write, times=times, live=False))
    for times in _parts(began, now, live):
        here.writer.write(partial(copies.write, times=times, live=True))


def _parts(start: int, end: int, amount: int) -> Iterator[list[int]]:
    """So many instants, evenly from one to the other, some at a time."""
    for first in range(0, amount, BATCH):
        yield [start + place * (end - start) // amount for place in range(first, min(first + BATCH, amount))]


def _templates(here: Installation, chance: random.Random) -> list[_Template]:
    made = []
    for number in range(TEMPLATES):
        large = number % 10 == 0
        body: dict[str, Any] = {
            "subject": f"{_SUBJECT} {_WHAT[number % len(_WHAT)]}",
            "body": f"{'Everything is down for everybody. ' if large else ''}{_BODY}",
            "external_id": f"{_TICKET}{number}",
            "source": ("helpdesk", "mail", "monitoring")[number % 3],
            "product_area": _AREAS[number % len(_AREAS)],
            "account": {"segment": "strategic" if large else "business", "plan": "premium" if large else "standard"},
            "users_affected": 5000 if large else chance.randrange(1, 40),
            "priority": ("low", "normal", "high")[number % 3],
        }
        opened = here.writer.write_item(here.accept, Submission(Ticket(to_body(body), SYSTEM)))
        assert isinstance(opened, Opened)
        case = opened.state.case.id
        with here.database.reading() as tx:
            events = [(event.kind, event.actor, canonical.encode(event.payload)) for event in journal.read(tx, case)]
            made.append(_Template(store.load(tx, case), events))
    return made


def _crowd(here: Installation) -> _Crowd:
    def write(tx: Tx) -> _Crowd:
        people = [
            directory.add_user(
                tx,
                here.mint,
                here.journal,
                name_of(number),
                by="bench",
                role=_role_of(number),
                display=f"Agent {number}",
            )
            for number in range(PEOPLE)
        ]
        customers = []
        for number in range(CUSTOMERS):
            name = f"{_PLACES[number % len(_PLACES)]} {_WORDS[number % 97 % len(_WORDS)].title()} {number}"
            facts = {"name": name, "segment": ("business", "strategic")[number % 20 == 0], "plan": "standard"}
            made = accounts.learn(tx, here.mint, here.journal, None, f"C-{number}", facts, by="bench")
            customers.append((made.id, name))
        return _Crowd(customers, people)

    return here.writer.write(write)


@dataclass(slots=True)
class _Copies:
    """Writes copies of cases. `now`: until when they came. `last`: the number of the last one."""

    here: Installation
    chance: random.Random
    templates: list[_Template]
    crowd: _Crowd
    now: int
    last: int = 0

    def write(self, tx: Tx, times: list[int], *, live: bool) -> None:
        """A case for each of these instants, at which it was opened."""
        states, chains, texts = [], [], []
        for at, number in zip(times, self._numbers(tx, len(times)), strict=True):
            template = self.templates[self.chance.randrange(len(self.templates))]
            customer, name = self.crowd.customers[int(CUSTOMERS * self.chance.random() ** 2)]
            said = " ".join(self.chance.choices(_WORDS, k=24))
            old = template.state.case.subject.removeprefix(_SUBJECT).strip()
            copy = self._copy(template, at, number, live)
            case = copy.case
            case.account, case.external_id = customer, f"HD-{number}"
            case.subject = f"{old} ({self.chance.choice(_PLACES)})"
            swaps = (
                (f"{_SUBJECT} ".encode(), b""),
                (old.encode(), case.subject.encode()),
                (_BODY.encode(), said.encode()),
                ((template.state.case.external_id or "").encode(), case.external_id.encode()),
            )
            states.append(copy)
            chains.append((case.id, list(_events(template, swaps, live))))
            texts.append((case.id, [case.subject, case.external_id, name, said]))
        store.insert(tx, states)
        writing.rearm(tx, states)
        self._stood(tx, states)
        with tx.at(times[-1]) as then:
            self.here.journal.begin(then, chains)
        indexing.put(tx, texts)

    def _numbers(self, tx: Tx, amount: int) -> range:
        """The next numbers of cases, from FIRST on; whatever is opened later gets others."""
        skipped = max(0, FIRST - 1 - TEMPLATES) if self.last == 0 else 0
        self.last = take_numbers(tx, "case_number", skipped + amount)[-1]
        return range(self.last - amount + 1, self.last + 1)

    def _stood(self, tx: Tx, states: Sequence[Aggregate]) -> None:
        """From their opening on, and from their end on."""
        opened = [(state, spans.of(_open(state))) for state in states]
        spans.write(tx, [Written(state.case.id, state.case.opened_at, None, stood) for state, stood in opened])
        over = [(state, state.case.closed_at, stood) for state, stood in opened if state.case.closed_at is not None]
        spans.write(tx, [Written(state.case.id, at, stood, spans.of(state)) for state, at, stood in over])

    def _copy(self, template: _Template, at: int, number: int, live: bool) -> Aggregate:
        chance, made = self.chance, store.copy(template.state)
        case = made.case
        shift = at - case.opened_at
        case.id, case.number, case.score = self.here.mint.new(at), number, case.score * chance.uniform(0.6, 1.0)
        case.owner = None if live and chance.random() < _UNOWNED else chance.choice(self.crowd.people)
        case.opened_at, case.updated_at, case.triage_at = at, min(self.now, at + chance.randrange(HOUR)), None
        case.acknowledged_at = case.updated_at if chance.random() >= _UNANSWERED else None
        if chance.random() < _CONFIDENTIAL:
            case.confidential, named = True, self.crowd.people[chance.randrange(CIRCLES) :: CIRCLES]
            case.named = f" {' '.join(map(ids.to_text, named))} "
        for run in made.clocks:
            run.started_at += shift
        if live:
            self._running(made)
        else:
            self._over(made, at + int(DAY * chance.lognormvariate(0, 1)))
        for climb in made.escalations:
            climb.id, climb.started_at = self.here.mint.new(at), at
            answered = case.acknowledged_at is not None
            climb.state, climb.next_at = ("acknowledged", None) if answered else ("climbing", self._later())
        return made

    def _later(self) -> int:
        return self.now + HOUR + self.chance.randrange(_OPEN_FOR)

    def _running(self, made: Aggregate) -> None:
        """The clocks of an open case: some time ahead, of few cases one over and still owed."""
        case, late = made.case, self.chance.random() < _LATE
        for run in made.clocks:
            run.due_at = run.original_due_at = self._later()
            run.warn_at = None
            if run.clock == kinds.ASSIGN and case.owner is None:
                run.outcome, run.settled_at = None, None
            if run.clock == kinds.ACKNOWLEDGE and case.acknowledged_at is not None:
                run.outcome, run.settled_at = "met", case.acknowledged_at
            elif late and run.outcome is None:
                run.due_at = run.original_due_at = run.settled_at = self.chance.randrange(case.opened_at, self.now)
                run.outcome, late = "breached", False

    def _over(self, made: Aggregate, resolved: int) -> None:
        made.case.state, made.case.resolved_at, made.case.closed_at = "closed", resolved, resolved + DAY
        made.clocks, made.escalations = made.clocks[:2], []
        for run in made.clocks:
            run.due_at = run.original_due_at = run.settled_at = resolved
            run.outcome, run.warn_at = "met", None


def _open(state: Aggregate) -> Aggregate:
    """A case as it was while it was open."""
    case = msgspec.structs.replace(state.case, state="open", resolved_at=None, closed_at=None)
    return msgspec.structs.replace(state, case=case)


def _events(template: _Template, swaps: Sequence[tuple[bytes, bytes]], live: bool) -> Iterator[Event]:
    """Of a closed case only what opened and decided it, with the facts of the decision: the rest of it is half of the
    database, and nobody reads it here."""
    for kind, actor, body in template.events if live else template.events[:2]:
        kept = body if live or kind == "case.opened" else _slim(body)
        for old, new in swaps:
            kept = kept.replace(old, new)
        yield Event(kind, None, actor, kept)


@cache
def _slim(body: bytes) -> bytes:
    decision = canonical.decode(body)
    return canonical.encode({"facts": {name: decision["facts"][name] for name in ("account", "case")}})
