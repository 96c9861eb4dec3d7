"""A message as its parts, in the order in which they are read; and as plain text of a few lines, for chats. Pure."""

import re
from typing import NamedTuple

from tocsin.core import texts

_QUOTED = 200  # characters of a quote in a chat
_ITEMS = 5  # of several things, in a chat
_CALLS = re.compile(r"@(?=(?:all|channel|here|everyone)\b)", re.IGNORECASE)


class Line(NamedTuple):
    """A sentence or two; `strong`: what is to be read first; `aside`: left out where there is little room."""

    text: str
    strong: bool = False
    aside: bool = False


class Quote(NamedTuple):
    """What the customer wrote; its lines are kept."""

    text: str


class Rows(NamedTuple):
    """Facts, each with its label; `aside` as for a line."""

    rows: tuple[tuple[str, str], ...]
    aside: bool = False


class Link(NamedTuple):
    """`act`: one that answers; others only lead somewhere."""

    label: str
    url: str
    act: bool = False


class Item(NamedTuple):
    """One of several things: its headline, and lines below it."""

    title: str
    lines: tuple[str, ...]
    url: str | None = None


Part = Line | Quote | Rows | Link | Item


class Words(NamedTuple):
    """A message: one line that says it all, and its parts."""

    subject: str
    parts: tuple[Part, ...]


def chat(words: Words) -> str:
    """A few lines of plain text, as Slack, Mattermost, Teams and others show a field `text`. What others wrote calls
    nobody there, and is no markup."""
    lines: list[str] = []
    items = 0
    for part in words.parts:
        if isinstance(part, Item):
            items += 1
            if items <= _ITEMS:
                lines.append("- " + harmless(": ".join([part.title, *part.lines[:1]])))
        else:
            lines += _lines(part)
    if items > _ITEMS:
        lines.append(f"And {items - _ITEMS} more.")
    return "\n".join(lines)


def _lines(part: Line | Quote | Rows | Link) -> list[str]:
    if isinstance(part, Line | Rows) and part.aside:
        return []
    if isinstance(part, Link):
        return [f"{part.label}: {part.url}"]
    if isinstance(part, Quote):
        return [f"“{harmless(texts.isolated(texts.line(part.text, _QUOTED)))}”"]
    if isinstance(part, Rows):
        said = " · ".join(f"{label}: {texts.isolated(value)}" for label, value in part.rows)
        return [harmless(said)] if said else []
    return [harmless(part.text)]


def harmless(text: str) -> str:
    """Without what chats take for markup or for a call to everybody: `<!channel>`, `@here`."""
    return _CALLS.sub("@\u2060", text.replace("<", "‹").replace(">", "›"))
