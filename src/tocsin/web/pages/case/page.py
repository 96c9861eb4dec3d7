"""`/cases/{number or id}`: one case, and its verbs as forms."""

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tocsin.cases import acting, carrying, deeds, linking, queries
from tocsin.cases.acting import Done
from tocsin.cases.queries import changes
from tocsin.cases.queries.changes import Changed
from tocsin.cases.verbs import dismiss_parent, link, undo, unlink
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound, TocsinError, Unauthenticated
from tocsin.core.wording import Listed, Said, marked, say
from tocsin.languages import tongue
from tocsin.notify import outcomes
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import access, rendering, shell, streaming, travel, verbs
from tocsin.web.access import Fields, Form, Here, Language, Signed
from tocsin.web.asking import Act, whole
from tocsin.web.errors import STATUS, PageRoute, sentence
from tocsin.web.pages.case import dossier, rivals
from tocsin.web.pages.case.course import CourseFilter
from tocsin.web.pages.case.rivals import KeptForm
from tocsin.web.snapshot import Snapshot
from tocsin.web.streaming import Since
from tocsin.web.verbs import acts

router = APIRouter(route_class=PageRoute)
_MOST_EVENTS = 10_000_000
_NEWS = {
    "opened": marked("Opened."),
    "asked": marked("It is being asked; its answer stands here when it has come."),
    "known": marked("The ticket had this case already; nothing was changed."),
}
_BACK = {"now": "/", "mine": "/mine", "triage": "/triage"}  # pages that acts come from, by what their forms say


def _wanted(
    show: Literal["", "people", "customer", "pages", "clocks", "decisions"] = "",
    older: Annotated[int, Query(ge=0, le=_MOST_EVENTS)] = 0,
    all: bool = False,
) -> CourseFilter:
    return CourseFilter(show, older, all)


Asked = Annotated[CourseFilter, Depends(_wanted)]


def _instant(
    here: Here,
    signed: Signed,
    as_of: Annotated[str, Query(max_length=40)] = "",
    zone: Annotated[str, Query(max_length=60)] = "",
    back: Annotated[int, Query(ge=0, le=travel.FARTHEST)] = 0,
) -> int | None:
    return travel.instant(signed, as_of, zone, back, here.clock.now())


At = Annotated[int | None, Depends(_instant)]


@router.get("/cases/{case}")
def show(case: str, here: Here, signed: Signed, language: Language, wanted: Asked, at: At, done: str = "") -> Response:
    try:
        values = dossier.gather(here, signed, case, wanted=wanted, language=language, at=at)
    except NotFound:
        return _absent(here, signed, case, language, past=at is not None)
    said = verbs.said(done, "", language) or tongue(language).text(_NEWS.get(done, "")) or None
    return shell.show(here, signed, "case.html", place="cases", title=_title(values), says=said, failed=False, **values)


@router.get("/events/cases/{case}")
def live(case: str, request: Request, here: Here, signed: Signed, language: Language, since: Since = 0) -> Response:
    """Whether the page changes."""
    signed.viewer.require("cases.read")
    with here.database.reading() as tx:
        found = queries.found(tx, signed.viewer, case)
    return streaming.stream(request, signed, language, LiveCase(found), since)


class LiveCase(NamedTuple):
    """The page of a case, which asks for itself."""

    case: int

    def noticed(self, seen: Snapshot, reader: Session) -> Hashable:
        changed, messages = seen.once("cases", lambda: _changes(seen))
        found = changed.get(self.case)
        return (found.at, messages.get(self.case)) if found and found.seen_by(reader.viewer.user) else None

    def sight(self, seen: Snapshot, reader: Session, language: str) -> Hashable:
        return None

    def draw(self, seen: Snapshot, reader: Session, language: str) -> str:
        return ids.to_text(self.case)


def _changes(seen: Snapshot) -> tuple[dict[int, Changed], dict[int, tuple[Any, ...]]]:
    """Of every case whose page is open when it changed last, and what became of its messages."""
    cases = [one.case for one in seen.open if isinstance(one, LiveCase)]
    return changes.of(seen.tx, cases), outcomes.changes(seen.tx, cases)


@router.get("/parts/cases/{case}")
def part(case: str, here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """What of the page changes."""
    values = dossier.gather(here, signed, case, wanted=wanted, language=language)
    text = rendering.part("parts/case.html", session=signed, **values)
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _absent(here: Installation, signed: Session, case: str, language: str, *, past: bool = False) -> Response:
    """The same page where there is no such case and where it is not for this reader; of the `past`, that it came later,
    where it did."""
    later = past and _is_there(here, signed.viewer, case)
    title = tongue(language).text(marked("The case came later") if later else marked("No such case for you"))
    values: dict[str, Any] = {"title": title, "wanted": case, "later": later, "now": here.clock.now()}
    return shell.show(here, signed, "case-absent.html", 404, language=language, place="cases", **values)


def _is_there(here: Installation, viewer: Viewer, case: str) -> bool:
    with here.database.reading() as tx:
        try:
            queries.named(tx, viewer, case)
        except NotFound:
            return False
    return True


@router.post("/cases/{case}/{verb}")
def act(case: str, verb: str, here: Here, signed: Signed, language: Language, form: Fields) -> Response:
    """Carry a verb out, and go back to the page that asked; or say on the case's page why not."""
    wanted = acts().get(verb)
    if wanted is None:
        raise NotFound(say("there is no verb {verb}", verb=verb[:40]))
    with here.database.reading() as tx:
        found = queries.found(tx, signed.viewer, case)
    if form.pop("myself", ""):
        form["owner"] = signed.viewer.name
    try:
        access.require_same(signed, form)
        done = _carry_out(here, signed.viewer, found, wanted, form)
    except Unauthenticated:
        raise
    except TocsinError as error:
        says = sentence(error, language)
        return kept(here, signed, case, wanted, form, says, STATUS.get(error.kind, 500), language=language)
    number, name = done.state.case.number, wanted.verb.name
    back = _BACK.get(form.get("back", ""))
    return RedirectResponse(f"{back}?done={name}&case={number}" if back else f"/cases/{number}?done={name}", 303)


def kept(
    here: Installation,
    signed: Session,
    case: str,
    act: Act,
    typed: dict[str, str],
    says: str,
    status: int,
    *,
    language: str,
) -> Response:
    """The page of a case with a form that was not carried out, as it was typed, and why. NotFound where there is no
    such case for this viewer."""
    asked = {field.name: typed[field.name] for field in act.fields if typed.get(field.name)}
    seen = _seen(typed)
    form = KeptForm(act.verb.name, asked, says, seen)
    values = dossier.gather(here, signed, case, kept=form, language=language)
    title = _title(values)
    news = rendering.reader(language).says("{what}: {news}", what=Said(act.label, {}), news=says)
    said = None if asked else news  # what was typed stands with its reason
    return shell.show(here, signed, "case.html", status, place="cases", title=title, says=said, failed=True, **values)


def _carry_out(here: Installation, who: Viewer, case: int, wanted: Act, form: Form) -> Done:
    if wanted.verb in (link, unlink):
        return _link(here, who, case, form, undo=wanted.verb is unlink)
    if wanted.verb is dismiss_parent:
        return _dismiss(here, who, case, form)
    if wanted.verb is undo:
        return _undo(here, who, case, form)
    plan = rivals.unrivalled(wanted.plan(who, form), wanted.verb.name, who.actor, _seen(form))
    write = partial(acting.act, desk=here.desk, case=case, plan=plan)
    return carrying.carry_out(here.database, here.writer, (case,), write)


def _seen(form: Mapping[str, str]) -> int | None:
    """The newest event that the page of a form had shown; None where it does not say so."""
    said = form.get("seen", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else None


def _link(here: Installation, who: Viewer, case: int, form: Form, *, undo: bool) -> Done:
    with here.database.reading() as tx:
        other = _other(tx, who, form.get("case", "").strip())
    kind, reason = form.get("kind", ""), form.optional("reason")

    def write(tx: Tx) -> Done:
        if undo:
            return linking.unlink(tx, here.desk, who, case, kind, other)
        return linking.link(tx, here.desk, who, case, kind, other, reason)

    return carrying.carry_out(here.database, here.writer, (case, other), write)


def _dismiss(here: Installation, who: Viewer, case: int, form: Form) -> Done:
    with here.database.reading() as tx:
        other = _other(tx, who, form.get("case", "").strip())
    write = partial(linking.dismiss, desk=here.desk, viewer=who, case=case, other=other, reason=form.optional("reason"))
    return carrying.carry_out(here.database, here.writer, (case,), write)


def _undo(here: Installation, who: Viewer, case: int, form: Form) -> Done:
    """What the page showed, also where something else was done since."""
    event = whole(form, "event", _MOST_EVENTS)
    with here.database.reading(here.clock.now()) as tx:
        cases = deeds.touched(tx, here.desk, case, event)
    write = partial(deeds.take_back, desk=here.desk, viewer=who, case=case, event=event)
    return carrying.carry_out(here.database, here.writer, cases, write)


def _other(tx: Tx, who: Viewer, typed: str) -> int:
    """The other case, as a person types it. What could mean two is not linked: a link pages, or silences, at once."""
    meant = queries.named(tx, who, typed)
    if meant.also:
        says = say("{typed} is the number of a ticket and of another case", typed=typed[:40])
        others = Listed([f"#{number}" for number in meant.also], " or ")
        raise InvalidInput(
            says,
            place="case",
            expected=say("#{typed} for the case, {others} for the ticket's", typed=typed[:40], others=others),
        )
    return meant.case


def _title(values: dict[str, Any]) -> str:
    case = values["state"].case
    return case.external_id or f"#{case.number}"
