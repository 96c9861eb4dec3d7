"""What was: a case, its timeline and lists as of an instant that is over."""

from typing import Any

from tocsin.api.showing import complete
from tocsin.cases import discretion, queries
from tocsin.cases.asof import states
from tocsin.cases.clocks import ticking
from tocsin.core import ids, instants
from tocsin.notify import outcomes
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation


def instant(here: Installation, as_of: str | None) -> int | None:
    """The instant that somebody asks for, None where nobody does; InvalidInput for one that is none, or not over."""
    return None if as_of is None else states.require_past(instants.from_text(as_of, "as_of"), here.clock.now())


def case(reference: str, here: Installation, who: Viewer, at: int) -> dict[str, Any]:
    """A case as it was. What follows from what it is now, the acts and the question, is empty."""
    with here.database.reading(at) as tx:
        meant = queries.named(tx, who, reference)
        asked = states.load(tx, who, meant.case, at)
        then = states.standing(tx, who, asked, at)
        pages = outcomes.pages(tx, who, then.state.case.id, at)
        ticket = states.said(tx, [then])[then.state.case.id]
        numbers = queries.numbers(tx, who, [then.state.case.parent])
        people, policies = here.desk.directory.get(tx), here.desk.policies.get(tx)
        spare, titles = [ticking.spare(run, policies) for run in then.state.clocks], ticking.titles(policies)
    decision = discretion.decision(then.decision, who)
    shown = discretion.show_to(who, then.state, people, titles, decision, numbers, ticket)
    complete(shown, then.decision, spare, pages)
    shown |= {"actions": {}, "next": None, "undo": None, "also": meant.also}
    shown |= {"as_of": instants.to_text(at), "erased": sorted(then.erased)}
    if then is not asked:
        shown["answers_for"] = {"id": ids.to_text(asked.state.case.id), "number": asked.state.case.number}
    return shown
