"""What became of all cases, in figures: how many, how fast, and which clocks were kept. Every figure is counted from
the record when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tocsin.cases import sight
from tocsin.cases.queries import totals
from tocsin.ledger import journal
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

SHARES = (50, 90, 99)

# From a case's opening until the first, or the last, event of a kind.
_SPANS: dict[str, tuple[str, Literal["first", "last"]]] = {
    "assign": ("case.assigned", "first"),
    "acknowledge": ("case.acknowledged", "first"),
    "resolve": ("case.resolved", "first"),
    "resolve for good": ("case.resolved", "last"),
}


@dataclass(frozen=True, slots=True)
class Spans:
    """How long something took, in microseconds: of how many cases, and by percentile."""

    cases: int
    percentiles: dict[int, int]


@dataclass(slots=True)
class Figures:
    """`standing`: cases by severity, level and state; `clocks`: runs by clock and outcome, None while one runs;
    `events`: by kind."""

    standing: dict[tuple[str, str, str], int] = field(default_factory=dict)
    spans: dict[str, Spans] = field(default_factory=dict)
    clocks: dict[str, dict[str | None, int]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The same as a JSON value; spans in seconds."""
        return {
            "standing": [
                {"severity": severity, "level": level, "state": state, "cases": count}
                for (severity, level, state), count in self.standing.items()
            ],
            "spans": {
                name: {"cases": spans.cases, **{f"p{at}": round(of / 1e6) for at, of in spans.percentiles.items()}}
                for name, spans in self.spans.items()
            },
            "clocks": {
                clock: {outcome or "running": count for outcome, count in outcomes.items()}
                for clock, outcomes in self.clocks.items()
            },
            "events": self.events,
        }


def figures(tx: Tx, viewer: Viewer) -> Figures:
    """Of all cases that this viewer may see."""
    viewer.require("cases.read")
    found = Figures(standing=totals.standing(tx, viewer), clocks=totals.clocks(tx, viewer))
    seen, parameters = sight.of_chain(viewer, "chain")
    found.events = journal.counts(tx, f"chain > 0 AND {seen}", parameters)
    opened = totals.opened(tx, viewer)
    for name, (kind, which) in _SPANS.items():
        reached = journal.happened_at(tx, kind, which)
        lengths = sorted(at - opened[case] for case, at in reached.items() if case in opened)
        found.spans[name] = Spans(len(lengths), {share: percentile(lengths, share) for share in SHARES if lengths})
    return found


def percentile(ordered: Sequence[int], share: int) -> int:
    """The smallest value that at least this share (in percent) does not exceed; the values are in order."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
