"""Alarms as a port: what is wrong and needs a person. Who watches raises them here; `notify` tells people."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from tocsin.core.clock import HOUR
from tocsin.core.wording import Said
from tocsin.storage.transaction import Tx

AGAIN = HOUR  # an alarm that stands is told again so often


class Alarm(NamedTuple):
    """`key` tells one wrong thing from another; `kind` begins with who watches (`case.`, `work.`, `webhook.`, ...);
    `says` is a sentence for a person, its times as programs write them; `case` where it is about one."""

    key: str
    kind: str
    says: Said
    case: int | None = None


class Raising(Protocol):
    """Who keeps alarms and tells people of them."""

    def raise_(self, tx: Tx, alarm: Alarm) -> bool:
        """Raise an alarm; False where it is raised already."""

    def end(self, tx: Tx, keys: Collection[str]) -> None:
        """What these alarms told of is over; one that comes back is raised anew."""

    def end_old(self, tx: Tx, kind: str, before: int) -> int:
        """End those of a kind that were raised at this instant or earlier; how many."""
