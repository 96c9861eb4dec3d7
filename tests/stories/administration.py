"""What people do to users, teams, tokens and the like, each of it at least once: the other half of a record."""

from collections.abc import Callable
from typing import Any

from tests.testing import World
from tocsin.cases import bulks, views
from tocsin.cases import store as store_of_cases
from tocsin.cases.acting import Done
from tocsin.connectors import store
from tocsin.core import ids
from tocsin.core.clock import HOUR, SECOND
from tocsin.core.wording import say
from tocsin.guards import store as guards
from tocsin.guards.guard import Scope
from tocsin.guards.kinds import KINDS
from tocsin.notify import destinations, subscriptions
from tocsin.notify.destinations import New
from tocsin.people import accounts, directory, passwords, tokens
from tocsin.policy import versions
from tocsin.roster import schedules
from tocsin.tools.alarms import Alarm

BY = "user:admin"
SPEC = {"members": ["carl", "dora"], "zone": "UTC", "handoff": "mon 09:00"}
MAPPING = {"source": "tracker", "fields": {"external_id": "ticket.id", "subject": "ticket.title"}}


def administer(here: World) -> None:
    """All of it, a second apart."""
    rosa = _people(here)
    _tokens(here, rosa)
    _accounts(here, rosa)
    _destinations(here, rosa)
    _others(here)
    _alarms(here)
    _bulks(here)
    _views(here)
    _guards(here)


def _people(here: World) -> int:
    kit = _kit(here)
    rosa: int = _write(here, lambda tx: directory.add_user(tx, *kit, "rosa", by=BY, email="rosa@example.test"))
    _write(here, lambda tx: directory.add_user(tx, *kit, "gone", by=BY))
    for changes in ({"role": "senior", "email": None}, {"display": "Rosa", "zone": "Europe/Lisbon", "language": "de"}):
        _change(here, "rosa", changes)
    _change(here, "gone", {"active": False})
    _write(here, lambda tx: passwords.set_for(tx, *kit, "rosa", "a hash", by=BY))
    _write(here, lambda tx: directory.add_team(tx, *kit, "night", by=BY, lead=rosa, people=(rosa,)))
    for moved in ({"lead": None, "roster": "senior"}, {"members": [rosa, here.viewer("bo").user]}):
        _write(here, lambda tx, moved=moved: directory.change_team(tx, *kit, "night", moved, by=BY))  # type: ignore[misc]
    return rosa


def _tokens(here: World, rosa: int) -> None:
    kit, scopes = _kit(here), frozenset({"operate"})
    _write(here, lambda tx: tokens.issue(tx, *kit, "rosa's", "senior", BY, user=rosa))
    _change(here, "rosa", {"role": "lead"})
    _write(here, lambda tx: tokens.issue(tx, *kit, "robot", "operator", BY, scopes=scopes))  # type: ignore[arg-type]
    _write(here, lambda tx: tokens.issue(tx, *kit, "other", "operator", BY))
    _write(here, lambda tx: tokens.revoke(tx, here.installation.journal, "other", by=BY))


def _accounts(here: World, rosa: int) -> None:
    kit = _kit(here)
    first = {"segment": "business", "arr": 1.5}
    known = _write(here, lambda tx: accounts.learn(tx, *kit, None, "adatum", first, by=BY))
    _write(here, lambda tx: accounts.learn(tx, *kit, known, "adatum", {"segment": None, "plan": "basic"}, by=BY))
    _write(here, lambda tx: accounts.learn(tx, *kit, None, "litware", {"segment": "strategic"}, by=BY))
    _write(here, lambda tx: accounts.give(tx, here.installation.journal, known.id, rosa, by=BY))


def _destinations(here: World, rosa: int) -> None:
    kit, vault, new = _kit(here), here.installation.vault, New("email", "rosa@example.test")
    for _ in range(2):
        letters = _write(here, lambda tx: destinations.add(tx, *kit, vault, rosa, new, by=BY))
        _write(here, lambda tx: destinations.end(tx, *kit, rosa, letters, by=BY))  # noqa: B023


def _others(here: World) -> None:
    kit, journal, vault = _kit(here), here.installation.journal, here.installation.vault
    for members in (["carl", "dora"], ["dora"]):
        spec = SPEC | {"members": members}
        _write(here, lambda tx, spec=spec: schedules.put(tx, *kit, "night", spec, by=BY))  # type: ignore[misc]
    for kind in ("never.ever", "never.more"):
        url, known = f"http://{kind}.test/", [kind]
        heard = _write(
            here,
            lambda tx, url=url, known=known: subscriptions.add(tx, *kit, vault, url, known, known=known, by=BY),  # type: ignore[misc]
        )
    _write(here, lambda tx: subscriptions.end(tx, *kit, heard[0], by=BY))
    for name in ("tracker", "closed"):
        _write(here, lambda tx, name=name: store.add(tx, *kit, vault, name, MAPPING, signed=True, by=BY))  # type: ignore[misc]
    _write(here, lambda tx: store.renew_secret(tx, journal, vault, "tracker", None, by=BY))
    for changes in (store.Changes({"zone": "UTC"} | MAPPING), store.Changes(credential="a key of theirs")):
        _write(here, lambda tx, changes=changes: store.change(tx, *kit, vault, "tracker", changes, by=BY))  # type: ignore[misc]
    _write(here, lambda tx: store.revoke(tx, *kit, "closed", by=BY))
    text = _write(here, lambda tx: versions.source_of(tx, 1)) + "\n# Read by the lawyers.\n"
    version = _write(here, lambda tx: versions.store(tx, journal, text, BY))
    _write(
        here,
        lambda tx: versions.activate(tx, *kit, version, by=BY, reason="", effective_at=tx.now, names=None),
    )
    _write(here, lambda tx: versions.revert(tx, *kit, by=BY, reason="It was too early."))


def _bulks(here: World) -> None:
    """Two, one of which is undone; what they did to cases is in the records of those."""
    mint, journal = _kit(here)
    case = ids.from_text(here.open(subject="How do we rename it?")["id"])
    for verb in ("hold", "assign"):
        became: dict[int, Any] = {case: Done(_write(here, lambda tx: store_of_cases.load(tx, case)), 1, 7)}
        made = _write(here, lambda tx, verb=verb, became=became: bulks.keep(tx, mint, journal, verb, became, BY))  # type: ignore[misc]
    _write(here, lambda tx: bulks.undone(tx, journal, made, BY))


def _views(here: World) -> None:
    """Two, one of which is changed, and one deleted; and what somebody prefers."""
    desk, lea = here.installation.desk, here.viewer("lea")
    for name in ("Mine", "Ours"):
        made = _write(here, lambda tx, name=name: views.add(tx, desk, lea, name, "cases", {"state": "open"}))  # type: ignore[misc]
        changes: dict[str, Any] = {"name": f"{name} again", "shared": "everybody", "filter": {"needs": "breached"}}
        changes |= {"page": "now", "place": 3}
        _write(here, lambda tx, made=made, changes=changes: views.change(tx, desk, lea, ids.to_text(made), changes))  # type: ignore[misc]
    look = {"theme": "dark", "density": "compact", "shortcuts": False, "default_view": ids.to_text(made)}
    _change(here, "lea", look)
    _write(here, lambda tx: views.delete(tx, desk, lea, ids.to_text(made)))


def _guards(here: World) -> None:
    """One of each kind: one that is ended before its time, and others that are over."""
    [account] = _write(here, lambda tx: accounts.by_external_id(tx, ["adatum"])).values()
    scope = Scope(areas=("api",), accounts=(ids.to_text(account.id),), rule="classify.down-words")
    for kind in KINDS.values():
        ends = None if kind.longest is None else here.clock.now() + HOUR
        made = _write(
            here,
            lambda tx, kind=kind, ends=ends: guards.set_up(  # type: ignore[misc]
                tx, *_kit(here), kind, "a test", scope, starts_at=tx.now, ends_at=ends, by=BY
            ),
        )
        if kind.longest is None:
            _write(here, lambda tx, made=made: guards.end(tx, *_kit(here), made, by=BY))  # type: ignore[misc]
    here.forward(2 * HOUR)


def _alarms(here: World) -> None:
    """One that flickers, and one that stands."""
    alarms = here.installation.watch.auditor.repairs.alarms
    for _ in range(2):
        _write(here, lambda tx: alarms.raise_(tx, Alarm("test:1", "writing.slow", say("It is slow."))))
        _write(here, alarms.tell)
        here.forward(2 * HOUR)
        _write(here, lambda tx: alarms.end(tx, ["test:1"]))
    _write(here, lambda tx: alarms.raise_(tx, Alarm("test:2", "writing.slow", say("It is slow again."))))


def _change(here: World, name: str, changes: dict[str, Any]) -> None:
    _write(here, lambda tx: directory.change_user(tx, *_kit(here), name, changes, by=BY))


def _kit(here: World) -> tuple[Any, Any]:
    return here.installation.mint, here.installation.journal


def _write(here: World, do: Callable[[Any], Any]) -> Any:
    here.forward(SECOND)
    return here.installation.writer.write(do)
