"""`/mine`: what waits for whoever reads it, and which cases are theirs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from tocsin.cases import actions, asking
from tocsin.cases.queries import waiting as cases
from tocsin.cases.verbs import acknowledge, decline
from tocsin.core.wording import marked, worded
from tocsin.languages import tongue
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import duty, plainly, rendering, rows, shell, verbs, waiting
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.pages.case.asked import claimed_by
from tocsin.web.places import Place
from tocsin.web.rows import RowAct, Rows, Shown

router = APIRouter(route_class=PageRoute)
PLACE = Place("mine", marked("Mine"), "/mine", "user", 1, key="m", phone=True)
SHOWN = 50  # of cases of which nothing is asked; the others are in a list
_BACK = {"back": "mine"}


class Group(NamedTuple):
    """Cases for one reason: `amount` of them, of which those are rows that are shown. `also`: the further act of each,
    by the case's id. `asks`: whether somebody waits for this reader."""

    name: str
    title: str
    rows: list[Shown]
    also: dict[str, RowAct]
    asks: bool
    amount: int


@router.get("/mine")
def show(here: Here, signed: Signed, language: Language, done: str = "", case: str = "") -> Response:
    values = _values(here, signed, language)
    title, says = tongue(language).text(marked("Mine")), verbs.said(done, case, language)
    return shell.show(
        here, signed, "mine.html", language=language, title=title, place="mine", says=says, failed=False, **values
    )


@router.get("/parts/mine")
def part(here: Here, signed: Signed, language: Language) -> Response:
    """What of the page changes."""
    text = rendering.part("parts/mine.html", language=language, session=signed, **_values(here, signed, language))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _values(here: Installation, signed: Session, language: str) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        works = signed.viewer.may("cases.work")
        waits = waiting.of(tx, signed.viewer)
        groups = _asked(tx, here, signed, language, waits) if works else _to_know(tx, here, signed, language)
        shifts = duty.of(tx, here, signed.viewer.user)
        reached = duty.reached(tx, here, signed.viewer.user) if works else None
        zone = signed.zone or here.desk.policies.get(tx).zone(at).key
    return {
        "works": works,
        "amount": waits.amount,
        "groups": [group for group in groups if group.rows],
        "shifts": shifts,
        "reached": reached,
        "base_url": here.entrance.base_url.rstrip("/"),
        "zone": zone,
        "now": at,
    }


def _asked(tx: Tx, here: Installation, signed: Session, language: str, waits: waiting.Waits) -> list[Group]:
    """The groups of somebody who works on cases."""
    viewer, known = signed.viewer, {case for found in waits for case in found}
    groups = (
        ("pages", marked("Pages to answer"), waits.pages, True),
        ("calls", marked("You are called in"), waits.calls, True),
        ("claims", marked("Claims to confirm or reject"), waits.claims, True),
        ("questions", marked("Questions to decide"), waits.questions, True),
        ("cases", marked("Your cases"), waiting.others(cases.theirs(tx, viewer), known), False),
        (
            "customers",
            marked("Escalations of your customers"),
            waiting.others(cases.of_customers(tx, viewer), known),
            False,
        ),
        ("followed", marked("Cases that you follow"), waiting.others(cases.followed(tx, viewer), known), False),
    )
    return _groups(tx, here, signed, language, groups)


def _to_know(tx: Tx, here: Installation, signed: Session, language: str) -> list[Group]:
    """The groups of somebody who works on no cases, and answers for what becomes of them."""
    viewer, known = signed.viewer, set[int]()
    groups = (
        ("executive", marked("Executive escalations"), waiting.others(cases.executive(tx, viewer), known), False),
        (
            "decisions",
            marked("Decisions that wait"),
            waiting.others(cases.questions(tx, viewer, answerable=False), known),
            False,
        ),
        ("followed", marked("Cases that you follow"), waiting.others(cases.followed(tx, viewer), known), False),
    )
    return _groups(tx, here, signed, language, groups)


def _groups(
    tx: Tx, here: Installation, signed: Session, language: str, found: Sequence[tuple[str, str, list[int], bool]]
) -> list[Group]:
    shares = {name: chosen if asks else chosen[:SHOWN] for name, _, chosen, asks in found}
    every = cases.rows(tx, signed.viewer, [case for share in shares.values() for case in share])
    made = rows.gathered(tx, here, signed.viewer, every, rows.severities(here, tx), language)
    shown = {row.state.case.id: made.of(row) for row in every}
    if not signed.viewer.may("cases.work"):
        shown = {case: _plainly(row, made) for case, row in shown.items()}
    who = cases.claimants(tx, [case for name, share in shares.items() if name == "claims" for case in share])
    groups = []
    for name, title, chosen, asks in found:
        own = [
            _back(_asking(shown[case], made, name, who), made, called=name == "calls")
            for case in shares[name]
            if case in shown
        ]
        also = _also(made, own) if name in ("pages", "calls") else {}
        groups.append(Group(name, title, own, also, asks, len(own) + len(chosen) - len(shares[name])))
    return groups


def _plainly(row: Shown, made: Rows) -> Shown:
    """A row in plain words, where there are some."""
    to = rendering.reader(made.speaks.name)
    told = [worded(one, to) for one in plainly.sentences(row.state, made.asked(row.state), made.people, made.now)]
    return row._replace(says=" ".join(told), says_at=None) if told else row


def _asking(row: Shown, made: Rows, group: str, who: Mapping[tuple[int, str], str]) -> Shown:
    """A row that says what its group asks, and offers what answers that, whatever else its case asks first. `who`
    claims what of which case."""
    scene = made.scenes[row.state.case.id]
    wanted = _ASKS.get(group, ())
    question = next((one for one in asking.questions(row.state, scene) if one.asks in wanted), None)
    if question is None:
        return row
    to = rendering.reader(made.speaks.name, made.people.displays_by_id())
    claimant = who.get((row.state.case.id, question.asks))
    text = question.text if claimant is None else claimed_by(question, made.people.called(claimant))
    parts = [worded(text, to)]
    if question.otherwise is not None:
        follows = worded(question.otherwise, to)
        parts.append(follows if question.at is None else to.says("{follows} in", follows=follows.rstrip(".")))
    act = made.act(row.state, scene, question)
    return row._replace(says=" ".join(parts), says_at=question.at, act=act)


_ASKS = {
    "claims": ("resolution", "containment"),
    "questions": ("triage", "request"),
    "decisions": ("triage", "request"),
}


def _back(row: Shown, made: Rows, *, called: bool) -> Shown:
    """The row of this page: what is done there leads back here. `called`: it asks whether they come."""
    if row.act is None or row.act.fields is None:
        return row
    label = made.speaks.text(marked("I come")) if called else row.act.label
    return row._replace(act=row.act._replace(label=label, fields=row.act.fields | _BACK))


def _also(made: Rows, own: Sequence[Shown]) -> dict[str, RowAct]:
    """ "I cannot", where this reader may decline."""
    label = made.speaks.text(marked("I cannot"))
    return {
        row.id: RowAct(decline.name, label, _BACK)
        for row in own
        if row.act is not None
        and row.act.verb == acknowledge.name
        and actions.why_not(made.viewer, decline, row.state, made.scenes[row.state.case.id]) is None
    }
