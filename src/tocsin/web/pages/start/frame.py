"""What stands around every step of the first start: all steps with what is done, what this one is for, and the way on
without it."""

from typing import Any

from starlette.responses import Response

from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.storage.transaction import Tx
from tocsin.web import shell
from tocsin.web.pages.settings.frame import Kept, Visit
from tocsin.web.pages.start import steps
from tocsin.web.pages.start.steps import STEPS, Step

DONE = {
    "zone": marked("Saved."),
    "added": marked("Added."),
    "reached": marked("Added. Send a test page to see whether it arrives."),
    "removed": marked("Removed. What waited for it is cancelled."),
    "tested": marked("A test page is on its way."),
    "schedule": marked("Saved. Whoever is on call keeps the running turn."),
    "policy": marked("The policy decides from now on."),
    "ended": marked("The practice is over, and its case resolved."),
}


def require(visit: Visit) -> None:
    """Forbidden for whoever does not administer people: the steps are for administrators."""
    visit.viewer.require("people.write")


def show(
    visit: Visit, step: Step, *, key: str = "", kept: Kept | None = None, heading: str = "", **values: Any
) -> Response:
    """The page of a step. `key`: what was done before it, as its address says; `heading`: its title, where that says
    more than the question."""
    require(visit)
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        return _page(tx, visit, step, key, kept, heading, values)


def after(step: Step) -> str:
    """Where one goes on from a step."""
    place = STEPS.index(step) + 1
    return STEPS[place].path if place < len(STEPS) else "/start"


def _page(
    tx: Tx, visit: Visit, step: Step, key: str, kept: Kept | None, heading: str, values: dict[str, Any]
) -> Response:
    speaks, stood = tongue(visit.language), steps.standing(tx, visit)
    news = DONE.get(key)
    return shell.show(
        visit.here,
        visit.signed,
        f"start/{step.name}.html",
        kept.status if kept else 200,
        language=visit.language,
        place="settings",
        title=heading or speaks.text(step.asks),
        step=step,
        stood=stood,
        here_done=stood[STEPS.index(step)].done,
        onward=after(step),
        says=kept.says if kept else speaks.text(news) if news else None,
        failed=kept is not None,
        kept=kept,
        now=visit.here.clock.now(),
        **values,
    )
