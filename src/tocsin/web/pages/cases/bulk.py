"""`/bulk`: one verb on the cases that somebody has chosen: tried, carried out, and undone together."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.cases import acting, bulks, carrying, queries
from tocsin.cases.acting import Done, Plan
from tocsin.cases.verbs import undo
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound, TocsinError
from tocsin.core.wording import marked, say
from tocsin.languages import tongue
from tocsin.people.permissions import Viewer, roles
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import shell
from tocsin.web.access import Fields, Form, Here, Language, Signed, SignedForm, require_same
from tocsin.web.asking import Act, FormField
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.verbs import acts

router = APIRouter(route_class=PageRoute)
MOST = 200


class BulkOutcome(NamedTuple):
    """What becomes of one of the chosen cases. `why`: why nothing does; None where it does."""

    number: str
    subject: str
    why: str | None


@router.post("/bulk")
def act(here: Here, signed: Signed, language: Language, form: Fields) -> Response:
    """Ask what the verb needs to know, and say what would become of each; or carry it out where `sure` says so."""
    if not form.resumed:  # then it is only asked again
        require_same(signed, form)
    wanted = _verb(form.get("verb", ""))
    signed.viewer.require(wanted.verb.permission)
    meant = _meant(here, signed.viewer, form.several("case"))
    if form.get("sure") == "yes" and not form.resumed:
        return _carried_out(here, signed, language, form, wanted, meant)
    return _asked(here, signed, language, form, wanted, meant)


@router.post("/bulk/undo")
def undo_all(here: Here, signed: Signed, language: Language, form: SignedForm) -> Response:
    """Undo what was done to many; each case that has changed since stays as it is."""
    signed.viewer.require("cases.work")
    with here.database.reading(here.clock.now()) as tx:
        bulk = bulks.named(tx, form.get("id", ""))
        known = queries.numbers(tx, signed.viewer, bulk.events)
    plans = {case: undo(signed.viewer, event) for case, event in bulk.events.items() if case in known}
    write = partial(bulks.taken_back, desk=here.desk, bulk=bulk, plans=plans, by=signed.viewer.actor)
    became = carrying.carry_out(here.database, here.writer, list(plans), write)
    title = tongue(language).text(marked("Undone"))
    return _page(
        here, signed, language, title, acts()[bulk.verb], _outcomes(here, signed, became, language), None, form
    )


def _asked(
    here: Installation, signed: Session, language: str, form: Form, wanted: Act, meant: Sequence[int]
) -> Response:
    """The preview: what each case would allow, with what is typed so far."""
    ready = all(not field.required or form.get(field.name, "").strip() for field in wanted.fields)
    outcomes, wrong = _unknown(here, signed, meant), None
    if ready:
        try:
            plans = dict.fromkeys(meant, wanted.plan(signed.viewer, form))
            with here.database.reading(here.clock.now()) as tx:
                tried = acting.trial(tx, here.desk, plans)
            outcomes = _outcomes(here, signed, tried, language)
        except InvalidInput as error:
            ready, wrong = False, sentence(error, language)
    title = tongue(language).text(wanted.label)
    return _page(here, signed, language, title, wanted, outcomes, None, form, asking=True, wrong=wrong, ready=ready)


def _carried_out(
    here: Installation, signed: Session, language: str, form: Form, wanted: Act, meant: Sequence[int]
) -> Response:
    plan: Plan = wanted.plan(signed.viewer, form)
    plans = dict.fromkeys(meant, plan)

    def write(tx: Tx) -> tuple[dict[int, Done | TocsinError], int | None]:
        return bulks.carried_out(tx, here.desk, wanted.verb.name, plans, signed.viewer.actor)

    became, made = carrying.carry_out(here.database, here.writer, list(plans), write)
    title = tongue(language).text(wanted.done)
    undoing = None if made is None else ids.to_text(made)
    return _page(here, signed, language, title, wanted, _outcomes(here, signed, became, language), undoing, form)


def _page(
    here: Installation,
    signed: Session,
    language: str,
    title: str,
    wanted: Act,
    outcomes: list[BulkOutcome],
    undoing: str | None,
    form: Form,
    *,
    asking: bool = False,
    wrong: str | None = None,
    ready: bool = True,
) -> Response:
    values: dict[str, Any] = {
        "act": wanted,
        "outcomes": outcomes,
        "undoing": undoing,
        "asking": asking,
        "ready": ready,
        "wrong": wrong,
        "typed": {field.name: form.get(field.name, "") for field in wanted.fields},
        "numbers": form.several("case"),
        "back": form.get("back", "sort=unanswered&state=open"),
        "choices": partial(_choices, here),
        "now": here.clock.now(),
    }
    return shell.show(here, signed, "bulk.html", language=language, title=title, place="cases", **values)


def _choices(here: Installation, field: FormField) -> Sequence[Any]:
    """What a select offers, of whatever holds for all cases alike."""
    if field.choices:
        return field.choices
    at = here.clock.now()
    with here.database.reading(at) as tx:
        people, document = here.desk.directory.get(tx), here.desk.policies.get(tx).at(at).document
        rosters = list(here.desk.rosters.get(tx).by_name)
    can = roles("cases.work")
    working = tuple(
        (user.name, user.display or user.name) for user in people.by_name.values() if user.active and user.role in can
    )
    offered: dict[str, Sequence[Any]] = {
        "user": working,
        "colleague": working,
        "severity": [(name, name) for name in document.severities],
        "level": [(name, name) for name in ("executive", "senior", "standard")],
        "team": [(name, name) for name in people.teams],
        "roster": [(name, name) for name in rosters],
    }
    return offered.get(field.kind, [])


def _verb(name: str) -> Act:
    found = acts().get(name)
    if found is None or found.verb.route.by_hand:
        raise NotFound(say("there is no verb {verb}", verb=name[:40]))
    return found


def _meant(here: Installation, who: Viewer, chosen: Sequence[str]) -> list[int]:
    """The cases behind the numbers that were chosen."""
    if not chosen or len(chosen) > MOST:
        expected = say("1 to {most} cases", most=MOST)
        raise InvalidInput(say("{amount} cases are chosen", amount=len(chosen)), expected=expected)
    with here.database.reading(here.clock.now()) as tx:
        return list(dict.fromkeys(queries.found(tx, who, each) for each in chosen))


def _outcomes(
    here: Installation, signed: Session, became: Mapping[int, Done | TocsinError], language: str
) -> list[BulkOutcome]:
    same = tongue(language).text(marked("Nothing changes: it is so already."))
    found = []
    for outcome, one in zip(_unknown(here, signed, list(became)), became.values(), strict=True):
        why = sentence(one, language) if isinstance(one, TocsinError) else same if one.first is None else None
        found.append(outcome._replace(why=why))
    return found


def _unknown(here: Installation, signed: Session, cases: Sequence[int]) -> list[BulkOutcome]:
    with here.database.reading() as tx:
        states = [queries.load(tx, signed.viewer, case).case for case in cases]
    return [BulkOutcome(case.external_id or f"#{case.number}", case.subject, None) for case in states]
