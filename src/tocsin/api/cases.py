"""Routes that read cases."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from tocsin.api import sheets, then
from tocsin.api.access import Here, Who, json
from tocsin.api.showing import complete
from tocsin.cases import actions, asking, discretion, queries, representation, sheet, staging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.alike import offers, telling
from tocsin.cases.asof import listing as asof_listing
from tocsin.cases.asof import states as asof
from tocsin.cases.clocks import ticking
from tocsin.cases.family import merging
from tocsin.cases.queries import cursors, listing, tickets
from tocsin.cases.queries.asked import FIELDS, CaseQuery, Level, State, behind, narrowed
from tocsin.cases.queries.needs import Need
from tocsin.cases.verbs.undo import Undoable, past
from tocsin.clocks import moments
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.events import sentence
from tocsin.notify import outcomes
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import from_bytes
from tocsin.policy.model import Kind
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS

router = APIRouter(tags=["cases"])


def asked_of(
    request: Request,
    state: State | None = None,
    level: Level | None = None,
    kind: Kind | None = None,
    severity: str | None = None,
    type: str | None = None,
    product_area: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    account: str | None = None,
    external_id: str | None = None,
    source: str | None = None,
    imported: bool | None = None,
    live: bool = False,
    needs: Need | None = None,
    followed_by: str | None = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    sort: listing.Sort = "newest",
) -> CaseQuery:
    """The filter that an address says."""
    refuse_unknown(request, (*FIELDS, "cursor", "limit", "as_of"))
    return CaseQuery(
        state=state,
        level=level,
        kind=kind,
        severity=severity,
        type=type,
        product_area=product_area,
        team=team,
        owner=owner,
        account=account,
        external_id=external_id,
        source=source,
        imported=imported,
        live=live,
        needs=needs,
        followed_by=followed_by,
        q=q,
        sort=sort,
    )


ForCases = Annotated[CaseQuery, Depends(asked_of)]
Part = Annotated[int, Query(ge=1, le=200)]


@router.get("/cases")
def list_cases(
    request: Request,
    here: Here,
    who: Who,
    asked: ForCases,
    cursor: str | None = None,
    limit: Part = 50,
    as_of: str | None = None,
) -> Response:
    """Cases, the newest first. `account`: of this customer, by Tocsin's id or the customer's own. `external_id`: of
    this ticket; add `source` where several tools send tickets. `imported`: only imported history, or everything else.
    `live`: only open cases that are worked on. `needs`: open cases that need somebody, by reason; `somebody`: for any
    reason. `owner`, `followed_by`: by name; `me`: whoever asks. `q`: with these words in the subject, the text, the
    notes, the ticket's id or the customer's name; the last word may be incomplete. `sort`: `urgency` by level and
    score, `unanswered` the same behind what nobody has answered; `due` by the clock that ends next; `age` by when it
    was opened; `account` by the customer's name. A cursor is valid only for the same list. With `Accept: text/csv` the
    whole list as a table, from the cursor on. `as_of`: as they were at this instant; their kind and type, who followed
    them and what was due cannot be asked for then, words are looked up as they are today, and there is no table."""
    if sheets.wanted(request):
        return list_cases_as_csv(request, here, who, asked, cursor)
    past = then.instant(here, as_of)
    at = here.clock.now() if past is None else past
    with here.database.reading() as tx:
        wanted = behind(narrowed(tx, here.desk, who, asked, at, limit), here.vault, cursor)
        if past is None:
            found, following = listing.listed(tx, who, wanted)
            said = tickets.of(tx, who, found)
        else:
            thens, following = asof_listing.listed(tx, who, wanted, past)
            found, said = [one.state for one in thens], asof.said(tx, thens)
        people = here.desk.directory.get(tx)
        numbers = queries.numbers(tx, who, [state.case.parent for state in found])
        titles = ticking.titles(here.desk.policies.get(tx))
    shown = [
        discretion.head(representation.show(state, people, titles, numbers=numbers, ticket=said[state.case.id]), who)
        for state in found
    ]
    return json({"cases": shown, "cursor": cursors.write(here.vault, asked.sort, following) if following else None})


@router.get("/cases.csv")
def list_cases_as_csv(request: Request, here: Here, who: Who, asked: ForCases, cursor: str | None = None) -> Response:
    """The same list as a table, whole: one line for each case, as it is now. A cell that a spreadsheet would take for a
    formula begins with an apostrophe."""
    who.require("cases.read")
    if "as_of" in request.query_params:
        raise InvalidInput(
            say("a table cannot be told as of an instant"), place="as_of", expected=say("JSON, or no `as_of`")
        )
    with here.database.reading() as tx:
        wanted = behind(narrowed(tx, here.desk, who, asked, here.clock.now()), here.vault, cursor)
    return sheets.answer("cases", sheet.COLUMNS, sheet.rows(here.database, here.desk, who, wanted))


@router.get("/cases/{case}")
def show_case(case: str, here: Here, who: Who, as_of: str | None = None) -> Response:
    """A case with its clocks, its escalations, its decision, and what this viewer could do to it. For a merged case:
    the case into which it was merged, with `answers_for`. `also`: numbers of other cases whose ticket has this number.
    `as_of`: as it was at this instant, when nothing can be done any more; `erased` names what can no longer be told.
    """
    if (at := then.instant(here, as_of)) is not None:
        return json(then.case(case, here, who, at))
    with here.database.reading(here.clock.now()) as tx:
        meant = queries.named(tx, who, case)
        asked = queries.load(tx, who, meant.case)
        state = _standing(tx, who, asked)
        stored = queries.decision_bytes(tx, who, state.case.id)
        pages = outcomes.pages(tx, who, state.case.id)
        said = tickets.of(tx, who, [state])
        numbers = queries.numbers(tx, who, [state.case.parent])
        people = here.desk.directory.get(tx)
        scene = staging.scenes(tx, here.desk, [state])[state.case.id]
        possible = actions.possible(VERBS.values(), who, state, scene)
        question = asking.asked(state, scene)
        policies = here.desk.policies.get(tx)
        spare, titles = [ticking.spare(run, policies) for run in state.clocks], ticking.titles(policies)
        named = {str(run.clock): titles(run) for run in state.clocks}
        undoable = [_undoable(one, tx, who, named) for one in past(state, scene)[:1]]
    decision, ticket = discretion.decision(stored, who), said[state.case.id]
    shown = discretion.show_to(who, state, people, titles, decision, numbers, ticket)
    complete(shown, stored, spare, pages)
    shown["actions"] = possible
    shown["next"] = None if question is None else question.show(moments.reader(moments.utc, people.names()))
    shown["undo"] = undoable[0] if undoable else None
    shown["also"] = meant.also
    if state is not asked:
        shown["answers_for"] = {"id": ids.to_text(asked.case.id), "number": asked.case.number}
    return json(shown)


@router.get("/cases/{case}/timeline")
def show_timeline(case: str, here: Here, who: Who, as_of: str | None = None) -> Response:
    """The case's history, oldest first. `as_of`: what had happened by this instant."""
    at = then.instant(here, as_of)
    with here.database.reading() as tx:
        found = queries.found(tx, who, case)
        events = queries.timeline(tx, who, found) if at is None else asof.timeline(tx, who, found, at)
    return json({"events": [discretion.shown(event.show(), who) for event in events]})


@router.get("/cases/{case}/similar")
def show_similar(case: str, here: Here, who: Who) -> Response:
    """Open cases that may be of the same problem: what is offered as its parent, and what is like it now, the likeliest
    first, with the reasons."""
    with here.database.reading(here.clock.now()) as tx:
        found = queries.found(tx, who, case)
        reader = moments.reader(moments.utc, here.desk.directory.get(tx).names())
        offered = telling.show_offer(offers.waiting(tx, who, found), reader)
        similar = telling.similar(tx, here.desk, who, found, reader)
    return json({"offered": offered, "similar": similar})


@router.get("/cases/{case}/decision")
def show_decision(case: str, here: Here, who: Who) -> Response:
    """The newest decision with its explanation."""
    from tocsin.policy.explain import explain

    with here.database.reading() as tx:
        stored = queries.decision_bytes(tx, who, queries.found(tx, who, case))
        if stored is None:
            raise NotFound(say("the decision's content was erased"), place="decision")
        decision = from_bytes(stored)
        policy = here.desk.policies.get(tx).compiled(decision.policy_version)
    explanation = discretion.shown(explain(policy, decision), who)
    return json({"decision": msgspec.Raw(discretion.decision(stored, who) or b"null"), "explanation": explanation})


def _undoable(one: Undoable, tx: Tx, who: Viewer, named: Mapping[str, str]) -> dict[str, Any]:
    """What can be undone, as this viewer may see it."""
    [event] = queries.named_to(tx, who, [one.event])
    return {
        "event": one.event.seq,
        "verb": one.verb.name,
        "by": one.deed.actor,
        "until": instants.to_text(one.until),
        "says": sentence(event.show() | {"clocks": named}),
    }


def _standing(tx: Tx, who: Viewer, asked: Aggregate) -> Aggregate:
    """The case that stands for a merged one, where the viewer may see that."""
    case = asked.case.id
    stands = merging.standing(tx, [case])[case]
    return asked if stands == case or not queries.numbers(tx, who, [stands]) else queries.load(tx, who, stands)


def refuse_unknown(request: Request, known: Sequence[str]) -> None:
    """A filter that is not known would be taken for one that lets everything through."""
    for name in request.query_params:
        if name not in known:
            raise InvalidInput(
                say("this parameter is not known"),
                place=name[:40],
                expected=say("one of {choices}", choices=", ".join(known)),
            )
