"""What the auditor puts right."""

from typing import TypedDict

from tocsin.cases.happenings.base import CaseEvent
from tocsin.core.wording import Listed, Ours, Said, say


class Wrong(TypedDict):
    """What was found, as a word for programs and as a sentence."""

    what: str
    says: str


class Repaired(CaseEvent):
    KIND, TITLE = "audit.repaired", "The auditor found something wrong and repaired it"
    CHANGE = False

    found: list[Wrong]

    def reads(self) -> Said:
        return say("repaired by the auditor: {found}", found=Listed([Ours(one["says"]) for one in self.found], "; "))
