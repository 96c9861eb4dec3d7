"""What waits for one person: on their own page, and as a number beside its name."""

from typing import NamedTuple

from tocsin.cases.queries import waiting
from tocsin.notify import unanswered
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class Waits(NamedTuple):
    """Cases by what is asked, each where it is first asked: an answer to a page; whether they come; their word on a
    claim; a decision."""

    pages: list[int]
    calls: list[int]
    claims: list[int]
    questions: list[int]

    @property
    def amount(self) -> int:
        return sum(map(len, self))


def of(tx: Tx, viewer: Viewer) -> Waits:
    """What this viewer is asked, as far as they may answer it. Of whoever works on no cases nothing is asked."""
    if viewer.user is None or not viewer.may("cases.work"):
        return Waits([], [], [], [])
    asked = (
        waiting.seen(tx, viewer, unanswered.cases(tx, viewer)),
        waiting.calls(tx, viewer),
        waiting.claims(tx, viewer),
        waiting.questions(tx, viewer),
    )
    known: set[int] = set()
    return Waits(*(others(found, known) for found in asked))


def others(found: list[int], known: set[int]) -> list[int]:
    """Those that are not known yet, which they are from now on."""
    fresh = [case for case in found if case not in known]
    known.update(fresh)
    return fresh
