"""Routes that read cases."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.api import then
from tocsin.api.access import Here, Who, json
from tocsin.api.showing import complete
from tocsin.cases import actions, asking, discretion, queries, representation, staging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asof import listing as asof_listing
from tocsin.cases.asof import states as asof
from tocsin.cases.clocks import ticking
from tocsin.cases.family import merging
from tocsin.cases.queries import cursors, listing, tickets
from tocsin.cases.queries.needs import Need
from tocsin.cases.verbs.undo import Undoable, past
from tocsin.clocks import moments
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.events import sentence
from tocsin.notify import outcomes
from tocsin.people import accounts
from tocsin.people.directory import Directory, User
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import from_bytes
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS

router = APIRouter(tags=["cases"])


@router.get("/cases")
def list_cases(
    request: Request,
    here: Here,
    who: Who,
    state: Literal["open", "resolved", "closed", "merged"] | None = None,
    level: Literal["standard", "senior", "executive"] | None = None,
    severity: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    account: str | None = None,
    external_id: str | None = None,
    source: str | None = None,
    imported: bool | None = None,
    needs: Need | None = None,
    followed_by: str | None = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    sort: listing.Sort = "newest",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    as_of: str | None = None,
) -> Response:
    """Cases, the newest first. `account`: of this customer, by Tocsin's id or the customer's own. `external_id`: of
    this ticket; add `source` where several tools send tickets. `imported`: only imported history, or everything else.
    `needs`: open cases that need somebody, by reason; `somebody`: for any reason. `followed_by`: those that
    this person follows, by name; `me`: whoever asks. `q`: with these words in the subject,
    the text, the ticket's id or the customer's name; the last word may be incomplete. `sort`: `urgency` by level and
    score; `due` by the clock that ends next. A cursor is valid only for the same list. `as_of`: as they were at this
    instant; who followed them and what was due cannot be asked for then, and words are looked up as they are today."""
    _refuse_unknown(request)
    at = then.instant(here, as_of)
    filters: dict[str, Any] = {"state": state, "level": level, "severity": severity, "team": team}
    filters |= {"external_id": external_id, "source": source, "imported": imported}
    with here.database.reading() as tx:
        filters["account"] = _account(tx, account) if account is not None else None
        people = here.desk.directory.get(tx)
        _require_severity(here, tx, who, severity)
        _require_team(tx, who, people, team)
        wanted = listing.Filter(
            {name: value for name, value in filters.items() if value is not None},
            _user(people, owner, "owner"),
            q,
            sort,
            cursors.read(here.vault, sort, cursor) if cursor else None,
            limit,
            needs,
            follower=_follower(who, people, followed_by),
        )
        if at is None:
            found, following = listing.listed(tx, who, wanted)
            said = tickets.of(tx, who, found)
        else:
            thens, following = asof_listing.listed(tx, who, wanted, at)
            found, said = [then.state for then in thens], asof.said(tx, thens)
        numbers = queries.numbers(tx, who, [state.case.parent for state in found])
        titles = ticking.titles(here.desk.policies.get(tx))
    shown = [
        discretion.head(representation.show(state, people, titles, numbers=numbers, ticket=said[state.case.id]), who)
        for state in found
    ]
    return json({"cases": shown, "cursor": cursors.write(here.vault, sort, following) if following else None})


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


_FILTERS = (
    "state",
    "level",
    "severity",
    "team",
    "owner",
    "account",
    "external_id",
    "source",
    "imported",
    "needs",
    "followed_by",
)
_PARAMETERS = (*_FILTERS, "q", "sort", "cursor", "limit", "as_of")


def _refuse_unknown(request: Request) -> None:
    """A filter that is not known would be taken for one that lets everything through."""
    for name in request.query_params:
        if name not in _PARAMETERS:
            raise InvalidInput(
                say("this parameter is not known"),
                place=name[:40],
                expected=say("one of {choices}", choices=", ".join(_PARAMETERS)),
            )


def _account(tx: Tx, reference: str) -> int:
    found = accounts.named(tx, reference)
    if found is None:
        raise InvalidInput(
            say("there is no account {reference}", reference=repr(reference[:40])),
            place="account",
            expected=say("its id here or the customer's own"),
        )
    return found.id


def _require_severity(here: Installation, tx: Tx, who: Viewer, severity: str | None) -> None:
    """InvalidInput for a severity that neither the policy in force names nor a case has."""
    if severity is None:
        return
    current = here.desk.policies.get(tx).at(here.clock.now()).document.severities
    if severity not in current and not queries.has_severity(tx, who, severity):
        raise InvalidInput(
            say("there is no severity {severity}", severity=repr(severity[:40])),
            place="severity",
            expected=say("one of {choices}", choices=", ".join(current)),
        )


def _require_team(tx: Tx, who: Viewer, people: Directory, team: str | None) -> None:
    """InvalidInput for a team that there is not, and that no case names."""
    if team is not None and team not in people.teams and not queries.has_team(tx, who, team):
        raise InvalidInput(
            say("there is no team {team}", team=repr(team[:40])), place="team", expected=say("the name of a team")
        )


def _follower(who: Viewer, people: Directory, name: str | None) -> User | None:
    """`me` is whoever asks; InvalidInput for a token that is nobody's."""
    if name != "me":
        return _user(people, name, "followed_by")
    if who.user is None:
        says = say("this token belongs to nobody, who follows nothing")
        raise InvalidInput(says, place="followed_by", expected=say("the name of a user"))
    return people.users[who.user]


def _user(people: Directory, name: str | None, place: str) -> User | None:
    """Whoever is called so, active or not; InvalidInput where nobody is."""
    if name is not None and name not in people.by_name:
        raise InvalidInput(
            say("there is no user {name}", name=repr(name[:40])), place=place, expected=say("the name of a user")
        )
    return None if name is None else people.by_name[name]
