"""`/policy/new`: a version is written or uploaded, looked at with every problem by its line, and stored. It decides
nothing until it is activated."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.policy import starters, versions
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields, Form
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Kept, Visit, Visiting
from tocsin.web.pages.policy.versions import Examined, examine

router = APIRouter(route_class=PageRoute)
From = Annotated[int | None, Query(alias="from", ge=1, le=2**31 - 1)]


@router.get("/policy/new")
def show(visit: Visiting, begin: From = None) -> Response:
    visit.viewer.require("policy.write")
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        force = here.desk.policies.get(tx).in_force(at)
        number = begin if begin is not None else force.version if force is not None else None
        source = starters.text() if number is None else versions.source_of(tx, number)
    return _page(visit, source, number)


@router.post("/policy/new")
def write(visit: Visiting, form: Fields) -> Response:
    """Look at a text, or store it where it can be read."""
    visit.viewer.require("policy.write")
    try:
        source = _sent(form)
    except InvalidInput as error:
        kept = Kept("new", form, sentence(error, visit.language), 422, "file")
        return _page(visit, form.get("source", ""), None, kept=kept)
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        examined = examine(source, visit.here.names(tx))
    if form.get("do") != "save" or examined.parsed is None or examined.errors:
        return _page(visit, source, None, examined, refused=form.get("do") == "save")

    def do() -> str:
        def store(tx: Tx) -> tuple[int, bool]:
            known = {version.number for version in versions.stored(tx)}
            number = versions.store(tx, visit.here.journal, source, visit.viewer.actor)
            return number, number in known

        number, known = visit.here.writer.write(store)
        return f"/policy/versions/{number}?done={'same' if known else 'saved'}"

    def again(kept: Kept) -> Response:
        return _page(visit, source, None, examined, kept=kept)

    return frame.carried(visit, form, "new", do, again)


def _sent(form: Form) -> str:
    """The text that is in the field, or in a file that was chosen."""
    sent = form.files.get("file")
    if sent is None:
        return form.get("source", "").replace("\r\n", "\n")
    try:
        return texts.nfc(sent.data.decode("utf-8-sig")).replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise InvalidInput(say("the file is no text"), place="file", expected=say("YAML in UTF-8")) from None


def _page(
    visit: Visit,
    source: str,
    begin: int | None,
    examined: Examined | None = None,
    *,
    refused: bool = False,
    kept: Kept | None = None,
) -> Response:
    heading = visit.says("Write the next version")
    if examined is not None:
        amount = len(examined.errors) + len(examined.failing)
        heading = visit.counts("{amount} thing keeps it from deciding", "{amount} things keep it from deciding", amount)
        if examined.sound:
            heading = visit.says("It can be activated")
    status = 422 if refused else 200
    return frame.show(
        visit, "versions", "new.html", heading, kept=kept, status=status, source=source, begin=begin, examined=examined
    )
