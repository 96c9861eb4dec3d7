"""`/policy/backtest`: a version tried on the own history, with progress while it lasts; only who started it sees it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import counted, say
from tocsin.insight.backtests import MOST, Run
from tocsin.policy import versions
from tocsin.web import rendering
from tocsin.web.access import SignedForm
from tocsin.web.asking import whole
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Visit, Visiting

router = APIRouter(route_class=PageRoute)
SPANS = (30, 90, 365)  # days
_MOST_VERSIONS = 10_000_000
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Named = Annotated[str, Query(max_length=40)]


@router.get("/policy/backtest")
def show(visit: Visiting, version: Version = None, run: Named = "") -> Response:
    visit.viewer.require("policy.read")
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        numbers = [each.number for each in versions.stored(tx)]
    force = policies.in_force(at)
    found = here.backtests.named(visit.viewer, run) if run else None
    chosen = found.version if found else version if version is not None else force.version if force else None
    return frame.show(
        visit,
        "backtest",
        "backtest.html",
        _heading(visit, found),
        numbers=numbers,
        chosen=chosen,
        force=force.version if force else None,
        spans=[(days, counted("{amount} day", "{amount} days", days)) for days in SPANS],
        days=found.days if found else SPANS[1],
        most=MOST,
        run=found,
        runs=here.backtests.of(visit.viewer),
    )


@router.post("/policy/backtest")
def start(visit: Visiting, form: SignedForm) -> Response:
    here, at = visit.here, visit.here.clock.now()
    version, days = whole(form, "version", _MOST_VERSIONS), whole(form, "days", SPANS[-1])
    if days not in SPANS:
        raise InvalidInput(say("there is no such span"), place="days", expected=say("30, 90 or 365 days"))
    with here.database.reading(at) as tx:
        force = here.desk.policies.get(tx).in_force(at)
        policy = versions.compiled(tx, version)
        against = None if force is None or force.version == version else versions.compiled(tx, force.version)
    run = here.backtests.start(here.database, here.mint.new(at), visit.viewer, policy, against, days, at)
    return RedirectResponse(f"/policy/backtest?run={run.id}", 303)


@router.get("/parts/policy/backtest/{run}")
def part(run: Annotated[str, Path(max_length=40)], visit: Visiting) -> Response:
    """How far a run is, or what came of it."""
    visit.viewer.require("policy.read")
    found = visit.here.backtests.named(visit.viewer, run)
    values: dict[str, Any] = {"run": found, "session": visit.signed, "now": visit.here.clock.now()}
    return HTMLResponse(rendering.part("policy/run.html", language=visit.language, **values))


def _heading(visit: Visit, run: Run | None) -> str:
    if run is None:
        return visit.says("What would another version have done?")
    if run.failed is not None:
        return visit.says("The backtest of version {version} ended early", version=str(run.version))
    if run.outcome is None:
        return visit.says("Version {version} is being tried", version=str(run.version))
    if run.outcome.before is None:
        return visit.says("This is what version {version} does", version=str(run.version))
    cases = visit.counts("{amount} case", "{amount} cases", run.outcome.moved)
    if not run.outcome.moved:
        return visit.says("Version {version} would change no level", version=str(run.version))
    return visit.says("Version {version} would change the level of {cases}", version=str(run.version), cases=cases)
