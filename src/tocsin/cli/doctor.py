"""`tocsin doctor`: looks for what is wrong with an installation, and names the way out of each thing found."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from tocsin.cli.output import JSON_HELP, print_json, say
from tocsin.cli.safe import plain
from tocsin.ledger import backlog

if TYPE_CHECKING:
    from tocsin.core.settings import Settings
    from tocsin.core.wording import Said
    from tocsin.notify.channels.port import Place, Probed
    from tocsin.notify.destinations import StoredDestination
    from tocsin.storage.database import Database

State = Literal["ok", "warn", "fail"]
COLOURS = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}
SKEW_SECONDS = 2.0
TRY_SECONDS = 2.0


class Check(NamedTuple):
    state: State
    check: str
    found: str
    way_out: str = ""


def doctor(json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Check an installation for problems. Changes nothing. Exit code 1 where something fails.

    Example: tocsin doctor
    """
    from tocsin.core import logging

    logging.configure("ERROR", json=False)
    findings = list(_examine())
    failed = any(finding.state == "fail" for finding in findings)
    if json:
        print_json({"ok": not failed, "findings": [finding._asdict() for finding in findings]})
    else:
        for finding in findings:
            mark = typer.style(f"{finding.state:<5}", fg=COLOURS[finding.state])
            typer.echo(f"{mark}{finding.check:<14}{plain(finding.found)}")
            if finding.way_out:
                say(f"{'':<19}-> {finding.way_out}")
    raise typer.Exit(1 if failed else 0)


def _examine() -> Iterator[Check]:
    """One finding for each check; those that need what has failed are left out."""
    from tocsin.core import settings as configuration
    from tocsin.core.errors import TocsinError
    from tocsin.storage.database import Database

    try:
        settings = configuration.load()
        database = Database(settings.database_url)
    except TocsinError as error:
        yield _failure("settings", error)
        return
    yield Check("ok", "settings", database.shown)
    yield _guarded("secret", lambda: _secret(settings))
    yield _guarded("serve", lambda: _serve(settings))
    yield from _channels(settings)
    for check, address in (("heartbeat", settings.heartbeat_url), ("test page", settings.synthetic_page_url)):
        if address is not None:
            yield _guarded(check, partial(_connected, check, address))
    server = list(_server(settings))
    yield from server
    try:
        found = _guarded("database", lambda: _database(database))
        yield found
        if found.state != "fail":
            yield _guarded("durability", lambda: _durability(database))
            yield _guarded("key", lambda: _key(database, settings))
            yield _guarded("clock", lambda: _clock(database))
            if (holder := _holder(database, elsewhere=any(one.state == "ok" for one in server))) is not None:
                yield holder
            yield _guarded("policy", lambda: _policy(database))
            yield from _suggestions(database)
            yield from _reach(database, settings)
            yield _guarded("work", lambda: _work(database))
    finally:
        database.close()


def _guarded(check: str, look: Callable[[], Check]) -> Check:
    from tocsin.core.errors import TocsinError

    try:
        return look()
    except TocsinError as error:
        return _failure(check, error)
    except Exception as error:  # whatever is broken is a finding
        return Check("fail", check, f"{type(error).__name__}: {str(error).splitlines()[0]}")


def _failure(check: str, error: Any) -> Check:
    found = f"{error.place}: {error.detail}" if error.place else error.detail
    return Check("fail", check, found, error.expected or "")


def _secret(settings: "Settings") -> Check:
    settings.secret()
    source = "TOCSIN_SECRET_KEY" if settings.secret_key is not None else str(settings.secret_file)
    return Check("ok", "secret", f"in {source}")


def _serve(settings: "Settings") -> Check:
    from tocsin import runtime

    runtime.require_settings(settings)
    return Check("ok", "serve", "the settings are valid for `tocsin serve`")


def _channels(settings: "Settings") -> Iterator[Check]:
    """Whether the servers by which channels send take us; nothing is sent."""
    from tocsin.notify.channels import registry

    for channel in registry.to_people():
        if channel.server and registry.is_set_up(channel, settings):
            yield _guarded(channel.server, partial(_probed, channel.server, partial(channel.probe, settings)))


def _probed(check: str, look: "Callable[[], Probed]", name: str = "") -> Check:
    found = look()
    return Check(found.weight, check, name + found.found, found.way_out)


def _server(settings: "Settings") -> Iterator[Check]:
    if settings.url is None:
        return
    import httpx2

    from tocsin.core import addresses

    name = addresses.shown(settings.url)
    try:
        answer = httpx2.get(f"{settings.url.rstrip('/')}/readyz", timeout=TRY_SECONDS)
    except httpx2.HTTPError as error:
        yield Check("fail", "server", f"{name}: {error}", "`tocsin serve`, or another TOCSIN_URL")
        return
    if answer.is_success:
        yield Check("ok", "server", f"{name}: ready")
    else:
        yield Check("fail", "server", f"{name}: {_why(answer)}", "what it logs, and docs/operations.md")


def _why(answer: Any) -> str:
    """What `/readyz` says is wrong; of anybody else's page, its status."""
    try:
        said = dict(answer.json())
        return f"{said.pop('status')}: " + ", ".join(f"{name}: {found}" for name, found in said.items())
    except (ValueError, TypeError, KeyError):
        return f"it answers {answer.status_code}"


def _database(database: "Database") -> Check:
    from tocsin.storage import migrate, seam

    migrate.require_current(database)
    with database.reading() as tx:
        product = seam.product(tx)
    found = migrate.current(database)
    if found is not None and found.post != migrate.head().post:
        late = f"{product}, revision {found}; steps of this release are left"
        return Check("warn", "database", late, "`tocsin migrate`, once no server of an older release runs")
    return Check("ok", "database", f"{product}, revision {found}")


def _durability(database: "Database") -> Check:
    from tocsin.storage.seam import durability

    with database.reader.connect() as connection:
        weak = durability(connection, database.dialect)
    if weak:
        return Check("fail", "durability", ", ".join(weak), "settings under which a commit survives a power cut")
    return Check("ok", "durability", "commits survive a power cut")


def _key(database: "Database", settings: "Settings") -> Check:
    from tocsin.ledger import keys

    with database.reading() as tx:
        keys.require(tx, settings.secret())
    return Check("ok", "key", "the record was sealed under this secret")


def _clock(database: "Database") -> Check:
    from tocsin.core.clock import SECOND, SystemClock
    from tocsin.storage.seam import read_clock

    clock = SystemClock()
    with database.reader.connect() as connection:
        read_clock(connection, database.dialect, clock)  # the first answer of a connection takes longer
        before = clock.now()
        theirs = read_clock(connection, database.dialect, clock)
        away = (theirs - (before + clock.now()) // 2) / SECOND
    if abs(away) > SKEW_SECONDS:
        found = f"the database's clock is {away:+.1f} s away from this machine's"
        return Check("warn", "clock", found, "time synchronisation (NTP) on both machines")
    return Check("ok", "clock", "agrees with the database's")


def _holder(database: "Database", *, elsewhere: bool) -> Check | None:
    """Who writes the file. `elsewhere`: a server answers, which would hold the file if it were its own."""
    from tocsin.storage.lock import holder_of

    if database.path is None:
        return None
    holder = holder_of(database.path)
    if holder is None and elsewhere:
        found = f"nobody holds {database.path}: this is not the database of the server at TOCSIN_URL"
        return Check("warn", "writer", found, "`tocsin doctor` where that server runs, or its TOCSIN_DATABASE_URL here")
    if holder is None:
        return Check("warn", "writer", "no server runs on this file, so no page is sent", "`tocsin serve`")
    return Check("ok", "writer", f"{holder}{f' at {holder.url}' if holder.url else ''}")


def _policy(database: "Database") -> Check:
    from tocsin.core.clock import SystemClock
    from tocsin.policy import language, versions

    with database.reading() as tx:
        policies = versions.load(tx)
    force = policies.in_force(SystemClock().now())
    if force is None:
        return Check("fail", "policy", "none is in force", "`tocsin policy activate FILE`")
    if policies.compiled(force.version).names_language and not language.available():
        found = f"version {force.version} is in force and names case.language, which is not recognised here"
        return Check("warn", "policy", found, "`pip install 'tocsin[language]'`, or senders that give it")
    return Check("ok", "policy", f"version {force.version} is in force")


def _suggestions(database: "Database") -> Iterator[Check]:
    """What was learnt of answered cases, where the policy in force asks for suggestions."""
    from tocsin.cases import suggestions
    from tocsin.core.clock import SystemClock
    from tocsin.detection.suggesting import training
    from tocsin.policy import versions

    with database.reading() as tx:
        policies, model = versions.load(tx), suggestions.newest(tx)
    force = policies.in_force(SystemClock().now())
    if force is None or policies.compiled(force.version).document.suggest.confidence is None:
        return
    if not training.available():
        found = "the policy asks for suggestions, and nothing is learnt here"
        yield Check("warn", "suggestions", found, "`pip install 'tocsin[suggest]'`, or a policy without `suggest`")
    elif model is None:
        found = f"nothing is learnt yet: it takes {training.LEAST} answered cases"
        yield Check("ok", "suggestions", found)
    else:
        says = "; ".join(
            f"{field} of {one.cases} cases, {one.right:.0%} of held-out ones right, confidence off by {one.off:.2f}"
            for field, one in model.fields.items()
        )
        yield Check("ok", "suggestions", f"model {model.version}: {says}")


def _reach(database: "Database", settings: "Settings") -> Iterator[Check]:
    """Whether anybody could be paged, and whether each address takes a connection."""
    from tocsin.core import wording
    from tocsin.notify import destinations, waking
    from tocsin.people import directory
    from tocsin.roster import absence, schedules

    with database.reading() as tx:
        people, reach = directory.load(tx), destinations.load(tx)
        rosters = schedules.load(tx)
    away: dict[str, Said] = {}
    for roster in rosters.by_name.values():
        away |= absence.away(roster, people, reach)
    for roster in rosters.by_name.values():
        if all(name in away for name in absence.everybody(roster)):
            found = f"nobody on the roster {roster.name} can be reached: its pages reach nobody"
            yield Check("fail", "people", found, "`tocsin user reach NAME --webhook URL`, or `tocsin roster put`")
    if away:
        gone = [name for name in away if name not in people.by_name or not people.by_name[name].active]
        first = [name for name in sorted(set(away) - set(gone)) if people.by_name[name].may("cases.work")][:1]
        way_out = f"`tocsin user reach {first[0]} --webhook URL`" if first else "`tocsin roster put` without them"
        found = "; ".join(f"{name} {wording.plain(why)}" for name, why in sorted(away.items()))
        yield Check("warn", "people", f"on a roster, and passed over: {found}", way_out)
    else:
        yield Check("ok", "people", "a page reaches everybody on a roster")
    asleep: dict[str, waking.Asleep] = {}
    for roster in rosters.by_name.values() if not _may_be_asleep(database) else ():
        asleep |= waking.on_roster(roster, people, reach)
    if asleep:
        found = "; ".join(f"{name} {wording.plain(each.why)}" for name, each in sorted(asleep.items()))
        way_out = (
            "`tocsin user reach NAME --webhook URL --wakes`, for a webhook that leads to what wakes people;"
            " or `on_call: {not_woken: allow}` in the policy"
        )
        yield Check("warn", "waking", f"on a roster: {found}", way_out)
    yield from _places(database, settings)


def _may_be_asleep(database: "Database") -> bool:
    """Whether the policy in force lets people be on call whom nothing wakes."""
    from tocsin.core.clock import SystemClock
    from tocsin.policy import versions

    with database.reading() as tx:
        policies = versions.load(tx)
    force = policies.in_force(SystemClock().now())
    return force is not None and policies.compiled(force.version).document.on_call.not_woken == "allow"


def _places(database: "Database", settings: "Settings") -> Iterator[Check]:
    """Whether there is something at each destination, and what is needed to send there."""
    from tocsin.core import ids
    from tocsin.notify import destinations
    from tocsin.notify.channels import registry

    with database.reading() as tx:
        every = destinations.stored(tx)
    for channel in registry.to_people():
        mine = [one for one in every if one.channel == channel.name]
        if mine and not registry.is_set_up(channel, settings):
            found = f"{channel.called} is not set up on this installation; destinations that need it: {len(mine)}"
            yield Check("fail", channel.server or channel.name, found, channel.needs)
        elif channel.look is not None:
            for one in sorted(mine, key=lambda one: one.address):
                look = partial(_looked, channel.look, one, settings)
                yield _guarded("destination", partial(_probed, "destination", look, f"{ids.to_text(one.id)} at "))


def _looked(look: "Callable[[Place, bool], Probed]", one: "StoredDestination", settings: "Settings") -> "Probed":
    from tocsin.core.vault import Vault
    from tocsin.ledger.chain import derive

    place = one.place(Vault(derive(settings.secret(), "secrets")))
    return look(place, settings.allow_private_destinations)


def _connected(check: str, address: str) -> Check:
    """Whether an address of the settings takes a connection; nothing is sent."""
    import socket
    from urllib.parse import urlsplit

    from tocsin.core import addresses

    parts, name = urlsplit(address), addresses.shown(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), TRY_SECONDS).close()
    except (OSError, ValueError) as error:
        found = f"{name}: {getattr(error, 'strerror', None) or error}"
        return Check("warn", check, found, "a receiver that runs, and a network that lets you through")
    return Check("ok", check, f"{name} takes connections")


def _work(database: "Database") -> Check:

    with database.reading() as tx:
        aside = backlog.count_aside(tx)
    if aside:
        return Check("warn", "work", f"{aside} tasks are set aside because they kept failing")
    return Check("ok", "work", "nothing is set aside")
