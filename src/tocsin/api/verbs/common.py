"""How a verb is carried out: found, locked with its children, done once for a key, shown."""

from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from tocsin.api.access import json
from tocsin.cases import acting, carrying, discretion, queries, store
from tocsin.cases.acting import Done, Plan
from tocsin.cases.clocks import ticking
from tocsin.cases.queries import NamedCase, tickets
from tocsin.core import ids
from tocsin.core.errors import Conflict, NotFound
from tocsin.intake import accept
from tocsin.intake.accept import Once
from tocsin.people.permissions import SYSTEM, Permission, Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

Write = Callable[[Tx, int], Done]


def act(
    here: Installation,
    who: Viewer,
    again: Once | None,
    reference: str,
    plan: Plan,
    permission: Permission,
) -> Response:
    """Carry a plan out on the case behind an id or number, unless its idempotency key was used for it; and show the
    case. `permission`: what the verb asks for; without it nobody learns whether there is such a case."""
    who.require(permission)
    with here.database.reading(here.clock.now()) as tx:
        again = once_about(tx, again, reference)
        case = accept.about(tx, again)  # which may have become confidential by it
        meant = queries.named(tx, who, reference, permission) if case is None else NamedCase(case)
    return carry_out(here, who, again, (meant.case,), lambda tx, case: acting.act(tx, here.desk, case, plan), meant)


def once_about(tx: Tx, again: Once | None, reference: str) -> Once | None:
    """The key of a request about this case, however its path calls it: a number and an id mean the same."""
    if again is None:
        return None
    try:
        case = queries.found(tx, SYSTEM, reference)
    except (NotFound, Conflict):
        case = None
    return again if case is None else again.on(again.route.replace(f"/{reference}/", f"/{ids.to_text(case)}/", 1))


def carry_out(
    here: Installation,
    who: Viewer,
    again: Once | None,
    cases: tuple[int, ...],
    write: Write,
    meant: NamedCase,
    more: Callable[[Tx], dict[str, Any]] = lambda tx: {},
) -> Response:
    """Change the first of these cases with all of them and their children locked, once for a key; and show it, with
    the others that were called so. `more`: what the answer says besides to whoever reads cases."""
    case = cases[0]

    def job(tx: Tx) -> dict[str, Any]:
        if accept.repeated(tx, again) is not None:
            state = store.load(tx, case)
        else:
            state = write(tx, case).state
            accept.remember(tx, again, case)
        numbers = queries.numbers(tx, who, [state.case.parent])
        said = tickets.of(tx, SYSTEM, [state])[case]  # shown only of a case that the viewer sees
        titles = ticking.titles(here.desk.policies.get(tx))
        shown = discretion.show_to(who, state, here.desk.directory.get(tx), titles, numbers=numbers, ticket=said)
        if not discretion.sees(who, state.case):
            return shown
        return shown | ({"also": meant.also} if meant.also else {}) | more(tx)

    return json(carrying.carry_out(here.database, here.writer, cases, job))
