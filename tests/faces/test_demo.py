"""`tocsin demo` as `make demo` runs it: a process without a terminal that ends by itself and leaves nothing behind."""

import re

import pytest

from tests.home import Home
from tocsin.cli.demo import company
from tocsin.cli.demo.tickets import arrivals
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


def test_an_ordinary_day_escalates_few() -> None:
    """What comes after the opening is believable: most of it is ordinary."""
    policy = compile_policy(parse(company.policy()))
    stream = arrivals()
    bodies = [next(stream).body for _ in range(400)][FIRST + 1 :]
    levels = [decide(policy, facts_of(body), DEFAULT_TIME).level for body in bodies]
    assert 0.02 <= sum(level != "standard" for level in levels) / len(levels) <= 0.2
