"""What senders deliver and the intake refuses: an alarm names sender and place, once for all such deliveries."""

from dataclasses import dataclass, field

from tocsin.core.clock import MINUTE, Clock
from tocsin.core.errors import TocsinError
from tocsin.core.wording import say
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools.alarms import AGAIN, Alarm, Raising

KIND = "intake.refused"
STANDS = AGAIN - 20 * MINUTE  # shorter than an alarm is told again: one refusal is told once
REST = 10 * MINUTE  # in which a process does not raise the same again
_MOST = 1000  # that a process remembers


@dataclass(slots=True)
class Refusals:
    alarms: Raising
    writer: GroupWriter
    clock: Clock
    _raised: dict[str, int] = field(default_factory=dict)

    def tell(self, sender: str, route: str, error: TocsinError) -> None:
        """Raise the alarm about this sender and place, where it does not stand; the caller does not wait for it."""
        alarm, now = alarm_of(sender, route, error), self.clock.now()
        if self._raised.get(alarm.key, now - REST) > now - REST:
            return
        if len(self._raised) >= _MOST:
            self._raised.clear()
        self._raised[alarm.key] = now
        self.writer.submit(lambda tx: self.alarms.raise_(tx, alarm))


def alarm_of(sender: str, route: str, error: TocsinError) -> Alarm:
    """`sender` as the journal names it, such as `token:zendesk`."""
    kind, _, name = sender.partition(":")
    place = (error.place or "")[:100]
    says = say(
        "the {kind} {name} sent something to {route} that was refused: {error}",
        kind=kind,
        name=name,
        route=route,
        error=str(error)[:400],
    )
    return Alarm(f"{KIND}:{sender}:{route}:{place}", KIND, says)


def sweep(tx: Tx, alarms: Raising) -> int:
    """End the alarms of senders that had nothing refused for a while; how many. What is refused again raises them."""
    return alarms.end_old(tx, KIND, tx.now - STANDS)
