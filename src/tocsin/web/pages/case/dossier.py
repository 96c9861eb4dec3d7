"""Everything that the page of a case shows, as its viewer may see it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from tocsin.cases import asking, discretion, queries, staging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import lateness
from tocsin.cases.paths import hours
from tocsin.cases.queries import board, families, tickets
from tocsin.cases.queries.families import Family
from tocsin.cases.verbs.undo import past
from tocsin.core import ids, instants
from tocsin.core.wording import worded
from tocsin.languages import ENGLISH
from tocsin.notify import outcomes
from tocsin.people import accounts
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import rendering, standing
from tocsin.web.pages.case import asked, course, doing, rivals, telling, tiles, why
from tocsin.web.pages.case.course import Wanted
from tocsin.web.pages.case.rivals import KeptForm

_FAMILY = 200  # cases that follow it, of which the page tells
_GRADES = 3  # below the gravest severity


class People(NamedTuple):
    """Somebody with a part in the case; `name` None: nobody yet, although somebody should. `you`: the reader."""

    name: str | None
    role: str
    you: bool = False


def gather(
    here: Installation,
    signed: Session,
    reference: str,
    *,
    wanted: Wanted = Wanted(),  # noqa: B008  (a value that nobody changes)
    kept: KeptForm | None = None,
    language: str = ENGLISH,
) -> dict[str, Any]:
    """The values of its templates; `language`: of its history. NotFound where there is no such case for this viewer."""
    viewer, now = signed.viewer, here.clock.now()
    with here.database.reading(now) as tx:
        meant = queries.named(tx, viewer, reference)
        state = queries.load(tx, viewer, meant.case)
        case = state.case
        events = [discretion.shown(event.show(), viewer) for event in queries.timeline(tx, viewer, case.id)]
        family = families.family(tx, viewer, case.id, _FAMILY)
        known = accounts.by_id(tx, [each for each in (case.account, *_accounts(family)) if each is not None])
        policies = here.desk.policies.get(tx)
        people = here.desk.directory.get(tx)
        scene = staging.scenes(tx, here.desk, [state])[case.id]
        question = asking.asked(state, scene)
        pages = outcomes.pages(tx, viewer, case.id)
        paged = outcomes.names_of_paged(tx, [climb.id for climb in state.live()])
        undoable = [(queries.named_to(tx, viewer, [one.event])[0], one.until) for one in past(state, scene)[:1]]
        ticket = tickets.of(tx, viewer, [state])[case.id]
        decided = why.decided(queries.decision_bytes(tx, viewer, case.id), viewer, policies)
        rests_until = hours.opens_at(policies, state, now)
        rosters = list(here.desk.rosters.get(tx).by_name)
        parent = queries.numbers(tx, viewer, [case.parent]).get(case.parent or 0)
        reach = doing.reach(viewer, state, scene, language)
        severities = tuple(policies.compiled(case.policy_version).document.severities)
    happened = [(event["kind"], instants.from_text(event["at"])) for event in events]
    titles: dict[str, str] = {run.clock: tiles.title_of(run, policies) for run in state.clocks}
    shown = tiles.tiles(state, policies, happened, now)
    called = people.displays(dict.fromkeys(name for names in paged.values() for name in names))
    told = asked.Told(state, scene, events, pages, people, viewer.name, language)
    return decided | {
        "state": state,
        "case": case,
        "also": meant.also,
        "said": ticket,
        "people": people,
        "parent": parent,
        "family": family,
        "family_names": {each: board.name_of(known.get(each)) for each in _accounts(family)},
        "related": telling.related(events),
        "grade": min(_GRADES, severities.index(case.severity)) if case.severity in severities else _GRADES,
        "account": _account(known.get(case.account or 0), viewer, now),
        "parts": list(_parts(state, people, known.get(case.account or 0), viewer.user)),
        "followers": [people.display_of(ids.from_text(user)) for user in case.followers.split()],
        "stands": _standing(state, called, rests_until, language),
        "ended": lateness.ended(state),
        "asking": asked.asking(told, question, [*shown.first, *shown.rest]),
        "tiles": shown,
        "promised": next((tile for tile in (*shown.first, *shown.rest) if tile.promised), None),
        "titles": titles,
        "ticket": telling.ticket(decided["decision"]),
        "messages": telling.messages(pages, people),
        "reach": reach,
        "placed": doing.placed(reach, asked.answering(question, state, viewer.user), state),
        "undoable": _undoable(undoable, people, titles, language),
        "kept": kept,
        "rivals": rivals.of(kept, events, people, titles, viewer.actor, language),
        "seen": events[-1]["seq"] if events else 0,
        "course": course.course(events, wanted, people, titles, language),
        "groups": course.GROUPS,
        "wanted": wanted,
        "at_once": doing.at_once,
        "keys": doing.KEYS,
        "icons": doing.ICONS,
        "choices": partial(
            doing.choices, state, people, severities, rosters, reach.levels, doing.colleagues(viewer, scene)
        ),
        "language": language,
        "now": now,
    }


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
    found: Sequence[tuple[Any, int]], people: Directory, titles: Mapping[str, str], language: str
) -> dict[str, Any] | None:
    """What the button undoes, and how long; None where nothing can be undone."""
    if not found:
        return None
    event, until = found[0]
    return {"event": event.seq, "entry": course.entry(event.show(), people, titles, language), "until": until}


def _account(account: accounts.Account | None, viewer: Viewer, now: int) -> dict[str, Any] | None:
    if account is None:
        return None
    facts = discretion.shown(account.facts, viewer)
    wanted = ("segment", "plan", "region", "language", "arr", "renewal")
    told = {("revenue" if key == "arr" else key): facts[key] for key in wanted if facts.get(key) is not None}
    return {
        "name": board.name_of(account),
        "address": f"/accounts/{quote(account.external_id, safe='')}",
        "facts": told,
        "brief": [str(facts[key]) for key in ("segment", "plan") if facts.get(key)],
        "renews_in": telling.days_until(facts.get("renewal"), now),
    }
