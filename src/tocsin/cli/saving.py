"""`tocsin backup` and `restore`: a copy of everything, and everything from a copy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.output import JSON_HELP, print_json, say
from tocsin.cli.progress import progress

if TYPE_CHECKING:
    from tocsin.core.settings import Settings
    from tocsin.storage.backup import Progress
    from tocsin.storage.database import Database

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Unproved = Annotated[bool, typer.Option("--no-proof", help="Do not go through the record of the copy.")]


def backup(
    file: Annotated[str, typer.Argument(help="The copy; there must be no such file.")],
    no_proof: Unproved = False,
    json: Json = False,
) -> None:
    """Copy the database while a server may be writing to it, check the copy, and prove its record.

    Keep the secret key too, but apart: without it a copy can be neither proved nor used. On PostgreSQL this takes
    pg_dump, and the copy is proved once it is restored. Exit code 1 where something is found.

    Example: tocsin backup /backups/tocsin-2026-11-22.db
    """
    from tocsin.core import settings as configuration
    from tocsin.storage import backup as copies
    from tocsin.storage import migrate
    from tocsin.storage.database import Database

    settings, target = configuration.load(), Path(file)
    database = Database(settings.database_url)
    migrate.require_current(database)
    try:
        with progress("copying", 100) as advance:
            copies.back_up(database, target, _percent(advance))
    finally:
        database.close()
    findings = 0
    if database.path is not None:
        copies.check(target)
        findings = 0 if no_proof else _prove(settings, Database(f"sqlite:///{target.resolve()}", copy=True))
    _tell(file, findings, json=json, proved=database.path is not None and not no_proof)


def restore(
    file: Annotated[str, typer.Argument(help="A copy from `tocsin backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the database that there is, for good.")] = False,
    no_proof: Unproved = False,
    json: Json = False,
) -> None:
    """Restore the database from a copy, after its record is proved. Refused while a server holds the database.

    Exit code 1 where something is found: a file of SQLite then stays as it was. A copy of PostgreSQL is proved once it
    is there.

    Example: tocsin restore /backups/tocsin-2026-11-22.db
    """
    from tocsin import runtime
    from tocsin.core import settings as configuration
    from tocsin.storage import backup as copies
    from tocsin.storage.database import Database

    settings = configuration.load()
    settings.secret()
    lock = runtime.hold(settings, "restore")
    database = Database(settings.database_url)
    found: list[int] = []  # findings, once the copy was gone through

    def proved(copy: Database) -> bool:
        """A copy of an older release is proved once it is migrated."""
        if not no_proof and _of_this_release(copy):
            found.append(_prove(settings, copy))
        return not sum(found)

    def accept(partial: Path) -> bool:
        return proved(Database(f"sqlite:///{partial}", copy=True))

    try:
        with progress("restoring", 100) as advance:
            done = copies.put_back(Path(file), database, _percent(advance), force=force, accept=accept)
        if database.path is None:
            proved(database)
        if done and not _of_this_release(database):
            typer.echo("the copy is of an older release: `tocsin migrate` comes next", err=True)
    finally:
        database.close()
        if lock is not None:
            lock.release()
    _tell(file, sum(found), json=json, proved=bool(found))


def _of_this_release(database: "Database") -> bool:
    from tocsin.storage import migrate

    found = migrate.current(database)
    return found is not None and migrate.unfit(found) is None


def _percent(advance: "object") -> "Progress":
    def hear(done: int, total: int) -> None:
        advance(done * 100 // max(1, total))  # type: ignore[operator]

    return hear


def _prove(settings: "Settings", database: "Database") -> int:
    """How many findings there are; each is printed."""
    from tocsin import audit
    from tocsin.ledger.audit import chain_count

    findings = 0
    try:
        with database.reading() as tx, progress("proving", chain_count(tx)) as advance:
            for finding in audit.verify(tx, audit.Keys.of(settings.secret()), audit.Report(), progress=advance):
                findings += 1
                typer.echo(str(finding), err=True)
    finally:
        database.close()
    return findings


def _tell(file: str, findings: int, *, json: bool, proved: bool) -> None:
    if json:
        print_json({"file": file, "findings": findings, "proved": proved and not findings})
    else:
        verdict = (
            f"{findings} findings" if findings else "its record is proved" if proved else "its record is not proved"
        )
        say(f"{file}: {verdict}")
    raise typer.Exit(1 if findings else 0)
