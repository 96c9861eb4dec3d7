"""A first mapping for an unknown file, from its headings and its first rows: for a person to read and to correct. What
it is not sure of it says, as remarks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.core import numbers
from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping import conversions, headings
from tocsin.intake.mapping.drafted import Column, quoted, states_of_history, ticket_rule, time_rule
from tocsin.intake.mapping.guessing import share
from tocsin.intake.mapping.headings import Chosen

_NUMBERS = ("users_affected", "account.arr")
_MOST_WORDS = 10  # for a number of users
_MISSING = ("?", "-", "n/a", "N/A", "null", "none", "None", "unknown", "k.A.", "N.A.")


@dataclass(slots=True)
class _Sample:
    """The header and first rows of a file."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    sign: str | None = None
    day_first: bool | None = None  # by the language of the headings alone
    _texts: dict[str, list[str]] = field(default_factory=dict)

    def texts(self, name: str) -> list[str]:
        """What stands in a column, without what stands for nothing."""
        if name not in self._texts:
            place = self.header.index(name)
            found = (row[place].strip() for row in self.rows if place < len(row))
            self._texts[name] = [text for text in found if text and text not in _MISSING]
        return self._texts[name]

    def column(self, name: str) -> Column:
        return Column(name, self.texts(name), self.sign, self.day_first)


def draft(source: str, form: Format, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The mapping in YAML, with a remark on each column that it leaves out. It may lack what a mapping needs: then it
    says so."""
    sample = _Sample(header, rows)
    fields = dict(headings.chosen(headings.TICKET, header))
    if "external_id" not in fields and (unique := _unique(sample, fields)) is not None:
        fields = {"external_id": Chosen(unique, ())} | fields
    if "users_affected" in fields and _names(_of(sample, fields, "users_affected")):
        del fields["users_affected"]
    history = _history(sample, fields)
    columns = [each.column for each in (*fields.values(), *history.values())]
    sample.sign = numbers.Evidence(
        text for name in _NUMBERS if name in fields for text in _of(sample, fields, name)
    ).sign
    sample.day_first = True if headings.foreign(columns) else None
    lines = [
        "# A draft, from the names of the columns. Read it, correct it, and try it:",
        f"#   {'tocsin replay' if history else 'tocsin policy backtest'} FILE --map THIS",
        f"source: {quoted(source)}  # where the tickets come from",
        *_ids(sample, fields, history),
        *_fields(sample, fields, history),
        *_history_part(sample, fields, history),
        "",
        "unreadable: missing  # a value that cannot be read is missing; `refuse` leaves out its ticket",
        *_settings(form, sample.sign),
    ]
    left = [name for name in dict.fromkeys(header) if name not in columns]
    if left:
        lines += ["", "# Not used: " + ", ".join(quoted(name) for name in left)]
    return "\n".join(lines) + "\n"


def _of(sample: _Sample, fields: Mapping[str, Chosen], name: str) -> list[str]:
    return sample.texts(fields[name].column)


def _names(texts: Sequence[str]) -> bool:
    """Whether a column of users names them, and does not count them."""
    return len(set(texts)) > _MOST_WORDS and share(texts, conversions.integer()) < 0.5


def _unique(sample: _Sample, fields: Mapping[str, Chosen]) -> str | None:
    """The first column that says something short and different in every row, and is not a time."""
    used = {each.column for each in fields.values()}
    for column in sample.header:
        texts = sample.texts(column)
        short = all(len(text) <= 40 for text in texts)
        if column not in used and short and len(set(texts)) == len(sample.rows) > 1:
            return column
    return None


def _history(sample: _Sample, fields: dict[str, Chosen]) -> dict[str, Chosen]:
    """The columns of a history: where tickets have several rows that tell when what they say became so. Columns that
    tell it are none of the ticket's any more."""
    if "external_id" not in fields or not _repeats(sample, fields["external_id"].column):
        return {}
    known = {name: headings.HISTORY[name] for name in ("at", "state")}
    found = headings.chosen(known, sample.header, [fields["external_id"].column])
    if found.keys() != known.keys():
        return {}
    taken = [each.column for name, each in fields.items() if name not in ("occurred_at", "state")]
    others = {name: headings.HISTORY[name] for name in ("by", "after")}
    found |= headings.chosen(others, sample.header, [*taken, *(each.column for each in found.values())])
    if "after" in found and not all(text.isdecimal() for text in sample.texts(found["after"].column)):
        del found["after"]
    for name, at in (("owner", "attributes.owner"), ("team", "attributes.team")):
        if at in fields:
            found[name] = fields.pop(at)
    if "occurred_at" in fields and fields["occurred_at"].column == found["at"].column:
        del fields["occurred_at"]
    return found


def _repeats(sample: _Sample, column: str) -> bool:
    """Whether tickets have several rows."""
    ids = Counter(sample.texts(column))
    return len(ids) < ids.total()


def _ids(sample: _Sample, fields: Mapping[str, Chosen], history: Mapping[str, Chosen]) -> Iterator[str]:
    if "external_id" not in fields:
        yield "# external_id: none of the columns looks like it, so each row is a ticket of its own"
        return
    name = fields["external_id"].column
    yield f"external_id: {ticket_rule('external_id', sample.column(name))}{_or(fields['external_id'])}"
    if history:
        yield "row: each  # several rows of a ticket: the first opens its case, the others change it"
    elif _repeats(sample, name):
        yield "row: last  # several rows have one id: the last counts; is it the id of a ticket?"


def _fields(sample: _Sample, fields: Mapping[str, Chosen], history: Mapping[str, Chosen]) -> Iterator[str]:
    group = ""
    for name in sorted(fields, key=_in_order):
        if name == "external_id":
            continue
        outer, _, inner = name.partition(".")
        if inner and outer != group:
            yield f"{outer}:"
        group = outer
        rule = ticket_rule(name, sample.column(fields[name].column))
        yield f"{'  ' if inner else ''}{inner or outer}: {_joined(rule, _or(fields[name]))}"
    if "subject" not in fields:
        if history:
            text = f"Ticket {{{fields['external_id'].column}}}"
            yield f"subject: {{text: {quoted(text)}}}  # none of the columns looks like it; is there one?"
        else:
            yield 'subject: ""  # none of the columns looks like it; name one'


def _in_order(name: str) -> tuple[int, int]:
    """Nested fields stand together, behind the others."""
    groups = ("account", "attributes")
    outer = name.partition(".")[0]
    return (groups.index(outer) + 1 if outer in groups else 0, list(headings.TICKET).index(name))


def _history_part(sample: _Sample, fields: Mapping[str, Chosen], history: Mapping[str, Chosen]) -> Iterator[str]:
    if not history:
        return
    yield "history:  # for `tocsin replay`: what each row says happened"
    for name in ("at", "after", "by", "owner", "team"):
        if name in history:
            column = sample.column(history[name].column)
            rule = time_rule(column) if name == "at" else ticket_rule("", column)
            yield f"  {name}: {_joined(rule, _or(history[name]))}"
    if "reason" not in history and _waits(sample.texts(history["state"].column)):
        yield f"  reason: {ticket_rule('', sample.column(history['state'].column))}  # why it waits"
    yield from states_of_history(sample.column(history["state"].column))


def _waits(texts: Sequence[str]) -> bool:
    return len(set(texts)) > 1


def _or(chosen: Chosen) -> str:
    """Other columns that the field could be read from."""
    return f"  # or {', '.join(quoted(name) for name in chosen.others)}?" if chosen.others else ""


def _joined(rule: str, remark: str) -> str:
    """A rule and one remark more."""
    if not remark or "  # " not in rule:
        return rule + remark
    return f"{rule}; {remark.removeprefix('  # ')}"


def _settings(form: Format, sign: str | None) -> Iterator[str]:
    """How the file is written, where it is not as usual."""
    yield "missing: [" + ", ".join(map(quoted, _MISSING)) + "]"
    if sign is not None:
        yield f"decimal: {quoted(sign)}"
    if form.delimiter != ",":
        yield f"delimiter: {quoted(form.delimiter)}"
    if form.encoding != "utf-8":
        yield f"encoding: {form.encoding}"
