"""Whether this process can write. Where it cannot, no alarm can be queued and no page either: so it is told in the log,
by `/readyz`, by a heartbeat that stays out, and where alarms are shown; the leads hear of it when it is over.

While writes fail, one is tried twice a second: whoever sends tickets may have turned to another server long ago. As
soon as one succeeds, every loop that rests goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.core.logging import log
from tocsin.core.wording import Said, packed, plain, say
from tocsin.notify.alarms import StandingAlarm
from tocsin.storage import failing
from tocsin.storage.failing import Failure
from tocsin.tools.alarms import Alarm
from tocsin.watchers.repairs import Repairs

AGAIN = SECOND // 2
SAYING = 10 * SECOND  # between two lines of the log
TRYING = AGAIN / SECOND  # seconds between two looks whether it is time
_KEY, _KIND = "writing", "work.not_written"


@dataclass(slots=True)
class Writing:
    """`succeeded` is called when writes do again."""

    repairs: Repairs
    succeeded: Callable[[], None]
    next_at: int = 0
    said_at: int = 0

    @property
    def failure(self) -> Failure | None:
        return self.repairs.writer.failure

    def step(self, now: int) -> int:
        """Try a write, where they fail and it is time; 1 where it succeeded."""
        failure = self.failure
        if failure is None or now < max(self.next_at, failure.at + AGAIN):
            return 0
        self.next_at = now + AGAIN
        try:
            self._try(failure, now)
        except Exception as error:
            if now >= self.said_at + SAYING:
                self.said_at = now
                since = instants.to_text(failure.since)
                log.critical("writes.fail", since=since, error=str(error), why=(self.failure or failure).why)
            return 0
        if self.failure is failure:  # else another group has failed meanwhile
            self.repairs.writer.failure = None
            self.succeeded()
            log.warning("writes.succeed", failed_since=instants.to_text(failure.since))
        return 1

    def says(self) -> Said | None:
        """A sentence without its stop, while writes fail."""
        failure = self.failure
        if failure is None:
            return None
        since = instants.whole(failure.since)
        return say("nothing can be written since {since}: {why}", since=since, why=failure.why)

    def alarm(self) -> StandingAlarm | None:
        """What would be raised if anything could be written."""
        failure, says = self.failure, self.says()
        if failure is None or says is None:
            return None
        return StandingAlarm(_KEY, _KIND, None, plain(says), 1, failure.since, None, None, packed(says))

    def status(self) -> dict[str, Any]:
        """For operators."""
        failure = self.failure
        return {
            "failing_since": failure and instants.to_text(failure.since),
            "failure": failure and failure.why,
            "failed_groups": self.repairs.writer.tally.failed,
        }

    def due(self) -> list[int]:
        """When the next try is made, if one is."""
        return [max(self.next_at, self.failure.at + AGAIN)] if self.failure else []

    def _try(self, failure: Failure, now: int) -> None:
        for write in (failing.fill, failing.clear):
            self.repairs.writer.write(write)
        start, end = instants.whole(failure.since), instants.whole(now)
        says = say("from {start} to {end} nothing could be written: {why}", start=start, end=end, why=failure.why)
        self.repairs.raise_all([Alarm(_KEY, _KIND, says)])
