"""A backtest as a JSON value."""

from typing import Any

import msgspec

from tocsin.cli.backtest.run import Done


def of(done: Done) -> dict[str, Any]:
    """The summary, beside it what became of the rows and, where there is one, the comparison."""
    found, outcome = done.backtest, done.outcome
    values: dict[str, Any] = msgspec.to_builtins(found.summary)
    return values | {
        "ok": not outcome.refused,
        "file": done.file,
        "rows": {
            "read": outcome.rows,
            "cases": outcome.unchanged,
            "passed_over": outcome.passed_over,
            "refused": dict(outcome.refused.most_common()),
            "taken_as_missing": dict(outcome.unread.most_common()),
            "first_refused": [row.told() for row in done.refused],
            "first_taken_as_missing": [value.told() for value in outcome.first_unread],
            "without_ids": outcome.without_ids,
            "assumed": dict(outcome.assumed.most_common()),
            "seconds": round(outcome.seconds, 3),
            "per_second": round(done.per_second, 1),
        },
        "against": None if found.comparison is None else msgspec.to_builtins(found.comparison),
    }
