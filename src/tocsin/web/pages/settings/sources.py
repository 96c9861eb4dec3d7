"""`/settings/sources`: which tools deliver here, how each fares, and one of them: its last deliveries with what became
of them, a delivery again, what it sends when, its mapping."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import connectors, editing
from tocsin.administration.connectors import CONNECTOR, NewConnector
from tocsin.cases import queries
from tocsin.connectors import deliveries, finding, outbox, pack, standing, store
from tocsin.connectors.port import Delivery
from tocsin.core import canonical, ids, instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import marked, say, verbatim
from tocsin.policy.yaml.lines import read as read_yaml
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields, Form
from tocsin.web.drawing import sparks
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import SOURCES

router = APIRouter(route_class=SettingsRoute)
LABELS = {
    "map": marked("Mapping"),
    "effects": marked("What it sends"),
    "host": marked("Host"),
    "account": marked("Our name there"),
    "pull": marked("What is asked of it"),
}
DONE = {
    "saved": marked("Saved."),
    "replayed": marked("Carried out again, by the mapping of today."),
    "revoked": marked("Revoked. It takes no more deliveries."),
}
_EFFECT = "effect-"
_SHOWN = 30


class Source(NamedTuple):
    """A connector as lists show it. `line`: its last day, as the points of a line."""

    shown: dict[str, Any]
    title: str
    standing: standing.Standing
    line: str
    sends: int


@router.get("/settings/sources")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(SOURCES)
    return _list(visit, key=done)


@router.post("/settings/sources")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> Response:
        return connected(visit, form, _path(form.get("name", "").strip()))

    return frame.carried(visit, form, "add", do, lambda kept: _list(visit, kept))


@router.get("/settings/sources/{name}")
def show_one(name: str, visit: Visiting, done: str = "", before: str = "", delivery: str = "") -> Response:
    visit.see(SOURCES)
    return page(visit, name, key=done, before=before, delivery=delivery)


@router.post("/settings/sources/{name}")
def change(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(SOURCES.changes)
        said: dict[str, Any] = {
            "map": _document(form, "map") or {},
            "effects": sorted(key.removeprefix(_EFFECT) for key in form if key.startswith(_EFFECT)),
            "host": form.optional("host"),
            "account": form.optional("account"),
            "pull": _document(form, "pull"),
        }
        if credential := form.optional("credential"):
            said["credential"] = credential
        connectors.change(visit.edit(form), name, said)
        return f"{_path(name)}?done=saved"

    return frame.carried(visit, form, "change", do, lambda kept: page(visit, name, kept), LABELS)


@router.post("/settings/sources/{name}/try")
def try_out(name: str, visit: Visiting, form: Fields) -> Response:
    """What it would make of a delivery; nothing is written."""

    def do() -> Response:
        visit.viewer.require(SOURCES.changes)
        text = form.get("delivery", "").strip()
        if text:
            try:
                msgspec.json.decode(text)
            except msgspec.DecodeError as error:
                raise InvalidInput(verbatim(str(error)), place="delivery", expected=say("JSON")) from None
        delivery = Delivery({}, text.encode()) if text else None
        found = [connectors.meant(each.read) for each in visit.here.entrance.reception.read(name, delivery)]
        return page(visit, name, Kept("try", form, "", 200), tried=found)

    return frame.carried(visit, form, "try", do, lambda kept: page(visit, name, kept))


@router.post("/settings/sources/{name}/deliveries/{delivery}/replay")
def replay(name: str, delivery: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(SOURCES.changes)
        wanted = ids.from_text(delivery, "delivery")
        carry_out = visit.here.entrance.reception.replaying(name, wanted, by=visit.viewer.actor)
        visit.here.writer.write(carry_out)
        return f"{_path(name)}?{urlencode({'delivery': delivery, 'done': 'replayed'})}"

    return frame.carried(visit, form, "replay", do, lambda kept: page(visit, name, kept, delivery=delivery))


@router.post("/settings/sources/{name}/secret")
def renew_secret(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str | Response:
        visit.viewer.require(SOURCES.changes)
        own = form.optional("secret")

        def write(tx: Tx) -> tuple[str | None, int]:
            return store.renew_secret(tx, visit.here.journal, visit.here.vault, name, own, by=visit.viewer.actor)

        made, _ = visit.here.writer.write(write)
        if made is None:
            return f"{_path(name)}?done=saved"
        heading = visit.says("This secret is shown only once")
        says = visit.says("Enter it in the tool. What is signed with the former one is taken for another day.")
        return frame.once(visit, SOURCES, heading, says, [(visit.says("Secret to sign with"), made)], _path(name))

    return frame.carried(visit, form, "secret", do, lambda kept: page(visit, name, kept))


@router.get("/settings/sources/{name}/revoke")
def ask_to_revoke(name: str, visit: Visiting) -> Response:
    visit.see(SOURCES)
    with visit.here.database.reading() as tx:
        finding.by_name(tx, name)
    return frame.confirm(
        visit,
        SOURCES,
        visit.says("Is {name} to deliver no more?", name=name),
        visit.says("Its address is refused from then on, and what waits to go out by it is cancelled."),
        action=f"{_path(name)}/revoke",
        label=visit.says("Revoke"),
        back=_path(name),
    )


@router.post("/settings/sources/{name}/revoke")
def revoke(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(SOURCES.changes)
        here = visit.here
        here.writer.write(lambda tx: store.revoke(tx, here.mint, here.journal, name, by=visit.viewer.actor))
        return f"{SOURCES.path}?done=revoked"

    return frame.carried(visit, form, "revoke", do, lambda kept: page(visit, name, kept))


def connected(visit: Visit, form: Form, back: str) -> Response:
    """Connect the tool that a form names, and show its address, and its secret if it signs, this one time."""
    visit.viewer.require(SOURCES.changes)
    name = form.get("name", "").strip()
    new = NewConnector(
        name,
        form.get("pack", pack.GENERIC),
        _document(form, "map") or {},
        form.get("signed") == "yes",
        form.optional("secret"),
    )
    made = visit.here.writer.write(lambda tx: connectors.add(tx, visit.here, visit.viewer, new))
    base = visit.here.entrance.base_url.rstrip("/")
    shown = [(visit.says("Address to deliver to"), base + made.path)]
    if made.secret is not None:
        shown.append((visit.says("Secret to sign with"), made.secret))
    heading = visit.says("{name} can deliver now", name=name)
    return frame.once(visit, SOURCES, heading, visit.says("Enter this in the tool."), shown, back)


def page(
    visit: Visit,
    name: str,
    kept: Kept | None = None,
    *,
    key: str = "",
    before: str = "",
    delivery: str = "",
    tried: list[dict[str, Any]] | None = None,
) -> Response:
    """The page of one connector. `before`: where its deliveries go on; `delivery`: the one that is open; `tried`: what
    a delivery would become. NotFound where there is none of that name."""
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        numbers = partial(queries.numbers, tx, visit.viewer)
        found = editing.found(here, tx, visit.viewer, CONNECTOR, name)
        hook = ids.from_text(found["id"])
        behind = ids.from_text(before, "before") if before else None
        came = deliveries.listed(tx, hook, behind, _SHOWN + 1, numbers)
        opened = deliveries.shown(tx, hook, ids.from_text(delivery, "delivery"), numbers) if delivery else None
        last = [] if came or before else deliveries.outcomes(tx, name, _SHOWN, numbers)
        went = outbox.listed(tx, hook, None, _SHOWN, numbers)
        fares = standing.of(tx, hook)
    refused = kept if kept is not None and kept.status != 200 else None
    return frame.show(
        visit,
        SOURCES,
        "source.html",
        _says(visit, name, found, fares),
        done=DONE,
        key=key,
        kept=refused,
        typed=kept,
        source=found,
        fares=fares,
        line=sparks.points(fares.hours),
        came=[_came(one) for one in came[:_SHOWN]],
        following=came[_SHOWN - 1]["id"] if len(came) > _SHOWN else None,
        opened=None if opened is None else _came(opened),
        outcomes=[one | {"at": instants.from_text(one["at"])} for one in last],
        went=[one | {"queued_at": instants.from_text(one["queued_at"])} for one in went],
        tried=tried,
        texts={field: _text(found[field]) for field in ("map", "pull", "mapping")},
    )


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found = [_source(tx, one) for one in finding.listed(tx)]
    living = [one for one in found if one.shown["revoked_at"] is None]
    silent = [one for one in living if one.standing.silent]
    refused = sum(one.standing.refused for one in living)
    heading = visit.counts("{amount} source is connected", "{amount} sources are connected", len(living))
    if not living:
        heading = visit.says("No source is connected")
    if len(silent) == 1:
        heading = visit.says("{name} is silent", name=silent[0].shown["name"])
    elif silent:
        heading = visit.counts("{amount} source is silent", "{amount} sources are silent", len(silent))
    elif refused:
        heading = visit.counts("{amount} delivery failed", "{amount} deliveries failed", refused)
    rows = sorted(found, key=lambda one: (one.shown["revoked_at"] is not None, not one.standing.silent))
    return frame.show(
        visit,
        SOURCES,
        "sources.html",
        heading,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        found=rows,
        fresh=sum(one.standing.last_at is not None and not one.standing.silent for one in living),
        living=len(living),
        silent=silent,
        refused=refused,
        packs=[pack.named(name) for name in pack.names()],
    )


def _source(tx: Tx, shown: dict[str, Any]) -> Source:
    fares = standing.of(tx, ids.from_text(shown["id"]))
    title = pack.named(shown["pack"]).title
    return Source(shown, title, fares, sparks.points(fares.hours), len(shown["effects"]))


def _says(visit: Visit, name: str, found: Mapping[str, Any], fares: standing.Standing) -> str:
    if found["revoked_at"] is not None:
        return visit.says("{name} was revoked", name=name)
    if fares.silent:
        return visit.says("{name} is silent", name=name)
    if fares.refused:
        return visit.counts("{amount} delivery failed", "{amount} deliveries failed", fares.refused)
    if fares.last_at is None:
        return visit.says("{name} has delivered nothing yet", name=name)
    return visit.says("{name} delivers", name=name)


def _came(one: dict[str, Any]) -> dict[str, Any]:
    """A delivery for its row: with instants, and whether something of it failed."""
    failed = any(signal["outcome"] == "refused" for signal in one["signals"])
    return one | {"at": instants.from_text(one["at"]), "failed": failed}


def _document(form: Form, name: str) -> Any:
    """YAML or JSON of a field; None where it is empty. InvalidInput names the line."""
    text = form.get(name, "").strip()
    if not text:
        return None
    tree = read_yaml(text)
    if tree.problems:
        raise InvalidInput(verbatim("\n".join(map(str, tree.problems))), place=name)
    if not isinstance(tree.data, dict):
        raise InvalidInput(say("this is no mapping"), place=name, expected=say("keys with values, as YAML or JSON"))
    return tree.data


def _text(value: Any) -> str:
    """A document as it is edited."""
    return "" if not value else msgspec.json.format(canonical.encode(value), indent=2).decode()


def _path(name: str) -> str:
    return f"/settings/sources/{quote(name, safe='')}"
