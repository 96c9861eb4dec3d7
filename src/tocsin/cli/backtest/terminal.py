"""A backtest in the terminal."""

from collections.abc import Sequence

import typer

from tocsin.cli.backtest import words
from tocsin.cli.backtest.run import Done
from tocsin.cli.output import print_table, say
from tocsin.cli.refusals import show_rows
from tocsin.cli.safe import plain
from tocsin.policy.backtest.values import Comparison, Summary

CASES = 20  # of a list; --json and --html have all
REASONS = 20


def show(done: Done) -> None:
    """Everything, in tables as wide as the terminal."""
    summary, comparison = done.backtest.summary, done.backtest.comparison
    before = None if comparison is None else comparison.before
    outcome = done.outcome
    typer.secho(plain(done.policy), bold=True)
    if done.against is not None:
        say(f"against {done.against}")
    say(f"{summary.cases:,} cases, {words.days(summary)}")
    typer.echo(f"{outcome.rows:,} rows in {outcome.seconds:.1f} s, {done.per_second:,.0f} a second")
    if outcome.refused:
        say(f"rows refused: {outcome.refused.total():,}; the reasons are at the end")
    if outcome.unread:
        say(f"unreadable values, counted as missing: {outcome.unread.total():,}; they are listed at the end")
    if not summary.cases:
        _unread(done)
        _refused(done)
        return
    _counts(summary, before)
    _aims(summary, before)
    lacking = words.lacking(summary)
    if lacking:
        say(f"factors that most cases lack the fact for: {lacking}")
    _pages(summary, before)
    _escalated(summary)
    if comparison is not None:
        _compared(comparison)
    _unread(done)
    _refused(done)


def _heading(text: str) -> None:
    typer.echo("\n" + typer.style(plain(text), bold=True))


def _counts(summary: Summary, before: Summary | None) -> None:
    for group, rows in words.groups(summary, before):
        typer.echo()
        if before is None:
            print_table(
                (group, "cases", "share"),
                [(name, f"{now:,}", words.part(now, summary.cases)) for name, now, _ in rows],
            )
        else:
            print_table(
                (group, "before", "after", ""),
                [(name, f"{was:,}", f"{now:,}", f"{now - was:+,}" if now != was else "") for name, now, was in rows],
            )


def _aims(summary: Summary, before: Summary | None) -> None:
    _heading("attention, and how much of it should be needed at most")
    olds = {} if before is None else before.shares
    print_table(
        ("level", "share", "aim", "", *(("before",) if before else ())),
        [
            (
                level,
                words.percent(share.share),
                words.aim(share.aim),
                "within" if share.within else "ABOVE",
                *((words.percent(olds[level].share),) if level in olds else ()),
            )
            for level, share in summary.shares.items()
        ],
    )
    asked = summary.asked
    by = ", ".join(f"{rule.removeprefix('triage.')} {count:,}" for rule, count in asked.by.items())
    say(f"asked of triage: {asked.cases:,} ({words.percent(asked.share)})" + (f": {by}" if by else ""))


def _pages(summary: Summary, before: Summary | None) -> None:
    _heading("who would have been paged, and woken out of hours")
    rows = [("all escalations", summary.paged, summary.woken)]
    rows += [(call.target, call.paged, call.woken) for call in summary.calls if call.paged.total]
    if before is not None:
        rows.insert(1, ("before", before.paged, before.woken))
    print_table(
        ("", "pages", "a week", "worst week", "woken", "a week", "worst week"),
        [
            (
                name,
                f"{paged.total:,}",
                words.average(paged),
                words.worst(paged),
                f"{woken.total:,}",
                words.average(woken),
                words.worst(woken),
            )
            for name, paged, woken in rows
        ],
    )
    later = [f"{call.target} {call.unanswered.total:,}" for call in summary.calls if call.unanswered.total]
    if later:
        say("if nobody had ever answered, in addition: " + ", ".join(later))


def _escalated(summary: Summary) -> None:
    if not summary.escalated:
        return
    _heading("escalated")
    print_table(
        ("ticket", "level", "score", "subject", "because"),
        [
            (case.id, case.level, f"{case.score:.4g}", case.subject, "; ".join(_telling(case.reasons)))
            for case in summary.escalated[:CASES]
        ],
    )
    _more(len(summary.escalated))


def _telling(reasons: Sequence[str]) -> Sequence[str]:
    """Without the threshold that the score reaches: score and level stand beside."""
    return reasons[1:] if reasons[0].startswith("score ") else reasons


def _compared(comparison: Comparison) -> None:
    _heading(f"{len(comparison.changed):,} cases come out differently")
    print_table(("what", "cases"), [(what, f"{count:,}") for what, count in words.ways(comparison.changed)])
    if comparison.changed:
        typer.echo()
        print_table(
            ("ticket", "subject", "differs", "because"),
            [
                (case.id, case.subject, "; ".join(words.differences(case)), "; ".join(words.causes(case)))
                for case in comparison.changed[:CASES]
            ],
        )
        _more(len(comparison.changed))


def _unread(done: Done) -> None:
    unread = done.outcome.unread
    if unread:
        _heading(f"{unread.total():,} values taken as missing")
        print_table(("because", "values"), unread.most_common(REASONS))
        show_rows(done.outcome.first_unread, unread.total())
    if done.outcome.assumed:
        typer.echo()
        print_table(("what the file does not say", "times"), done.outcome.assumed.most_common())


def _refused(done: Done) -> None:
    refused = done.outcome.refused
    if not refused:
        return
    _heading(f"{refused.total():,} rows refused")
    print_table(("because", "rows"), refused.most_common(REASONS))
    show_rows(done.refused, refused.total())


def _more(count: int, where: str = "--json and --html have all") -> None:
    if count > CASES:
        typer.echo(f"and {count - CASES:,} more; {where}")
