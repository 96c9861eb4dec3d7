"""The tickets of the demonstration: a few that show something, then a day's mixture; the same for the same seed."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from tocsin.cli.demo.company import BY_NAME, CUSTOMERS, Customer
from tocsin.core.clock import HOUR, MINUTE, SECOND

SEED = 20


class Arrival(NamedTuple):
    """A request that comes in `wait` microseconds after the one before; `path` is the route that takes it.

    `unheard`: how many steps of its path nobody hears, so that it climbs. `declined`: the first who is paged declines.
    `waits`: its owner waits for the customer, who answers later. `left`: nobody hears anything until so long after the
    first page. `staged`: it comes when the play wants it, whatever the hour.
    """

    wait: int
    body: dict[str, Any]
    path: str = "/api/v1/cases"
    unheard: int = 0
    declined: bool = False
    waits: bool = False
    left: int = 0
    staged: bool = True


# How busy each hour of the office's day is, as a share of the busiest: few write at night, most in the morning.
HOURS = (
    *(0.1, 0.08, 0.07, 0.07, 0.08, 0.12, 0.2, 0.4),
    *(0.75, 1.0, 1.0, 0.9, 0.65, 0.8, 0.9, 0.85),
    *(0.75, 0.6, 0.4, 0.3, 0.25, 0.2, 0.15, 0.12),
)


def paced(wait: int, hour: int) -> int:
    """How long it takes at this hour until the next ticket comes in, if it takes `wait` at the busiest."""
    return int(wait / HOURS[hour])


class Template(NamedTuple):
    weight: int
    subject: str
    body: str = ""
    facts: dict[str, Any] = {}  # noqa: RUF012 - read only
    users: tuple[int, int] | None = None


# What a support team sees on an ordinary day, by how often.
ORDINARY = (
    Template(9, "How do I copy last week's shifts?"),
    Template(8, "Is there a way to export a rota as CSV?"),
    Template(7, "Can we rename a location after it is created?"),
    Template(6, "Password reset mail does not arrive", "A manager waits for it since this morning.", users=(1, 2)),
    Template(6, "The export fails with an error", "It says 'unexpected end'. Smaller exports work.", users=(1, 12)),
    Template(6, "Feature request: dark mode for the mobile app"),
    Template(5, "Where do I find our invoices?"),
    Template(5, "Report shows the wrong week", "It starts on Sunday although we chose Monday.", users=(2, 20)),
    Template(4, "We cannot sign in with single sign-on", "SAML shows an error since yesterday.", users=(8, 60)),
    Template(4, "We were charged twice for October", "Two payments of the same amount on our statement."),
    Template(3, "Reports are very slow today", "Two minutes instead of a few seconds.", users=(5, 80)),
    Template(3, "The drop-down menu for breaks is cut off", "On small screens the last entry cannot be reached."),
    Template(3, "Could you slow down the reminders?", "Our people get one every hour."),
    Template(3, "We need 500 licences by Friday", "Please send a quote for the new warehouse."),
    Template(2, "Payroll sync is broken", "Hours approved yesterday did not arrive.", users=(20, 90)),
    Template(2, "When is the next planned outage window?", "How can we prepare for it?"),
    Template(2, "Security questionnaire for our auditors", "Where do we find your certificates?"),
    Template(2, "Urgent: cannot publish next week's rota", "The button fails.", {"priority": "urgent"}, users=(3, 40)),
    Template(1, "The mobile app is down", "Nobody at our sites can open it.", users=(40, 900)),
    Template(1, "We will not renew in spring", "The last months were too difficult."),
    Template(1, "Webhooks are not arriving", "Our time clocks get no updates.", users=(100, 1500)),
)  # fmt: skip


# How often a customer of a segment writes.
_WRITES = {"strategic": 3, "enterprise": 4, "business": 6, "startup": 3}


def arrivals(seed: int = SEED) -> Iterator[Arrival]:
    """Without an end: first the ones that show something, then the ordinary day."""
    chance = Random(seed)  # noqa: S311 - a story, not a secret
    for number, arrival in enumerate(_opening()):
        yield _numbered(arrival, number)
    number = 100
    while True:
        number += 1
        wait = int(chance.expovariate(1 / 150) * SECOND) + 30 * SECOND
        unheard = chance.choices((0, 1, 3), (70, 22, 8))[0]
        yield _numbered(Arrival(wait, _ordinary(chance), unheard=unheard, staged=False), number)


def _opening() -> tuple[Arrival, ...]:
    """The awkward ones among them: what a rule of thumb would get wrong."""
    return (
        _ticket(20, "Lumen Hotels", "How do I copy last week's shifts?"),
        _ticket(
            60,
            "Meridian Airways",
            "API is down: every request answers 502",
            "Crew rostering has stood still since half past nine at all our bases.",
            users_affected=5200,
            priority="urgent",
        ),
        _ticket(70, "Harbour Theatre", "The drop-down menu for breaks is cut off", "On small screens."),
        _ticket(
            80,
            "Pinecone Pottery",
            "Everything is down",
            "None of our 9 people can log in since this morning.",
            unheard=1,
            users_affected=9,
        ),
        _ticket(70, "Greenline Couriers", "We need 500 licences by Friday", "Please send a quote for the new depot."),
        _ticket(
            80,
            "Northgate Hospitals",
            "How do we rename a report?",
            "Third time I ask. This is ridiculous for what we pay.",
            sentiment="angry",
            users_affected=1,
        ),
        _ticket(80, "Two Rivers Bakery", "Could you slow down the reminders?", "Our people get one every hour."),
        Arrival(
            60 * SECOND,
            {"subject": "Outage?", "body": "We only get 503 errors from your servers.", "source": "mail"},
        ),
        _ticket(90, "Brightwater Foods", "Payroll sync is broken", "Approved hours do not arrive.", users_affected=60),
        _ticket(
            60, "Calder Rail", "Where do I find our invoices?", "I ask for the third time. Let me talk to your manager."
        ),
        Arrival(
            90 * SECOND,
            {"external_id": "HD-1008", "users_affected": 1400, "source": "helpdesk"},
            path="/api/v1/signals",
        ),
        _ticket(60, "Ostrava Logistics", "We were charged twice for October", waits=True),
        _ticket(
            60,
            "Solveig Shipping",
            "Crew app is down on all vessels",
            "Nobody aboard can open it, port calls are at risk.",
            left=2 * HOUR,
            users_affected=2100,
        ),
        _ticket(
            90,
            "Union Street Clinics",
            "Our nurses cannot log in",
            "None of them, at both sites, since the update.",
            declined=True,
            users_affected=340,
        ),
        _ticket(  # the same problem as that of the second ticket
            60,
            "Ostrava Logistics",
            "API: Fehler 502 bei jeder Anfrage",
            "Guten Tag, seit halb zehn antwortet Ihre API nur noch mit Fehler 502, nichts geht mehr. Alle Filialen sind"
            " betroffen.\n\n-- \nJan Novotny, Ostrava Logistics",
            users_affected=30,
        ),
    )


def _ticket(
    seconds: int,
    customer: str,
    subject: str,
    body: str = "",
    *,
    unheard: int = 0,
    declined: bool = False,
    waits: bool = False,
    left: int = 0,
    **facts: Any,
) -> Arrival:
    content = _body(BY_NAME[customer], subject, body, facts)
    return Arrival(seconds * SECOND, content, unheard=unheard, declined=declined, waits=waits, left=left)


def _ordinary(chance: Random) -> dict[str, Any]:
    template = chance.choices(ORDINARY, [one.weight for one in ORDINARY])[0]
    # Small customers are many and write less; one mail in twelve matches no account.
    customer = chance.choices(CUSTOMERS, [_WRITES[customer.segment] for customer in CUSTOMERS])[0]
    facts = dict(template.facts)
    if template.users:
        facts["users_affected"] = chance.randint(*template.users)
    body = _body(customer, template.subject, template.body, facts)
    if chance.random() < 1 / 12:
        del body["account"]
    return body


def _body(customer: Customer, subject: str, body: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"subject": subject, "body": body, "account": customer.facts(), "source": "helpdesk", **facts}


def _numbered(arrival: Arrival, number: int) -> Arrival:
    """The ticket's id where it comes from; a signal names the ticket that it is about itself."""
    if "external_id" in arrival.body:
        return arrival
    return arrival._replace(body={**arrival.body, "external_id": f"HD-{1000 + number}"})


ANSWER = (40 * SECOND, 200 * SECOND)  # a page is answered within this time
TRIAGE = (4 * MINUTE, 12 * MINUTE)  # a question to triage is answered within this time, before silence answers it
CONTAIN = (15 * MINUTE, 40 * MINUTE)  # what is acknowledged is contained after this time
UPDATE = (15 * MINUTE, 25 * MINUTE)  # whoever has it tells the customer where it stands, again and again
JUDGE = (60 * MINUTE, 100 * MINUTE)  # and a senior says whether it is true after this
REPAIR = (110 * MINUTE, 240 * MINUTE)  # what is contained is resolved after this time
REPLY = (30 * MINUTE, 90 * MINUTE)  # a customer who was asked something answers after this
CLOSE = (40 * MINUTE, 180 * MINUTE)  # and what is not escalated after this
