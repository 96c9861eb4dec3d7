"""A month in which people do whatever comes to their minds, looked at again and again while it passes: what Now as of
an instant is held against."""

import random
from contextlib import suppress

from tests.stories.crowd import ACTS, WEIGHTS, Crowd
from tests.stories.crowd import open_case as opening
from tests.testing import World
from tocsin.cases.queries import board
from tocsin.cases.queries.board import Board
from tocsin.core.clock import DAY
from tocsin.core.errors import TocsinError
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx

LONG = 30 * DAY
SHOWN = 100
OPENING = 0.1  # the share of operations that open a case beside those of the crowd


def severities(here: World, tx: Tx, at: int) -> dict[str, int]:
    return board.severities(here.installation.desk.policies.get(tx), at)


def look(here: World) -> Board:
    """What Now shows of all cases."""
    at = here.clock.now()
    with here.installation.database.reading(at) as tx:
        return board.look(tx, SYSTEM, severities(here, tx, at), at, SHOWN)


def lived(here: World, seed: int, operations: int, looks: int) -> dict[int, Board]:
    """Let the month pass, with so many operations; what Now showed at so many random instants, by instant."""
    chance, start = random.Random(seed), here.clock.now()
    crowd = Crowd(here, seed)
    moments = {start + chance.randrange(LONG): "look" for _ in range(looks)}
    busy = {start + chance.randrange(LONG): "act" for _ in range(operations)}
    seen: dict[int, Board] = {}
    for at, what in sorted((moments | busy).items()):
        _pass(here, at)
        if what == "look":
            seen[at] = look(here)
            continue
        with suppress(TocsinError):
            act = opening if chance.random() < OPENING else chance.choices(ACTS, WEIGHTS)[0]
            act(crowd, chance)
    return seen


def _pass(here: World, until: int) -> None:
    """Let time pass. Nothing is run where nothing is due, for a look alone changes nothing."""
    while True:
        with here.installation.database.reading() as tx:
            row = tx.row("SELECT min(due_at) FROM work WHERE aside_at IS NULL")
        if row is None or row[0] is None or row[0] > until:
            break
        here.clock.set(max(row[0], here.clock.now()))
        here.installation.step_all()
    here.clock.set(until)
