"""`/cases/{case}/affected`: customers whom the problem of a case concerns, and cases that are opened for them."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tocsin.cases import queries, store
from tocsin.cases.alike import affected
from tocsin.cases.alike.affected import AT_ONCE, OpenedFor
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import say, worded
from tocsin.people.accounts import Having
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import rendering, shell
from tocsin.web.access import Here, Language, Signed, SignedForm
from tocsin.web.errors import STATUS, PageRoute, sentence
from tocsin.web.pages.accounts.page import name_of

router = APIRouter(route_class=PageRoute)


@router.get("/cases/{case}/affected")
def show(
    case: str, here: Here, signed: Signed, language: Language, product: str = "", plan: str = "", region: str = ""
) -> Response:
    return _page(here, signed, language, case, {"product": product, "plan": plan, "region": region})


@router.post("/cases/{case}/affected/open")
def open_for(case: str, here: Here, signed: Signed, language: Language, form: SignedForm) -> Response:
    """Open cases for those who were chosen."""
    who = signed.viewer
    who.require("cases.work")
    who.require("cases.open")
    asked = {name: form.get(name, "") for name in ("product", "plan", "region")}
    chosen = form.several("account")
    try:
        if not 1 <= len(chosen) <= AT_ONCE:
            expected = say("1 to {most} of them", most=AT_ONCE)
            raise InvalidInput(say("nobody is chosen, or too many are"), place="account", expected=expected)
        with here.database.reading() as tx:
            parent = queries.found(tx, who, case)

        def job(tx: Tx) -> list[OpenedFor]:
            store.lock(tx, [parent])
            return affected.open_for(tx, here.desk, who, parent, chosen)

        made = here.writer.write(job, cases=(parent,))
    except TocsinError as error:
        says, status = sentence(error, language), STATUS.get(error.kind, 500)
        return _page(here, signed, language, case, asked, says=says, status=status, chosen=chosen)
    opened = sum(one.refused is None for one in made)
    return RedirectResponse(f"/cases/{case}?done=opened" if opened else f"/cases/{case}/affected", 303)


def _page(
    here: Installation,
    signed: Session,
    language: str,
    case: str,
    asked: dict[str, str],
    *,
    says: str | None = None,
    status: int = 200,
    chosen: list[str] | None = None,
) -> Response:
    viewer = signed.viewer
    viewer.require("people.read")
    reader = rendering.reader(language)
    products = tuple(name for each in asked["product"].split(",") if (name := each.strip()))
    wanted = Having(products, asked["plan"].strip() or None, asked["region"].strip() or None)
    with here.database.reading(here.clock.now()) as tx:
        parent = queries.found(tx, viewer, case)
        state = queries.load(tx, viewer, parent)
        wanted = wanted if any(wanted) else affected.usual(tx, parent)
        found = affected.affected(tx, viewer, parent, wanted)
    lines: list[dict[str, Any]] = [
        {
            "id": one.account.external_id,
            "name": name_of(one.account),
            "why": [worded(each, reader) for each in one.why],
            "case": one.case,
            "chosen": chosen is None or one.account.external_id in chosen,
        }
        for one in found
    ]
    silent = sum(line["case"] is None for line in lines)
    title = reader.counts("{amount} customer has not written yet", "{amount} customers have not written yet", silent)
    return shell.show(
        here,
        signed,
        "affected.html",
        status,
        language=language,
        place="cases",
        title=title,
        case=state.case,
        lines=lines,
        silent=silent,
        asked={"product": ", ".join(wanted.products), "plan": wanted.plan or "", "region": wanted.region or ""},
        may=state.case.state == "open" and state.case.parent is None and viewer.may("cases.work"),
        says=says,
        failed=says is not None,
    )
