"""What was last heard of each ticket by its source, whether it has a case or not."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.intake.statements import Stamp
from tocsin.intake.statuses import Says
from tocsin.storage.transaction import Tx, marks, padded

Key = tuple[str, str]  # source and external id


class Heard(NamedTuple):
    """The newest statement. `status`: the last that was understood, as it was said; None: its source never said one."""

    says: Says = Says.NOTHING
    status: str | None = None
    stamp: Stamp = Stamp()

    def then(self, says: Says, status: str | None, stamp: Stamp) -> "Heard":
        """The same after a further statement, which is not older. What that leaves out stays known."""
        return Heard(
            self.says if says in (Says.NOTHING, Says.TOLD) else says,
            status or self.status,
            Stamp(
                self.stamp.sequence if stamp.sequence is None else stamp.sequence,
                self.stamp.at if stamp.at is None else stamp.at,
            ),
        )


def load(tx: Tx, keys: Sequence[Key]) -> dict[Key, Heard]:
    """What was heard of these tickets; those of which nothing was are left out."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in keys:
        by_source.setdefault(source, []).append(external_id)
    found: dict[Key, Heard] = {}
    for source, wanted in by_source.items():
        chosen = padded(wanted)
        rows = tx.rows(
            "SELECT external_id, says, status, sequence, occurred_at FROM heard"
            f" WHERE source = ? AND external_id IN ({marks(chosen)})",
            (source, *chosen),
        )
        found.update({(source, row[0]): Heard(Says(row[1]), row[2], Stamp(row[3], row[4])) for row in rows})
    return found


def keep(tx: Tx, news: Mapping[Key, Heard]) -> None:
    """Remember what is newest now, in the order of keys, so that two groups cannot block each other."""
    tx.run_many(
        "INSERT INTO heard (source, external_id, says, status, sequence, occurred_at, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source, external_id) DO UPDATE SET says = excluded.says, status = excluded.status,"
        " sequence = excluded.sequence, occurred_at = excluded.occurred_at, at = excluded.at",
        [
            (*key, heard.says.value, heard.status, heard.stamp.sequence, heard.stamp.at, tx.now)
            for key, heard in sorted(news.items(), key=lambda item: item[0])
        ],
    )
