"""How a dry run or an import is written down, so that every server shows the same of it. Pure.

By Python's own JSON: what a file holds may be no text, and is kept as it was read all the same."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tocsin.core.errors import Problem
from tocsin.core.wording import Said, packed, unpacked, verbatim
from tocsin.intake.csv_import import ImportOutcome
from tocsin.intake.csv_rows import Refused
from tocsin.intake.csv_trial import CsvTrial, TriedTicket
from tocsin.intake.import_runs import ImportRun

_FIGURES = ("rows", "opened", "changed", "unchanged", "recorded", "passed_over", "live", "without_ids")
_COUNTS = ("ignored", "refused", "unread", "assumed")
_PLAIN = ("id", "dry", "live", "begun_at", "size", "read", "working")


def progress_of(run: ImportRun) -> bytes:
    """All that pages show of a run, but for the rows that it left out."""
    said: dict[str, Any] = {name: getattr(run, name) for name in _PLAIN}
    said["outcome"] = _outcome_of(run.outcome)
    said["failed"] = packed(run.failed)
    said["problems"] = [(packed(one.says), one.key, one.line, packed(one.wanted), one.severity) for one in run.problems]
    said["trial"] = None if run.trial is None else [*run.trial[:5], _outcome_of(run.trial.outcome)]
    return json.dumps(said).encode()


def read(progress: bytes) -> ImportRun:
    """The way back; the rows that were left out are kept apart."""
    said = json.loads(progress)
    return ImportRun(
        **{name: said[name] for name in _PLAIN},
        outcome=_outcome(said["outcome"]),
        failed=unpacked(said["failed"]),
        problems=tuple(
            Problem(unpacked(says), key, line, unpacked(wanted), severity)
            for says, key, line, wanted, severity in said["problems"]
        ),
        trial=_trial(said["trial"]),
    )


def refused_of(rows: Sequence[Refused]) -> bytes:
    return json.dumps([row._replace(says=packed(row.says)) for row in rows]).encode()


def read_refused(rows: bytes) -> list[Refused]:
    return [Refused(line, reason, _says(said), *rest) for line, reason, said, *rest in json.loads(rows)]


def _says(said: Any) -> Said | None:
    """What is kept of a row; a text, where an older release kept it."""
    if isinstance(said, str):
        return verbatim(said) if said else None
    says: Said | None = unpacked(said)
    return says


def _outcome_of(outcome: ImportOutcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in (*_FIGURES, *_COUNTS)}


def _outcome(said: dict[str, Any]) -> ImportOutcome:
    return ImportOutcome(**said | {name: Counter(said[name]) for name in _COUNTS})


def _trial(said: list[Any] | None) -> CsvTrial | None:
    if said is None:
        return None
    version, tickets, whole, levels, shown, outcome = said
    return CsvTrial(version, tickets, whole, levels, tuple(TriedTicket(*one) for one in shown), _outcome(outcome))
