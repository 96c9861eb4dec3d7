"""One look on behalf of all pages that are open: who hears what. In one transaction, so that what somebody may see and
what they see are of the same instant."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from tocsin.cases.queries.changes import Revision
from tocsin.core import canonical
from tocsin.core.clock import MINUTE, SECOND, effort
from tocsin.core.errors import InvalidInput
from tocsin.core.logging import log
from tocsin.people import sessions
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import access, messages, shell
from tocsin.web.messages import StreamMessage
from tocsin.web.snapshot import DrawnParts, Snapshot

News = StreamMessage | Literal["gone", "lost"]
_ANEW = MINUTE  # at the latest a part is drawn anew: some of it changes by time alone
_SKEW = SECOND  # that two servers' clocks may differ


class Showing(Protocol):
    """What a page shows. Two that are equal show the same to the same reader."""

    def noticed(self, seen: Snapshot, reader: Session) -> Hashable:
        """What is another value whenever the page has to change; None where it is not for this reader any more."""

    def sight(self, seen: Snapshot, reader: Session, language: str) -> Hashable:
        """All of its reader that the page depends on, but for language and zone: what they see, and what they may do.
        None where it is their own: then it is only told that it changed, and asks for itself."""

    def draw(self, seen: Snapshot, reader: Session, language: str) -> str:
        """As it is now, for this reader and whoever has the same sight; of a page that asks for itself, its name."""


@dataclass(eq=False, slots=True)
class Listener:
    """A browser's page. `token`: of its session. `since`: the instant that it shows already, 0: none. `noticed`: as the
    last look found it, None: no look yet. `drawn_at`: when it was pushed last. `counted`: how much waits for its
    reader, as it was told last."""

    token: str
    user: int
    language: str
    showing: Showing
    since: int
    noticed: Hashable = None
    drawn_at: int = 0
    counted: StreamMessage | None = None


class Findings(NamedTuple):
    """What a look found, and what it cost, in seconds of a processor. `counts`: how much waits for whom, where that has
    changed."""

    news: list[tuple[Listener, News]]
    counts: list[tuple[Listener, StreamMessage]]
    looking: float
    drawing: float


@dataclass(slots=True)
class Looker:
    """Looks, and remembers from one look to the next what was drawn, and since when what is noticed has been so."""

    here: Installation
    _drawn: DrawnParts = field(default_factory=DrawnParts)
    _since: dict[Hashable, int] = field(default_factory=dict)
    _revision: Revision = field(default_factory=Revision)
    _counts: dict[int, tuple[Hashable, StreamMessage | None]] = field(default_factory=dict)

    def look(self, listeners: Sequence[Listener]) -> Findings:
        """Who of these hears what."""
        began = effort()
        now = self.here.clock.now()
        with self.here.database.reading(now) as tx:
            seen = Snapshot(self.here, tx, {one.showing for one in listeners}, DrawnParts(self._drawn.now))
            seen.revision = self._revision.look(tx, seen.all_confided)
            living = access.of_tokens(tx, self.here, {one.token for one in listeners})
            changed, gone = self._noticed(seen, listeners, living)
            looked = effort()
            told = [(one, _news(seen, one, living[one.token])) for one in changed]
            counts = self._counted(seen, [one for one in listeners if one.token in living], living)
        if seen.drawn.now:
            self._drawn = seen.drawn
        self._in_use(living, now)
        return Findings([*told, *((one, "gone") for one in gone)], counts, looked - began, effort() - looked)

    def _noticed(
        self, seen: Snapshot, listeners: Sequence[Listener], living: Mapping[str, Session]
    ) -> tuple[list[Listener], list[Listener]]:
        """Whose page has to change, and who may not look at theirs any more."""
        changed, gone = [], []
        since: dict[Hashable, int] = {}
        for one in listeners:
            reader = living.get(one.token)
            noticed = None if reader is None else one.showing.noticed(seen, reader)
            if noticed is None:
                gone.append(one)
                continue
            now = since[one.showing, noticed] = self._since.get((one.showing, noticed), seen.tx.now)
            if one.noticed != noticed or seen.tx.now - one.drawn_at >= _ANEW:
                first, one.noticed, one.drawn_at = one.noticed is None, noticed, seen.tx.now
                if not (first and one.since > now + _SKEW):
                    changed.append(one)
        self._since = since
        return changed, gone

    def _counted(
        self, seen: Snapshot, listeners: Sequence[Listener], living: Mapping[str, Session]
    ) -> list[tuple[Listener, StreamMessage]]:
        """How much waits for the readers of these pages, counted once for each, where anything has changed."""
        known: dict[int, tuple[Hashable, StreamMessage | None]] = {}
        told = []
        for one in listeners:
            viewer = living[one.token].viewer
            if one.user not in known:
                as_of = seen.revision, viewer, tuple(seen.confided(viewer.user).items())
                before = self._counts.get(one.user)
                same = before is not None and before[0] == as_of
                known[one.user] = before if before and same else (as_of, _counts(seen, viewer))
            message = known[one.user][1]
            if message is not None and one.counted != message:
                one.counted = message
                told.append((one, message))
        self._counts = known
        return told

    def _in_use(self, living: Mapping[str, Session], now: int) -> None:
        """Write down that these sessions are in use, where that was long ago."""
        used = [token for token, session in living.items() if now - session.seen_at > sessions.SEEN_EVERY]
        if used:
            self.here.writer.submit(lambda tx: sessions.seen(tx, used))


def _news(seen: Snapshot, one: Listener, reader: Session) -> News:
    """What a page is told. One that cannot be drawn is lost alone, and comes again by itself."""
    try:
        return _message(seen, one, reader)
    except InvalidInput:  # what it was narrowed to has ended since; it is told so when it comes again
        return "lost"
    except Exception:
        log.exception("live.undrawn", showing=type(one.showing).__name__)
        return "lost"


def _counts(seen: Snapshot, viewer: Viewer) -> StreamMessage | None:
    """None where it cannot be counted for this one; the others are told."""
    try:
        return messages.event("counts", canonical.encode(shell.counts(seen.tx, seen.here, viewer)).decode())
    except Exception:
        log.exception("live.uncounted", user=viewer.actor)
        return None


def _message(seen: Snapshot, one: Listener, reader: Session) -> StreamMessage:
    """What a page is told, made once for all that are told the same."""
    language = reader.language or one.language
    sight = one.showing.sight(seen, reader, language)
    if sight is None:
        return messages.event("changed", one.showing.draw(seen, reader, language))
    key = ("message", one.showing, sight, language, reader.zone)
    return seen.once(key, lambda: messages.part(one.showing.draw(seen, reader, language)))
