"""A mapping and the header of a file: what each row says."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from tocsin.cases.past import Past, Stood
from tocsin.core import instants
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.core.unfit import locate
from tocsin.core.wording import Said, marked, say
from tocsin.intake.csv_rows import Record
from tocsin.intake.mapping.columns import Columns, Fields, Rows, ask_columns
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.sources import Condition
from tocsin.intake.statuses import Says
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.lenient import first_line, lenient
from tocsin.policy.structure import near

NEEDED = ("external_id", "source", "subject")  # none of these may be taken as missing
_STOOD: dict[Says, Stood] = {Says.ENDS: "resolved", Says.OPEN: "open", Says.WAITS: "open"}


class BoundMapping:
    """A mapping and the header of a file. `rows` reads the file from its beginning, for what only a whole column says.
    InvalidDocument names each column that the file does not have."""

    def __init__(
        self, mapping: CaseMapping, header: Sequence[str], place: str = "mapping", rows: Rows | None = None
    ) -> None:
        problems = list(_misnamed(mapping, header))
        if problems:
            raise InvalidDocument(problems, place=place)
        columns = self._columns = Columns(header, mapping.missing)
        self.forgiven: Callable[[TocsinError], None] = lambda error: None
        """Hears of every value that is taken as missing because it cannot be read."""
        self.heard = mapping.heard
        """By what was assumed, how often: zones that no text named."""
        self.heard.clear()
        self._rules = {rule.field: rule for rule in mapping.rules}
        if rows is not None:
            ask_columns(mapping, columns.places, rows)

        def bound(rule: Rule) -> Callable[[Fields], Any]:
            forgiving = mapping.unreadable == "missing" and rule.field not in NEEDED
            return rule.bind(columns, self._unread if forgiving else None)

        self.used = tuple(sorted(place for name in _compared(mapping) for place in columns.places[name]))
        """The places of the columns that the body, and how the ticket stood, are read from."""
        self.without_ids = mapping.external_id is None
        """Tickets are known by the rows that they stand in."""
        self._external_id = None if mapping.external_id is None else bound(mapping.external_id)
        self._source = bound(mapping.fields["source"])
        self._fields = [(name, bound(rule)) for name, rule in mapping.fields.items()]
        self._groups = [
            (name, [(inner, bound(rule)) for inner, rule in group.items()]) for name, group in mapping.groups.items()
        ]
        self._tags = [bound(rule) for rule in mapping.tags]
        self._past = {name: bound(rule) for name, rule in mapping.past.items()}
        self._stated = mapping.stated
        self._ignored = mapping.ignored
        self._history = [(name, rule.bind(columns)) for name, rule in mapping.history.items()]

    def ignored(self, fields: Fields) -> str | None:
        """Why a row is left out by the mapping's own word; None where it is not."""
        for condition in self._ignored:
            if self._columns.holds(condition, fields):
                return condition.reason
        return None

    def external_id(self, record: Record) -> str:
        """By what the row's ticket is known; InvalidInput where the row does not say. Where the file has no ids, it is
        the row itself: where it stands and what it says."""
        if self._external_id is None:
            said = blake2b("\0".join(record.fields).encode(errors="surrogateescape"), digest_size=3).hexdigest()
            return f"row-{record.line}-{said}"
        found = self._external_id(record.fields)
        if found is None:
            raise InvalidInput(say("the ticket's id is missing"), place="external_id", expected=say("text"))
        return str(found)

    def source(self, fields: Fields) -> str:
        """Where the row's ticket comes from."""
        return str(self._source(fields))

    def history(self, fields: Fields) -> dict[str, Any]:
        """What a row says happened, by the keys of the mapping's `history`."""
        found = {}
        for name, get in self._history:
            try:
                found[name] = get(fields)
            except InvalidInput as error:
                error.place = f"history.{name}"
                raise
        return found

    def past(self, fields: Fields) -> Past | None:
        """How the row's ticket stood; None where the mapping says nothing of it. What is not over has no end; without
        a word for its state, it is over since the time that the row names."""
        if not self._past and not self._stated:
            return None
        said = {name: get(fields) for name, get in self._past.items()}
        resolved, closed = (
            None if (at := said.get(name)) is None else instants.from_datetime(at)
            for name in ("resolved_at", "closed_at")
        )
        state: Stood = (
            (self._stands(fields) if self._stated else None)
            or said.get("state")
            or ("closed" if closed else "resolved" if resolved else "open")
        )
        return Past(state, resolved, closed) if state != "open" else Past("open")

    def _stands(self, fields: Fields) -> Stood | None:
        """How a ticket stood by the conditions of the mapping."""
        return next((_STOOD[says] for says, condition in self._stated if self._columns.holds(condition, fields)), None)

    def body(self, external_id: str, fields: Fields) -> dict[str, Any]:
        """What a row says, by the names of `POST /cases`; every mapped field stands in it, a missing one as None."""
        body: dict[str, Any] = {"external_id": external_id}
        for name, get in self._fields:
            body[name] = get(fields)
        for name, group in self._groups:
            body[name] = {inner: get(fields) for inner, get in group}
        if self._tags:
            body["tags"] = merged(get(fields) for get in self._tags)
        if body["subject"] is None and first_line(body.get("body")) is None:
            raise InvalidInput(say("the text is missing"), place="subject", expected=say("1 to 500 characters"))
        return body

    def case(self, body: dict[str, Any]) -> CaseBody:
        """What a row says, as `POST /cases` takes it. What a case cannot hold as it stands is cut or taken as missing,
        in `body` too, and `forgiven` hears of it. InvalidInput where nothing is left to be read."""
        try:
            return to_body(body)
        except TocsinError as error:
            self._find(error, body)
            try:
                found = lenient(body)
            except TocsinError:
                raise error from None
        for place, remark in found.remarks.items():
            unfit = InvalidInput(remark, place=place)
            unfit.__dict__["reason"] = marked("not as a case holds it")
            self._find(unfit, body)
            self.forgiven(unfit)
        for name, held in body.items():  # what is missing is null: it takes away what another row said
            taken = found.given.get(name)
            body[name] = (
                {**dict.fromkeys(held), **taken} if isinstance(held, dict) and isinstance(taken, dict) else taken
            )
        body["subject"] = found.body.subject
        return found.body

    def _find(self, error: TocsinError, body: Mapping[str, Any]) -> None:
        """Name the column of a value that a case cannot hold, and the value."""
        field = re.sub(r"\[.*", "", error.place or "")
        rule = self._rules.get(field)
        outer, _, inner = field.partition(".")
        held = body.get(outer)
        value = held.get(inner) if isinstance(held, dict) else held
        locate(error, rule.named if rule else "", "" if value is None else str(value))

    def _unread(self, error: TocsinError, fields: Fields) -> None:
        self.forgiven(error)


def merged(values: Iterable[Any]) -> list[Any] | None:
    """Tags of several rules, each of which gives one, several or none."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif value is not None:
            found.append(value)
    return list(dict.fromkeys(found)) or None


def _compared(mapping: CaseMapping) -> frozenset[str]:
    """The columns by which two rows of one ticket differ."""
    read: list[Rule | Condition] = [*mapping.past.values(), *mapping.conditions]
    return mapping.columns | {place.name for each in read for place in each.places}


def _misnamed(mapping: CaseMapping, header: Sequence[str]) -> list[Problem]:
    """The columns of the mapping that the header does not have."""
    return [
        Problem(
            say("the file has no column {column}", column=repr(place.name)),
            place.key,
            place.line,
            _meant(place.name, header),
        )
        for place in mapping.all_places
        if place.name not in header
    ]


def _meant(name: str, header: Sequence[str]) -> Said | None:
    if len(header) == 1:
        return say("another `delimiter:`? The header is one column, {column}", column=repr(header[0][:60]))
    return near(name, header)
