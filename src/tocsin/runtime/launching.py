"""An installation by its settings: to serve and write with, or only to look at."""

from tocsin.core import networks
from tocsin.core.errors import Misconfigured
from tocsin.core.settings import Settings
from tocsin.notify.channels import registry
from tocsin.runtime.building import build
from tocsin.runtime.installation import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock
from tocsin.storage.seam import durability
from tocsin.watchers.watch import Options


def launch(settings: Settings, doing: str, *, serving_at: str | None = None) -> Installation:
    """The installation of these settings, to write to: its file held against other processes, current and durable.

    `doing` names the command, `serving_at` the URL at which it will answer.
    """
    migrate.require_current(Database(settings.database_url))
    lock = hold(settings, doing, serving_at=serving_at)
    try:
        built = _built(settings, base_url=None if "base_url" in settings.model_fields_set else serving_at)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    built.lock = lock
    built.entrance.trusted_proxies = networks.parse(settings.trusted_proxies)
    return built


def look(settings: Settings) -> Installation:
    """The installation of these settings, to read from, whoever else may be writing."""
    return _built(settings, reading=True)


def hold(settings: Settings, doing: str, *, serving_at: str | None = None) -> FileLock | None:
    """The lock of a file of SQLite; None where the database keeps its writers apart itself."""
    path = Database(settings.database_url).path
    return None if path is None else FileLock.take(path, doing, url=serving_at)


def _built(settings: Settings, *, base_url: str | None = None, reading: bool = False) -> Installation:
    require_settings(settings)
    database = Database(settings.database_url)
    try:
        if reading:
            migrate.require_current(database)
        else:
            require_sound(database)
    finally:
        database.close()
    return build(
        settings.database_url,
        settings.secret(),
        base_url=base_url or settings.base_url,
        allow_private=settings.allow_private_destinations,
        settings=settings,
        options=Options.of(settings),
        reading=reading,
        requests_per_second=settings.requests_per_second,
    )


def require_settings(settings: Settings) -> None:
    """Misconfigured for settings with which no installation is built, before a database is asked."""
    settings.secret()
    registry.opened(settings)
    networks.parse(settings.trusted_proxies)


def require_sound(database: Database) -> None:
    """Misconfigured where the database is not current, or might lose what it acknowledged."""
    migrate.require_current(database)
    with database.writer.connect() as connection:
        weak = durability(connection, database.dialect)
    if weak:
        raise Misconfigured("the database may lose committed writes: " + ", ".join(weak), expected="durable settings")
