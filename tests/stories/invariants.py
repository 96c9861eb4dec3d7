"""What holds for every open case at any instant, whatever happened before."""

from tocsin.cases import attention, settling, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.record import health, mending
from tocsin.core.wording import plain
from tocsin.people import directory
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx

_EVER = (1 << 63) - 1
_PEOPLES = (*health.FOR_PEOPLE, "unheard")  # what only a person can put right, and is told of as an alarm


def broken(tx: Tx) -> list[str]:
    """A sentence for each case that breaks one; of one that is over and has a clock still, that its timer is set:

    - there is a next instant at which somebody is told, or a parent that speaks for the case;
    - its timer is set for just that instant, at which there is something to be done, and nothing before;
    - its parent is open, and follows no other case;
    - it has an owner, or an assign clock that asks for one;
    - while it is escalated and nobody has answered, a path climbs, or has told that it is at its end.
    """
    people = directory.load(tx)
    runs = "EXISTS (SELECT 1 FROM clocks WHERE case_id = cases.id AND outcome IS NULL)"
    cases = [row[0] for row in tx.rows(f"SELECT id FROM cases WHERE state = 'open' OR {runs} ORDER BY id")]
    found = []
    for start in range(0, len(cases), 500):
        batch = cases[start : start + 500]
        states, timers = store.load_many(tx, batch), mending.timers(tx, batch)
        parents = store.parents(tx, states.values())
        for case, state in states.items():
            wrong = health.examine(state, timers.get(case), people, 0, parents.get(case))
            found += [f"case {state.case.number}: {plain(one.says)}" for one in wrong if one.what not in _PEOPLES]
            is_open = state.case.state == "open" and not state.case.imported
            if is_open and attention.next_instant(state) is None and state.case.parent is None:
                found.append(f"case {state.case.number}: nothing will ever happen")
            found += [f"case {state.case.number}: {one}" for one in _disagreeing(state)]
    return found


def _disagreeing(state: Aggregate) -> list[str]:
    """Whether when a case is next looked at, and what is then to be done, are two things."""
    at = attention.next_instant(state)
    before = [due.at for due in settling.due(state, _EVER if at is None else at - 1)]
    if before:
        return [f"something is due at {min(before)}, and its timer is to be set for {at}"]
    if at is not None and not list(settling.due(state, at)):
        return [f"nothing is due at {at}, for which its timer is to be set"]
    return []


def broken_in(url: str) -> list[str]:
    """As `broken`, of a database."""
    database = Database(url)
    try:
        with database.reading() as tx:
            return broken(tx)
    finally:
        database.close()
