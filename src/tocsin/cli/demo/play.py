"""The play: tickets come in over HTTP, pages arrive, people answer or do not. One thread, by a schedule."""

import heapq
import itertools
import queue
from collections.abc import Callable
from random import Random
from typing import Any

import httpx2

from tocsin.cli.demo.receiver import Message
from tocsin.cli.demo.stage import HELP_DESK, Stage
from tocsin.cli.demo.story import Story
from tocsin.cli.demo.tickets import ANSWER, CLOSE, REPAIR, SEED, Arrival, arrivals
from tocsin.core import instants
from tocsin.core.clock import stopwatch

_GATHER = 0.25  # seconds in which the pages of one step arrive together
_LONGEST = 0.1  # seconds between two looks at the schedule
Step = tuple[str, str, int, int]  # of a case's path: case, path, pass, step


class Play:
    """Runs until `until` says so. What happens is told by `story`."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self._stage = stage
        self._story = story
        self._chance = Random(SEED)  # noqa: S311 - a story, not a secret
        self._http = httpx2.Client(base_url=stage.url, timeout=10)
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._arrivals = arrivals()
        self._cases: dict[str, dict[str, Any]] = {}
        self._sent_at: dict[str, float] = {}
        self._unheard: set[str] = set()
        self._answering: set[str] = set()
        self._answered: set[str] = set()
        self._arriving: dict[Step, list[Message]] = {}
        self.first_pages: list[float] = []

    def run(self, until: Callable[[], bool], show: Callable[[str], None]) -> None:
        """`show` is given a status line now and then."""
        try:
            self._expect()
            while not until():
                self._do_what_is_due()
                self._take_messages()
                show(self.status())
        finally:
            self._http.close()

    def status(self) -> str:
        """Where the play is: the time, how many tickets came in, how many escalated ones nobody has answered."""
        waiting = sum(case["level"] != "standard" and key not in self._answered for key, case in self._cases.items())
        said = f"{waiting} waiting for an answer" if waiting else "nobody waits for an answer"
        tickets = "1 ticket" if len(self._cases) == 1 else f"{len(self._cases)} tickets"
        return f"{self._story.time(self._stage.clock.now())}  {tickets}, {said}"

    def _do_what_is_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self._stage.clock.now():
            heapq.heappop(self._agenda)[2]()

    def _later(self, wait: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (self._stage.clock.now() + wait, next(self._order), act))

    def _between(self, span: tuple[int, int]) -> int:
        return self._chance.randint(*span)

    def _expect(self) -> None:
        arrival = next(self._arrivals)
        self._later(arrival.wait, lambda: self._arrive(arrival))

    def _arrive(self, arrival: Arrival) -> None:
        self._expect()
        at, begun = self._stage.clock.now(), stopwatch()
        answer = self._post(arrival.path, HELP_DESK, arrival.body)
        if answer.status_code >= 400:
            self._story.refused(at, arrival.body.get("subject", "a signal"), answer.json().get("detail", ""))
            return
        case = answer.json()
        before = self._cases.get(case["id"])
        self._cases[case["id"]] = case
        if before is None or before["level"] != case["level"]:
            self._sent_at[case["id"]] = begun
        if arrival.unheard:
            self._unheard.add(case["id"])
        if before is not None:
            self._story.changed(at, arrival, before, case)
            return
        self._story.came_in(at, arrival, case)
        if case["level"] == "standard" and case["owner"]:
            self._later(self._between(CLOSE), lambda: self._close(case["id"], case["owner"]))

    def _take_messages(self) -> None:
        try:
            message = self._stage.receiver.messages.get(timeout=_LONGEST)
        except queue.Empty:
            pass
        else:
            self._take(message)
        gathered = [step for step, pages in self._arriving.items() if stopwatch() - pages[0].at >= _GATHER]
        for step in gathered:
            self._paged(step, self._arriving.pop(step))

    def _take(self, message: Message) -> None:
        content = message.content
        if content["type"] == "page":
            path = content["path"]
            step = (content["case"]["id"], path["name"], path["pass"], path["step"])
            self._arriving.setdefault(step, []).append(message)
        elif content["type"] == "alarm":
            # Alarms of the machine itself mean nothing here: a second of it is a minute of the story.
            says = [alarm["says"] for alarm in content["alarms"] if alarm["kind"].startswith("case.")]
            self._story.alarmed(self._stage.clock.now(), content["to"], says)

    def _paged(self, step: Step, pages: list[Message]) -> None:
        case, _, passed, number = step
        first = passed == 1 and number == 1
        seconds = pages[0].at - self._sent_at[case] if first and case in self._sent_at else None
        names = sorted(page.content["to"] for page in pages)
        self._story.paged(self._stage.clock.now(), pages[0].content, names, seconds)
        if seconds is not None:
            self.first_pages.append(seconds)
        if case in self._answering or (first and case in self._unheard):
            return
        self._answering.add(case)
        name = self._chance.choice(names)
        self._later(self._between(ANSWER), lambda: self._acknowledge(case, name))

    def _acknowledge(self, case: str, name: str) -> None:
        answer = self._post(f"/api/v1/cases/{case}/acknowledgement", name)
        if answer.is_success:
            self._answered.add(case)
            at, shown = self._stage.clock.now(), answer.json()
            self._story.acknowledged(at, shown, name, at - instants.from_text(shown["opened_at"]))
            self._later(self._between(REPAIR), lambda: self._resolve(case, name))

    def _resolve(self, case: str, name: str) -> None:
        answer = self._post(f"/api/v1/cases/{case}/resolution", name, {"note": "Repaired, and watched for a while."})
        if answer.is_success:
            at, shown = self._stage.clock.now(), answer.json()
            self._story.resolved(at, shown, name, at - instants.from_text(shown["opened_at"]))

    def _close(self, case: str, owner: str) -> None:
        """The owner of an ordinary case is done with it; of one that has been escalated since, whoever has it is."""
        if case not in self._answering:
            self._post(f"/api/v1/cases/{case}/resolution", owner, {"note": "Answered."})

    def _post(self, path: str, who: str, body: Any = None) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self._stage.tokens[who]}"}
        return self._http.post(path, json=body, headers=headers)
