"""The rules of a draft: how one column is read, by what stands in it, with a remark on what it does not say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tocsin.core import canonical, numbers
from tocsin.intake import statuses
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.guessing import share, times_of
from tocsin.intake.mapping.headings import zoned
from tocsin.intake.statuses import Says

_TIMES = ("occurred_at", "resolved_at", "closed_at")
_STOOD = conversions.stood({})
_NUMBERED = {"6": "resolved", "7": "closed", "8": "closed"}
_OVER: Mapping[str, tuple[str, ...]] = {  # words within a state
    "closed": ("won't", "wont", "not do", "declined", "cancel", "reject", "duplicate", "cannot reproduce", "obsolete"),
}
_FRESH = ("new", "neu", "nouveau", "nouvelle", "nuevo", "nueva", "novo", "nova", "to do", "created", "backlog")
_WORD = re.compile(r"(?!(?i:true|false|yes|no|on|off|null|none|nan|inf|[yn])$)[A-Za-z_][A-Za-z0-9_-]*")
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?", re.ASCII)  # days of a spreadsheet, from 1954 to 2119
_MOST = 20  # states that are asked for


class Column(NamedTuple):
    """A column by its name, and what stands in its first rows. `sign`: the mark before a fraction; `day_first`: what
    the language of the headings suggests."""

    name: str
    texts: Sequence[str]
    sign: str | None = None
    day_first: bool | None = None


def ticket_rule(field: str, column: Column) -> str:
    """The rule of a field in YAML, perhaps with a remark behind it."""
    name, texts = column.name, column.texts
    if field in _TIMES:
        return time_rule(column)
    if field == "state":
        return _state(column)
    if field in ("users_affected", "account.arr"):
        return _number(field, column)
    if field == "subject":
        return f"{{column: {quoted(name)}, cut: 500}}"
    if field == "priority" and any(len(text) > 50 for text in texts):
        return f"{{column: {quoted(name)}, cut: 50}}"
    if field == "tags":
        between = max(",; |", key=lambda each: sum(text.count(each) for text in texts))
        if between in " |" and any(between in text for text in texts):
            return f"{{column: {quoted(name)}, split: {quoted(between)}}}"
    return f"{{column: {quoted(name)}}}" if "{" in name or "}" in name else quoted(name)


def _number(field: str, column: Column) -> str:
    name, texts = quoted(column.name), column.texts
    convert = conversions.integer(column.sign) if field == "users_affected" else conversions.number(column.sign or ".")
    if texts and share(texts, convert) < 0.5:
        some = ", ".join(f"{quoted(text[:20])}: 0" for text in dict.fromkeys(texts[:5]))
        return f"{{column: {name}, map: {{{some}}}, otherwise: missing}}  # no numbers; say what each text means"
    example = next((text for text in texts if numbers.either(text) and "." in text), None)
    if field == "account.arr" and column.sign is None and example:
        return f'{name}  # add `decimal: "."` or `","`: which is the mark in {example}?'
    return name


def time_rule(column: Column) -> str:
    """A column of times. What the file does not say is asked for, and not guessed."""
    name = quoted(column.name)
    utc = zoned(column.name)
    if column.texts and all(_SERIAL.fullmatch(text) for text in column.texts):
        asks = "" if utc else "  # days of a spreadsheet; in which zone are these times?"
        return f"{{column: {name}, format: excel, zone: UTC}}{asks}"
    found = times_of(column.texts)
    more, asked = "", []
    if found.zoneless:
        more += ", zone: UTC"
        if not utc:
            asked.append("in which zone are these times?")
    if found.example is not None and found.day_first is not None:
        more += f", day_first: {str(found.day_first).lower()}"
    elif found.example is not None and column.day_first:
        more += ", day_first: true"
        asked.append(f"is the day first in {found.example}, as is usual in this language?")
    elif found.example is not None:
        asked.append(f"add `day_first: true` or `false`: which is the day in {found.example}?")
    rule = f"{{column: {name}{more}}}" if more else name
    return f"{rule}  # {' '.join(asked)}" if asked else rule


def _state(column: Column) -> str:
    """A column of states, with those that have to be explained."""
    name, states = column.name, list(dict.fromkeys(column.texts))
    unknown = [text for text in states if share([text], _STOOD) == 0]
    if not unknown:
        return quoted(name)
    known = {text: _STOOD(text) for text in states if text not in unknown}
    meant = (known | {text: _meant(name, text) for text in unknown[:_MOST]}).items()
    some = ", ".join(f"{quoted(text)}: {state}" for text, state in meant)
    return f"{{column: {quoted(name)}, map: {{{some}}}, otherwise: missing}}  # which of these are over?"


def _meant(name: str, text: str) -> str:
    """What a state that means nothing by itself most likely means, for a person to confirm; open where nothing says."""
    if text.isdecimal():  # ServiceNow exports them as `state`; those of Freshdesk's `Status` are other ones
        return _NUMBERED.get(text, "open") if "state" in name.lower() else "open"
    words = text.casefold().replace("\u2019", "'")
    return next((state for state, some in _OVER.items() if any(word in words for word in some)), "open")


def states_of_history(column: Column) -> Iterator[str]:
    """The states of a history, each with what it means, one on a line."""
    yield "  state:"
    yield f"    column: {quoted(column.name)}"
    yield "    map:"
    for text in dict.fromkeys(column.texts):
        state, sure = _told(column.name, text)
        yield f"      {quoted(text)}: {state}" + (
            "" if sure else "  # is it? new, working, waiting, resolved or closed"
        )


def _told(name: str, text: str) -> tuple[str, bool]:
    """What a state says in a history, and whether that is sure."""
    says = statuses.meaning(text)
    if says is Says.ENDS:
        return str(statuses.stood(text)), True
    if says is Says.WAITS:
        return "waiting", True
    if text.casefold().strip() in _FRESH or says is Says.FIRES:
        return "new", True
    if says is None:
        over = _meant(name, text)
        return ("working" if over == "open" else over), False
    return ("new" if text.casefold().strip() in _OPENED else "working"), True


_OPENED = ("open", "opened", "offen", "ouvert", "abierto", "aberto", "unassigned", "submitted")


def quoted(text: str) -> str:
    """A text as YAML, in quotes where it is more than a word."""
    return text if _WORD.fullmatch(text) else canonical.encode(text).decode()
