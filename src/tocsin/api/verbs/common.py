"""How a verb is carried out: found, locked with its children, done once for a key, shown."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import case_id, json
from tocsin.cases import acting, discretion, queries, store
from tocsin.cases.acting import Done, Plan
from tocsin.core import instants
from tocsin.intake import accept
from tocsin.intake.accept import Once
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Time = Annotated[str, Field(max_length=40, description="RFC 3339, with a zone")]

Write = Callable[[Tx, int], Done]


def act(here: Installation, who: Viewer, again: Once | None, reference: str, plan: Plan) -> Response:
    """Carry a plan out on the case behind an id or number, unless its idempotency key was used for it; and show the
    case."""
    with here.database.reading(here.clock.now()) as tx:
        case = accept.about(tx, again) or case_id(tx, who, reference)  # which may have become confidential by it
        children = store.children(tx, case)
    return carry_out(here, who, again, (case, *children), lambda tx, case: acting.act(tx, here.desk, case, plan))


def carry_out(here: Installation, who: Viewer, again: Once | None, cases: tuple[int, ...], write: Write) -> Response:
    """Change the first of these cases with all of them locked, once for a key; and show it."""
    case = cases[0]

    def job(tx: Tx) -> dict[str, Any]:
        if accept.repeated(tx, again) is not None:
            state = store.load(tx, case)
        else:
            state = write(tx, case).state
            accept.remember(tx, again, case)
        numbers = queries.numbers(tx, who, [state.case.parent])
        return discretion.show_to(who, state, here.desk.directory.get(tx), numbers=numbers)

    return json(here.writer.write(job, cases=cases))


def instant(text: str | None, place: str) -> int | None:
    """Microseconds from the text of a body; InvalidInput without a zone."""
    return None if text is None else instants.from_text(text, place)
