"""What stands around every page of the policy: its parts, what was done or refused, and how people are called in it."""

from typing import Any

from starlette.responses import Response

from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.web import shell
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.places import Place

__all__ = ["POLICY", "TABS", "Kept", "Visit", "Visiting", "carried", "show"]

POLICY = Place(
    "policy", marked("Policy"), "/policy", "sliders-horizontal", 1, key="p", group="decide", permission="policy.read"
)
TABS = (
    ("rules", marked("Rules"), "/policy"),
    ("try", marked("Try a case"), "/policy/try"),
    ("versions", marked("Versions"), "/policy/versions"),
    ("backtest", marked("Backtest"), "/policy/backtest"),
)
DONE = {
    "saved": marked("Saved as a version. It decides nothing until it is activated."),
    "same": marked("There was such a version already: this is it."),
    "activated": marked("Activated."),
    "reverted": marked("Reverted."),
    "withdrawn": marked("Withdrawn."),
}


def show(
    visit: Visit,
    tab: str,
    template: str,
    heading: str,
    *,
    key: str = "",
    kept: Kept | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page of the policy. `heading`: its title, which says its answer; `key`: what was done before it, as its address
    says; `kept`: a form that was refused."""
    speaks = tongue(visit.language)
    news = DONE.get(key)
    return shell.show(
        visit.here,
        visit.signed,
        f"policy/{template}",
        kept.status if kept else status,
        language=visit.language,
        place="policy",
        title=speaks.text(POLICY.title),
        heading=heading,
        tab=tab,
        tabs=TABS,
        may=visit.viewer.may,
        says=kept.says if kept else speaks.text(news) if news else None,
        failed=kept is not None,
        kept=kept,
        now=visit.here.clock.now(),
        **values,
    )
