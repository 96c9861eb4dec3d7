"""A message as its parts, in the order in which they are read; and as plain text of a few lines, for chats. Pure."""

import re
from typing import NamedTuple
from urllib.parse import quote

from tocsin.core import texts
from tocsin.core.wording import PLAIN, Number, Reader

_QUOTED = 200  # characters of a quote in a chat
_ITEMS = 5  # of several things, in a chat
_JOINER = "\u2060"  # takes no room, and neither breaks a line nor is a space
# Characters that chats take for markup, and what reads the same.
_ALIKE = str.maketrans({"<": "‹", ">": "›", "*": "\u2217", "`": "\u02cb", "~": "\u223c"})
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # not within a word, where it is none
# What begins a link, a mention, a tag, an entity or an escape: after it stands a joiner.
_BEGINS = re.compile(
    r"@|\\|\](?=[(\[:])|#(?=[^\W\d])|&(?=#?\w+;)|(?<=\w)(?=://)|(?:https?|ftp|mailto|tel)(?=:)|www(?=\.)", re.IGNORECASE
)
# What makes of a line a heading, an item, a rule, a table or code: in front of it stands one.
_LINE = re.compile(r"^(?=[ \t]*(?:[-+=#|:]|\d+[.)])|[ ]{4}| {0,3}\t)", re.MULTILINE)
_IN_ADDRESS = re.compile(r"[\s<>()*`\\|]")


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


class TextLink(NamedTuple):
    """`act`: one that answers; others only lead somewhere."""

    label: str
    url: str
    act: bool = False


class ListItem(NamedTuple):
    """One of several things: its headline, and lines below it."""

    title: str
    lines: tuple[str, ...]
    url: str | None = None


Part = Line | Quote | Rows | TextLink | ListItem


class Words(NamedTuple):
    """A message: one line that says it all, and its parts; `to`: whoever reads it."""

    subject: str
    parts: tuple[Part, ...]
    to: Reader = PLAIN

    def rest(self, amount: int) -> str:
        """How many more things there are than are shown."""
        return self.to.says("And {amount} more.", amount=Number(amount))


def chat(words: Words) -> str:
    """A few lines of plain text, as Slack, Mattermost, Teams and others show a field `text`. What others wrote calls
    nobody there, and is no markup."""
    lines: list[str] = []
    items = 0
    for part in words.parts:
        if isinstance(part, ListItem):
            items += 1
            if items <= _ITEMS:
                lines.append("- " + harmless(": ".join([part.title, *part.lines[:1]])))
        else:
            lines += _lines(part)
    if items > _ITEMS:
        lines.append(words.rest(items - _ITEMS))
    return "\n".join(lines)


def _lines(part: Line | Quote | Rows | TextLink) -> list[str]:
    if isinstance(part, Line | Rows) and part.aside:
        return []
    if isinstance(part, TextLink):
        return [f"{part.label}: {_IN_ADDRESS.sub(lambda found: quote(found[0], safe=''), part.url)}"]
    if isinstance(part, Quote):
        return [f"“{harmless(texts.isolated(texts.line(part.text, _QUOTED)))}”"]
    if isinstance(part, Rows):
        said = " · ".join(f"{label}: {texts.isolated(value)}" for label, value in part.rows)
        return [harmless(said)] if said else []
    return [harmless(part.text)]


def harmless(text: str) -> str:
    """What reads the same, and is nothing but text for Slack's mrkdwn and for the Markdown of Mattermost and Teams: no
    link, picture, emphasis, code or heading, and no call to anybody."""
    plain = _UNDERSCORE.sub("\u02cd", text.translate(_ALIKE))
    return _LINE.sub(_JOINER, _BEGINS.sub(lambda found: found[0] + _JOINER, plain))
