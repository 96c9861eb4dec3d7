"""A company with many cases to measure pages on: its database, filled now or before, and people who are signed in."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tocsin import runtime
from tocsin.cases import queries
from tocsin.cases.queries import changes
from tocsin.cli.bench import filling
from tocsin.cli.furnish import Person, Staff, furnish
from tocsin.core.errors import Misconfigured
from tocsin.core.wording import say
from tocsin.people import directory, sessions, tokens
from tocsin.people.permissions import SYSTEM
from tocsin.policy import starters
from tocsin.runtime import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx

_FILE, _NOTE = "bench.db", "bench.json"
_ADMIN = "admin"


class Company(NamedTuple):
    """`url`, `secret`: its database. `cookies`: of people who are signed in, as browsers send them; `token`: of a
    program that changes cases. `open`: the numbers of open cases that everybody sees."""

    url: str
    secret: str
    cookies: list[str]
    token: str
    open: list[int]


@contextmanager
def company(url: str | None, keep: Path | None, live: int, over: int) -> Iterator[Company]:
    """One with so many open and so many closed cases, in the empty database at `url`, or in a file. `keep`: a folder in
    which it is found again the next time. Misconfigured where that one has other amounts."""
    if keep is None:
        with TemporaryDirectory(prefix="tocsin-bench-") as name:
            yield _ready(url, Path(name), live, over)
        return
    keep.mkdir(parents=True, exist_ok=True)
    yield _ready(url, keep, live, over)


def _ready(url: str | None, folder: Path, live: int, over: int) -> Company:
    where = url or f"sqlite:///{folder / _FILE}"
    note = folder / _NOTE
    kept = json.loads(note.read_text()) if note.exists() else None
    if kept is not None and (kept["live"], kept["over"]) != (live, over):
        raise Misconfigured(
            say(
                "{folder} holds {live} open and {over} closed cases",
                folder=folder,
                live=kept["live"],
                over=kept["over"],
            ),
            place="--keep",
            expected=say("as many by --open and --closed, or another folder"),
        )
    secret = secrets.token_urlsafe(48) if kept is None else str(kept["secret"])
    database = Database(where)
    migrate.upgrade(database)
    database.close()
    here = runtime.build(where, secret)
    try:
        if kept is None:
            here.writer.write(lambda tx: furnish(tx, here, starters.text(), Staff(Person(_ADMIN, "admin"))))
            filling.fill(here, live, over)
            note.write_text(json.dumps({"live": live, "over": over, "secret": secret}))
        cookies, token = here.writer.write(lambda tx: _signed_in(tx, here))
        first = filling.FIRST + over
        with here.database.reading() as tx:
            hidden = set(queries.numbers(tx, SYSTEM, [one.case for one in changes.confided(tx)]).values())
    finally:
        here.close()
    shown = [number for number in range(first, first + live) if number not in hidden]
    return Company(where, secret, cookies, token, shown)


def _signed_in(tx: Tx, here: Installation) -> tuple[list[str], str]:
    people = directory.load(tx).by_name
    names = [filling.name_of(number) for number in range(filling.PEOPLE)]
    cookies = [f"{sessions.COOKIE}={sessions.begin(tx, people[name].id)}" for name in names]
    called = f"bench-{secrets.token_hex(6)}"
    return cookies, tokens.issue(tx, here.mint, here.journal, called, "admin", "bench", user=people[_ADMIN].id)
