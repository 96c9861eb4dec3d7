"""How Tocsin itself fares, for whoever looks at Now: whether pages leave, whether the test page comes through, which
sources are silent, and whether an alarm stands."""

from typing import NamedTuple

from tocsin.connectors import standing
from tocsin.notify import alarms, outcomes, synthetic
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class SilentSource(NamedTuple):
    """A source of tickets that has been silent for far longer than usual, since when."""

    name: str
    since: int


class Wellness(NamedTuple):
    """`pages`: within how long 99 % of the pages of the last day left (microseconds). `tested_at`: when the last test
    page was sent, `test_came`: whether it came in time. `heard`: how many of all `sources` are, and are not `silent`.
    `alarms`: how many stand, None: the reader is not told. None: there is nothing to tell."""

    pages: int | None
    tested_at: int | None
    test_came: bool
    sources: int
    heard: int
    silent: list[SilentSource]
    alarms: int | None

    @property
    def tells(self) -> bool:
        """Whether there is anything to tell."""
        return any((self.pages, self.tested_at, self.sources, self.alarms is not None))


def told_all(viewer: Viewer) -> bool:
    """Whether this reader is told of alarms, too: they are for those alone who may run the installation."""
    return viewer.may("operate")


def of(tx: Tx, viewer: Viewer) -> Wellness:
    """How it fares now, as far as this reader is told."""
    tested = next(iter(synthetic.runs(tx, 1, decided_by=tx.now)), None)
    sources = standing.sources(tx)
    silent = [
        SilentSource(name, one.last_at) for name, one in sources.items() if one.silent and one.last_at is not None
    ]
    return Wellness(
        outcomes.within(tx),
        None if tested is None else tested.queued_at,
        tested is not None and tested.latency is not None and tested.latency <= synthetic.SLOW,
        len(sources),
        sum(one.last_at is not None and not one.silent for one in sources.values()),
        silent,
        len(alarms.standing(tx)) if told_all(viewer) else None,
    )
