"""The sections of Settings, and who sees and changes each: one value, which the pages, their list and the table in
docs/web.md follow."""

from typing import NamedTuple

from tocsin.core.wording import marked
from tocsin.people.permissions import Permission, Viewer


class Section(NamedTuple):
    """`says`: what it is for. `sees`, `changes`: what it takes to do so."""

    name: str
    title: str
    icon: str
    says: str
    sees: Permission
    changes: Permission

    @property
    def path(self) -> str:
        return f"/settings/{self.name}"


USERS = Section(
    "users",
    marked("Users"),
    "users",
    marked("who works here, in which role, and where pages reach them"),
    "people.read",
    "people.write",
)
TEAMS = Section(
    "teams",
    marked("Teams"),
    "network",
    marked("who belongs together, who leads them, and which schedule is theirs"),
    "people.read",
    "people.write",
)
SCHEDULES = Section(
    "schedules",
    marked("Schedules"),
    "calendar-clock",
    marked("whose turn it is, and who stands in for whom"),
    "people.read",
    "people.write",
)
TOKENS = Section(
    "tokens",
    marked("Tokens"),
    "key-round",
    marked("what programs sign in with, and what each may do"),
    "tokens.write",
    "tokens.write",
)
SOURCES = Section(
    "sources",
    marked("Sources"),
    "plug",
    marked("which tools send tickets here, and what became of each delivery"),
    "operate",
    "operate",
)
IMPORTS = Section(
    "imports",
    marked("Imports"),
    "upload",
    marked("which histories and backlogs came in from files, and how far they are"),
    "cases.import",
    "cases.import",
)
WEBHOOKS = Section(
    "webhooks",
    marked("Webhooks"),
    "webhook",
    marked("which systems are told of events, and whether they accept them"),
    "operate",
    "operate",
)
ALARMS = Section(
    "alarms",
    marked("Alarms"),
    "siren",
    marked("what is wrong with Tocsin itself, and how its watchers fare"),
    "operate",
    "operate",
)
AUDIT = Section(
    "audit",
    marked("Audit"),
    "scroll-text",
    marked("who changed what, and whether the record is as it was written"),
    "people.write",
    "people.write",
)
AUTOMATION = Section(
    "automation",
    marked("Automation"),
    "shield",
    marked("what somebody has set for a time over what happens by itself"),
    "policy.read",
    "guards.write",
)
SECTIONS = (USERS, TEAMS, SCHEDULES, AUTOMATION, TOKENS, SOURCES, IMPORTS, WEBHOOKS, ALARMS, AUDIT)


def of(viewer: Viewer) -> list[Section]:
    """Those that this viewer may see."""
    return [section for section in SECTIONS if viewer.may(section.sees)]
