"""`/triage`: the questions that wait for a person, one of them in full, to be answered by keys."""

from functools import partial
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from tocsin.cases import actions, triaging
from tocsin.cases.queries import labels, totals
from tocsin.cases.queries.labels import Settled
from tocsin.cases.triaging import Waiting
from tocsin.cases.verbs import answer_triage, snooze_triage
from tocsin.clocks import zone as zones
from tocsin.core.wording import Listed, Reader, Said, marked, say, worded
from tocsin.languages import tongue
from tocsin.people import accounts
from tocsin.people.directory import Directory
from tocsin.people.sessions import Session
from tocsin.policy.decision import Decision
from tocsin.policy.marking import Passage, passages
from tocsin.policy.versions import Policies
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import rendering, rows, shell, verbs, why
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing.fuses import Fuse
from tocsin.web.errors import PageRoute
from tocsin.web.pages.case import doing
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place("triage", marked("Triage"), "/triage", "inbox", 3, key="t")
_LIKE = 3  # answers to such a question that are shown
_QUOTED = 1200  # characters of a message
_GRADES = 3
Of = Annotated[int, Query(ge=0, le=10**12)]


class Card(NamedTuple):
    """A question in the list. `follows`: what happens by itself, and `at` when."""

    number: int
    ticket: str
    subject: str
    why: str
    follows: str
    at: int | None
    fuse: Fuse | None
    off: str | None


@router.get("/triage")
def show(here: Here, signed: Signed, language: Language, of: Of = 0, done: str = "", case: str = "") -> Response:
    signed.viewer.require("cases.read")
    values = _values(here, signed, language, of)
    title, says = tongue(language).text(PLACE.title), verbs.said(done, case, language)
    return shell.show(
        here, signed, "triage.html", language=language, title=title, place="triage", says=says, failed=False, **values
    )


@router.get("/parts/triage")
def part(here: Here, signed: Signed, language: Language, of: Of = 0) -> Response:
    """What of the page changes."""
    signed.viewer.require("cases.read")
    text = rendering.part("parts/triage.html", language=language, session=signed, **_values(here, signed, language, of))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _values(here: Installation, signed: Session, language: str, of: int) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        found = triaging.queue(tx, here.desk, signed.viewer)
        chosen = next((one for one in found if one.state.case.number == of), found[0] if found else None)
        people = here.desk.directory.get(tx)
        to = rendering.reader(language, people.displays_by_id())
        zone = zones.load(signed.zone or here.desk.policies.get(tx).zone(at).key)
        since = zones.instant_of(zones.local(at, zone).date(), 0, zone)
        asked = triaging.asked_since(found, since)
        today, moved = labels.since(tx, since), totals.moved_since(tx, since)
        one = {} if chosen is None else _question(tx, here, signed, to, chosen)
    waits = sum(each.snoozed is None for each in found)
    return {
        "cards": [_card(each, to, people) for each in found],
        "waits": waits,
        "chosen": None if chosen is None else chosen.state.case.number,
        "today": _share(today, asked, moved.opened if moved else 0),
        "now": at,
        **one,
    }


class AskedToday(NamedTuple):
    """Of the cases of today, about how many a person was asked, and in what share of the answers they agreed."""

    asked: int
    cases: int
    share: float
    agreed: float | None


def _share(today: Settled, waiting: int, cases: int) -> AskedToday | None:
    if not cases:
        return None
    asked = min(today.settled + waiting, cases)
    agreed = 100 * today.agreed / today.answered if today.answered else None
    return AskedToday(asked, cases, 100 * asked / cases, agreed)


def _card(one: Waiting, to: Reader, people: Directory) -> Card:
    case, question = one.state.case, one.question
    fuse = None
    if question.at is not None and question.at > one.since:
        left = max(0.0, (question.at - max(one.scene.now, one.since)) / (question.at - one.since))
        fuse = Fuse("risk" if left < 0.2 else "calm", round(100 * left, 1), (), one.since, question.at)
    off = None
    if one.snoozed is not None:
        off = to.says(
            "put off by {who}: {reason}", who=people.called(one.snoozed.actor) or "Tocsin", reason=one.snoozed.reason
        )
    return Card(
        case.number,
        case.external_id or f"#{case.number}",
        case.subject,
        worded(Said("{why}", {"why": Listed(one.why, "; ")}), to) if one.why else worded(question.text, to),
        "" if question.otherwise is None else worded(question.otherwise, to).rstrip("."),
        question.at,
        fuse,
        off,
    )


def _marked(policies: Policies, decision: Decision | None, body: str) -> list[Passage]:
    """What the customer wrote, the words that speak for the decision marked."""
    text = body[:_QUOTED] + ("…" if len(body) > _QUOTED else "")
    if not text or decision is None:
        return [Passage(text, False)] if text else []
    return passages(policies.compiled(decision.policy_version), msgspec.to_builtins(decision), text)


def _question(tx: Tx, here: Installation, signed: Session, to: Reader, one: Waiting) -> dict[str, Any]:
    """One question in full."""
    viewer, case, decision = signed.viewer, one.state.case, one.decision
    policies = here.desk.policies.get(tx)
    people = here.desk.directory.get(tx)
    document = policies.compiled(case.policy_version).document
    need = None if decision is None else decision.triage
    account = accounts.by_id(tx, [case.account]).get(case.account) if case.account is not None else None
    severities = rows.severities(here, tx)
    body = one.row.ticket.body or ""
    acts = verbs.acts()
    asked = [] if need is None else list(need.asks)
    levels = actions.levels(viewer, one.state, one.scene)
    return {
        "case": case,
        "customer": account,
        "facts": account.facts if account else {},
        "grade": min(_GRADES, severities.get(case.severity, _GRADES)),
        "question": one.question,
        "heading": one.title,
        "follows": "" if one.question.otherwise is None else worded(one.question.otherwise, to).rstrip("."),
        "because": say("Asked because {reasons}.", reasons=Listed(one.why, "; ")) if one.why else "",
        "answers": one.choices,
        "quote": _marked(policies, decision, body),
        "other": acts[answer_triage.name] if one.question.asks == triaging.TRIAGE else None,
        "later": acts[snooze_triage.name] if one.question.asks == triaging.TRIAGE else None,
        "choices": partial(doing.choices, one.state, people, document, (), levels, ()),
        "titles": {},
        "may": not all(choice.refused for choice in one.choices),
        "like": [
            (label, people.called(label.actor))
            for label in labels.like(tx, viewer, case.id, asked, (case.type, case.product_area), _LIKE)
        ],
        **why.decided(None if decision is None else decision.canonical(), viewer, policies),
    }
