"""How a verb is carried out: found, locked with its children, done once for a key, shown."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import json
from tocsin.cases import acting, carrying, discretion, queries, store
from tocsin.cases.acting import Done, Plan
from tocsin.cases.queries import tickets
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput
from tocsin.intake import accept
from tocsin.intake.accept import Once
from tocsin.people.permissions import SYSTEM, Permission, Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Time = Annotated[str, Field(max_length=40, description="RFC 3339, with a zone")]

Write = Callable[[Tx, int], Done]


def act(
    here: Installation,
    who: Viewer,
    again: Once | None,
    reference: str,
    plan: Plan,
    permission: Permission = "cases.work",
) -> Response:
    """Carry a plan out on the case behind an id or number, unless its idempotency key was used for it; and show the
    case. `permission`: what the verb asks for; without it nobody learns whether there is such a case."""
    who.require(permission)
    with here.database.reading(here.clock.now()) as tx:
        again = once_about(tx, again, reference)
        case = accept.about(tx, again)  # which may have become confidential by it
        case = queries.found(tx, who, reference, permission) if case is None else case
    return carry_out(here, who, again, (case,), lambda tx, case: acting.act(tx, here.desk, case, plan))


def once_about(tx: Tx, again: Once | None, reference: str) -> Once | None:
    """The key of a request about this case, however its path calls it: a number and an id mean the same."""
    if again is None:
        return None
    try:
        case = queries.find(tx, SYSTEM, reference)
    except InvalidInput:
        case = None
    return again if case is None else again.on(again.route.replace(f"/{reference}/", f"/{ids.to_text(case)}/", 1))


def carry_out(here: Installation, who: Viewer, again: Once | None, cases: tuple[int, ...], write: Write) -> Response:
    """Change the first of these cases with all of them and their children locked, once for a key; and show it."""
    case = cases[0]

    def job(tx: Tx) -> dict[str, Any]:
        if accept.repeated(tx, again) is not None:
            state = store.load(tx, case)
        else:
            state = write(tx, case).state
            accept.remember(tx, again, case)
        numbers = queries.numbers(tx, who, [state.case.parent])
        said = tickets.of(tx, SYSTEM, [state])[case]  # shown only of a case that the viewer sees
        return discretion.show_to(who, state, here.desk.directory.get(tx), numbers=numbers, ticket=said)

    return json(carrying.carry_out(here.database, here.writer, cases, job))


def instant(text: str | None, place: str) -> int | None:
    """Microseconds from the text of a body; InvalidInput without a zone."""
    return None if text is None else instants.from_text(text, place)
