"""Opening cases with regard to what their sources said before: what is over opens none, and what had ended before its
beginning came is opened and resolved at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened, Ticket, cases_of, open_many
from tocsin.core import instants
from tocsin.core.clock import MINUTE
from tocsin.intake import hearing
from tocsin.intake.hearing import Heard, Key
from tocsin.intake.statements import Case, Effect, Stamp, Statement, effect, said
from tocsin.intake.statuses import Says, meaning
from tocsin.policy.body import CaseBody
from tocsin.policy.lenient.order import order_key
from tocsin.storage.transaction import Tx

NOTHING = Heard()

_AHEAD = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Recorded:
    """What says that it is over, of a ticket that has no case: remembered, and nothing opened."""

    key: Key | None
    says: str = (
        "this says that it is over, and the ticket has no case: it is recorded, and opens none;"
        " an older beginning that comes after it opens a case that is resolved at once"
    )
    effect: str = "recorded"

    def show(self) -> dict[str, Any]:
        """As it is answered."""
        source, external_id = self.key or (None, None)
        return {"effect": self.effect, "says": self.says, "source": source, "external_id": external_id}


def stamp_of(body: CaseBody, now: int) -> Stamp:
    """By what it is ordered. A clock may be a little ahead, as it is for all that its source says; what lies further
    ahead of now would make all that follows old, so it counts as now."""
    at = None if body.occurred_at is None else instants.from_datetime(body.occurred_at)
    if at is not None and at > now + _AHEAD:
        at = now
    return Stamp(order_key(body.sequence), at)


def understood(body: CaseBody) -> str | None:
    """The status that it says, where that is known."""
    return body.status if meaning(body.status) is not None else None


def ended_before(key: Key) -> str:
    """Why a case is resolved as it opens."""
    return f"{key[0]} had said that it is over"


def open_tickets(tx: Tx, desk: Desk, tickets: Sequence[Ticket]) -> list[Opened | Recorded]:
    """As `open_many`, for tickets that may say when, in which order, and whether it is over. Each hears what those
    before it in the bulk said, as though they had come one by one."""
    if not any(_stated(ticket.body) for ticket in tickets):
        return [_told(opened) for opened in open_many(tx, desk, tickets)]
    keys = [ticket.key for ticket in tickets if ticket.key is not None and _stated(ticket.body)]
    held, heard = set(cases_of(tx, keys)), hearing.load(tx, keys)
    opening: list[Ticket] = []
    places: list[int] = []
    answers: dict[int, Opened | Recorded] = {}
    news: dict[Key, Heard] = {}
    for place, ticket in enumerate(tickets):
        follows = Effect.OPEN
        if _stated(ticket.body) and (ticket.key is None or ticket.key not in held):
            follows, now = _follows(ticket, heard.get(ticket.key, NOTHING) if ticket.key else NOTHING, tx.now)
            if ticket.key is not None and now is not None:
                news[ticket.key] = heard[ticket.key] = now
        if follows is Effect.RECORD:
            answers[place] = Recorded(ticket.key)
            continue
        over = ended_before(ticket.key) if follows is Effect.OPEN_OVER and ticket.key else None
        opening.append(ticket if over is None else replace(ticket, over=over))
        places.append(place)
        if ticket.key is not None:
            held.add(ticket.key)
    answers.update(zip(places, map(_told, open_many(tx, desk, opening)), strict=True))
    hearing.keep(tx, news)
    return [answers[place] for place in range(len(tickets))]


def _told(opened: Opened) -> Opened:
    """With the word that nothing was done, where the ticket had a case."""
    return opened if opened.new else opened._replace(effect="unchanged", says=_UNCHANGED)


def _stated(body: CaseBody) -> bool:
    return body.status is not None or body.sequence is not None or body.occurred_at is not None


def _follows(ticket: Ticket, before: Heard, now: int) -> tuple[Effect, Heard | None]:
    """What follows from a ticket without a case; and what is to be remembered, where its case will not."""
    body, stamp = ticket.body, stamp_of(ticket.body, now)
    statement = Statement(said("ticket", body.status), stamp.before(before.word))
    follows = effect(statement, Case("none"))
    tells = statement.says is Says.ENDS or understood(body) is not None or stamp.sequence is not None
    # Whoever may only open cases cannot make old what others will say of the ticket.
    tells = tells and not statement.older and ticket.viewer.may("cases.signal")
    news = before.then(statement.says, understood(body), stamp, decides=True) if tells else None
    return follows, news


_UNCHANGED = (
    "the ticket has a case, which POST /cases never changes: neither what this says of it nor its status counts;"
    " what a ticket says later goes to POST /signals"
)
