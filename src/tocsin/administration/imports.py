"""Imports: rows of another system's history or backlog become cases, and each import counts how far it has come."""

from typing import Any

from tocsin.intake import import_store, importing, replies
from tocsin.intake.accept import Once
from tocsin.intake.importing import Batch
from tocsin.intake.replies import Reply
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def taken(here: Installation, who: Viewer, batch: Batch, again: Once | None = None) -> Reply:
    """The result of each row of a batch, in order, and the progress of its import. `again`: the key by which the same
    batch is known when it comes again; then it is what was answered before."""
    if again is not None and (before := here.writer.write(lambda tx: replies.find(tx, again))) is not None:
        return before
    with here.database.reading() as tx:
        here.desk.policies.get(tx).at(here.clock.now())  # or say at once that there is none
    answers = importing.take(batch.rows, who, here.writer, here.take, live=batch.live)
    results = [importing.shown(row, answer) for row, answer in zip(batch.rows, answers, strict=True)]
    effects = [(row.line, result["effect"]) for row, result in zip(batch.rows, results, strict=True)]

    def count(tx: Tx) -> Reply:
        if (before := replies.find(tx, again)) is not None:
            return before
        import_store.count(tx, batch.name, who.actor, effects)
        body: dict[str, Any] = {"import": import_store.named(tx, batch.name), "results": results}
        replies.keep(tx, again, body)
        return Reply(body)

    return here.writer.write(count)
