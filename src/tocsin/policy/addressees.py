"""Whom a step of a path notifies: `oncall:ROSTER[:backup]`, `lead:team`, `user:NAME`, `role:DUTY`, `owner:account`."""

import re
from typing import Literal

import msgspec

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, marked, say, verbatim

EXPECTED = "oncall:ROSTER, oncall:ROSTER:backup, lead:team, user:NAME, role:DUTY or owner:account"
NAME = r"[\p{L}\p{N}][\p{L}\p{N}_.-]*"
PATTERN = rf"^(oncall:{NAME}(:backup)?|lead:team|user:[^\s:]+|role:{NAME}|owner:account)$"

TOLD = ("owner", "lead", "asked")
"""Whom a clock tells, besides: whoever owns the case, the lead of its team, and those who were asked last."""

_SHAPE = re.compile(r"oncall:([^\W_][\w.-]*)(:backup)?|(lead):team|user:([^\s:]+)|role:([^\W_][\w.-]*)|(owner):account")


class Addressee(msgspec.Struct, frozen=True):
    """One target of a step. `name` is a roster, a user or a duty; a team's lead and an account's owner have none."""

    kind: Literal["oncall", "lead", "user", "role", "owner"]
    name: str = ""
    backup: bool = False


_IN_WORDS = (  # by whom else somebody may be named
    *(marked("every lead"), marked("owner"), marked("technical lead"), marked("escalation manager"), marked("team")),
    *(marked("mentioned"), marked("asked"), marked("has it"), marked("paged")),
)


def said(target: str) -> Said:
    """Why a target names somebody, in words: `backup on call for senior`. What is in words already stays so."""
    if not _SHAPE.fullmatch(target):
        return say(target) if target in _IN_WORDS else verbatim(target)
    found = parse(target)
    match found.kind:
        case "oncall":
            return say("backup on call for {name}" if found.backup else "on call for {name}", name=found.name)
        case "lead":
            return say("leads the team")
        case "role":
            return say("on duty as {name}", name=found.name)
        case "owner":
            return say("owns the account")
    return say("named by the path")


def parse(text: str, place: str = "notify") -> Addressee:
    """Read one target of a step; InvalidInput says what forms there are."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise InvalidInput(
            say("{given} notifies nobody", given=repr(text[:60])), place=place, expected=verbatim(EXPECTED)
        )
    roster, backup, lead, user, duty, _ = match.groups()
    if roster:
        return Addressee("oncall", roster, bool(backup))
    if user:
        return Addressee("user", user)
    if duty:
        return Addressee("role", duty)
    return Addressee("lead" if lead else "owner")
