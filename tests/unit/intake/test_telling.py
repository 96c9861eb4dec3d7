"""Each row of an event history, held against the one before, and the verbs that it means."""

from typing import Any

import pytest

from tocsin.intake.telling import (
    BEGINS_CLOSED,
    BEGINS_RESOLVED,
    FACTS_LATE,
    NEVER_RESOLVED,
    NO_OWNER,
    NO_TEAM,
    Intent,
    Told,
    translate,
)

FACTS = {"subject": "The scanner is dead", "attributes": {"impact": "2"}}
WORSE = {"subject": "The scanner is dead", "attributes": {"impact": "1"}}
NOTE = Intent("note", "the ticket was changed")
TELL, TAKE, RESOLVE, CLOSE = Intent("tell"), Intent("take"), Intent("resolve"), Intent("close")
REOPEN = Intent("reopen", "the ticket is open again")
HOLD = Intent("hold", "for the user")


def row(state: Any, owner: str | None = None, team: str | None = "desk", **more: Any) -> Told:
    reason = more.get("reason", "for the user" if state == "waiting" else None)
    return Told("T-1", 2, 0, "eve", state, owner, team, reason, more.get("given", FACTS))


FIRST = [
    ("new", row("new"), [TELL]),
    ("new, somebody has it", row("new", "ann"), [TELL, Intent("assign", "ann")]),
    ("worked on", row("working", "ann"), [TELL, Intent("assign", "ann"), TAKE]),
    ("waits", row("waiting"), [TELL, TAKE, HOLD]),
    ("waits for nobody knows what", row("waiting", reason=None), [TELL, TAKE, Intent("hold", "it waits")]),
    ("resolved", row("resolved", "ann"), [TELL, Intent("assign", "ann"), Intent("resolve", remark=BEGINS_RESOLVED)]),
    ("closed", row("closed"), [TELL, Intent("resolve", remark=BEGINS_CLOSED), CLOSE]),
]

LATER = [
    ("nothing that is mapped", row("new"), row("new"), [NOTE]),
    ("work on it", row("working"), row("working"), [TAKE, NOTE]),
    ("taken up", row("new"), row("working"), [TAKE, NOTE]),
    ("given to somebody", row("new"), row("new", "ann"), [Intent("assign", "ann")]),
    ("handed on", row("working", "ann"), row("working", "bo"), [Intent("assign", "bo"), TAKE]),
    (
        "no owner any more",
        row("working", "ann"),
        row("working"),
        [Intent("note", "the ticket has no owner", NO_OWNER), TAKE],
    ),
    ("another team", row("new"), row("new", team="net"), [Intent("move", "net")]),
    ("a first team", row("new", team=None), row("new", team="net"), [Intent("move", "net")]),
    ("no team any more", row("new"), row("new", team=None), [Intent("note", "the ticket has no team", NO_TEAM)]),
    ("other facts", row("new"), row("new", given=WORSE), [TELL, NOTE]),
    ("other facts, and solved", row("working"), row("resolved", given=WORSE), [TELL, RESOLVE]),
    (
        "other facts when it is over",
        row("resolved"),
        row("resolved", given=WORSE),
        [Intent("note", "facts of the ticket changed", FACTS_LATE)],
    ),
    ("begins to wait", row("working"), row("waiting"), [TAKE, HOLD]),
    ("goes on waiting", row("waiting"), row("waiting"), [TAKE, NOTE]),
    (
        "waits for something else",
        row("waiting"),
        row("waiting", reason="a vendor"),
        [TAKE, Intent("release", "it waits for something else"), Intent("hold", "a vendor")],
    ),
    ("waits no longer", row("waiting"), row("working"), [TAKE, Intent("release", "it waits no longer")]),
    ("waits no more, new", row("waiting"), row("new"), [Intent("release", "it waits no longer")]),
    ("solved while it waited", row("waiting"), row("resolved"), [RESOLVE]),
    ("solved by another", row("new", "ann"), row("resolved", "bo"), [Intent("assign", "bo"), RESOLVE]),
    ("resolved and changed", row("resolved"), row("resolved"), [NOTE]),
    ("closed", row("resolved"), row("closed"), [CLOSE]),
    ("closed unresolved", row("new"), row("closed"), [Intent("resolve", remark=NEVER_RESOLVED), CLOSE]),
    ("closed while it waited", row("waiting"), row("closed"), [Intent("resolve", remark=NEVER_RESOLVED), CLOSE]),
    ("closed and changed", row("closed"), row("closed"), [NOTE]),
    ("open again", row("resolved", "ann"), row("working", "ann"), [REOPEN, TAKE]),
    ("open again, new", row("resolved"), row("new"), [REOPEN]),
    ("open again, and waits", row("resolved"), row("waiting"), [REOPEN, TAKE, HOLD]),
    (
        "open again with other facts and owner",
        row("resolved", "ann"),
        row("working", "bo", given=WORSE),
        [REOPEN, TELL, Intent("assign", "bo"), TAKE],
    ),
    ("begun anew behind its end", row("closed", "ann"), row("working", "ann"), [TELL, Intent("assign", "ann"), TAKE]),
    ("closed, resolved once more", row("closed"), row("resolved"), [NOTE]),
]


@pytest.mark.parametrize(("now", "expected"), [case[1:] for case in FIRST], ids=[case[0] for case in FIRST])
def test_a_first_row(now: Told, expected: list[Intent]) -> None:
    assert translate(None, now) == expected


@pytest.mark.parametrize(("before", "now", "expected"), [case[1:] for case in LATER], ids=[case[0] for case in LATER])
def test_a_later_row(before: Told, now: Told, expected: list[Intent]) -> None:
    assert translate(before, now) == expected
