"""`/settings/schedules`: whose turn it is, and one schedule: its rotation and overrides, changed after a look at what
that would do."""

import re
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import editing, rosters
from tocsin.administration.rosters import ROSTER, RosterChange
from tocsin.clocks import zone as zones
from tocsin.core import instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import marked, say
from tocsin.notify import destinations
from tocsin.roster import schedules
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields, Form
from tocsin.web.asking import whole
from tocsin.web.pages.settings import frame, reaching
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import SCHEDULES
from tocsin.web.pages.settings.teams import names

router = APIRouter(route_class=SettingsRoute)
LABELS = {
    "members": marked("Members"),
    "zone": marked("Time zone"),
    "handoff": marked("Handoff"),
    "days": marked("Days of a turn"),
    "first": marked("First day"),
    "overrides": marked("Overrides"),
}
DONE = {"added": marked("Added."), "saved": marked("Saved. Whoever is on call keeps the running turn.")}
_MOST_DAYS = 366
_AT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)")


class ShownRoster(NamedTuple):
    """A roster as its form shows it: members one a line, overrides one a line with local times."""

    name: str
    version: int | None
    members: str
    zone: str
    handoff: str
    days: int
    first: str
    overrides: str


@router.get("/settings/schedules")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(SCHEDULES)
    return _list(visit, key=done)


@router.post("/settings/schedules")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        name, said = form.get("name", "").strip(), _said(form)

        def new(tx: Tx) -> None:
            if schedules.definition_of(tx, name) is not None:
                raise InvalidInput(say("there is a schedule of this name already"), place="name")

        with visit.here.database.reading() as tx:
            new(tx)
        rosters.put(editing.Edit(visit.here, visit.viewer, None), name, said)
        return f"{_path(name)}?done=added"

    return frame.carried(visit, form, "add", do, lambda kept: _list(visit, kept))


@router.get("/settings/schedules/{name}")
def show_one(name: str, visit: Visiting, done: str = "") -> Response:
    visit.see(SCHEDULES)
    return page(visit, name, key=done)


@router.post("/settings/schedules/{name}")
def change(name: str, visit: Visiting, form: Fields) -> Response:
    """Save it, or with `look` show what it would change."""
    trying: list[RosterChange] = []

    def do() -> str | Response:
        visit.viewer.require("people.write")
        said = _said(form)
        if form.get("look") != "yes":
            rosters.put(visit.edit(form), name, said)
            return f"{_path(name)}?done=saved"
        with visit.here.database.reading(visit.here.clock.now()) as tx:
            trying.append(rosters.looked(tx, visit.here, name, said))
        return page(visit, name, Kept("change", form, "", 200), tried=trying[0])

    return frame.carried(visit, form, "change", do, lambda kept: page(visit, name, kept), LABELS)


def page(
    visit: Visit, name: str, kept: Kept | None = None, *, key: str = "", tried: RosterChange | None = None
) -> Response:
    """The page of one roster. `tried`: what the change in its form would do. NotFound where there is none."""
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found = editing.found(here, tx, visit.viewer, ROSTER, name)
        around, reach = here.desk.around(tx), destinations.load(tx)
        if name not in around.rosters.by_name:
            raise NotFound(say("there is no such schedule"), place="name")
        coming = rosters.coming(around, around.rosters.by_name[name])
        [now] = rosters.on_call(around, reach, [name], tx.now)
    people = around.directory
    who = people.displays([now.duty.primary])[0] if now.duty.primary else None
    heading = visit.says("{name} is on call", name=who) if who else visit.says("Nobody is on call")
    refused = kept if kept is not None and kept.status != 200 else None
    return frame.show(
        visit,
        SCHEDULES,
        "schedule.html",
        heading,
        done=DONE,
        key=key,
        kept=refused,
        typed=kept,
        roster=_shown(found),
        coming=coming,
        tried=tried,
        duty=now,
        displays=_displays(people.by_name),
        zones=reaching.ZONES,
    )


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        around, reach = here.desk.around(tx), destinations.load(tx)
        found = list(rosters.on_call(around, reach, list(around.rosters.by_name), tx.now))
        policy_zone = around.policies.zone(tx.now).key
    people = around.directory
    empty = [one.roster for one in found if one.duty.primary is None or one.duty.primary in one.away]
    says = visit.counts("{amount} schedule", "{amount} schedules", len(found))
    if empty:
        says = visit.counts(
            "By {amount} schedule nobody can be paged", "By {amount} schedules nobody can be paged", len(empty)
        )
    elif len(found) == 1 and found[0].duty.primary:
        says = visit.says("{name} is on call", name=people.displays([found[0].duty.primary])[0])
    return frame.show(
        visit,
        SCHEDULES,
        "schedules.html",
        says,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        found=found,
        rotations={name: roster.rotation for name, roster in around.rosters.by_name.items()},
        displays=_displays(people.by_name),
        zones=reaching.ZONES,
        blank=ShownRoster("", None, "", policy_zone, "mon 09:00", 7, "", ""),
    )


def _displays(users: Any) -> dict[str, str]:
    return {name: user.display or name for name, user in users.items()}


def _shown(found: dict[str, Any]) -> ShownRoster:
    zone = zones.load(found["zone"])
    lines = []
    for made in found.get("overrides", ()):
        start, end = (zones.local(instants.from_text(made[key]), zone) for key in ("start", "end"))
        lines.append(f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {made['user']}")
    return ShownRoster(
        found["name"],
        found["version"],
        "\n".join(found["members"]),
        found["zone"],
        str(found["handoff"]),
        found.get("days", 7),
        str(found.get("first") or ""),
        "\n".join(lines),
    )


def _said(form: Form) -> dict[str, Any]:
    """The definition that a form holds; InvalidInput names the field."""
    zone = form.get("zone", "").strip()
    zones.load(zone)
    said: dict[str, Any] = {
        "members": names(form.get("members", "")),
        "zone": zone,
        "handoff": form.get("handoff", "").strip(),
        "days": whole(form, "days", _MOST_DAYS),
        "overrides": [_override(line, zone) for line in form.get("overrides", "").splitlines() if line.strip()],
    }
    if first := form.optional("first"):
        said["first"] = first
    return said


def _override(line: str, zone: str) -> dict[str, str]:
    """`2026-12-24 09:00 to 2026-12-27 09:00 dora`, in the zone of the roster."""
    times, who = _AT.findall(line), line.split()[-1:]
    if len(times) != 2 or not who or _AT.search(who[0]) or re.fullmatch(r"[\d:-]+", who[0]):
        raise InvalidInput(
            say("{line} is no override", line=repr(line.strip()[:80])),
            place="overrides",
            expected=say("a line such as 2026-12-24 09:00 to 2026-12-27 09:00 dora"),
        )
    start, end = (_instant(day, clock, zone) for day, clock in times)
    return {"start": start, "end": end, "user": who[0]}


def _instant(day: str, clock: str, zone: str) -> str:
    from datetime import date

    try:
        hours, minutes = map(int, clock.split(":"))
        on = date.fromisoformat(day)
        if hours > 23 or minutes > 59:
            raise ValueError(clock)
    except ValueError:
        raise InvalidInput(
            say("{day} {clock} is no time", day=day, clock=clock), place="overrides", expected=say("a day and a time")
        ) from None
    return instants.to_text(zones.after_gap(on, hours * 60 + minutes, zones.load(zone)))


def _path(name: str) -> str:
    return f"/settings/schedules/{quote(name, safe='')}"
