"""Receivers that have a queue each, in which what concerns one case goes out in order, one thing after another:
webhooks and connectors. A row of such a queue is a case of which something waits."""

from collections.abc import Callable, Iterable
from random import Random
from typing import Protocol, TypeVar

from tocsin.ledger import work
from tocsin.storage.transaction import Tx
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Outcome


class Receiver(Protocol):
    """`queue`: the kind of work of what goes to it."""

    @property
    def id(self) -> int: ...

    @property
    def queue(self) -> str: ...


R = TypeVar("R", bound=Receiver)
M = TypeVar("M")


def claim(
    tx: Tx,
    lanes: Lanes,
    holder: str,
    channel: str,
    receivers: Iterable[R],
    following: Callable[[R, work.Item], M | None],
) -> list[M]:
    """What is due, of each receiver as much as its lane has room for. `following`: the earliest message that waits, of
    the case of this row; None where none does any more."""
    room, claimed = lanes.room(tx.now), list[M]()
    for receiver in receivers:
        free = room.of(receiver.id, channel, urgent=False)
        if free > 0:
            items = work.claim(tx, receiver.queue, holder, free)
            room.take(receiver.id, channel, len(items))
            found = (following(receiver, item) for item in items)
            claimed += [message for message in found if message is not None]
    return claimed


def is_over(item: work.Item, outcome: Outcome) -> bool:
    """Whether what failed is not tried again."""
    return outcome.final or item.attempt >= work.ATTEMPTS


def later(tx: Tx, item: work.Item, outcome: Outcome, chance: Random) -> None:
    """Try again after a pause, or when the receiver asked to be left alone so long."""
    work.retry(tx, item, outcome.error, after=max(outcome.after, work.backoff(item.attempt, chance)))


def go_on(tx: Tx, item: work.Item, *, more: bool) -> None:
    """On to what waits next of the case. A row that grew while it was held stays, due at once."""
    if more or not work.finish_unchanged(tx, item):
        work.arm(tx, item.kind, item.subject, tx.now, item.generation)
