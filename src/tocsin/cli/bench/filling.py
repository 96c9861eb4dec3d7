"""A database as a company with many customers has it after years, for measuring pages and lists.

Some tickets are opened as any ticket is. Everything else is written as copies of their cases: under ids, numbers,
customers, owners and times of their own, with their clocks, their record and their words. So a million cases take
minutes. Each can be listed and found, and the open ones changed; the record does not tell how the others ended.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from tocsin.cases import store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.opening import Opened, Ticket
from tocsin.cases.queries import indexing
from tocsin.core import canonical
from tocsin.core.clock import DAY, HOUR
from tocsin.intake.accept import Submission
from tocsin.ledger import journal
from tocsin.ledger.journal import Event
from tocsin.people import accounts, directory
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

BATCH = 2000
CUSTOMERS, PEOPLE, TEMPLATES = 5000, 40, 60
_YEARS = 3 * 365 * DAY
_OPEN_FOR = 20 * DAY
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


def fill(here: Installation, live: int, over: int, seed: int = 1) -> None:
    """So many open cases, most of them of the last three weeks, and so many closed ones of the last three years, in a
    database that has a policy and no cases. The same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    now = here.clock.now()
    copies = _Copies(here, chance, _templates(here, chance), _crowd(here))
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
            directory.add_user(tx, here.mint, here.journal, f"agent-{number:02}", by="bench", display=f"Agent {number}")
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
    """Writes copies of cases. `number`: that of the last one."""

    here: Installation
    chance: random.Random
    templates: list[_Template]
    crowd: _Crowd
    number: int = 100

    def write(self, tx: Tx, times: list[int], *, live: bool) -> None:
        """A case for each of these instants, at which it was opened."""
        states, chains, texts = [], [], []
        for at in times:
            template = self.templates[self.chance.randrange(len(self.templates))]
            customer, name = self.crowd.customers[int(CUSTOMERS * self.chance.random() ** 2)]
            said = " ".join(self.chance.choices(_WORDS, k=24))
            old = template.state.case.subject.removeprefix(_SUBJECT).strip()
            self.number += 1
            copy = self._copy(template, at, live)
            case = copy.case
            case.account, case.external_id = customer, f"HD-{self.number}"
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
        with tx.at(times[-1]) as then:
            self.here.journal.begin(then, chains)
        indexing.put(tx, texts)

    def _copy(self, template: _Template, at: int, live: bool) -> Aggregate:
        chance, made = self.chance, store.copy(template.state)
        shift, case = at - made.case.opened_at, made.case
        case.id, case.number, case.score = self.here.mint.new(at), self.number, case.score * chance.uniform(0.6, 1.0)
        case.owner = None if live and chance.random() < 0.05 else chance.choice(self.crowd.people)
        case.opened_at, case.updated_at, case.triage_at = at, at + chance.randrange(HOUR), None
        case.acknowledged_at = at + chance.randrange(HOUR) if chance.random() < 0.98 else None
        if not live:
            case.state, case.resolved_at, case.closed_at = "closed", at + DAY, at + 2 * DAY
            made.clocks, made.escalations = made.clocks[:2], []
        for run in made.clocks:
            run.started_at += shift
            run.due_at += shift + chance.randrange(_OPEN_FOR)
            run.original_due_at, run.warn_at = run.due_at, None
            if not live:
                run.outcome, run.settled_at = "met", at + HOUR
        for climb in made.escalations:
            climb.id, climb.state, climb.next_at, climb.started_at = self.here.mint.new(at), "acknowledged", None, at
        return made


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
