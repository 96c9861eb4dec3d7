"""Imports: rows of another system's history or backlog become cases, and each import counts how far it has come."""

from functools import partial
from typing import Any

from tocsin.core.errors import TocsinError
from tocsin.intake import import_runs, import_store, importing, replies, uploads
from tocsin.intake.accept import Once
from tocsin.intake.import_runs import ImportRun
from tocsin.intake.importing import Batch, Became, Row
from tocsin.intake.replies import Reply
from tocsin.intake.uploads import Upload
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


def begin(here: Installation, who: Viewer, upload: Upload, *, dry: bool, live: bool = False) -> None:
    """Start to import a file by its mapping, or only to try that; how far it is stands in its `run`. `live`: as a
    backlog that is worked on, not as history. It ends early where whoever began it may not import any more.

    NotFound where no policy decides, or the file is forgotten; Conflict while another run works, on whichever server.
    """
    now = here.clock.now()
    with here.database.reading(now) as tx:
        policy = here.desk.policies.get(tx).at(now)
        file = uploads.contents(tx, upload)
    run = ImportRun(here.mint.new(now), dry, live, now, upload.size)
    here.writer.write(lambda tx: uploads.begin(tx, upload, run))

    def send(rows: list[Row]) -> list[Became | TocsinError]:
        with here.database.reading() as tx:
            still = here.desk.directory.get(tx).still(who, "cases.import")
        reply = taken(here, still, Batch(upload.name, rows, live))
        return [importing.read(each) for each in reply.body["results"]]

    here.imports.start(
        run,
        lambda tx: uploads.note(tx, upload.id, run),
        partial(import_runs.carry_out, run, file, upload.mapping, None if dry else send, policy, now),
    )
