"""`/start/practice`: the reader is paged about a case of which nothing is wrong, and sees the way of that page."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import practice
from tocsin.administration.practice import Practice
from tocsin.cases import acting, carrying, verbs
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.notify import destinations, outcomes
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import PRACTICE

router = APIRouter(route_class=PageRoute)


@router.get("/start/practice")
def show(visit: Visiting, done: str = "") -> Response:
    return _page(visit, key=done)


@router.post("/start/practice")
def begin(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        frame.require(visit)
        subject, reason = visit.says("Practice: nothing is wrong"), visit.says("a practice escalation")

        def write(tx: Tx) -> Practice:
            return practice.begin(tx, visit.here, visit.viewer, subject, reason)

        visit.here.writer.write(write)
        return PRACTICE.path

    return carried(visit, form, "practice", do, lambda kept: _page(visit, kept))


@router.post("/start/practice/end")
def end(visit: Visiting, form: Fields) -> Response:
    """Resolve the case of the last practice."""

    def do() -> str:
        frame.require(visit)
        here = visit.here
        with here.database.reading() as tx:
            last = practice.latest(tx, visit.viewer)
        if last is None:
            raise NotAllowed(say("you have not practised yet"), expected=say("a practice first"))
        plan = verbs.resolve(visit.viewer, visit.says("It was a practice."))
        carrying.carry_out(
            here.database, here.writer, (last.id,), partial(acting.act, desk=here.desk, case=last.id, plan=plan)
        )
        return "/start?done=ended"

    return carried(visit, form, "end", do, lambda kept: _page(visit, kept))


def _page(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        last = practice.latest(tx, visit.viewer)
        sent = outcomes.pages(tx, visit.viewer, last.id) if last is not None else []
        reached = visit.viewer.user in destinations.load(tx)
        decides = visit.here.desk.policies.get(tx).in_force(tx.now) is not None
    heading = ""
    if last is not None and last.call.state == "calling":
        heading = visit.says("You are being paged")
    elif last is not None and last.call.state == "answered":
        heading = visit.says("The page reached you, and you answered it")
    return frame.show(
        visit,
        PRACTICE,
        key=key,
        kept=kept,
        heading=heading,
        last=last,
        sent=[one for one in sent if one["kind"] == "call"],
        reached=reached,
        decides=decides,
    )
