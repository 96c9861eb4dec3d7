"""The rows of a file that were refused, as a CSV file of their own: by line and reason."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.cli.output import wrong_use

if TYPE_CHECKING:
    from tocsin.intake.csv_rows import Refused


@contextmanager
def refusals(path: Path | None) -> "Iterator[Callable[[Refused], None]]":
    """Where refused rows are written; nowhere without a path."""
    if path is None:
        yield lambda refused: None
        return
    try:
        target = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        wrong_use(f"{path}: {error.strerror or error}")
    with target:
        rows = csv.writer(target)
        rows.writerow(("line", "external_id", "place", "reason", "detail"))
        yield lambda refused: rows.writerow(
            (refused.line, refused.external_id, refused.place, refused.reason, refused.detail)
        )
