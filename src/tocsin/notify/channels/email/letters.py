"""How a message reads in a letter: its subject, a plain text, and the same in HTML for whoever likes buttons. Pure.

The HTML loads nothing, and what others wrote is escaped.
"""

from html import escape
from typing import Any, NamedTuple

from tocsin.core import texts
from tocsin.notify.parts import ListItem, Part, Quote, Rows, TextLink, Words
from tocsin.notify.wording import words

_BUTTON = (
    "display:block;box-sizing:border-box;width:100%;margin:12px 0;padding:14px 16px;border-radius:8px;"
    "font-weight:600;text-align:center;text-decoration:none;"
)
_FIRST = _BUTTON + "background:#9a1c1c;color:#ffffff;border:2px solid #9a1c1c;"
_OTHER = _BUTTON + "background:transparent;color:inherit;border:2px solid #808890;"
_QUOTE = "margin:12px 0;padding:2px 0 2px 12px;border-left:4px solid #808890;white-space:pre-line;"
_QUIET = "opacity:0.75;padding:2px 12px 2px 0;vertical-align:top;white-space:nowrap;"


class Letter(NamedTuple):
    """`subject` is one line; `text` has lines that end with a newline, `html` is a document."""

    subject: str
    text: str
    html: str


def letter(body: dict[str, Any]) -> Letter:
    """The letter of a message of any type."""
    said = words(body)
    return Letter(said.subject, _text(said), _html(said))


def _text(said: Words) -> str:
    paragraphs = ["\n".join(_lines(part)) for part in said.parts]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _lines(part: Part) -> list[str]:
    if isinstance(part, Quote):
        return [f"> {line}" for line in part.text.split("\n")]
    if isinstance(part, Rows):
        width = max((len(label) for label, _ in part.rows), default=0)
        return [f"{label:<{width}}  {texts.isolated(value)}" for label, value in part.rows]
    if isinstance(part, TextLink):
        return [f"{part.label}:", part.url]
    if isinstance(part, ListItem):
        return [part.title, *(f"  {line}" for line in part.lines), *([f"  {part.url}"] if part.url else [])]
    return [part.text]


def _html(said: Words) -> str:
    inside, acts = [], 0
    for part in said.parts:
        acts += isinstance(part, TextLink) and part.act
        inside.append(_element(part, first=acts == 1))
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        ' initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes"'
        f' content="light dark"><title>{escape(said.subject)}</title></head>\n<body style="margin:0;padding:16px;'
        'font:17px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;">\n<div style="max-width:34em;margin:0 auto;">\n'
        + "\n".join(inside)
        + "\n</div>\n</body></html>\n"
    )


def _element(part: Part, *, first: bool) -> str:
    if isinstance(part, Quote):
        return f'<blockquote dir="auto" style="{_QUOTE}">{escape(part.text)}</blockquote>'
    if isinstance(part, Rows):
        rows = "".join(
            f'<tr><td style="{_QUIET}">{escape(label)}</td><td dir="auto">{escape(value)}</td></tr>'
            for label, value in part.rows
        )
        return f'<table role="presentation" style="border-spacing:0;margin:12px 0;">{rows}</table>' if rows else ""
    if isinstance(part, TextLink):
        where, label = escape(part.url), escape(part.label)
        if part.act:
            return f'<a href="{where}" style="{_FIRST if first else _OTHER}">{label}</a>'
        return f'<p style="margin:8px 0;"><a href="{where}">{label}</a></p>'
    if isinstance(part, ListItem):
        title = f'<a href="{escape(part.url)}">{escape(part.title)}</a>' if part.url else escape(part.title)
        lines = "".join(f"<br>{escape(line)}" for line in part.lines)
        return f'<p dir="auto" style="margin:16px 0;"><strong>{title}</strong>{lines}</p>'
    text = f"<strong>{escape(part.text)}</strong>" if part.strong else escape(part.text)
    return f'<p dir="auto" style="margin:12px 0;">{text}</p>'
