"""A mapping and the header of a file: what each row says."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

from tocsin.cases.past import Past, Stood
from tocsin.clocks import written as times
from tocsin.core import instants, numbers
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.core.unfit import locate
from tocsin.intake.csv_rows import Record, Refused
from tocsin.intake.mapping.model import NEEDED, CaseMapping, Condition, Constant, Formula, Place, Rule, Source
from tocsin.intake.statuses import Says
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.expressions import EvaluationError
from tocsin.policy.lenient import first_line, lenient
from tocsin.policy.structure import near

Rows = Callable[[], Iterable[Record | Refused]]
Fields = Sequence[str]
_STOOD: dict[Says, Stood] = {Says.ENDS: "resolved", Says.OPEN: "open", Says.WAITS: "open"}


class _Columns:
    """Finds values in a row. A column that the file has more than once gives a list where the field may hold one, all
    its texts where it holds prose, else the first that says something."""

    def __init__(self, header: Sequence[str], missing: frozenset[str]) -> None:
        self.header = header
        self.missing = missing
        self.places: dict[str, list[int]] = {}
        for position, name in enumerate(header):
            self.places.setdefault(name, []).append(position)

    def value(self, source: Source, rule: Rule) -> Callable[[Fields], Any]:
        if isinstance(source, Constant):
            constant = source.value
            return lambda fields: constant
        if isinstance(source, Formula):
            return partial(self._computed, source)
        if source.place is None:
            return self._template(source.parts)
        found = self.places[source.place.name]
        if len(found) == 1:
            return self._column(found[0])
        if rule.lists:
            return lambda fields: self._all(found, fields) or None
        if rule.prose:
            return lambda fields: "\n\n".join(self._all(found, fields)) or None
        return lambda fields: next(iter(self._all(found, fields)), None)

    def _column(self, place: int) -> Callable[[Fields], str | None]:
        missing = self.missing

        def column(fields: Fields) -> str | None:
            text = fields[place].strip()
            return None if text in missing else text

        return column

    def _template(self, parts: Sequence[str | Place]) -> Callable[[Fields], str | None]:
        """Texts and columns as one text; None where none of the columns says anything."""
        found = [part if isinstance(part, str) else self.places[part.name] for part in parts]

        def template(fields: Fields) -> str | None:
            known, texts = False, []
            for part in found:
                if isinstance(part, str):
                    texts.append(part)
                elif said := self._all(part, fields):
                    texts.append("\n\n".join(said))
                    known = True
            return "".join(texts).strip() if known else None

        return template

    def _all(self, places: Sequence[int], fields: Fields) -> list[str]:
        """What these columns say, each."""
        return [text for place in places if (text := fields[place].strip()) not in self.missing]

    def _computed(self, formula: Formula, fields: Fields) -> Any:
        try:
            found = formula.expression.function(self.variables(fields))
        except EvaluationError:
            return None
        return found.strip() or None if isinstance(found, str) else found

    def variables(self, fields: Fields) -> dict[str, dict[str, str]]:
        """The row as expressions see it; what says nothing is missing."""
        row: dict[str, str] = {}
        for name, text in zip(self.header, fields, strict=True):
            if (said := text.strip()) not in self.missing:
                row.setdefault(name, said)
        return {"row": row}

    def holds(self, condition: Condition, fields: Fields) -> bool:
        return condition.expression.test(self.variables(fields))[0]


class BoundMapping:
    """A mapping and the header of a file. `rows` reads the file from its beginning, for what only a whole column says.
    InvalidDocument names each column that the file does not have."""

    def __init__(
        self, mapping: CaseMapping, header: Sequence[str], place: str = "mapping", rows: Rows | None = None
    ) -> None:
        problems = list(_misnamed(mapping, header))
        if problems:
            raise InvalidDocument(problems, place=place)
        columns = self._columns = _Columns(header, mapping.missing)
        self.forgiven: Callable[[TocsinError], None] = lambda error: None
        """Hears of every value that is taken as missing because it cannot be read."""
        self.heard = mapping.heard
        """By what was assumed, how often: zones that no text named."""
        self.heard.clear()
        self._rules = {rule.field: rule for rule in mapping.rules}
        if rows is not None:
            _ask_columns(mapping, columns.places, rows)

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
            raise InvalidInput("the ticket's id is missing", place="external_id", expected="text")
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
        stated = next((says for says, condition in self._stated if self._columns.holds(condition, fields)), None)
        state: Stood = (
            (_STOOD[stated] if stated is not None else None)
            or said.get("state")
            or ("closed" if closed else "resolved" if resolved else "open")
        )
        return Past(state, resolved, closed) if state != "open" else Past("open")

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


def _ask_columns(mapping: CaseMapping, places: Mapping[str, Sequence[int]], rows: Rows) -> None:
    """What a value leaves open is asked of the whole file, once it is needed: of the rule's own columns, and where
    these say nothing, of the others of its kind, for one tool wrote them all."""
    rules = [(rule, rule.by_column) for rule in mapping.every_rule if rule.by_column is not None]
    timed = [at for rule, asked in rules if asked.order.used for at in _places(rule, places)]
    counted = [at for rule, asked in rules if asked.decimal.used for at in _places(rule, places)]
    for rule, asked in rules:
        own = _places(rule, places)
        if asked.order.used:
            asked.order.find = partial(_order, rows, own, timed)
        if asked.decimal.used:
            asked.decimal.sign, asked.decimal.find = None, partial(_decimal, rows, own, counted)


def _places(rule: Rule, places: Mapping[str, Sequence[int]]) -> list[int]:
    return [at for place in rule.places for at in places[place.name]]


def _order(rows: Rows, own: Sequence[int], others: Sequence[int]) -> bool | None:
    """Whether the day comes first in these columns."""
    says = times.Evidence(), times.Evidence()
    for text, at in _texts(rows, (*own, *others)):
        says[at not in own].add(text)
    return says[0].order if says[0].any else says[1].order


def _decimal(rows: Rows, own: Sequence[int], others: Sequence[int]) -> str | None:
    """Which mark stands before a fraction in these columns."""
    says = numbers.Evidence(), numbers.Evidence()
    for text, at in _texts(rows, (*own, *others)):
        says[at not in own].add(text)
    return says[0].sign if says[0].any else says[1].sign


def _texts(rows: Rows, places: Sequence[int]) -> Iterable[tuple[str, int]]:
    found = list(dict.fromkeys(places))
    for row in rows():
        if isinstance(row, Record):
            yield from ((row.fields[at], at) for at in found)


def _misnamed(mapping: CaseMapping, header: Sequence[str]) -> list[Problem]:
    """The columns of the mapping that the header does not have."""
    return [
        Problem(f"the file has no column {place.name!r}", place.key, place.line, _meant(place.name, header))
        for place in mapping.all_places
        if place.name not in header
    ]


def _meant(name: str, header: Sequence[str]) -> str | None:
    if len(header) == 1:
        return f"another `delimiter:`? The header is one column, {header[0][:60]!r}"
    return near(name, header)
