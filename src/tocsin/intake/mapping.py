"""How the columns of a file become the body of `POST /cases`: the mapping, and the mapping bound to a file's header.

`mapping_reading.py` reads it from YAML; docs/import.md describes it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.intake.conversions import Convert
from tocsin.intake.csv_rows import Format
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.structure import near

RowMode = Literal["first", "last", "each"]
Unreadable = Literal["refuse", "missing"]
Get = Callable[[Sequence[str]], Any]

NEEDED = ("external_id", "source", "subject")  # without them a row is no ticket


class Column(NamedTuple):
    """A column by its name in the header. `key` and `line`: where the mapping names it."""

    name: str
    key: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field of the body comes about: a constant, or texts and columns joined and converted.

    `field` as in `attributes.impact`; `default` stands in where the row says nothing.
    """

    field: str
    parts: tuple[str | Column, ...] = ()
    convert: Convert = str
    constant: Any = None
    default: Any = None

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(part for part in self.parts if isinstance(part, Column))

    def bind(
        self, places: Mapping[str, int], missing: frozenset[str], forgive: Callable[[InvalidInput], None] | None = None
    ) -> Get:
        """From a row's fields to the value; None where it is missing. InvalidInput names the field; where somebody
        forgives it, he is told, and the value is missing."""
        if not self.parts:
            return lambda fields: self.constant
        text_of = _joined([part if isinstance(part, str) else places[part.name] for part in self.parts], missing)
        convert, default, field = self.convert, self.default, self.field

        def get(fields: Sequence[str]) -> Any:
            text = text_of(fields)
            if text is None:
                return default
            try:
                value = convert(text)
            except InvalidInput as error:
                error.place = field
                if forgive is None:
                    raise
                forgive(error)
                value = None
            return default if value is None else value

        return get


def _joined(parts: Sequence[str | int], missing: frozenset[str]) -> Callable[[Sequence[str]], str | None]:
    """Texts and columns (by place) as one text; None where none of the columns says anything."""
    if len(parts) == 1 and isinstance(parts[0], int):
        place = parts[0]

        def column(fields: Sequence[str]) -> str | None:
            text = fields[place].strip()
            return None if text in missing else text

        return column

    def template(fields: Sequence[str]) -> str | None:
        known = False
        texts = []
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
            elif (text := fields[part].strip()) not in missing:
                texts.append(text)
                known = True
        return "".join(texts).strip() if known else None

    return template


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """A mapping, sound in itself. `groups` are the nested fields: account and attributes."""

    form: Format
    row: RowMode
    unreadable: Unreadable
    missing: frozenset[str]
    external_id: Rule
    fields: Mapping[str, Rule]
    groups: Mapping[str, Mapping[str, Rule]]
    tags: tuple[Rule, ...]
    history: Mapping[str, Rule] = field(default_factory=dict)  # how rows tell what happened; for a replay only

    @property
    def rules(self) -> list[Rule]:
        nested = [rule for group in self.groups.values() for rule in group.values()]
        return [self.external_id, *self.fields.values(), *nested, *self.tags]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the body of a case is read from."""
        return frozenset(column.name for rule in self.rules for column in rule.columns)

    @property
    def all_columns(self) -> frozenset[str]:
        """Every column that the mapping reads, those of the history included."""
        return self.columns | {column.name for rule in self.history.values() for column in rule.columns}


class BoundMapping:
    """A mapping and the header of a file. InvalidDocument names each column that the file does not have."""

    def __init__(self, mapping: CaseMapping, header: Sequence[str], place: str = "mapping") -> None:
        problems = list(_misnamed(mapping, header))
        if problems:
            raise InvalidDocument(problems, place=place)
        places = {name: position for position, name in enumerate(header)}

        self.unread: Counter[str] = Counter()
        """By field and reason, the values that were taken as missing because they could not be read."""
        self._forgiving = mapping.unreadable == "missing"

        def bound(rule: Rule) -> Get:
            forgiven = self._forgiving and rule.field not in NEEDED
            return rule.bind(places, mapping.missing, self._forgive if forgiven else None)

        self.used = tuple(sorted(places[name] for name in mapping.columns))
        """The places of the columns that the body is read from."""
        self._external_id = bound(mapping.external_id)
        self._source = bound(mapping.fields["source"])
        self._fields = [(name, bound(rule)) for name, rule in mapping.fields.items()]
        self._groups = [
            (name, [(inner, bound(rule)) for inner, rule in group.items()]) for name, group in mapping.groups.items()
        ]
        self._tags = [bound(rule) for rule in mapping.tags]
        self._history = [(name, rule.bind(places, mapping.missing)) for name, rule in mapping.history.items()]

    def external_id(self, fields: Sequence[str]) -> str:
        """By what the row's ticket is known; InvalidInput where the row does not say."""
        found: str | None = self._external_id(fields)
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

    def body(self, external_id: str, fields: Sequence[str]) -> dict[str, Any]:
        """What a row says, by the names of `POST /cases`; every mapped field stands in it, a missing one as None."""
        body: dict[str, Any] = {"external_id": external_id}
        for name, get in self._fields:
            body[name] = get(fields)
        for name, group in self._groups:
            body[name] = {inner: get(fields) for inner, get in group}
        if self._tags:
            body["tags"] = _tags(get(fields) for get in self._tags)
        if body["subject"] is None:
            raise InvalidInput("the text is missing", place="subject", expected="1 to 500 characters")
        return body

    def case(self, body: dict[str, Any]) -> CaseBody:
        """What a row says, as `POST /cases` takes it. InvalidInput for what that would refuse; where the mapping takes
        it as missing, it is taken out of `body`."""
        while True:
            try:
                return to_body(body)
            except TocsinError as error:
                if not (self._forgiving and _taken_out(body, error.place or "")):
                    raise
                self._forgive(error)

    def _forgive(self, error: TocsinError) -> None:
        self.unread[f"{error.place}: {getattr(error, 'reason', error.detail)}"] += 1


def _taken_out(body: dict[str, Any], place: str) -> bool:
    """Whether there was a value at that place which a ticket can do without."""
    outer, _, inner = re.sub(r"\[.*", "", place).partition(".")
    held = body.get(outer)
    if outer in NEEDED or held is None:
        return False
    if isinstance(held, dict) and held.get(inner) is not None:
        held[inner] = None
    else:
        body[outer] = None
    return True


def _tags(values: Any) -> list[Any] | None:
    """Tags of several rules, each of which gives one, several or none."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif value is not None:
            found.append(value)
    return list(dict.fromkeys(found)) or None


def _misnamed(mapping: CaseMapping, header: Sequence[str]) -> list[Problem]:
    """The columns of the mapping that the header does not have, or has twice."""
    problems = []
    rules = [*mapping.rules, *mapping.history.values()]
    for column in dict.fromkeys(column for rule in rules for column in rule.columns):
        times = header.count(column.name)
        if times > 1:
            message = f"the file has {times} columns named {column.name!r}"
            problems.append(Problem(message, column.key, column.line, "a header that names it once"))
        elif not times:
            message = f"the file has no column {column.name!r}"
            problems.append(Problem(message, column.key, column.line, _meant(column.name, header)))
    return problems


def _meant(name: str, header: Sequence[str]) -> str | None:
    if len(header) == 1:
        return f"another `delimiter:`? The header is one column, {header[0][:60]!r}"
    return near(name, header)
