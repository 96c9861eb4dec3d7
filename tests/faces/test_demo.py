"""`tocsin demo` as `make demo` runs it: a process without a terminal that ends by itself and leaves nothing behind."""

import itertools
import re

import pytest

from tests.home import Home
from tocsin.cli.demo import SPEED, company
from tocsin.cli.demo.tickets import CLOSE, CONTAIN, JUDGE, REPAIR, TRIAGE, UPDATE, arrivals
from tocsin.core.clock import MINUTE
from tocsin.policy.body import CaseBody
from tocsin.policy.compiled import compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.document import parse
from tocsin.policy.examples import DEFAULT_TIME
from tocsin.policy.facts import facts_of

FIRST = 11


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("demo")
    home = Home(folder, TMPDIR=str(folder))
    done = home.tocsin("demo", "--port", "0", "--speed", "120", "--seconds", "9")
    assert done.code == 0, done.err
    assert done.err == ""
    assert list(folder.iterdir()) == []
    return done.out


def test_the_story(out: str) -> None:
    for what in (
        r"#2 +Meridian Airways +API is down: .*  5,200 users\n +executive, critical +engineering",
        r"#2 +. paged \w+ and ruth, \d+\.\d s after it came in",
        r"#2 +. \w+ has it, \d+:\d\d after it came in; \d+:\d\d before the target",
        r"#3 +Harbour Theatre +The drop-down menu .*\n +standard, medium",
        r"#4 +Pinecone Pottery +Everything is down .*\n +senior, critical .* never below senior: critical",
        r"#5 +Greenline Couriers +We need 500 licences .*\n +standard",
        r"#6 +Northgate Hospitals +How do we rename a report\? .*\n +senior, low .* relationship; .* angry-strategic",
        r"#4 +. no answer: climbs to step 2 of senior, paged \w+ and tomas",
    ):
        assert re.search(what, out), what
    assert "\x1b" not in out
    assert re.search(r"times below are those of \w+/\w+", out)


def test_the_summary_is_what_the_story_told(out: str) -> None:
    found = re.search(r"tickets +(\d+) in, (\d+) open, (\d+) resolved", out)
    assert found
    tickets, unresolved, resolved = map(int, found.groups())
    assert (
        tickets
        == unresolved + resolved
        == len(re.findall(r"^ +(?:standard|senior|executive), ", out, re.M))
        - len(re.findall("the help desk adds", out))
    )
    escalated = re.search(r"escalated +(\d+): (\d+) executive, (\d+) senior", out)
    assert escalated
    assert int(escalated[1]) == int(escalated[2]) + int(escalated[3]) >= 4
    assert re.search(r"pages +\d+ delivered, \d+ no longer needed, 0 failed", out)
    assert "forgotten   0 open cases" in out
    assert "tocsin init" in out


def test_the_same_seed_tells_the_same_story() -> None:
    one, other = arrivals(), arrivals()
    assert [next(one) for _ in range(60)] == [next(other) for _ in range(60)]


def test_what_the_tour_shows_stands_long_enough_to_be_visited() -> None:
    """In minutes of whoever watches, at the speed that nobody chose."""

    def watched(instants: int) -> float:
        return instants / SPEED / MINUTE

    opening = list(itertools.islice(arrivals(), 14))
    began = list(itertools.accumulate(watched(arrival.wait) for arrival in opening))
    assert began[1] < 0.1, "the first escalation"
    assert began[-1] < 1, "all that the tour names"
    [[left, climbs]] = [[arrival.left, arrival.body["external_id"]] for arrival in opening if arrival.left]
    assert climbs == "HD-1012", "as the tour calls it: whatever the visitor opens meanwhile takes a number, too"
    assert watched(left) >= 5, "what climbs"
    assert watched(JUDGE[0]) >= 3, "a claim that waits for somebody"
    assert REPAIR[0] > JUDGE[1], "what is claimed is judged before the case is over"
    assert watched(CONTAIN[0] + REPAIR[0]) >= 5, "an escalation on Now"
    assert watched(CLOSE[0]) >= 2, "an ordinary case"
    document = parse(company.policy())
    assert TRIAGE[1] < document.triage.expiry.microseconds, "silence raises nothing"
    rules = document.cases
    lasts = [rules.acknowledgement_critical.microseconds, rules.acknowledgement_other.microseconds]
    assert max(CONTAIN[0], UPDATE[1]) < min(lasts), "whoever has a case keeps it"


def test_an_ordinary_day_escalates_few() -> None:
    """What comes after the opening is believable: most of it is ordinary."""
    policy = compile_policy(parse(company.policy()))
    stream = arrivals()
    bodies = [next(stream).body for _ in range(400)][FIRST + 1 :]
    levels = [decide(policy, facts_of(body), DEFAULT_TIME).level for body in bodies]
    assert 0.02 <= sum(level != "standard" for level in levels) / len(levels) <= 0.2


def test_the_ticket_that_the_tour_invites_to_open_pages_somebody(out: str) -> None:
    subject, users = re.search(r"tocsin case open '(.+)' --users-affected (\d+)", out).groups()  # type: ignore[union-attr]
    body = CaseBody(subject=subject, users_affected=int(users))
    assert decide(compile_policy(parse(company.policy())), facts_of(body), DEFAULT_TIME).wake
