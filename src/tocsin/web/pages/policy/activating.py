"""A version is put in force, or the one in force is taken back: asked once more with all that changes by it, and with a
reason for the record."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.clocks import zone as zones
from tocsin.core import ids
from tocsin.core.errors import Conflict, InvalidDocument, InvalidInput
from tocsin.core.wording import say
from tocsin.policy import versions
from tocsin.policy.versions import Activation, Policies
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields, Form
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Kept, Visit, Visiting
from tocsin.web.pages.policy.versions import Number, differences, examine

router = APIRouter(route_class=PageRoute)
Coming = Annotated[str, Query(max_length=40)]


@router.get("/policy/versions/{version}/activate")
def ask(version: Number, visit: Visiting) -> Response:
    visit.viewer.require("policy.write")
    return _activate(visit, version)


@router.post("/policy/versions/{version}/activate")
def activate(version: Number, visit: Visiting, form: Fields) -> Response:
    visit.viewer.require("policy.write")

    def do() -> str:
        reason = _reason(form)

        def write(tx: Tx) -> None:
            here = visit.here
            _same(versions.load(tx), form, tx.now)
            versions.activate(
                tx,
                here.mint,
                here.journal,
                version,
                by=visit.viewer.actor,
                reason=reason,
                effective_at=_from(visit, form) or tx.now,
                names=here.names(tx),
            )

        try:
            visit.here.writer.write(write)
        except InvalidDocument as error:
            raise InvalidInput(say("the checks refuse it"), expected=say("a version without errors")) from error
        return "/policy?done=activated"

    return frame.carried(visit, form, "activate", do, lambda kept: _activate(visit, version, kept))


@router.get("/policy/revert")
def ask_back(visit: Visiting, activation: Coming = "") -> Response:
    visit.viewer.require("policy.write")
    return _back(visit, activation)


@router.post("/policy/revert")
def back(visit: Visiting, form: Fields) -> Response:
    visit.viewer.require("policy.write")
    coming = form.get("activation", "")

    def do() -> str:
        here, by, reason = visit.here, visit.viewer.actor, _reason(form)

        def write(tx: Tx) -> None:
            _same(versions.load(tx), form, tx.now)
            if coming:
                row = ids.from_text(coming, "activation")
                versions.withdraw(tx, here.mint, here.journal, row, by=by, reason=reason)
            else:
                versions.revert(tx, here.mint, here.journal, by=by, reason=reason)

        visit.here.writer.write(write)
        return f"/policy/versions?done={'withdrawn' if coming else 'reverted'}"

    return frame.carried(visit, form, "revert", do, lambda kept: _back(visit, coming, kept))


def _activate(visit: Visit, version: int, kept: Kept | None = None) -> Response:
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies, source = here.desk.policies.get(tx), versions.source_of(tx, version)
        force = policies.in_force(at)
        decides = None if force is None else versions.source_of(tx, force.version)
        examined = examine(source, here.names(tx))
    heading = visit.says("Shall version {version} decide?", version=str(version))
    if not examined.sound:
        heading = visit.says("Version {version} cannot be activated", version=str(version))
    found: dict[str, Any] = {"changed": [], "lines": []}
    if decides is not None and examined.parsed is not None:
        found = differences(decides, source)
    return frame.show(
        visit,
        "versions",
        "activate.html",
        heading,
        kept=kept,
        version=version,
        force=force,
        held=_held(force),
        zone=_zone(visit).key,
        examined=examined,
        **found,
    )


def _back(visit: Visit, coming: str, kept: Kept | None = None) -> Response:
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        effective = list(policies.effective(at))[:2]
        if coming:
            row = ids.from_text(coming, "activation")
            gone = next((each for each in policies.activations if each.id == row and each.effective_at > at), None)
        else:
            gone = effective[0] if len(effective) > 1 else None
        if gone is None:
            raise Conflict(say("there is nothing to take back"), expected=say("an activation that has one before it"))
        then = effective[0] if coming else effective[1]
        found = differences(versions.source_of(tx, gone.version), versions.source_of(tx, then.version))
    heading = visit.says("Shall version {version} decide again?", version=str(then.version))
    if coming:
        heading = visit.says("Shall version {version} not decide?", version=str(gone.version))
    return frame.show(
        visit,
        "versions",
        "revert.html",
        heading,
        kept=kept,
        gone=gone,
        then=then,
        coming=coming,
        held=_held(effective[0]),
        **found,
    )


def _held(force: Activation | None) -> str:
    """Which activation was in force when a form was shown."""
    return "" if force is None else ids.to_text(force.id)


def _same(policies: Policies, form: Form, at: int) -> None:
    """Conflict where another version decides than when the form was shown: what changes is not what was looked at."""
    force = policies.in_force(at)
    if form.get("held", "") != _held(force):
        now = str(force.version) if force is not None else "0"
        raise Conflict(
            say("version {version} decides meanwhile", version=now),
            expected=say("a look at what changes now; your reason is kept"),
        )


def _reason(form: Form) -> str:
    reason = form.optional("reason")
    if reason is None:
        raise InvalidInput(say("there is no reason"), place="reason", expected=say("why, for the record"))
    return reason


def _from(visit: Visit, form: Form) -> int | None:
    """From when, in the zone of whoever reads; None: at once."""
    text = form.optional("at")
    if text is None:
        return None
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None or not 2000 <= wall.year <= 2100:
        raise InvalidInput(
            say("this is no time"), place="at", expected=say("a time such as {example}", example="2026-12-01T09:00")
        )
    return zones.instant_of_wall(wall, _zone(visit))


def _zone(visit: Visit) -> ZoneInfo:
    return zones.load(visit.signed.zone or "UTC")
