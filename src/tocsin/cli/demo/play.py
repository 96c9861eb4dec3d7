"""The play: tickets come in over HTTP, pages arrive, people answer or do not. One thread, by a schedule."""

import heapq
import itertools
import queue
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

import httpx2

from tocsin.cli.demo import company
from tocsin.cli.demo.receiver import Message
from tocsin.cli.demo.stage import HELP_DESK, Stage
from tocsin.cli.demo.story import Story
from tocsin.cli.demo.summary import at_once, unanswered
from tocsin.cli.demo.tickets import (
    ANSWER,
    CLOSE,
    CONTAIN,
    JUDGE,
    REPAIR,
    REPLY,
    SEED,
    TRIAGE,
    UPDATE,
    Arrival,
    arrivals,
    paced,
)
from tocsin.cli.demo.visitor import Deed
from tocsin.core import instants
from tocsin.core.clock import stopwatch
from tocsin.events import sentence

_GATHER = 0.25  # seconds in which the pages of one step arrive together
_LONGEST = 0.1  # seconds between two looks at the schedule
_ASIDE = ("case.decided", "case.reclassified", "path.", "clock")  # what follows from what a visitor did
_ASK_EVERY = 1.0  # seconds between two counts of what nobody has answered
Step = tuple[str, str, int, int]  # of a case's path: case, path, pass, step


class Sent(NamedTuple):
    """A ticket: when it was sent, by the stopwatch; and when it had been taken in, by the clock of the play."""

    begun: float
    taken_at: int


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
        self._sent: dict[str, Sent] = {}
        self._acts: dict[str, Arrival] = {}
        self._heard: Counter[str] = Counter()
        self._answering: set[tuple[str, str]] = set()
        self._worked: set[str] = set()
        self._unanswered, self._asked_at = 0, -_ASK_EVERY
        self._over: set[str] = set()
        self._arriving: dict[Step, list[Message]] = {}
        self._noticed: set[tuple[str, str]] = set()
        self.first_pages: list[float] = []

    def run(self, until: Callable[[], bool], show: Callable[[str], None]) -> None:
        """`show` is given a status line now and then."""
        try:
            self._expect()
            while not until():
                self._do_what_is_due()
                self._take_messages()
                self._watch_the_visitor()
                show(self.status())
        finally:
            self._http.close()

    def status(self) -> str:
        """Where the play is: the time, how many tickets came in, how many escalations nobody has answered, as on Now;
        and the way in, which the story carries off a small terminal."""
        if stopwatch() - self._asked_at >= _ASK_EVERY:
            self._unanswered, self._asked_at = unanswered(self._http, self._stage), stopwatch()
        tickets = "1 ticket" if len(self._cases) == 1 else f"{len(self._cases)} tickets"
        said = f"{self._story.time(self._stage.clock.now())}  {tickets}, {self._unanswered} unanswered"
        return f"{said}  {self._stage.url}  mara, {company.PASSWORD}"

    def _do_what_is_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self._stage.clock.now():
            heapq.heappop(self._agenda)[2]()

    def _later(self, wait: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (self._stage.clock.now() + wait, next(self._order), act))

    def _between(self, span: tuple[int, int]) -> int:
        return self._chance.randint(*span)

    def _expect(self) -> None:
        arrival = next(self._arrivals)
        wait = arrival.wait if arrival.staged else paced(arrival.wait, self._story.hour(self._stage.clock.now()))
        self._later(wait, lambda: self._arrive(arrival))

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
        if not self._heard[case["id"]] and (before is None or before["level"] != case["level"]):
            self._sent[case["id"]] = Sent(begun, self._stage.clock.now())
        self._acts[case["id"]] = arrival
        if before is not None:
            self._story.changed(at, arrival, before, case)
        else:
            self._story.came_in(at, arrival, case)
            self._handle(case, arrival)
        if case["decision"]["triage"]:
            self._later(self._between(TRIAGE), lambda: self._triage(case))

    def _handle(self, case: dict[str, Any], arrival: Arrival) -> None:
        """What the owner of an ordinary case does."""
        if case["level"] != "standard" or not case["owner"]:
            return
        if arrival.waits:
            self._later(self._between(ANSWER), lambda: self._hold(case, arrival))
        else:
            self._later(self._between(CLOSE), lambda: self._close(case["id"], case["owner"]))

    def _take_messages(self) -> None:
        """All that have come by now, so that the pages of one step are told together also where this comes late."""
        messages = self._stage.receiver.messages
        with suppress(queue.Empty):
            self._take(messages.get(timeout=_LONGEST))
            while True:
                self._take(messages.get_nowait())
        gathered = [step for step, pages in self._arriving.items() if stopwatch() - pages[0].at >= _GATHER]
        for step in gathered:
            self._paged(step, self._arriving.pop(step))

    def _take(self, message: Message) -> None:
        content = message.content
        if content["type"] == "page":
            path = content["path"]
            step = (content["case"]["id"], path["name"], path["pass"], path["step"])
            self._arriving.setdefault(step, []).append(message)
        elif content["type"] == "notice":
            self._notice(content)
        elif content["type"] == "alarm":
            # Alarms of the machine itself mean nothing here: a second of it is far more of the story.
            says = [alarm["says"] for alarm in content["alarms"] if alarm["kind"].startswith("case.")]
            self._story.alarmed(self._stage.clock.now(), content["to"], says)

    def _seconds(self, case: str, at: float) -> float | None:
        """How long the first page of a case took from its ticket; None for later ones, and where it was not due at
        once."""
        sent = self._sent.pop(case, None)
        if sent is None:
            return None
        headers = {"authorization": f"Bearer {self._stage.tokens['admin']}"}
        shown = self._http.get(f"/api/v1/cases/{case}", headers=headers)
        return at - sent.begun if shown.is_success and at_once(shown.json()["pages"], sent.taken_at) else None

    def _notice(self, content: dict[str, Any]) -> None:
        """A breach or a warning, told once however many hear it."""
        case, says = content["case"], content["says"]
        if (case["id"], says) not in self._noticed:
            self._noticed.add((case["id"], says))
            self._story.noticed(self._stage.clock.now(), case, content["why"], says, content["to"])

    def _paged(self, step: Step, pages: list[Message]) -> None:
        case, path, passed, _ = step
        content, names = pages[0].content, sorted(page.content["to"] for page in pages)
        seconds = self._seconds(case, pages[0].at)
        if passed < 1:  # beside the path
            says = f"paged {', '.join(names)} in the other's place"
            self._story.says(self._stage.clock.now(), content["case"], says)
        else:
            self._story.paged(self._stage.clock.now(), content, names, seconds)
        if seconds is not None:
            self.first_pages.append(seconds)
        self._heard[case] += 1
        if (case, path) not in self._answering:
            self._answer(case, path, content["case"], names)

    def _answer(self, case: str, path: str, shown: dict[str, Any], names: list[str]) -> None:
        """One of those who were paged answers in a while, unless the play wants it otherwise."""
        arrival, first = self._acts.get(case, Arrival(0, {})), self._heard[case] == 1
        if self._heard[case] <= arrival.unheard:
            return
        others = [name for name in names if name not in self._stage.visitor.parts]
        if not others:
            says = f"waits for you, as {' or '.join(names)}; unanswered, it climbs"
            self._story.says(self._stage.clock.now(), shown, says)
            return
        name = self._chance.choice(others)
        if arrival.declined and first:
            self._later(self._between(ANSWER), lambda: self._decline(case, name))
            return
        self._answering.add((case, path))
        wait = arrival.left if arrival.left and first else self._between(ANSWER)
        self._later(wait, lambda: self._acknowledge(case, path, name))

    def _decline(self, case: str, name: str) -> None:
        body = {"decline": True, "reason": "In the middle of another incident."}
        if self._post(f"/api/v1/cases/{case}/acknowledgement", name, body).is_success:
            self._story.says(self._stage.clock.now(), self._cases[case], f"{name} declines; the backup is asked")

    def _acknowledge(self, case: str, path: str, name: str) -> None:
        """Whether it succeeds or not: whoever is paged later may answer."""
        self._answering.discard((case, path))
        answer = self._post(f"/api/v1/cases/{case}/acknowledgement", name)
        if answer.is_success:
            at, shown = self._stage.clock.now(), answer.json()
            self._story.acknowledged(at, shown, name, at - instants.from_text(shown["opened_at"]))
            self._work(case, shown["owner"] or name, name)
            self._later(self._between(UPDATE), lambda: self._update(case, name))

    def _work(self, case: str, owner: str, lead: str) -> None:
        """Somebody has it: it is contained after a while, once."""
        if case not in self._worked:
            self._worked.add(case)
            self._later(self._between(CONTAIN), lambda: self._contain(case, owner, lead))

    def _update(self, case: str, name: str) -> None:
        """The customer hears of it. Silence would let the acknowledgement lapse, too, and the pages begin again."""
        if case in self._over:
            return
        answer = self._post(
            f"/api/v1/cases/{case}/updates", name, {"text": "We are at it, and you hear from us again."}
        )
        if answer.is_success and answer.json()["state"] == "open":
            self._later(self._between(UPDATE), lambda: self._update(case, name))

    def _contain(self, case: str, claims: str, lead: str) -> None:
        """The ticket's owner says that it is contained; unless that is a senior, whoever leads the work confirms it."""
        answer = self._post(f"/api/v1/cases/{case}/containment", claims, {"note": "The customer can work again."})
        if answer.is_success:
            shown = answer.json()
            said = "contained" if shown["contained"] else "claimed to be contained; a senior confirms or rejects it"
            self._story.says(self._stage.clock.now(), shown, f"{claims}: {said}")
            if not shown["contained"]:
                self._later(self._between(JUDGE), lambda: self._confirm(case, lead))
        self._later(self._between(REPAIR), lambda: self._resolve(case, lead))

    def _confirm(self, case: str, lead: str) -> None:
        answer = self._post(f"/api/v1/cases/{case}/containment", lead, {"verdict": "confirm"})
        if answer.is_success:
            self._story.says(self._stage.clock.now(), answer.json(), f"{lead} confirms: contained when it was claimed")

    def _resolve(self, case: str, name: str) -> None:
        answer = self._post(f"/api/v1/cases/{case}/resolution", name, {"note": "Repaired, and watched for a while."})
        if answer.is_success:
            self._resolved(answer.json(), name)

    def _resolved(self, case: dict[str, Any], name: str) -> None:
        at = self._stage.clock.now()
        self._over.add(case["id"])
        if case["state"] == "resolved":
            self._story.resolved(at, case, name, at - instants.from_text(case["opened_at"]))
            return
        self._story.says(at, case, f"{name}: claimed to be resolved; it waits to be confirmed")
        judge = company.DUTIES["escalation-manager"] if case["kind"] == "relationship" else case["technical_lead"]
        self._later(self._between(JUDGE), lambda: self._confirm_resolution(case["id"], judge))

    def _confirm_resolution(self, case: str, judge: str) -> None:
        answer = self._post(f"/api/v1/cases/{case}/resolution", judge, {"verdict": "confirm"})
        if answer.is_success:
            self._resolved(answer.json(), judge)

    def _triage(self, case: dict[str, Any]) -> None:
        """A lead answers: the level is right as it is."""
        lead = company.STAFF.leads.get(case["team"], company.STAFF.chief.name)
        body = {"level": case["level"], "reason": "Read it; that is the right level."}
        if self._post(f"/api/v1/cases/{case['id']}/triage", lead, body).is_success:
            self._story.says(self._stage.clock.now(), case, f"triage: {lead} keeps it at {case['level']}")

    def _hold(self, case: dict[str, Any], arrival: Arrival) -> None:
        body = {"reason": "Asked the customer for the two statements."}
        if self._post(f"/api/v1/cases/{case['id']}/hold", case["owner"], body).is_success:
            self._story.says(self._stage.clock.now(), case, f"{case['owner']} waits for the customer; its clocks pause")
            self._later(self._between(REPLY), lambda: self._reply(case, arrival))

    def _reply(self, case: dict[str, Any], arrival: Arrival) -> None:
        signal = {"kind": "reply", "body": "Here they are.", "source": "helpdesk"}
        signal["external_id"] = arrival.body["external_id"]
        if self._post("/api/v1/signals", HELP_DESK, signal).is_success:
            self._story.says(self._stage.clock.now(), case, "the customer answered; its clocks run on")
            self._later(self._between(CLOSE), lambda: self._close(case["id"], case["owner"]))

    def _close(self, case: str, owner: str) -> None:
        """The owner of an ordinary case is done with it; of one that has been escalated since, whoever has it is."""
        if not self._heard[case]:
            self._post(f"/api/v1/cases/{case}/resolution", owner, {"note": "Answered."})

    def _watch_the_visitor(self) -> None:
        """What visitors do is part of the story, and what happens by itself; whom they play is theirs."""
        for deed in self._stage.visitor.happened():
            self._tell(deed)
        for name in self._stage.visitor.came():
            self._story.signed_in(self._stage.clock.now(), name)

    def _tell(self, deed: Deed) -> None:
        if deed.kind.startswith(_ASIDE):
            return
        headers = {"authorization": f"Bearer {self._stage.tokens[company.STAFF.chief.name]}"}
        found = self._http.get(f"/api/v1/cases/{deed.case}", headers=headers)
        told = self._http.get(f"/api/v1/cases/{deed.case}/timeline", headers=headers)
        if not (found.is_success and told.is_success):  # an event of people or rosters, or a confidential case
            return
        event = next((event for event in told.json()["events"] if event["seq"] == deed.seq), None)
        actor = "engine" if deed.name is None else f"user:{deed.name}"
        if event is None or event["actor"].split()[0] != actor:
            return
        at, case = self._stage.clock.now(), found.json()
        if deed.name is None:
            self._story.says(at, case, sentence(event))
            return
        if deed.kind == "case.opened":
            self._cases[deed.case] = case
            self._story.came_in(at, Arrival(0, case["decision"]["facts"]["case"]), case)
        self._story.did(at, case, deed.name, sentence(event))
        if deed.kind == "case.acknowledged":
            self._work(deed.case, case["owner"] or deed.name, deed.name)
        if deed.kind == "case.resolved":
            self._over.add(deed.case)

    def _post(self, path: str, who: str, body: Any = None) -> httpx2.Response:
        """Nobody acts as somebody whom the visitor plays: that is refused before it is tried."""
        if who in self._stage.visitor.parts:
            return httpx2.Response(409, json={})
        headers = {"authorization": f"Bearer {self._stage.tokens[who]}"}
        return self._http.post(path, json=body, headers=headers)
