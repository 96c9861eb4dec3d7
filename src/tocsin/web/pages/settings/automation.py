"""`/settings/automation`: whether the policy escalates by itself, and what somebody has set for a time over that:
windows, silences, watches, muted rules."""

from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import guards, storms, triggers
from tocsin.clocks import durations
from tocsin.core import instants
from tocsin.core.wording import marked, worded
from tocsin.guards.kinds import ASKED, AUTOMATION, KINDS, GuardKind, ScopeField, kind_of
from tocsin.people.directory import Directory
from tocsin.policy.compiled import Policy
from tocsin.policy.sentences import sentences
from tocsin.web import rendering, travel
from tocsin.web.access import Fields, Form
from tocsin.web.pages.settings import frame, sections
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.teams import names

router = APIRouter(route_class=SettingsRoute)
DONE = {
    "off": marked("Automation is off. Every new decision goes to triage."),
    "on": marked("Automation is on again."),
    "set": marked("It holds."),
    "ended": marked("Ended. What it had kept from paging pages now."),
}
_MINUTES, _HOURS, _DAYS = (30,), (1, 2, 4, 8), (1, 2, 7, 14, 30, 90)  # that a guard may last, as the page offers them


class Setting(NamedTuple):
    """A kind of guard as the page sets it. `choices`: of its fields, each with what it is called; `lasts`: how long it
    may."""

    kind: GuardKind
    asks: list[ScopeField]
    choices: dict[str, list[tuple[str, str]]]
    lasts: list[tuple[str, str]]


class Set(NamedTuple):
    """A guard as the page shows it, and what people call whoever set it."""

    guard: dict[str, Any]
    kind: GuardKind
    by: str
    starts_at: int
    ends_at: int | None


@router.get("/settings/automation")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(sections.AUTOMATION)
    return _page(visit, key=done)


@router.post("/settings/automation")
def turn(visit: Visiting, form: Fields) -> Response:
    on = form.get("on") == "yes"

    def do() -> str:
        here, reason = visit.here, form.get("reason", "")
        here.writer.write(lambda tx: guards.automation(tx, here, visit.viewer, on, reason))
        return f"{sections.AUTOMATION.path}?done={'on' if on else 'off'}"

    return frame.carried(visit, form, "turn", do, lambda kept: _page(visit, kept))


@router.post("/settings/automation/calendar")
def bring(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        here = visit.here
        said = {name: names(form.get(name, "")) for name in ("areas", "accounts", "tags")}
        given = {**said, "reason": form.get("reason", "")}
        text = form.get("calendar", "")
        here.writer.write(lambda tx: guards.from_calendar(tx, here, visit.viewer, text, given))
        return f"{sections.AUTOMATION.path}?done=set"

    return frame.carried(visit, form, "calendar", do, lambda kept: _page(visit, kept))


@router.post("/settings/automation/{kind}")
def add(kind: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        here, wanted = visit.here, kind_of(kind)
        said = _said(visit, wanted, form)
        here.writer.write(lambda tx: guards.add(tx, here, visit.viewer, wanted, said))
        return f"{sections.AUTOMATION.path}?done=set"

    return frame.carried(visit, form, kind, do, lambda kept: _page(visit, kept))


@router.post("/settings/automation/{kind}/{guard}/end")
def end(kind: str, guard: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        here = visit.here
        here.writer.write(lambda tx: guards.end(tx, here, visit.viewer, kind_of(kind), guard))
        return "/" if form.get("back") == "now" else f"{sections.AUTOMATION.path}?done=ended"

    return frame.carried(visit, form, "end", do, lambda kept: _page(visit, kept))


def _page(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        around = here.desk.around(tx)
        found = [_set(one, around.directory) for one in guards.listed(tx)]
        policy = around.policies.at(tx.now) if around.policies.in_force(tx.now) is not None else None
        firing = triggers.listed(tx, here, visit.viewer)
        stormy = storms.shown(tx, here, visit.viewer)
    standing = [one for one in found if one.guard["state"] != "over"]
    off = next((one for one in standing if one.kind is AUTOMATION), None)
    heading = visit.says("Automation is off") if off else visit.says("Automation is on")
    others = len([one for one in standing if one.kind is not AUTOMATION])
    if others:
        heading += "; " + visit.counts("{amount} is in force or to come", "{amount} are in force or to come", others)
    return frame.show(
        visit,
        sections.AUTOMATION,
        "automation.html",
        heading,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        off=off,
        standing=[one for one in standing if one is not off],
        over=[one for one in found if one.guard["state"] == "over"][:20],
        settings=[_setting(visit, kind) for kind in KINDS.values() if kind is not AUTOMATION],
        firing=firing,
        stormy=stormy,
        offered={"areas": policy.document.product_areas} if policy else {},
        worded=_rules(visit, policy) if policy else {},
        zone=visit.signed.zone or "UTC",
    )


def _rules(visit: Visit, policy: Policy) -> dict[str, str]:
    """What the rules say that can be muted, by their names."""
    to = rendering.reader(visit.language)
    said = {one.rule: worded(one.says, to) for one in sentences(policy.document)}
    return {name: said[name] for name in said if name in policy.muteable}


def _setting(visit: Visit, kind: GuardKind) -> Setting:
    offered = [
        *((f"{amount}m", visit.counts("{amount} minute", "{amount} minutes", amount)) for amount in _MINUTES),
        *((f"{amount}h", visit.counts("{amount} hour", "{amount} hours", amount)) for amount in _HOURS),
        *((f"{amount}d", visit.counts("{amount} day", "{amount} days", amount)) for amount in _DAYS),
    ]
    longest = kind.longest or 0
    lasts = [(text, says) for text, says in offered if durations.parse(text).microseconds <= longest]
    asks = [ASKED[name] for name in kind.asks]
    called = {one.name: [(value, visit.says(says.text)) for value, says in one.choices] for one in asks}
    return Setting(kind, asks, called, lasts)


def _set(one: dict[str, Any], people: Directory) -> Set:
    ends = one["ended_at"] or one["ends_at"]
    return Set(
        one,
        KINDS[one["kind"]],
        people.called(one["by"]) or "Tocsin",
        instants.from_text(one["starts_at"]),
        None if ends is None else instants.from_text(ends),
    )


def _said(visit: Visit, kind: GuardKind, form: Form) -> dict[str, Any]:
    """What a form says, as the API has it."""
    said: dict[str, Any] = {name: form.optional(name) for name in ("reason", "lasts")}
    if (starts := form.optional("starts_at")) is not None:
        at = travel.read(starts, visit.signed.zone or "UTC", "starts_at")
        said["starts_at"] = instants.to_text(at)
    for asked in (ASKED[name] for name in kind.asks):
        said[asked.name] = names(form.get(asked.name, "")) if asked.many else form.optional(asked.name)
    return said
