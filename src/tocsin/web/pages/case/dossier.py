"""Everything that the page of a case shows, as its viewer may see it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from tocsin.administration import evidence
from tocsin.administration.evidence import ShownEvidence
from tocsin.cases import asking, discretion, queries, staging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.alike import offers
from tocsin.cases.alike.offers import Offer
from tocsin.cases.alike.telling import because
from tocsin.cases.asking import Question
from tocsin.cases.asof import states
from tocsin.cases.clocks import lateness
from tocsin.cases.paths import hours
from tocsin.cases.queries import board, families, tickets
from tocsin.cases.queries.families import Family
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.risk import listing
from tocsin.cases.risk.listing import Risk
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.undo import past
from tocsin.core import ids, instants
from tocsin.core.wording import worded
from tocsin.languages import ENGLISH
from tocsin.ledger.journal import Recorded
from tocsin.notify import outcomes
from tocsin.people import accounts
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.policy.compiled import Policy
from tocsin.policy.versions import Policies
from tocsin.runtime import Installation
from tocsin.web import plainly, rendering, standing, travel, why
from tocsin.web.drawing import plots
from tocsin.web.pages.case import asked, course, doing, looks, rivals, steps, telling, tiles
from tocsin.web.pages.case.course import CourseFilter
from tocsin.web.pages.case.doing import Reach
from tocsin.web.pages.case.rivals import KeptForm
from tocsin.web.pages.case.steps import CaseSoFar

_FAMILY = 200  # cases that follow it, of which the page tells
_GRADES = 3  # below the gravest severity


class People(NamedTuple):
    """Somebody with a part in the case; `name` None: nobody yet, although somebody should. `you`: the reader."""

    name: str | None
    role: str
    you: bool = False


class Read(NamedTuple):
    """What the database knows, of one instant. `instead`: whom a decline pages, as they are called.
    `risk`: how likely it is to escalate; `offered`:
    the case that may be its parent; `waits_for_it`: numbers of those to which it is offered so. `undoable`: what
    the button undoes, with until when. `known`: the accounts of the case and of its family, by id."""

    state: Aggregate
    scene: Scene
    question: Question | None
    also: Sequence[int]
    events: Sequence[dict[str, Any]]
    pages: Sequence[dict[str, Any]]
    paged: Sequence[str]
    instead: Sequence[str]
    decision: bytes | None
    ticket: TicketView
    family: Family
    offered: Offer | None
    risk: Risk | None
    evidence: Sequence[ShownEvidence]
    waits_for_it: Sequence[int]
    known: Mapping[int, accounts.Account]
    parent: int | None
    undoable: Sequence[tuple[Recorded, int]]
    rests_until: int | None
    reach: Reach
    rosters: Sequence[str]
    policies: Policies
    people: Directory
    now: int
    over: bool = False  # it is an instant that is over


def gather(
    here: Installation,
    signed: Session,
    reference: str,
    *,
    wanted: CourseFilter = CourseFilter(),  # noqa: B008  (a value that nobody changes)
    kept: KeptForm | None = None,
    language: str = ENGLISH,
    at: int | None = None,
) -> dict[str, Any]:
    """The values of its templates; `language`: of its history. `at`: as it was then, with nothing to do; None: as it is
    now. NotFound where there is no such case for this viewer."""
    viewer = signed.viewer
    found = _read(here, viewer, reference, language) if at is None else _read_then(here, viewer, reference, at)
    titles: dict[str, str] = {run.clock: tiles.title_of(run, found.policies) for run in found.state.clocks}
    return {
        **_case(found, viewer, language),
        **_asked(found, viewer, titles, language),
        **_written(found, viewer),
        "in_short": _in_short(found, viewer, language),
        "kept": kept,
        "rivals": rivals.of(kept, found.events, found.people, titles, viewer.actor, language),
        "seen": found.events[-1]["seq"] if found.events else 0,
        "undoable": _undoable(found.undoable, found.people, titles, language),
        "course": course.course(found.events, wanted, found.people, titles, language),
        "groups": looks.GROUPS,
        "wanted": wanted,
        "travelled": at,
        "farthest": travel.FARTHEST,
        "language": language,
        "now": found.now,
    }


def _read(here: Installation, viewer: Viewer, reference: str, language: str) -> Read:
    now = here.clock.now()
    with here.database.reading(now) as tx:
        meant = queries.named(tx, viewer, reference)
        state = queries.load(tx, viewer, meant.case)
        case = state.case
        scene = staging.scenes(tx, here.desk, [state])[case.id]
        family = families.family(tx, viewer, case.id, _FAMILY)
        policies, people = here.desk.policies.get(tx), here.desk.directory.get(tx)
        paged = outcomes.names_of_paged(tx, [climb.id for climb in state.live()])
        return Read(
            state=state,
            scene=scene,
            question=asking.asked_of(state, scene, viewer.user),
            also=meant.also,
            events=[discretion.shown(event.show(), viewer) for event in queries.timeline(tx, viewer, case.id)],
            pages=outcomes.pages(tx, viewer, case.id),
            paged=people.displays(dict.fromkeys(name for names in paged.values() for name in names)),
            instead=steps.after_decline(state, scene, people, viewer.user),
            decision=queries.decision_bytes(tx, viewer, case.id),
            ticket=tickets.of(tx, viewer, [state])[case.id],
            family=family,
            offered=offers.waiting(tx, viewer, case.id),
            risk=listing.of(tx, viewer, case.id),
            evidence=evidence.of_case(tx, case.id),
            waits_for_it=list(queries.numbers(tx, viewer, offers.of_parent(tx, viewer, case.id, _FAMILY)).values()),
            known=accounts.by_id(tx, [each for each in (case.account, *_accounts(family)) if each is not None]),
            parent=queries.numbers(tx, viewer, [case.parent]).get(case.parent or 0),
            undoable=[(queries.named_to(tx, viewer, [one.event])[0], one.until) for one in past(state, scene)[:1]],
            rests_until=hours.opens_at(policies, state, now),
            reach=doing.reach(viewer, state, scene, language),
            rosters=list(here.desk.rosters.get(tx).by_name),
            policies=policies,
            people=people,
            now=now,
        )


def _read_then(here: Installation, viewer: Viewer, reference: str, at: int) -> Read:
    """What the journal tells of an instant that is over, with the rights of today. Nobody can do anything there."""
    with here.database.reading(at) as tx:
        meant = queries.named(tx, viewer, reference)
        then = states.load(tx, viewer, meant.case, at)
        state, case = then.state, then.state.case
        policies, people = here.desk.policies.get(tx), here.desk.directory.get(tx)
        paged = outcomes.names_of_paged(tx, [climb.id for climb in state.live()], at)
        return Read(
            state=state,
            scene=staging.scenes(tx, here.desk, [state])[case.id],
            question=None,
            also=meant.also,
            events=[discretion.shown(event.show(), viewer) for event in states.timeline(tx, viewer, case.id, at)],
            pages=outcomes.pages(tx, viewer, case.id, at),
            paged=people.displays(dict.fromkeys(name for names in paged.values() for name in names)),
            instead=(),
            decision=then.decision,
            ticket=states.said(tx, [then])[case.id],
            family=Family((), 0, 0),
            offered=None,
            risk=None,
            evidence=(),
            waits_for_it=(),
            known=accounts.by_id(tx, [each for each in (case.account,) if each is not None]),
            parent=queries.numbers(tx, viewer, [case.parent]).get(case.parent or 0),
            undoable=[],
            rests_until=hours.opens_at(policies, state, at),
            reach=Reach((), (), (), None),
            rosters=(),
            policies=policies,
            people=people,
            now=at,
            over=True,
        )


def _case(found: Read, viewer: Viewer, language: str) -> dict[str, Any]:
    """Whose it is, how it stands, who has a part in it, and which cases belong to it."""
    state, people = found.state, found.people
    case = state.case
    severities = tuple(found.policies.compiled(case.policy_version).document.severities)
    account = found.known.get(case.account or 0)
    return {
        "state": state,
        "case": case,
        "also": found.also,
        "people": people,
        "grade": min(_GRADES, severities.index(case.severity)) if case.severity in severities else _GRADES,
        "account": _account(account, viewer, found.now),
        "stands": _standing(state, found.paged, found.rests_until, language),
        "ended": lateness.ended(state),
        "parts": list(_parts(state, people, account, viewer.user)),
        "followers": [people.display_of(ids.from_text(user)) for user in case.followers.split()],
        "parent": found.parent,
        "family": found.family,
        "family_names": {each: board.name_of(found.known.get(each)) for each in _accounts(found.family)},
        "related": telling.related(found.events),
        "offered": found.offered,
        "risk": found.risk,
        "collectors": [one.id for one, _ in found.policies.at(found.now).evidence],
        "evidence": [_fetched(one, language) for one in found.evidence],
        "risk_because": _speaks(found.risk, language),
        "offered_because": _because(found.offered, language),
        "waits_for_it": found.waits_for_it,
    }


def _policy_of(policies: Policies, decision: Mapping[str, Any] | None) -> Policy | None:
    """The version that decided, whose rules mark the customer's words."""
    return None if decision is None else policies.compiled(decision["policy_version"])


def _fetched(one: ShownEvidence, language: str) -> dict[str, Any]:
    """What a collector fetched, as the page has it."""
    says = "" if one.shown is None else worded(one.shown.says(), rendering.reader(language))
    return {
        "item": one.item,
        "shown": one.shown,
        "says": says,
        "plots": [] if one.shown is None else plots.of(one.shown),
    }


def _speaks(risk: Risk | None, language: str) -> list[str]:
    """What speaks for the risk of a case, in words."""
    reader = rendering.reader(language)
    return [] if risk is None else [worded(one.says, reader) for one in risk.speaks()]


def _because(offered: Offer | None, language: str) -> list[str]:
    """Why a case is offered as the parent, in words."""
    if offered is None:
        return []
    reader = rendering.reader(language)
    return [worded(one, reader) for one in because(offered.reasons)]


def _asked(found: Read, viewer: Viewer, titles: Mapping[str, str], language: str) -> dict[str, Any]:
    """What it asks, its clocks, and what its viewer can do."""
    state, scene, people = found.state, found.scene, found.people
    happened = [(event["kind"], instants.from_text(event["at"])) for event in found.events]
    shown = tiles.tiles(state, found.policies, happened, found.now)
    told = CaseSoFar(state, scene, found.events, found.pages, people, viewer.name, language)
    document = found.policies.compiled(state.case.policy_version).document
    answering = asked.answering(found.question, state)
    offered = (document, found.rosters, found.reach.levels, doing.colleagues(viewer, scene))
    said = doing.labels(found.question, found.instead)
    return {
        "asking": None if found.over else asked.asking(told, found.question, [*shown.first, *shown.rest]),
        "tiles": shown,
        "promised": next((tile for tile in (*shown.first, *shown.rest) if tile.promised), None),
        "titles": titles,
        "reach": found.reach,
        "placed": doing.placed(found.reach, answering, state),
        "at_once": doing.at_once,
        "labels": {verb: told.word(says) for verb, says in said.items()},
        "keys": doing.KEYS,
        "icons": doing.ICONS,
        "choices": partial(doing.choices, state, people, *offered),
    }


def _written(found: Read, viewer: Viewer) -> dict[str, Any]:
    """What its ticket says, why it has its level, and who was told of it."""
    decided = why.decided(found.decision, viewer, found.policies)
    return decided | {
        "said": found.ticket,
        "ticket": telling.ticket(decided["decision"], _policy_of(found.policies, decided["decision"])),
        "messages": telling.messages(found.pages, found.people),
    }


def _in_short(found: Read, viewer: Viewer, language: str) -> str:
    """How it stands in plain words, for whoever works on no cases."""
    if viewer.may("cases.work") or found.over:
        return ""
    reader = rendering.reader(language)
    told = plainly.sentences(found.state, found.paged, found.people, found.now)
    return " ".join(worded(one, reader) for one in told)


def _accounts(family: Family) -> list[int]:
    return [member.account for member in family.members if member.account is not None]


def _standing(
    state: Aggregate, called: Sequence[str], rests_until: int | None, language: str
) -> tuple[str, int | None]:
    """How it stands in one sentence, and the instant that this ends in."""
    found = standing.sentence(state, called, rests_until)
    return worded(found.says, rendering.reader(language)), found.until


def _parts(
    state: Aggregate, people: Directory, account: accounts.Account | None, reader: int | None
) -> Iterator[People]:
    """Who has a part in the case, in the order in which one asks for them."""
    case = state.case
    team = people.teams.get(case.team or "")
    leads = case.level != "standard" and case.kind != "relationship" and case.state == "open"
    parts = (
        ("technical_lead", case.technical_lead, leads),
        ("escalation_manager", case.escalation_manager, False),
        ("owner", case.owner, True),
        ("account_owner", account.owner if account else None, False),
        ("team_lead", team.lead if team else None, False),
    )
    for role, user, wanted in parts:
        if user or wanted:
            yield People(people.display_of(user), telling.ROLES[role], user is not None and user == reader)


def _undoable(
    undoable: Sequence[tuple[Recorded, int]], people: Directory, titles: Mapping[str, str], language: str
) -> dict[str, Any] | None:
    """What the button undoes, and how long; None where nothing can be undone."""
    if not undoable:
        return None
    event, until = undoable[0]
    return {"event": event.seq, "entry": course.entry(event.show(), people, titles, language), "until": until}


def _account(account: accounts.Account | None, viewer: Viewer, now: int) -> dict[str, Any] | None:
    if account is None:
        return None
    facts = discretion.shown(account.facts, viewer)
    wanted = ("region", "language", "arr", "renewal")  # what the head of the page does not say
    told = {("revenue" if key == "arr" else key): facts[key] for key in wanted if facts.get(key) is not None}
    return {
        "name": board.name_of(account),
        "address": f"/accounts/{ids.to_text(account.id)}",
        "facts": told,
        "brief": [str(facts[key]) for key in ("segment", "plan") if facts.get(key)],
        "renews_in": telling.days_until(facts.get("renewal"), now),
    }
