"""What a monitoring system asks of the database every few seconds, counted in as few statements as there are figures.
It is about the installation and names no case, so it takes no viewer."""

from typing import NamedTuple

from tocsin.cases import store
from tocsin.cases.queries import lasting
from tocsin.core.clock import SECOND
from tocsin.ledger import backlog
from tocsin.notify import outcomes
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx

BOUNDS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900)


class Gauges(NamedTuple):
    """`cases` by level and state, but for imported history; `needs`: how many need somebody, by why; `work`: rows and
    the oldest's time by kind; `messages` by kind and state; `first_page`: upper bounds in seconds
    with how many took no longer, the last being all."""

    cases: dict[tuple[str, str], int]
    needs: dict[str, int]
    unanswered: int
    work: dict[str, tuple[int, int]]
    aside: int
    messages: dict[tuple[str, str], int]
    first_page: list[tuple[str, int]]
    first_page_seconds: float


def count(tx: Tx) -> Gauges:
    """All of it, as of now."""
    spans = [span / SECOND for span in outcomes.until_first(tx)]
    bounds = [(str(float(bound)), sum(span <= bound for span in spans)) for bound in BOUNDS]
    return Gauges(
        store.count_by_level(tx),
        lasting.counts(tx, SYSTEM),
        store.count_unanswered(tx),
        backlog.count(tx),
        backlog.count_aside(tx),
        outcomes.counts(tx),
        [*bounds, ("+Inf", len(spans))],
        sum(spans),
    )
