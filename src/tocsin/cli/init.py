"""`tocsin init`: a new installation, ready for its first case."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.output import JSON_HELP, print_json, read_text
from tocsin.core import wording

if TYPE_CHECKING:
    from tocsin.cli.furnish import Made
    from tocsin.core.settings import Settings
    from tocsin.storage.database import Database

ADMIN = "admin"


def init(
    admin: Annotated[str | None, typer.Option("--admin", metavar="EMAIL", help="The administrator's address.")] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE", help="A policy; without it, the starter b2b-saas.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Create the database, the first administrator and an API token, and put a policy in force.

    Password and token are shown only once. The administrator, whose user name is admin, leads every team and is on
    call until others are. TOCSIN_DATABASE_URL says where the database is to be.

    Example: tocsin init --admin dana@example.com --policy policy.yaml
    """
    from tocsin.core import logging
    from tocsin.core import settings as configuration

    logging.configure("WARNING", json=False)
    settings = configuration.load()
    source = _policy(policy)
    ensure_secret(settings)
    password = secrets.token_urlsafe(12)
    made, token, database = _make(settings, source, admin, password)
    if json:
        print_json({"token": token, "admin": ADMIN, "password": password, "database": database})
    else:
        _tell(made, token, password, database)


def _policy(file: str | None) -> str:
    from tocsin.policy import starters

    return starters.text() if file is None else read_text(file)


def ensure_secret(settings: "Settings") -> None:
    """A key in a file that only its owner may read, unless one is set already."""
    path = settings.secret_file
    if settings.secret_key is None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    settings.secret()


def _make(settings: "Settings", source: str, email: str | None, password: str) -> "tuple[Made, str, str]":
    """Everything but the tables in one transaction: a policy that is refused leaves nothing half done."""
    from tocsin import runtime
    from tocsin.cli.furnish import Person, Staff, furnish
    from tocsin.people import passwords, tokens
    from tocsin.storage import migrate
    from tocsin.storage.database import Database

    database = Database(settings.database_url)
    staff = Staff(Person(ADMIN, "admin", email=email, password_hash=passwords.hashed(password)))
    refuse_a_second(database)  # a file that is not ours gets no lock beside it
    lock = runtime.hold(settings, "init")
    try:
        refuse_a_second(database)
        migrate.upgrade(database)
        runtime.require_sound(database)
        installation = runtime.build(settings.database_url, settings.secret())

        def write(tx: Any) -> "tuple[Made, str]":
            made = furnish(tx, installation, source, staff)
            mint, journal = installation.mint, installation.journal
            return made, tokens.issue(tx, mint, journal, ADMIN, "admin", "init", user=made.users[ADMIN])

        try:
            made, token = installation.writer.write(write)
        finally:
            installation.close()
    finally:
        database.close()
        if lock is not None:
            lock.release()
    return made, token, database.shown


def refuse_a_second(database: "Database") -> None:
    from tocsin.core.errors import Conflict
    from tocsin.people import directory
    from tocsin.storage import migrate

    if migrate.current(database) is None:
        return
    with database.reading() as tx:
        initialised = directory.anybody(tx)
    if initialised:
        raise Conflict(
            wording.say("this database is initialised already"),
            place=database.shown,
            expected=wording.say("an empty one, or `tocsin token create` for another token"),
        )


def _tell(made: "Made", token: str, password: str, database: str) -> None:
    from tocsin.core.settings import data_folder

    typer.echo(f"database   {database}")
    typer.echo(f"policy     version {made.version} is in force")
    typer.echo(f"people     {ADMIN}, who leads {', '.join(made.teams)} and is on call on {', '.join(made.rosters)}")
    if made.named:
        typer.echo(f"           {', '.join(made.named)}, whom the policy names: made with the role senior")
    key = Path(data_folder() / "secret_key")
    if key.exists():
        typer.echo(f"secret     {key}: back it up apart from the database")
    typer.echo(f"password   {password}   (of {ADMIN}, who signs in with it to the pages)")
    typer.echo(f"token      {token}")
    typer.echo()
    typer.echo("Both are shown only once. Next:")
    typer.echo(f"  export TOCSIN_URL=http://127.0.0.1:8000 TOCSIN_TOKEN={token}")
    typer.echo("  tocsin serve &")
    typer.echo(f"  tocsin user reach {ADMIN} --webhook https://...   # where pages go")
