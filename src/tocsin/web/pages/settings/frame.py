"""What stands around every page of Settings: the list of its sections, what was done or refused, what was typed into a
form that was refused, and both texts where somebody else has changed the same thing meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tocsin.administration.editing import Edit
from tocsin.core import canonical, ids
from tocsin.core.errors import Outdated, TocsinError, Unauthenticated
from tocsin.core.wording import Said, say, worded
from tocsin.languages import tongue
from tocsin.ledger import journal
from tocsin.ledger.chain import of_thing
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import access, rendering, shell, whom
from tocsin.web.access import Form, Here, Language, Signed
from tocsin.web.asking import whole
from tocsin.web.errors import STATUS, Handle, PageRoute, answering, sentence
from tocsin.web.pages.settings import sections
from tocsin.web.pages.settings.sections import Section

_MOST_VERSIONS = 10_000_000
_OUTDATED = 412


class Difference(NamedTuple):
    """Something of which two people have different texts: what it is, `yours`, and what is there `now`."""

    label: str
    yours: str
    now: str


class Kept(NamedTuple):
    """A form that was refused: which one of its page, what was typed, why, and beside which field that stands.
    `differs`: where somebody else has changed the same thing, both texts; `version`: of what is there now."""

    form: str
    typed: Mapping[str, str]
    says: str
    status: int
    place: str = ""
    differs: tuple[Difference, ...] = ()
    version: int | None = None


class Visit(NamedTuple):
    """Somebody at a page of Settings."""

    here: Installation
    signed: Session
    language: str

    @property
    def viewer(self) -> Viewer:
        return self.signed.viewer

    def see(self, section: Section) -> None:
        """Refused where they may not see it."""
        if not self.viewer.may(section.sees):
            raise Refused(self, section)

    def edit(self, form: Form) -> Edit:
        """A change of the version that the form was shown with."""
        seen = whole(form, "version", _MOST_VERSIONS)
        return Edit(self.here, self.viewer, frozenset({seen}))

    def says(self, text: str, /, **values: Any) -> str:
        return worded(say(text, **values), rendering.reader(self.language))

    def counts(self, one: str, many: str, amount: int) -> str:
        return tongue(self.language).plural(one, many, amount).format(amount=tongue(self.language).number(amount))


def _visit(here: Here, signed: Signed, language: Language) -> Visit:
    return Visit(here, signed, language)


Visiting = Annotated[Visit, Depends(_visit)]


class Refused(Exception):
    """A section that its visitor may not see."""

    def __init__(self, visit: Visit, section: Section) -> None:
        super().__init__(section.name)
        self.visit = visit
        self.section = section


class SettingsRoute(PageRoute):
    """A route of Settings: who may not see a section is told so within the frame, and whom to ask."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except Refused as refused:
                return await run_in_threadpool(_refusal, refused.visit, refused.section)

        return answering(guarded)


def show(
    visit: Visit,
    section: Section | None,
    template: str,
    heading: str,
    *,
    done: Mapping[str, str] | None = None,
    key: str = "",
    kept: Kept | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page of Settings. `heading`: its title, which says its answer; `done`: what may have been done before it, in
    words, by the `key` in its address; `kept`: a form that was refused."""
    speaks = tongue(visit.language)
    news = (done or {}).get(key)
    says = kept.says if kept else speaks.text(news) if news else None
    return shell.show(
        visit.here,
        visit.signed,
        f"settings/{template}",
        kept.status if kept else status,
        language=visit.language,
        place="settings",
        title=speaks.text(section.title) if section else heading,
        heading=heading,
        section=section,
        sections=sections.of(visit.viewer),
        may=visit.viewer.may,
        says=says,
        failed=kept is not None,
        kept=kept,
        now=visit.here.clock.now(),
        **values,
    )


def carried(
    visit: Visit,
    form: Form,
    named: str,
    do: Callable[[], str | Response],
    again: Callable[[Kept], Response],
    labels: Mapping[str, str] | None = None,
    readings: Mapping[str, Callable[[Any], str]] | None = None,
) -> Response:
    """Carry out what a form asks for, and go where `do` says, or show its answer, which holds what is shown only once;
    or show the page `again` with the form as it was typed.
    `named`: which form of the page it is; `labels`: what its fields are called, for where both texts are shown, and
    `readings`: how the values read of those that are no plain texts."""
    try:
        access.require_same(visit.signed, form)
        then = do()
        return RedirectResponse(then, 303) if isinstance(then, str) else then
    except Unauthenticated:
        raise
    except Outdated as error:
        return again(_both(visit, form, named, error, labels or {}, readings or {}))
    except TocsinError as error:
        return again(refused(named, form, error, visit.language))


def refused(named: str, typed: Mapping[str, str], error: TocsinError, language: str) -> Kept:
    """A form of the page, of this name, that is refused."""
    place = (error.place or "").rpartition(".")[2].partition("[")[0]
    return Kept(named, typed, sentence(error, language), STATUS.get(error.kind, 500), place)


def confirm(
    visit: Visit, section: Section | None, heading: str, says: str, *, action: str, label: str, back: str, **fields: str
) -> Response:
    """A page that asks once more before what cannot be undone. `says`: what follows; `action`: where its form goes;
    `label`: what its button does; `back`: where one goes who would rather not."""
    return show(
        visit,
        section,
        "confirm.html",
        heading,
        asks=says,
        action=action,
        label=label,
        back=back,
        fields=fields,
    )


def once(
    visit: Visit, section: Section | None, heading: str, says: str, shown: Sequence[tuple[str, str]], back: str
) -> Response:
    """A page with what nobody can read again. `says`: what it is for; `shown`: each with what it is."""
    return show(visit, section, "once.html", heading, explained=says, shown=shown, back=back)


def _both(
    visit: Visit,
    form: Form,
    named: str,
    error: Outdated,
    labels: Mapping[str, str],
    readings: Mapping[str, Callable[[Any], str]],
) -> Kept:
    speaks = tongue(visit.language)
    yours, now = error.yours or {}, error.current or {}

    def reads(name: str, value: Any) -> str:
        return readings[name](value) if name in readings else _text(visit, value)

    differs = tuple(
        Difference(speaks.text(labels.get(name, name)), reads(name, yours[name]), reads(name, now.get(name)))
        for name in yours
        if yours[name] != now.get(name)
    )
    by = _by(visit, now.get("id"), error.version)
    if yours:
        says = visit.says(
            "{name} has changed this while you did. Yours is kept below; nothing of it was saved.", name=by
        )
    else:
        says = visit.says("{name} has changed this meanwhile. Nothing was done; look at what it is now.", name=by)
    return Kept(named, form, says, _OUTDATED, "", differs, error.version)


def _by(visit: Visit, thing: str | None, version: int | None) -> str:
    """Who made this version of a thing, as people call them."""
    if thing is None or version is None:
        return visit.says("Somebody")
    with visit.here.database.reading() as tx:
        [event] = journal.read(tx, of_thing(ids.from_text(thing)), after=version - 1, limit=1)
        people = visit.here.desk.directory.get(tx)
    return people.called(event.actor) or "Tocsin"


def _text(visit: Visit, value: Any) -> str:
    """A value as people read it."""
    if value is None or value in ([], {}):
        return visit.says("nothing")
    if isinstance(value, bool):
        return visit.says("yes") if value else visit.says("no")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else canonical.encode(value).decode()


def _refusal(visit: Visit, section: Section) -> Response:
    """Why not, and whom to ask: by name, those who may."""
    heading = visit.says("Your role does not see {section}", section=Said(section.title, {}))
    ask = whom.to_ask(visit.here, visit.signed, section.sees, visit.language)
    return show(visit, None, "refused.html", heading, status=403, ask=ask)
