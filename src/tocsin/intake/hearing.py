"""What was last heard of each ticket by its source, whether it has a case or not."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.intake.statements import Stamp
from tocsin.intake.statuses import Says
from tocsin.policy.lenient import order
from tocsin.storage.transaction import Tx, marks, padded

Key = tuple[str, str]  # source and external id


class Heard(NamedTuple):
    """The newest statement. `status`: the last that was understood, as it was said; None: its source never said one.
    `word`: the stamp of the newest that began or ended something, which need not be the newest of all."""

    says: Says = Says.NOTHING
    status: str | None = None
    stamp: Stamp = Stamp()
    word: Stamp = Stamp()

    def then(self, says: Says, status: str | None, stamp: Stamp, *, decides: bool) -> "Heard":
        """The same after a further statement that counts. What that leaves out stays known. `decides`: whether it
        begins or ends something."""
        word = self.word.then(stamp) if decides else self.word
        if stamp.before(self.stamp):
            return self._replace(word=word)
        says = self.says if says in (Says.NOTHING, Says.TOLD) else says
        return Heard(says, status or self.status, self.stamp.then(stamp), word)

    def since(self, first: int | None) -> "Heard":
        """The same with the ticket's first word of that time, which opened its case."""
        return self._replace(stamp=self.stamp.since(first), word=self.word.since(first))


def load(tx: Tx, keys: Sequence[Key]) -> dict[Key, Heard]:
    """What was heard of these tickets; those of which nothing was are left out."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    found: dict[Key, Heard] = {}
    for source, wanted in by_source.items():
        chosen = padded(wanted)
        rows = tx.rows(
            "SELECT external_id, says, status, sequence, order_text, occurred_at, word_sequence, word_order_text,"
            " word_at FROM heard"
            f" WHERE source = ? AND external_id IN ({marks(chosen)})",
            (source, *chosen),
        )
        for external_id, says, status, *stamps in rows:
            found[source, external_id] = Heard(Says(says), status, _stamp(*stamps[:3]), _stamp(*stamps[3:]))
    return found


def keep(tx: Tx, news: Mapping[Key, Heard]) -> None:
    """Remember what is newest now, in the order of keys, so that two groups cannot block each other."""
    tx.run_many(
        "INSERT INTO heard (source, external_id, says, status, sequence, order_text, occurred_at, word_sequence,"
        " word_order_text, word_at, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source, external_id) DO UPDATE SET says = excluded.says, status = excluded.status,"
        " sequence = excluded.sequence, order_text = excluded.order_text, occurred_at = excluded.occurred_at,"
        " word_sequence = excluded.word_sequence, word_order_text = excluded.word_order_text,"
        " word_at = excluded.word_at, at = excluded.at",
        [
            (*key, heard.says.value, heard.status, *_columns(heard.stamp), *_columns(heard.word), tx.now)
            for key, heard in sorted(news.items(), key=lambda item: item[0])
        ],
    )


def _stamp(number: int | None, text: str | None, at: int | None) -> Stamp:
    return Stamp(order.stored(number, text), at)


def _columns(stamp: Stamp) -> tuple[int | None, str | None, int | None]:
    return (*order.columns(stamp.sequence), stamp.at)
