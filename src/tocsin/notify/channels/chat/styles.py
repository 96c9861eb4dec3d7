"""How a message looks in each chat: from its parts to the JSON that the chat's incoming webhook takes. Pure.

What others wrote is no markup there and calls nobody (`parts.harmless`).
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tocsin.core import texts
from tocsin.notify import parts, wording
from tocsin.notify.channels.port import Options
from tocsin.notify.parts import Line, ListItem, Part, Quote, Rows, TextLink, Words

Body = dict[str, Any]

_ITEMS = 10  # of several things
_LONGEST = 2500  # characters of one piece; Slack takes 3,000
_LONGEST_URL = 2000
_BRACKET = re.compile(r"([\[\]])")


class Style(NamedTuple):
    """`render`: a message as the chat takes it; `plain`: the same as text alone."""

    render: Callable[[Body], Body]
    plain: Callable[[Body], Body]


class Tone(NamedTuple):
    """How grave it is: a colour, and the word that Teams has for one."""

    colour: str
    word: str


_RED, _ORANGE, _BLUE = Tone("#9a1c1c", "attention"), Tone("#b85c00", "warning"), Tone("#3a5f8a", "accent")
_GREEN = Tone("#2e7d32", "good")
_SEVERITIES = {"critical": _RED, "high": _ORANGE}


def tone(facts: Body) -> Tone:
    """By the kind of the message, and the severity of its case."""
    if facts["type"] in ("alarm", "answered"):
        return _RED if facts["type"] == "alarm" else _GREEN
    return _SEVERITIES.get(facts["case"]["severity"], _BLUE) if facts["type"] in ("page", "room", "call") else _BLUE


def of(options: Options) -> Style:
    """The style of a destination."""
    return STYLES[options.get("style", "slack")]


def _shown(words: Words) -> list[Part]:
    """What is said in a chat: without asides and without links, which are buttons; of many things the first."""
    kept: list[Part] = [
        part for part in words.parts if not isinstance(part, TextLink) and not getattr(part, "aside", False)
    ]
    items = [part for part in kept if isinstance(part, ListItem)]
    more: list[Part] = [Line(words.rest(len(items) - _ITEMS))] if len(items) > _ITEMS else []
    return [part for part in kept if not isinstance(part, ListItem) or part in items[:_ITEMS]] + more


def _links(words: Words) -> list[TextLink]:
    """Those that a chat takes; one that it refused would cost the whole message."""
    links = [part for part in words.parts if isinstance(part, TextLink)]
    return [link for link in links if link.url.startswith(("https://", "http://")) and len(link.url) <= _LONGEST_URL]


# Slack


def _slack(facts: Body) -> Body:
    words = wording.words(facts)
    blocks: list[Body] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for part in _shown(words)
        if (text := _mrkdwn(part))
    ]
    if links := _links(words):
        blocks.append({"type": "actions", "elements": [_slack_button(link, links) for link in links]})
    subject = slack_text(words.subject)
    return {
        "text": subject,
        "attachments": [{"color": tone(facts).colour, "fallback": subject, "blocks": blocks}],
    }


def _slack_button(link: TextLink, links: list[TextLink]) -> Body:
    button: Body = {"type": "button", "text": {"type": "plain_text", "text": link.label}, "url": link.url}
    return button | {"style": "primary"} if link.act and link == links[0] else button


def slack_text(text: str) -> str:
    """What Slack shows as this text, with no markup in it."""
    return _text(text).replace("&", "&amp;")


def _text(text: str) -> str:
    return parts.harmless(texts.lines(text, _LONGEST, isolates=True))


def _mrkdwn(part: Part) -> str:
    if isinstance(part, Line):
        return f"*{slack_text(part.text)}*" if part.strong else slack_text(part.text)
    if isinstance(part, Quote):
        return "\n".join(f">{line}" for line in slack_text(part.text).split("\n"))
    if isinstance(part, Rows):
        return "\n".join(f"*{slack_text(label)}* {slack_text(texts.isolated(value))}" for label, value in part.rows)
    if isinstance(part, ListItem):
        title = slack_text(part.title)
        title = f"<{part.url}|{title}>" if part.url else f"*{title}*"
        return "\n".join([title, *(slack_text(line) for line in part.lines)])
    return ""


# Mattermost, and with it Rocket.Chat


def _mattermost(facts: Body) -> Body:
    words = wording.words(facts)
    said = [text for part in _shown(words) if (text := _markdown(part))]
    if links := _links(words):
        said.append(" | ".join(f"{'**' if link.act else ''}{_link(link)}{'**' if link.act else ''}" for link in links))
    subject = markdown_text(words.subject)
    return {
        "text": subject,
        "attachments": [
            {"fallback": subject, "color": tone(facts).colour, "text": "\n\n".join(said)},
        ],
    }


def markdown_text(text: str) -> str:
    """What Markdown shows as this text, with no markup in it; it may stand in the brackets of a link."""
    return _BRACKET.sub(r"\\\1", _text(text))


def _link(link: TextLink) -> str:
    url = link.url.replace("(", "%28").replace(")", "%29")
    return f"[{markdown_text(link.label)}]({url})"


def _markdown(part: Part) -> str:
    if isinstance(part, Line):
        return f"**{markdown_text(part.text)}**" if part.strong else markdown_text(part.text)
    if isinstance(part, Quote):
        return "\n".join(f"> {line}" for line in markdown_text(part.text).split("\n"))
    if isinstance(part, Rows):
        return "\n".join(
            f"**{markdown_text(label)}** {markdown_text(texts.isolated(value))}  " for label, value in part.rows
        )
    if isinstance(part, ListItem):
        title = _link(TextLink(part.title, part.url)) if part.url else f"**{markdown_text(part.title)}**"
        return "  \n".join([title, *(markdown_text(line) for line in part.lines)])
    return ""


# Teams: an adaptive card, by a workflow that takes webhook requests. A text run knows no markup, so nothing is escaped.


def _teams(facts: Body) -> Body:
    words = wording.words(facts)
    first, *rest = _shown(words)
    head = {"type": "Container", "style": tone(facts).word, "bleed": True, "items": [_runs(first)]}
    body = [head, *(_runs(part) for part in rest if not isinstance(part, Rows) or part.rows)]
    actions = [{"type": "Action.OpenUrl", "title": link.label, "url": link.url} for link in _links(words)]
    return _card(body, actions, words.subject)


def _card(body: list[Body], actions: list[Body], summary: str) -> Body:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": summary,
        "msteams": {"width": "Full"},
        "body": body,
        "actions": actions,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _runs(part: Part) -> Body:
    return {"type": "RichTextBlock", "inlines": _inlines(part)}


def _inlines(part: Part) -> list[Body]:
    if isinstance(part, Line):
        return [_run(part.text, bold=part.strong)]
    if isinstance(part, Quote):
        return [_run(f"“{part.text}”", italic=True)]
    if isinstance(part, Rows):
        rows = [[_run(f"{label}  ", bold=True), _run(f"{texts.isolated(value)}\n")] for label, value in part.rows]
        return [run for row in rows for run in row]
    if isinstance(part, ListItem):
        return [_run(part.title, bold=True), *(_run(f"\n{line}") for line in part.lines)]
    return []


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Body:
    run: Body = {"type": "TextRun", "text": text[:_LONGEST]}
    return run | ({"weight": "Bolder"} if bold else {}) | ({"italic": True} if italic else {})


# Text alone


def _plain(facts: Body) -> Body:
    return {"text": parts.chat(wording.words(facts))}


def _plain_card(facts: Body) -> Body:
    words = wording.words(facts)
    return _card([_runs(Line(parts.chat(words)))], [], words.subject)


STYLES: dict[str, Style] = {
    "slack": Style(_slack, _plain),
    "mattermost": Style(_mattermost, _plain),
    "teams": Style(_teams, _plain_card),
}
