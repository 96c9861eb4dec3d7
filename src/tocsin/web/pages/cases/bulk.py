"""`/bulk`: one verb on the cases that somebody has chosen: tried, carried out, and undone together."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.cases import acting, bulks, carrying, queries, store
from tocsin.cases.acting import Done, Plan
from tocsin.cases.verbs import undo
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound, TocsinError
from tocsin.core.wording import Said, counted, marked, say, worded
from tocsin.languages import tongue
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.policy.levels import LEVELS
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import once, rendering, shell, words
from tocsin.web.access import Fields, Form, Here, Language, Signed, SignedForm, require_same
from tocsin.web.asking import Act, FormField
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.pages.case import doing
from tocsin.web.verbs import acts

router = APIRouter(route_class=PageRoute)
MOST = 200
_LIST = "sort=unanswered&state=open"  # to which one goes back who came from no other


class BulkOutcome(NamedTuple):
    """What becomes of one of the chosen cases. `why`: why nothing does; None where it does."""

    number: str
    subject: str
    why: str | None


class Chosen(NamedTuple):
    """The cases that somebody chose; `unknown`: what is no case, or none for them any more."""

    cases: Sequence[int]
    unknown: Sequence[BulkOutcome]


@router.get("/bulk")
def ask(request: Request, here: Here, signed: Signed, language: Language) -> Response:
    """Ask what the verb needs to know, of the cases that a list was left with."""
    form = Form(request.query_params.multi_items())
    wanted = _verb(form.get("verb", ""))
    signed.viewer.require(wanted.verb.permission)
    return _asked(here, signed, language, form, wanted, _chosen(here, signed.viewer, form.several("case"), language))


@router.post("/bulk")
def act(request: Request, here: Here, signed: Signed, language: Language, form: Fields) -> Response:
    """Say what would become of each of them; or carry it out where `sure` says so."""
    if not form.resumed:  # then it is only asked again
        require_same(signed, form)
    wanted = _verb(form.get("verb", ""))
    signed.viewer.require(wanted.verb.permission)
    chosen = _chosen(here, signed.viewer, form.several("case"), language)
    if form.get("sure") == "yes" and not form.resumed:
        return _carried_out(here, signed, language, form, wanted, chosen)
    once.only_asks(request)
    return _asked(here, signed, language, form, wanted, chosen)


@router.get("/bulk/{id}")
def look(
    here: Here,
    signed: Signed,
    language: Language,
    id: str,
    back: str = "",
    also: Annotated[Sequence[str], Query(max_length=MOST)] = (),
) -> Response:
    """What was done to many, what stayed as it was, and why. From here it is undone. `also`: what was chosen besides,
    and was no case."""
    signed.viewer.require("cases.work")
    now = here.clock.now()
    with here.database.reading(now) as tx:
        bulk = bulks.named(tx, id)
        known = queries.numbers(tx, signed.viewer, (*bulk.events, *bulk.left))
        by = here.desk.directory.get(tx).called(bulk.by) or "Tocsin"
    every: dict[int, str | None] = dict.fromkeys(bulk.events)
    for case, why in bulk.left.items():
        said = words.of_ours(Said(why, {}) if isinstance(why, str) else why, tongue(language))
        every[case] = _begun(said) if said else _unchanged(language)
    unknown = _chosen(here, signed.viewer, also, language).unknown if also else ()
    outcomes = [*_rows(here, {case: why for case, why in every.items() if case in known}), *unknown]
    undoing = id if bulks.undoable(bulk, now) else None
    title = _became(acts()[bulk.verb].label, outcomes, language)
    return _page(here, signed, language, title, outcomes, back, undoing=undoing, bulk=bulk, by=by)


@router.post("/bulk/undo")
def undo_all(here: Here, signed: Signed, language: Language, form: SignedForm) -> Response:
    """Undo what was done to many; each case that has changed since stays as it is."""
    signed.viewer.require("cases.work")
    with here.database.reading(here.clock.now()) as tx:
        bulk = bulks.named(tx, form.get("id", ""))
        known = queries.numbers(tx, signed.viewer, bulk.events)
    plans = {case: undo(signed.viewer, event) for case, event in bulk.events.items() if case in known}
    write = partial(bulks.taken_back, desk=here.desk, bulk=bulk, plans=plans, by=signed.viewer.actor)
    outcomes = _outcomes(here, carrying.carry_out(here.database, here.writer, list(plans), write), language)
    title = _became(marked("Undone"), outcomes, language)
    return _page(here, signed, language, title, outcomes, form.get("back", ""))


def _asked(here: Installation, signed: Session, language: str, form: Form, wanted: Act, chosen: Chosen) -> Response:
    """The preview: what each case would allow, with what is typed so far."""
    ready = all(not field.required or form.get(field.name, "").strip() for field in wanted.fields)
    outcomes, wrong = _rows(here, dict.fromkeys(chosen.cases)), None
    if ready:
        try:
            plans = dict.fromkeys(chosen.cases, wanted.plan(signed.viewer, form))
            with here.database.reading(here.clock.now()) as tx:
                tried = acting.trial(tx, here.desk, plans)
            if (unfit := _unfit(tried)) is not None:
                raise unfit
            outcomes = _outcomes(here, tried, language)
        except InvalidInput as error:
            ready, wrong = False, sentence(error, language)
    every = [*outcomes, *chosen.unknown]
    amount = counted("{amount} case", "{amount} cases", len(every))
    return _page(
        here,
        signed,
        language,
        worded(say("{what}: {amount}", what=Said(wanted.label, {}), amount=amount), rendering.reader(language)),
        every,
        form.get("back", ""),
        status=422 if wrong else 200,
        act=wanted,
        ready=ready,
        wrong=wrong,
        typed={field.name: form.get(field.name, "") for field in wanted.fields},
        numbers=form.several("case"),
        choices=partial(_choices, here),
    )


def _carried_out(
    here: Installation, signed: Session, language: str, form: Form, wanted: Act, chosen: Chosen
) -> Response:
    """What was done has a page of its own, which may be loaded again. Where nothing was done, that is said at once."""
    plan: Plan = wanted.plan(signed.viewer, form)
    plans = dict.fromkeys(chosen.cases, plan)

    def write(tx: Tx) -> tuple[dict[int, Done | TocsinError], int | None]:
        return bulks.carried_out(tx, here.desk, wanted.verb.name, plans, signed.viewer.actor)

    became, made = carrying.carry_out(here.database, here.writer, list(plans), write)
    if made is not None:
        asked = [("back", form.get("back", "")), *(("also", one.number) for one in chosen.unknown)]
        return RedirectResponse(f"/bulk/{ids.to_text(made)}?{urlencode(asked)}", 303)
    if _unfit(became) is not None:
        return _asked(here, signed, language, form, wanted, chosen)
    outcomes = [*_outcomes(here, became, language), *chosen.unknown]
    return _page(here, signed, language, _became(wanted.label, outcomes, language), outcomes, form.get("back", ""))


def _page(
    here: Installation,
    signed: Session,
    language: str,
    title: str,
    outcomes: Sequence[BulkOutcome],
    back: str,
    status: int = 200,
    **more: Any,
) -> Response:
    values = {
        "outcomes": outcomes,
        "back": back or _LIST,
        "act": None,
        "ready": True,
        "undoing": None,
        "bulk": None,
        "now": here.clock.now(),
    }
    return shell.show(
        here, signed, "bulk.html", status, language=language, title=title, place="cases", **(values | more)
    )


def _unfit(became: Mapping[int, Done | TocsinError]) -> InvalidInput | None:
    """What is wrong with what was typed, which is the same for each case."""
    return next((one for one in became.values() if isinstance(one, InvalidInput)), None)


def _became(what: str, outcomes: Sequence[BulkOutcome], language: str) -> str:
    """What was done, and to how many of those that were chosen."""
    done = sum(one.why is None for one in outcomes)
    said = Said(what, {})
    if not done:
        title = say("{what}: nothing was changed", what=said)
    elif done < len(outcomes):
        title = say("{what}: done to {done} of {all} cases", what=said, done=done, all=len(outcomes))
    else:
        title = say("{what}: {amount}", what=said, amount=counted("{amount} case", "{amount} cases", done))
    return worded(title, rendering.reader(language))


def _choices(here: Installation, field: FormField) -> Sequence[Any]:
    """What a select offers, of whatever holds for all cases alike."""
    if field.choices:
        return field.choices
    at = here.clock.now()
    with here.database.reading(at) as tx:
        people, document = here.desk.directory.get(tx), here.desk.policies.get(tx).at(at).document
        rosters = list(here.desk.rosters.get(tx).by_name)
    if field.kind in ("user", "colleague"):
        return doing.called(people, doing.working(people))
    offered: dict[str, Sequence[Any]] = {
        "severity": [(name, name) for name in document.severities],
        "type": [(name, name.replace("_", " ")) for name in document.types],
        "product_area": [(name, name.replace("_", " ")) for name in document.product_areas],
        "level": [(name, name) for name in reversed(LEVELS)],
        "team": [(name, name) for name in people.teams],
        "roster": [(name, name) for name in rosters],
    }
    return offered.get(field.kind, [])


def _verb(name: str) -> Act:
    found = acts().get(name)
    if found is None or found.verb.route.by_hand:
        raise NotFound(say("there is no verb {verb}", verb=name[:40]))
    return found


def _chosen(here: Installation, who: Viewer, given: Sequence[str], language: str) -> Chosen:
    """The cases behind the numbers that were chosen."""
    if not given or len(given) > MOST:
        expected = say("1 to {most} cases", most=MOST)
        raise InvalidInput(say("{amount} cases are chosen", amount=len(given)), expected=expected)
    found: dict[int, None] = {}
    unknown = []
    with here.database.reading(here.clock.now()) as tx:
        for each in given:
            try:
                found[queries.found(tx, who, each)] = None
            except NotFound as error:
                unknown.append(BulkOutcome(each, "", _begun(worded(error.says, rendering.reader(language)))))
    return Chosen(list(found), unknown)


def _outcomes(here: Installation, became: Mapping[int, Done | TocsinError], language: str) -> list[BulkOutcome]:
    whys: dict[int, str | None] = {}
    for case, one in became.items():
        if isinstance(one, TocsinError):
            whys[case] = sentence(one, language)
        else:
            whys[case] = _unchanged(language) if one.first is None else None
    return _rows(here, whys)


def _rows(here: Installation, whys: Mapping[int, str | None]) -> list[BulkOutcome]:
    """These cases, which the viewer sees, each with why nothing becomes of it."""
    with here.database.reading() as tx:
        known = store.load_many(tx, whys)
    cases = ((known[case].case, why) for case, why in whys.items())
    return [BulkOutcome(case.external_id or f"#{case.number}", case.subject, why) for case, why in cases]


def _unchanged(language: str) -> str:
    return tongue(language).text(marked("Nothing changes: it is so already."))


def _begun(reason: str) -> str:
    """A reason as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."
