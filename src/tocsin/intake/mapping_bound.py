"""A mapping and the header of a file: what each row says."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

from tocsin.cases.past import Past, Stood
from tocsin.clocks import written as times
from tocsin.core import instants
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.core.unfit import locate
from tocsin.intake.csv_rows import Record, Refused
from tocsin.intake.mapping import NEEDED, CaseMapping, Get, Rule
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.lenient import first_line, lenient
from tocsin.policy.structure import near

Rows = Callable[[], Iterable[Record | Refused]]


class BoundMapping:
    """A mapping and the header of a file. `rows` reads the file from its beginning, for what only a whole column says.
    InvalidDocument names each column that the file does not have."""

    def __init__(
        self, mapping: CaseMapping, header: Sequence[str], place: str = "mapping", rows: Rows | None = None
    ) -> None:
        problems = list(_misnamed(mapping, header))
        if problems:
            raise InvalidDocument(problems, place=place)
        places: dict[str, list[int]] = {}
        for position, name in enumerate(header):
            places.setdefault(name, []).append(position)

        self.forgiven: Callable[[TocsinError], None] = lambda error: None
        """Hears of every value that is taken as missing because it cannot be read."""
        self.heard = mapping.heard
        """By what was assumed, how often: zones that no text named."""
        self.heard.clear()
        self._forgiving = mapping.unreadable == "missing"
        self._rules = {rule.field: rule for rule in mapping.rules}

        timed = [at for rule in mapping.every_rule if rule.order and rule.order.used for at in _places(rule, places)]

        def bound(rule: Rule) -> Get:
            if rule.order is not None and rule.order.used and rows is not None:
                rule.order.find = partial(_order, rows, _places(rule, places), timed)
            forgiven = self._forgiving and rule.field not in NEEDED
            return rule.bind(places, mapping.missing, self._forgive if forgiven else None)

        self.used = tuple(sorted(place for name in mapping.columns | _past(mapping) for place in places[name]))
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
        for rule in mapping.history.values():
            if rule.order is not None and rule.order.used and rows is not None:
                rule.order.find = partial(_order, rows, _places(rule, places), timed)
        self._history = [(name, rule.bind(places, mapping.missing)) for name, rule in mapping.history.items()]

    def external_id(self, record: Record) -> str:
        """By what the row's ticket is known; InvalidInput where the row does not say. Where the file has no ids, it is
        the row itself: where it stands and what it says."""
        if self._external_id is None:
            said = blake2b("\0".join(record.fields).encode(errors="surrogateescape"), digest_size=3).hexdigest()
            return f"row-{record.line}-{said}"
        found: str | None = self._external_id(record.fields)
        if found is None:
            raise InvalidInput("the ticket's id is missing", place="external_id", expected="text")
        return found

    def source(self, fields: Sequence[str]) -> str:
        """Where the row's ticket comes from."""
        return str(self._source(fields))

    def history(self, fields: Sequence[str]) -> dict[str, Any]:
        """What a row says happened, by the keys of the mapping's `history`."""
        found = {}
        for name, get in self._history:
            try:
                found[name] = get(fields)
            except InvalidInput as error:
                error.place = f"history.{name}"
                raise
        return found

    def past(self, fields: Sequence[str]) -> Past | None:
        """How the row's ticket stood; None where the mapping says nothing of it. What is not over has no end; without
        a word for its state, it is over since the time that the row names."""
        if not self._past:
            return None
        said = {name: get(fields) for name, get in self._past.items()}
        resolved, closed = (
            None if (at := said.get(name)) is None else instants.from_datetime(at)
            for name in ("resolved_at", "closed_at")
        )
        state: Stood = said.get("state") or ("closed" if closed else "resolved" if resolved else "open")
        return Past(state, resolved, closed) if state != "open" else Past("open")

    def body(self, external_id: str, fields: Sequence[str]) -> dict[str, Any]:
        """What a row says, by the names of `POST /cases`; every mapped field stands in it, a missing one as None."""
        body: dict[str, Any] = {"external_id": external_id}
        for name, get in self._fields:
            body[name] = get(fields)
        for name, group in self._groups:
            body[name] = {inner: get(fields) for inner, get in group}
        if self._tags:
            body["tags"] = _tags(get(fields) for get in self._tags)
        if body["subject"] is None and first_line(body.get("body")) is None:
            raise InvalidInput("the text is missing", place="subject", expected="1 to 500 characters")
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
            unfit.__dict__["reason"] = "not as a case holds it"
            self._find(unfit, body)
            self._forgive(unfit)
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

    def _forgive(self, error: TocsinError) -> None:
        self.forgiven(error)


def _past(mapping: CaseMapping) -> frozenset[str]:
    return frozenset(column.name for rule in mapping.past.values() for column in rule.columns)


def _places(rule: Rule, places: Mapping[str, Sequence[int]]) -> list[int]:
    return [at for column in rule.columns for at in places[column.name]]


def _order(rows: Rows, places: Sequence[int], others: Sequence[int]) -> bool | None:
    """Whether the day comes first in these columns, by all that the file says in them; where that says nothing, by what
    it says in the others, for one tool wrote them all."""
    found = list(dict.fromkeys((*places, *others)))
    says = times.Evidence(), times.Evidence()
    for row in rows():
        if isinstance(row, Record):
            for at in found:
                says[at not in places].add(row.fields[at])
    return says[0].order if says[0].any else says[1].order


def _tags(values: Iterable[Any]) -> list[Any] | None:
    """Tags of several rules, each of which gives one, several or none."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif value is not None:
            found.append(value)
    return list(dict.fromkeys(found)) or None


def _misnamed(mapping: CaseMapping, header: Sequence[str]) -> list[Problem]:
    """The columns of the mapping that the header does not have."""
    named = dict.fromkeys(column for rule in mapping.every_rule for column in rule.columns)
    return [
        Problem(f"the file has no column {column.name!r}", column.key, column.line, _meant(column.name, header))
        for column in named
        if column.name not in header
    ]


def _meant(name: str, header: Sequence[str]) -> str | None:
    if len(header) == 1:
        return f"another `delimiter:`? The header is one column, {header[0][:60]!r}"
    return near(name, header)
