"""A first mapping for an unknown file, from the names of its columns: for a person to read and to correct."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from tocsin.core import canonical, numbers
from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.conversions import Convert
from tocsin.intake.mapping.guessing import Times, share, times_of

# By which names the columns of help desks go; the first that a file has is taken. Compared without case and signs.
NAMES: Mapping[str, tuple[str, ...]] = {
    "external_id": (
        *(
            "ticket id",
            "ticket number",
            "ticket no",
            "ticket nr",
            "case number",
            "case id",
            "issue key",
            "incident number",
        ),
        *("incident id", "request id", "reference", "external id", "ticket", "number", "key", "id", "nr", "nummer"),
    ),
    "subject": ("subject", "summary", "short description", "title", "headline", "betreff", "topic"),
    "body": ("description", "body", "message", "details", "text", "comment", "first message", "beschreibung"),
    "users_affected": ("users affected", "affected users", "impacted users", "number of users", "users", "impact"),
    "url": ("url", "link", "permalink", "ticket url", "web url", "ticket link"),
    "priority": ("priority", "urgency", "prio"),
    "sentiment": ("sentiment",),
    "product_area": ("product area", "component", "components", "product", "module", "area"),
    "tags": ("tags", "labels"),
    "account.external_id": (
        *("account id", "organization id", "organisation id", "customer id", "company id", "customer number"),
        *("client id", "account number"),
    ),
    "account.name": (
        *("account name", "organization name", "organization", "organisation", "customer name", "company name"),
        *("customer", "company", "account", "client", "kunde", "firma"),
    ),
    "account.segment": ("segment", "customer segment", "account segment", "tier", "customer tier"),
    "account.plan": ("plan", "subscription", "subscription plan", "contract", "package"),
    "account.region": ("region", "country"),
    "account.arr": ("arr", "annual recurring revenue", "annual revenue", "revenue", "contract value", "acv", "umsatz"),
    "occurred_at": (
        *("created at", "opened at", "created", "opened", "creation date", "created date", "date created"),
        *("created time", "reported at", "submitted at", "open time", "erstellt", "erstellt am", "date", "timestamp"),
    ),
    "state": ("status", "state", "ticket status", "case status", "issue status", "incident state"),
    "resolved_at": ("resolved at", "resolved", "resolution date", "resolved time", "solved at"),
    "closed_at": ("closed at", "closed", "closed date", "date closed", "date time closed", "closed time", "close date"),
}
_NUMBERS: dict[str, Callable[[str | None], Convert]] = {
    "users_affected": conversions.integer,
    "account.arr": conversions.number,
}
_STOOD = conversions.stood({})
_NUMBERED = {"6": "resolved", "7": "closed", "8": "closed"}
_OVER: Mapping[str, tuple[str, ...]] = {  # words within a state
    "closed": ("won't", "wont", "not do", "declined", "cancel", "reject", "duplicate", "cannot reproduce", "obsolete"),
}
_WORD = re.compile(r"(?!(?i:true|false|yes|no|on|off|null|none|nan|inf|[yn])$)[A-Za-z_][A-Za-z0-9_-]*")
_MISSING = ("?", "-", "n/a", "N/A", "null", "none", "None", "unknown", "k.A.", "N.A.")


def draft(source: str, form: Format, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The mapping in YAML, with a remark on each column that it leaves out. It may lack what a mapping needs: then it
    says so."""
    chosen = _chosen(header)
    texts = {field: _texts(header.index(column), rows) for field, column in chosen.items()}
    sign = numbers.Evidence(text for field in _NUMBERS for text in texts.get(field, [])).sign
    if "external_id" not in chosen and (unique := _unique(header, rows, chosen)) is not None:
        chosen = {"external_id": unique} | chosen
        texts["external_id"] = []
    lines = [
        "# A draft, from the names of the columns. Read it, correct it, and try it:",
        "#   tocsin policy backtest FILE --map THIS",
        f"source: {_quoted(source)}  # where the tickets come from",
    ]
    group = ""
    for field in NAMES:
        outer, _, inner = field.partition(".")
        if field in chosen:
            if inner and outer != group:
                lines.append(f"{outer}:")
            group = outer
            rule = _rule(field, chosen[field], texts[field], sign)
            lines.append(f"  {inner}: {rule}" if inner else f"{outer}: {rule}")
        elif field == "external_id":
            lines.append("# external_id: none of the columns looks like it, so each row is a ticket of its own")
        elif field == "subject":
            lines.append(f'{field}: ""  # none of the columns looks like it; name one')
    lines += ["", "unreadable: missing  # a value that cannot be read is missing; `refuse` leaves out its ticket"]
    lines += _settings(form, sign)
    left = [name for name in header if name not in chosen.values()]
    if left:
        lines += ["", "# Not used: " + ", ".join(_quoted(name) for name in left)]
    return "\n".join(lines) + "\n"


def _chosen(header: Sequence[str]) -> dict[str, str]:
    """The column of each field; no column twice."""
    by_name: dict[str, str] = {}
    for column in header:
        by_name.setdefault(_plain(column), column)
    chosen: dict[str, str] = {}
    for field, names in NAMES.items():
        found = next((by_name[name] for name in names if by_name.get(name, "") not in ("", *chosen.values())), None)
        if found is not None:
            chosen[field] = found
    return chosen


def _unique(header: Sequence[str], rows: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> str | None:
    """The first column that says something short and different in every row, and is not a time."""
    for place, column in enumerate(header):
        texts = _texts(place, rows)
        short = all(len(text) <= 40 for text in texts)
        if column not in chosen.values() and short and len(set(texts)) == len(rows) > 1:
            return column
    return None


def _plain(column: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    return re.sub(r"[\W_]+", " ", apart).strip().lower()


def _texts(place: int, rows: Sequence[Sequence[str]]) -> list[str]:
    """What stands in a column, without what stands for nothing."""
    found = (row[place].strip() for row in rows if place < len(row))
    return [text for text in found if text and text not in _MISSING]


def _rule(field: str, column: str, texts: Sequence[str], sign: str | None) -> str:
    name = _quoted(column)
    if field in ("occurred_at", "resolved_at", "closed_at"):
        return _time(name, times_of(texts))
    if field == "state":
        return _state(name, texts)
    if field in _NUMBERS:
        convert = _NUMBERS[field](sign)
        if texts and share(texts, convert) < 0.5:
            some = ", ".join(f"{_quoted(text[:20])}: 0" for text in dict.fromkeys(texts[:5]))
            return f"{{column: {name}, map: {{{some}}}, otherwise: missing}}  # no numbers; say what each text means"
    if field == "subject":
        return f"{{column: {name}, cut: 500}}"
    if field == "tags":
        between = max(",; |", key=lambda each: sum(text.count(each) for text in texts))
        if between not in " |":
            return name if "{" not in column else f"{{column: {name}}}"
        return f"{{column: {name}, split: {_quoted(between)}}}"
    return f"{{column: {name}}}" if "{" in column or "}" in column else name


def _time(name: str, found: Times) -> str:
    """A column of times. What the file does not say is asked for, and not guessed."""
    more, asks = "", []
    if found.zoneless:
        more += ", zone: UTC"
        asks.append("in which zone are these times?")
    if found.example is not None and found.day_first is not None:
        more += f", day_first: {str(found.day_first).lower()}"
    elif found.example is not None:
        asks.append(f"add `day_first: true` or `false`: which is the day in {found.example}?")
    rule = f"{{column: {name}{more}}}" if more else name
    return f"{rule}  # {' '.join(asks)}" if asks else rule


def _state(name: str, texts: Sequence[str]) -> str:
    """A column of states, with those that have to be explained."""
    unknown = [text for text in dict.fromkeys(texts) if share([text], _STOOD) == 0]
    if not unknown:
        return name
    known = {text: _STOOD(text) for text in dict.fromkeys(texts) if text not in unknown}
    meant = (known | {text: _meant(name, text) for text in unknown[:20]}).items()
    some = ", ".join(f"{_quoted(text)}: {state}" for text, state in meant)
    return f"{{column: {name}, map: {{{some}}}, otherwise: missing}}  # which of these are over?"


def _meant(name: str, text: str) -> str:
    """What a state that means nothing by itself most likely means, for a person to confirm; open where nothing says."""
    if text.isdecimal():  # ServiceNow exports them as `state`; those of Freshdesk's `Status` are other ones
        return _NUMBERED.get(text, "open") if "state" in name.lower() else "open"
    words = text.casefold().replace("\u2019", "'")
    return next((state for state, some in _OVER.items() if any(word in words for word in some)), "open")


def _settings(form: Format, sign: str | None) -> Iterator[str]:
    """How the file is written, where it is not as usual."""
    yield "missing: [" + ", ".join(map(_quoted, _MISSING)) + "]"
    if sign is not None:
        yield f"decimal: {_quoted(sign)}"
    if form.delimiter != ",":
        yield f"delimiter: {_quoted(form.delimiter)}"
    if form.encoding != "utf-8":
        yield f"encoding: {form.encoding}"


def _quoted(text: str) -> str:
    """A text as YAML, in quotes where it is more than a word."""
    return text if _WORD.fullmatch(text) else canonical.encode(text).decode()
