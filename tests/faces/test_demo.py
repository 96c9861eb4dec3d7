"""`tocsin demo` as `make demo` runs it: a process without a terminal that ends by itself and leaves nothing behind."""

import io
import itertools
import queue
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from tests.faces.browsing import Browser
from tests.home import Home
from tocsin.cli.demo import SPEED, company
from tocsin.cli.demo.play import Play
from tocsin.cli.demo.receiver import Message
from tocsin.cli.demo.stage import Stage, stage
from tocsin.cli.demo.story import Story
from tocsin.cli.demo.tickets import CLOSE, CONTAIN, JUDGE, REPAIR, TRIAGE, UPDATE, arrivals, paced
from tocsin.core.clock import HOUR, MINUTE, stopwatch
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
        r"#2 +Meridian Airways +API is down: .*  5,200 users\n +executive, critical +HD-1001  engineering",
        r"#2 +. paged \w+ and ruth, in \d+\.\d s of real time",
        r"#2 +. \w+ has it, [\d a-z]+ after it came in; [\d a-z]+ before the target",
        r"#3 +Harbour Theatre +The drop-down menu .*\n +standard, medium",
        r"#4 +Pinecone Pottery +Everything is down .*\n +senior, critical .* never below senior: critical",
        r"#5 +Greenline Couriers +We need 500 licences .*\n +standard",
        r"#6 +Northgate Hospitals +How do we rename a report\? .*\n +senior, low .* relationship; .* angry-strategic",
        r"#4 +. no answer: climbs to step 2 of senior, paged \w+ and tomas",
    ):
        assert re.search(what, out), what
    assert "\x1b" not in out
    assert re.search(r"times below are played, in \w+/\w+", out)


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
    assert re.search(r"answered +\d+ of \d+, half of them within [\d a-z]+; \d+ unanswered", out)
    assert re.search(r"pages +\d+ delivered, \d+ no longer needed, 0 failed", out)
    assert "forgotten   0 open cases" in out
    assert "tocsin init" in out


def test_the_last_line_says_how_fast_the_first_pages_were(out: str) -> None:
    last = out.rstrip().splitlines()[-1]
    found = re.fullmatch(
        r"first pages: (\d+), from ticket to pager in (\d+\.\d\d) s \(median\), (\d+\.\d\d) s \(p99\), real time", last
    )
    assert found, last
    told = re.findall(r"paged .*, in (\d+\.\d) s of real time", out)
    assert int(found[1]) == len(told)
    assert float(found[2]) <= float(found[3])
    assert abs(float(found[3]) - max(map(float, told))) <= 0.06


def test_what_stands_above_the_story_fits_a_small_terminal(out: str) -> None:
    head = out.partition("Ctrl-C ends it" if "Ctrl-C ends it" in out else "ends after")[0].splitlines()
    assert len(head) <= 12, "half of 24 lines at least are left for the story"
    assert max(map(len, head)) <= 80


class Visit:
    """Somebody who looks at the demonstration: each time the play asks whether it is over, the next thing is done."""

    def __init__(self, scene: Stage, told: io.StringIO, script: Callable[["Visit"], Iterator[str]]) -> None:
        self.browser = Browser(scene.url)
        self.told, self._script, self._wanted = told, script(self), ""
        self._begun = stopwatch()

    def over(self) -> bool:
        assert stopwatch() - self._begun < 90, f"never told: {self._wanted}\n{self.told.getvalue()}"
        while re.search(self._wanted, self.told.getvalue()):
            wanted = next(self._script, None)
            if wanted is None:
                return True
            self._wanted = wanted
        return False


def played(script: Callable[[Visit], Iterator[str]], speed: float = 60) -> str:
    told = io.StringIO()
    with stage(0, speed) as scene:
        play = Play(scene, Story(Console(file=told, width=200), scene.zone))
        play.run(Visit(scene, told, script).over, lambda status: None)
    return told.getvalue()


def test_what_a_visitor_does_is_part_of_the_story_and_whom_they_play_is_theirs() -> None:
    """A visitor is everybody who could answer the first page, and takes their time."""

    def script(visit: Visit) -> Iterator[str]:
        browser = visit.browser
        for name in (*company.SENIORS, "ruth", "tomas", "ines"):
            browser.sign_in(name, company.PASSWORD)
            yield rf"you are {name} from now on"
        yield r"#2 +. waits for you, as \w+ or ruth; unanswered, it climbs"
        yield r"#2 +. no answer: climbs to step 2 of executive"
        browser.get("/cases/2")
        assert browser.post("/cases/2/acknowledge").status_code == 303
        yield r"#2 +you, as ines: "
        assert browser.post("/cases/2/note", text="I call them.").status_code == 303
        yield r"#2 +you, as ines: .*I call them"

    text = played(script)
    assert not re.search(r"#2 +. \w+ has it", text), "nobody whom the visitor plays has answered by themselves"


def test_somebody_else_answers_what_a_visitor_leaves() -> None:
    def script(visit: Visit) -> Iterator[str]:
        visit.browser.sign_in("ruth", company.PASSWORD)
        yield r"#2 +. \w+ has it"

    assert re.search(r"#2 +. (mara|jonas|priya|tomas) has it", played(script))


def test_a_raise_by_the_engine_has_its_line_and_whoever_is_paged_then_answers() -> None:
    """Whom triage asks is the visitor, who leaves it; so the time of triage passes."""

    def script(visit: Visit) -> Iterator[str]:
        visit.browser.sign_in("tomas", company.PASSWORD)
        yield r"#9 +. \w+ has it"
        raised, climbs = r"#9 +. triage answers executive: nobody answered in time", r"#9 +. no answer"
        yield raised
        # Where the first answer came in the very second of the raise, nobody is paged again, and work goes on; where it
        # came right after it, it may be told before the raise and its pages. Unanswered, these would climb in minutes.
        yield rf"(?s){raised}(?:.*#9 +. \w+ has it|(?:(?!{climbs}).)*#9 [^\n]*contained)"

    told = played(script, 240)
    timed = Counter(re.findall(r"#(\d+) +. paged .* of real time", told))
    assert timed["9"] == 1, "its first page, and not that of the raise"
    assert max(timed.values()) == 1


def test_pages_of_one_step_are_told_together_however_late_they_are_taken() -> None:
    told: list[list[str]] = []
    page = {"type": "page", "case": {"id": "c"}, "path": {"name": "senior", "pass": 1, "step": 1}}
    messages: queue.Queue[Message] = queue.Queue()
    for name in ("ruth", "mara"):
        messages.put(Message(page | {"to": name}, stopwatch() - HOUR))
    scene: Any = SimpleNamespace(
        url="http://127.0.0.1:9",
        receiver=SimpleNamespace(messages=messages),
        clock=SimpleNamespace(now=lambda: 0),
        visitor=SimpleNamespace(parts={"mara", "ruth"}),
    )
    story: Any = SimpleNamespace(paged=lambda at, page, names, seconds: told.append(names), says=lambda *said: None)
    Play(scene, story)._take_messages()
    assert told == [["mara", "ruth"]]


def test_tickets_follow_the_hours_of_the_office() -> None:
    stream = arrivals()
    came: Counter[int] = Counter()
    at = 0
    for arrival in itertools.islice((one for one in stream if not one.staged), 2000):
        at += paced(arrival.wait, at // HOUR % 24)
        came[at // HOUR % 24] += 1
    days = at / (24 * HOUR)
    assert days > 3
    night, morning = sum(came[hour] for hour in range(5)), sum(came[hour] for hour in range(9, 12))
    assert morning > 5 * night > 0
    assert all(came[hour] for hour in range(6, 23))


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
