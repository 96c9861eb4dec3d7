"""The strictest target wins: whatever shortcut the table takes, it is the one due first among all that apply."""

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.policy.policies import NOON, small, starter
from tocsin.clocks.durations import parse
from tocsin.clocks.kinds import ACKNOWLEDGE, BUILT_IN
from tocsin.core.clock import DAY, MINUTE
from tocsin.policy import starters
from tocsin.policy.levels import LEVELS, SENIOR, LevelName
from tocsin.policy.model import Document, Target
from tocsin.policy.strictest import TargetTable

DOCUMENTS = [small().document, *(starter(name).document for name in starters.NAMES)]
TABLES = {document.name: TargetTable(document) for document in DOCUMENTS}


def due(document: Document, target: Target, calendar: str, now: int, opened_at: int) -> int:
    start = opened_at if target.origin == "opened" else now
    return document.calendars[target.calendar or calendar].add(start, target.duration)


@examples(300)
@given(data=st.data(), now=st.integers(NOON, NOON + 400 * DAY), age=st.integers(0, 40 * DAY))
def test_the_chosen_target_is_due_first(data: st.DataObject, now: int, age: int) -> None:
    document = data.draw(st.sampled_from(DOCUMENTS))
    severity = document.severities[data.draw(st.sampled_from(sorted(document.severities)))]
    level: LevelName = data.draw(st.sampled_from(LEVELS))
    rules = tuple(position for position in range(len(document.targets)) if data.draw(st.booleans()))
    opened_at = now - age
    table = TABLES[document.name]
    chosen = table.choose(severity.name, level, rules, now, opened_at)
    clocks = [name for name, kind in BUILT_IN.items() if level != "standard" or not kind.of_escalations]
    for clock in clocks:
        given = [(severity.targets, severity.calendar)]
        if level != "standard":
            given.append((document.levels[level].targets, severity.calendar))
        given += [
            (document.targets[position].targets, document.targets[position].calendar or severity.calendar)
            for position in rules
        ]
        all_due = [
            due(document, targets[clock], calendar, now, opened_at) for targets, calendar in given if clock in targets
        ]
        if all_due:
            assert table.due(chosen[clock], now, opened_at) == min(all_due)
        else:
            assert clock not in chosen


def test_of_equal_targets_the_severity_is_named() -> None:
    chosen = TargetTable(small().document).choose("critical", SENIOR, (), NOON, NOON)
    assert chosen[ACKNOWLEDGE].why == "severity critical"
    assert parse(chosen[ACKNOWLEDGE].duration).microseconds == 15 * MINUTE
