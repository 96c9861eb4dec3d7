"""How a message reads to a person: from the JSON document that webhooks get to a subject and a plain text. Pure."""

from collections.abc import Callable
from typing import Any, NamedTuple

Body = dict[str, Any]

_MOST_SUBJECT = 150


class Letter(NamedTuple):
    """`subject` is one line; `text` has lines that end with a newline."""

    subject: str
    text: str


def letter(body: Body) -> Letter:
    """The letter of a message of any type."""
    write = _WRITERS.get(body["type"])
    if write is None:
        raise ValueError(f"there is no letter for a message of the type {body['type']!r}")
    subject, lines = write(body)
    return Letter(_line(f"[Tocsin] {subject}", _MOST_SUBJECT), "\n".join(lines) + "\n")


def _page(body: Body) -> tuple[str, list[str]]:
    case, path = body["case"], body["path"]
    subject = f"{case['severity'].upper()} {_headline(case)} - acknowledge"
    return subject, [
        f"{body['to']}, this case needs you now:",
        "",
        *_about(case),
        f"Path      {path['name']}, pass {path['pass']}, step {path['step']}",
        "",
        "Take it, and the paging stops (one button; the link is yours alone and works once, for a day):",
        body["acknowledge_link"],
        "",
        "Whoever does not answer is followed by the next in line.",
    ]


def _notice(body: Body) -> tuple[str, list[str]]:
    case = body["case"]
    subject = f"{case['severity'].upper()} {_headline(case)} - {body['why']}"
    return subject, [*_said(body), "", *_about(case), "", "For your information; nothing needs an answer."]


def _digest(body: Body) -> tuple[str, list[str]]:
    lines = [f"{body['count']} notices came while there were too many to send one by one, the oldest first:"]
    for number, notice in enumerate(body["notices"], 1):
        case = notice["case"]
        lines += ["", f"{number}. {notice['at']}  {_line(_headline(case))}"]
        lines += [f"   {line}" for line in [*_said(notice), case["url"]]]
    return f"{body['count']} notices", lines


def _alarm(body: Body) -> tuple[str, list[str]]:
    alarms = body["alarms"]
    amount = len(alarms) + body["more"]
    lines = ["This is wrong and needs a person:"]
    for alarm in alarms:
        lines += ["", f"- {_line(alarm['says'])}", f"  since {alarm['raised_at']} ({alarm['kind']})"]
        lines += [f"  {alarm['url']}"] if "url" in alarm else []
    if body["more"]:
        lines += ["", f"And {body['more']} more."]
    return f"ALARM {alarms[0]['says']}" if amount == 1 else f"{amount} ALARMS", lines


def _synthetic(body: Body) -> tuple[str, list[str]]:
    return "Test of the way", [f"Queued at {body['queued_at']}. Nothing needs to be done."]


_WRITERS: dict[str, Callable[[Body], tuple[str, list[str]]]] = {
    "page": _page,
    "notice": _notice,
    "digest": _digest,
    "alarm": _alarm,
    "synthetic": _synthetic,
}


def _title(case: Body) -> str:
    return f"#{case['number']} {case['subject']}"


def _headline(case: Body) -> str:
    """Who is hurt by what: all that a telephone shows of a letter."""
    account = case["account"]
    return f"#{case['number']} {account['name']}: {case['subject']}" if account else _title(case)


def _about(case: Body) -> list[str]:
    customer = [f"Customer  {_line(case['account']['name'])}"] if case["account"] else []
    ticket = [f"Ticket    {_line(case['external_id'])}"] if case["external_id"] else []
    return [
        f"Case      {_line(_title(case))}",
        *customer,
        *ticket,
        f"Severity  {case['severity']}, level {case['level']}",
        f"Opened    {case['opened_at']}",
        f"Link      {case['url']}",
    ]


def _said(notice: Body) -> list[str]:
    due = f"{notice['clock']} is due at {notice['due_at']}" if notice["clock"] and notice["due_at"] else None
    return [_line(notice["says"] or notice["why"]), *([due] if due else [])]


def _line(text: str, most: int = 500) -> str:
    """One line of what somebody else wrote: no control characters, and not without end."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
