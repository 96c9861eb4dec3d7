"""The figures of the history as a section of a page of the documentation."""

from collections import Counter

from examples.uci.history_result import Result
from examples.uci.proof import Proof

from tocsin.clocks import saying
from tocsin.insight.figures import Figures

BEGIN, END = "<!-- figures: written by `make uci-history PAGE=docs/history.md` -->", "<!-- end of the figures -->"


def page(result: Result) -> str:
    """The figures as a section of a page; the same on every machine and either database."""
    report, found, matrix = result.report, result.found, result.matrix
    events = sum(found.events.values())
    counted = f"{report.rows:,} rows of {report.tickets:,} incidents and {report.settled:,} timers"
    became = (
        f"{events:,} events of {report.opened:,} cases, {report.linked:,} of which are linked to an earlier, closed one"
    )
    lines = [
        f"{counted} at {report.instants:,} instants became {became}.",
        "",
        *_table(("severity", "level", "cases"), _levels(found)),
        *_table(
            ("elapsed time from opening to", "cases", "50 %", "90 %", "99 %"),
            [(name, f"{s.cases:,}", *map(saying.span, s.percentiles.values())) for name, s in found.spans.items()],
        ),
        *_table(
            ("clock", "met", "breached", "cancelled"),
            [
                (n, *(f"{of.get(each, 0):,}" for each in ("met", "breached", "cancelled")))
                for n, of in found.clocks.items()
            ],
        ),
        *_table(
            ("incidents", "resolve clock met", "resolve clock breached"),
            [
                (title, f"{matrix[desk, True]:,}", f"{matrix[desk, False]:,}")
                for title, desk in (("desk: `made_sla` true", True), ("desk: `made_sla` false", False))
            ],
        ),
        *_table(("verb", "carried out"), [(name, f"{count:,}") for name, count in report.verbs.most_common()]),
        *_table(("what rows did not say", "times"), [(n, f"{count:,}") for n, count in report.inferred.most_common()]),
        *_table(("refused by the case", "times"), [(n, f"{count:,}") for n, count in report.refused.most_common()]),
        *_table(
            ("proved", "of", "holds"),
            [(what, f"{count:,}", _share(result.proof, what)) for what, count in result.proof.checked.items()],
        ),
    ]
    return "\n".join(lines).strip()


def _levels(found: Figures) -> list[tuple[str, ...]]:
    counts: Counter[tuple[str, str]] = Counter()
    for (severity, level, _), count in found.standing.items():
        counts[severity, level] += count
    return [(severity, level, f"{count:,}") for (severity, level), count in counts.most_common()]


def _share(proof: Proof, what: str) -> str:
    failed = sum(line.startswith(f"{what}: ") for line in proof.failures)
    return "100 %" if not failed else f"no, {failed} times"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    body = [columns, ("---",) * len(columns), *rows]
    return [*("| " + " | ".join(row) + " |" for row in body), ""]


def written(text: str, figures: str) -> str:
    """A page with these figures between its marks."""
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n\n{figures}\n\n{END}{rest.split(END)[1]}"
