"""`/cases/{number or id}`: one case, and its verbs as forms."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tocsin.cases import acting, linking, queries, store
from tocsin.cases.acting import Done
from tocsin.cases.lifecycle import Verb
from tocsin.core.errors import NotFound, TocsinError, Unauthenticated
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import dossier, rendering, verbs
from tocsin.web.access import Form, Here, Signed, SignedForm
from tocsin.web.asking import Act
from tocsin.web.errors import STATUS, PageRoute, sentence
from tocsin.web.verbs import ACTS

router = APIRouter(route_class=PageRoute)


@router.get("/cases/{case}")
def show(case: str, here: Here, signed: Signed, done: str = "", all: bool = False) -> Response:
    values = dossier.gather(here, signed, case, whole=all)
    title = f"#{values['state'].case.number}"
    return rendering.page("case.html", title=title, says=verbs.said(done, ""), failed=False, **values)


@router.get("/parts/cases/{case}")
def part(request: Request, case: str, here: Here, signed: Signed, all: bool = False) -> Response:
    """What of the page changes."""
    text = rendering.part("parts/case.html", **dossier.gather(here, signed, case, whole=all))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


@router.post("/cases/{case}/{verb}")
def act(case: str, verb: str, here: Here, signed: Signed, form: SignedForm) -> Response:
    """Carry a verb out, and go back to the page that asked; or say on the case's page why not."""
    wanted = next((each for each in ACTS.values() if each.verb.value == verb.replace("-", " ")), None)
    if wanted is None:
        raise NotFound(f"there is no verb {verb[:40]}")
    with here.database.reading() as tx:
        found = _found(tx, signed.viewer, case)
    try:
        done = _carry_out(here, signed.viewer, found, wanted, form)
    except (NotFound, Unauthenticated):
        raise
    except TocsinError as error:
        values = dossier.gather(here, signed, case)
        said = f"{wanted.label}: {sentence(error)}"
        status = STATUS.get(error.kind, 500)
        return rendering.page("case.html", status, title=f"#{case}", says=said, failed=True, **values)
    number, name = done.state.case.number, wanted.verb.value.replace(" ", "+")
    back = f"/?done={name}&case={number}" if form.get("back") == "now" else f"/cases/{number}?done={name}"
    return RedirectResponse(back, 303)


def _carry_out(here: Installation, who: Viewer, case: int, wanted: Act, form: Form) -> Done:
    if wanted.verb is Verb.LINK:
        return _link(here, who, case, form)
    assert wanted.plan is not None
    plan = wanted.plan(who, form)
    with here.database.reading() as tx:
        children = store.children(tx, case)
    return here.writer.write(partial(acting.act, desk=here.desk, case=case, plan=plan), cases=(case, *children))


def _link(here: Installation, who: Viewer, case: int, form: Form) -> Done:
    with here.database.reading() as tx:
        other = _found(tx, who, form.get("case", "").strip().removeprefix("#") or "0")
        children = [*store.children(tx, case), *store.children(tx, other)]
    kind, reason = form.get("kind", ""), form.optional("reason")

    def write(tx: Tx) -> Done:
        return linking.link(tx, here.desk, who, case, kind, other, reason)

    return here.writer.write(write, cases=(case, other, *children))


def _found(tx: Tx, viewer: Viewer, reference: str) -> int:
    found: Any = queries.find(tx, viewer, reference)
    if found is None:
        raise NotFound(f"there is no case {reference[:40]}", place="case")
    return int(found)
