"""What the auditor puts right."""

from typing import Any, NotRequired, TypedDict

from tocsin.cases.happenings.base import CaseEvent
from tocsin.core.wording import Listed, Ours, Said, in_words, say


class Wrong(TypedDict):
    """What was found, as a word for programs and as a sentence; `words`: that to be worded for each reader, which an
    older release does not say."""

    what: str
    says: str
    words: NotRequired[dict[str, Any]]


class Repaired(CaseEvent):
    KIND, TITLE = "audit.repaired", "The auditor found something wrong and repaired it"
    CHANGE = False

    found: list[Wrong]

    def reads(self) -> Said:
        found = [Ours(in_words(one["says"], one.get("words"))) for one in self.found]
        return say("repaired by the auditor: {found}", found=Listed(found, "; "))
