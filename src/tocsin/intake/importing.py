"""An import's rows become arrivals, which go to the group writer in bulk: the one way in for history, from a file here
or from a client elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import discretion
from tocsin.cases.past import Past, Stood
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, TocsinError, TooLarge, Unavailable
from tocsin.core.wording import Said, say
from tocsin.intake.arrivals import Arrival, Taken
from tocsin.intake.reading import Signal
from tocsin.people.permissions import Viewer
from tocsin.policy.body import to_body
from tocsin.policy.lenient import Understood, lenient, loads, times
from tocsin.policy.lenient.fields import no_time
from tocsin.policy.remarks import in_english
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

MOST_ROWS = 1000
EFFECTS = ("opened", "changed", "unchanged", "recorded", "live", "refused")
Take = Callable[[Tx, list[Arrival]], list[Taken | Exception]]


class Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A row of a file. `ticket`: what it says, by the names of `POST /cases`; null takes a fact away. `key`: what it is
    known by when it comes again, in hexadecimal; without one it only ever opens a case. `state` and its times: how the
    ticket stood."""

    line: int
    ticket: dict[str, Any]
    key: str | None = None
    state: Stood | None = None
    resolved_at: str | None = None  # RFC 3339
    closed_at: str | None = None

    @classmethod
    def of(cls, line: int, ticket: dict[str, Any], key: bytes | None, past: Past | None) -> "Row":
        known = None if key is None else key.hex()
        if past is None:
            return cls(line, ticket, known)
        resolved, closed = (None if at is None else instants.to_text(at) for at in (past.resolved_at, past.closed_at))
        return cls(line, ticket, known, past.state, resolved, closed)

    def past(self, remarks: dict[str, Said]) -> Past | None:
        """How the ticket stood; a time that cannot be read is missing, and has a remark."""
        if self.state is None:
            return None
        found: list[int | None] = []
        for name, text in (("resolved_at", self.resolved_at), ("closed_at", self.closed_at)):
            moment = times.instant(text)
            if text is not None and moment is None:
                remarks[name] = no_time(text)
            found.append(None if moment is None else instants.from_datetime(moment))
        return Past(self.state, *found)


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Some rows of the import of this name, in the order of its file. `live`: as a backlog to be worked on; what
    was over is history all the same."""

    name: str
    rows: list[Row]
    live: bool = False


class Became(NamedTuple):
    """What became of a row: opened, changed, unchanged, recorded, or live, where history leaves a case alone that
    people work on. The case as it is now, by id; its severity and level where the viewer sees it. `remarks`: by field,
    what of the row was cut or taken as missing."""

    effect: str
    case: int | None = None
    severity: str | None = None
    level: str | None = None
    remarks: Mapping[str, str] = {}


_batch = msgspec.json.Decoder(Batch)


def read_batch(raw: bytes) -> Batch:
    """A batch from JSON; InvalidInput says what does not fit."""
    try:
        batch = _decoded(raw)
    except (msgspec.ValidationError, RecursionError) as error:
        raise InvalidInput(
            say("this is not a batch of an import: {error}", error=error), expected=say("{name, rows, live}")
        ) from None
    if not 1 <= len(batch.name) <= 200:
        raise InvalidInput(say("the name is not valid"), place="name", expected=say("1 to 200 characters"))
    if len(batch.rows) > MOST_ROWS:
        raise InvalidInput(
            say("{amount} rows in one batch", amount=len(batch.rows)),
            place="rows",
            expected=say("at most {most_rows}", most_rows=MOST_ROWS),
        )
    return batch


def _decoded(raw: bytes) -> Batch:
    try:
        return _batch.decode(raw)
    except (msgspec.ValidationError, RecursionError):
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.convert(loads(raw), Batch)


def take(
    rows: Sequence[Row], viewer: Viewer, writer: GroupWriter, take: Take, *, live: bool = False
) -> list[Became | TocsinError]:
    """What became of each row, or why it was refused, in order. Unavailable, with the line, where the database ends it:
    what was taken in by then is known when it comes again."""
    answers: list[Became | TocsinError | None] = [None] * len(rows)
    waiting = []
    for place, row in enumerate(rows):
        try:
            arrival = _arrival(row, viewer, live)
            waiting.append((place, arrival.signal.remarks, writer.submit_item(take, arrival)))
        except Unavailable:
            raise
        except TocsinError as error:
            answers[place] = error
    while not writer.threaded and waiting and not waiting[-1][2].done():
        writer.step()
    for place, remarks, future in waiting:
        failure = future.exception()
        if failure is None:
            answers[place] = _became(future.result(), viewer)._replace(remarks=in_english(remarks))
        elif isinstance(failure, TocsinError) and not isinstance(failure, Unavailable):
            answers[place] = failure
        else:
            raise Unavailable(
                say("the database did not take the row: {failure}", failure=failure),
                place=f"line {rows[place].line}",
                expected=say("the same import again, which goes on from here"),
            ) from failure
    return [answer for answer in answers if answer is not None]


def _arrival(row: Row, viewer: Viewer, live: bool) -> Arrival:
    body, given, remarks = _read(row.ticket)
    if body.external_id is None:
        raise InvalidInput(say("the field is missing"), place="external_id", expected=say("the ticket's id"))
    try:
        key = None if row.key is None else bytes.fromhex(row.key)
    except ValueError:
        raise InvalidInput(say("this is not a key"), place="key", expected=say("hexadecimal digits")) from None
    past = row.past(remarks)
    quiet = not live or (past is not None and past.state != "open")
    return Arrival(Signal(body, "ticket", viewer, given, quiet, remarks, past if quiet else None), key)


def _read(ticket: dict[str, Any]) -> Understood:
    """As the doors for live tickets do: strictly first, else what can be taken of it."""
    try:
        return Understood(to_body(ticket), ticket, {})
    except (InvalidInput, TooLarge):
        return lenient(ticket)


def _became(taken: Taken, viewer: Viewer) -> Became:
    case = taken.case
    if case is None or not discretion.sees(viewer, case):
        return Became(taken.effect)
    return Became(taken.effect, case.id, case.severity, case.level)


def shown(row: Row, answer: Became | TocsinError) -> dict[str, Any]:
    """What became of a row, as a JSON value."""
    if isinstance(answer, TocsinError):
        said = {"title": answer.title, "detail": answer.detail, "place": answer.place, "expected": answer.expected}
        return {"line": row.line, "effect": "refused", "external_id": row.ticket.get("external_id"), **said}
    case = None if answer.case is None else ids.to_text(answer.case)
    return {
        "line": row.line,
        "effect": answer.effect,
        "case": case,
        "severity": answer.severity,
        "level": answer.level,
        **({"remarks": dict(answer.remarks)} if answer.remarks else {}),
    }


def read(answer: dict[str, Any]) -> Became | TocsinError:
    """What `shown` showed."""
    if answer["effect"] == "refused":
        error = InvalidInput(answer["detail"], place=answer["place"], expected=answer["expected"])
        error.title = answer["title"]
        return error
    case = None if answer["case"] is None else ids.from_text(answer["case"])
    return Became(answer["effect"], case, answer["severity"], answer["level"], answer.get("remarks", {}))
