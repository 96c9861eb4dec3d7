"""The tickets of a file as a policy would decide them: for a first look, with nothing written anywhere."""

from collections import Counter
from typing import NamedTuple

from tocsin.intake.csv_history import csv_history
from tocsin.intake.csv_import import ImportOutcome
from tocsin.intake.csv_rows import CsvFile
from tocsin.intake.mapping.model import CaseMapping
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.levels import LEVELS, RANK, LevelName

MOST = 2_000  # tickets, the first of the file
SHOWN = 50


class TriedTicket(NamedTuple):
    """A ticket of the file, by its line and its id, and what the policy would decide for it."""

    line: int
    id: str
    subject: str
    level: LevelName
    severity: str
    score: float


class CsvTrial(NamedTuple):
    """`tickets`: how many were decided; `whole`: those are all that the file has. `levels`: how many of each;
    `shown`: the gravest of them. `outcome`: what became of the rows that were read."""

    version: int
    tickets: int
    whole: bool
    levels: dict[LevelName, int]
    shown: tuple[TriedTicket, ...]
    outcome: ImportOutcome


def tried(file: CsvFile, mapping: CaseMapping, policy: Policy, now: int) -> CsvTrial:
    """Decide the first tickets of a file as of their opening, and of `now` where they do not say it.

    InvalidDocument where the mapping does not suit the file, InvalidInput where the file cannot be read.
    """
    levels = Counter(dict.fromkeys(LEVELS, 0))
    found: list[TriedTicket] = []
    whole = True
    with csv_history(file, mapping) as history:
        for past in history.cases:
            if len(found) == MOST:
                whole = False
                break
            decision = decide(policy, past.facts, now if past.opened_at is None else past.opened_at)
            levels[decision.level] += 1
            subject = str(past.facts["case"].get("subject") or "")
            found.append(TriedTicket(past.line, past.id, subject, decision.level, decision.severity, decision.score))
    shown = sorted(found, key=lambda one: (-RANK[one.level], -one.score, one.line))[:SHOWN]
    return CsvTrial(policy.version, len(found), whole, dict(levels), tuple(shown), history.outcome)
