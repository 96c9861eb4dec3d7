"""Many clients who do whatever comes to their minds, while time passes: what the invariants are tried on."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tests.testing import World
from tocsin.cases import acting, deeds, linking, verbs
from tocsin.comms import updates
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import TocsinError
from tocsin.intake import signals
from tocsin.people.permissions import SYSTEM, Viewer

CLIENTS = 8
LEVELS = ("standard", "senior", "executive")
TICKETS: tuple[dict[str, Any], ...] = (
    {"subject": "Everything is down", "users_affected": 400},
    {"subject": "Everything is down", "account": {"external_id": "acme", "plan": "gold"}},
    {"subject": "It is slow", "type": "slow", "users_affected": 40},
    {"subject": "How do we rename it?", "type": "question"},
    {"subject": "It looks odd"},
    {"subject": "They are angry", "sentiment": "angry", "account": {"external_id": "umbra", "segment": "strategic"}},
)
SOURCES = ("desk", "pingdom")


@dataclass
class Crowd:
    """`run` lets the clients do so many operations together, and answers how often each was done, and was refused."""

    here: World
    seed: int
    left: int = 0
    cases: list[int] = field(default_factory=list)
    tickets: list[tuple[str, str]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[BaseException] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, operations: int) -> None:
        self.left = operations
        writer, over = self.here.installation.writer, threading.Event()
        writer.threaded = True
        writing = threading.Thread(target=lambda: _until(over, lambda: writer.step(0.02)))
        clients = [threading.Thread(target=self._client, args=(place,)) for place in range(CLIENTS)]
        for thread in (writing, *clients):
            thread.start()
        self._time(clients)
        for client in clients:
            client.join()
        over.set()
        writing.join()
        writer.threaded = False
        while writer.step():
            pass
        self.here.installation.step_all()

    def _time(self, clients: list[threading.Thread]) -> None:
        """Time passes, and what is due is done, as often as the clients let it."""
        chance = random.Random(self.seed)
        while any(client.is_alive() for client in clients) and not self.faults:
            self.here.clock.advance(chance.choice((1, 20 * MINUTE // 60, MINUTE, 7 * MINUTE, HOUR)))
            try:
                self.here.installation.step_all()
            except BaseException as error:
                self.faults.append(error)

    def _client(self, place: int) -> None:
        chance = random.Random(f"{self.seed}/{place}")
        while self._more() and not self.faults:
            act = chance.choices(ACTS, WEIGHTS)[0]
            try:
                act(self, chance)
                self.done[act.__name__] += 1
            except TocsinError:
                self.refused[act.__name__] += 1
            except BaseException as error:
                self.faults.append(error)

    def _more(self) -> bool:
        with self._lock:
            self.left -= 1
            return self.left >= 0

    def viewer(self, chance: random.Random) -> Viewer:
        return self.here.viewer(chance.choice(sorted(self.here.installation.people().by_name)))

    def case(self, chance: random.Random) -> int:
        if not self.cases:
            open_case(self, chance)
        return chance.choice(self.cases[-60:])

    def act(self, case: int, plan: acting.Plan) -> None:
        installation = self.here.installation
        installation.writer.write(lambda tx: acting.act(tx, installation.desk, case, plan), cases=[case])

    def tell(self, body: dict[str, Any]) -> None:
        installation = self.here.installation
        signal = signals.read_signal(msgspec.json.encode(body), SYSTEM)
        installation.writer.write(lambda tx: signals.receive(tx, installation.desk, signal))


def _until(over: threading.Event, step: Callable[[], int]) -> None:
    while not over.is_set():
        step()


def open_case(crowd: Crowd, chance: random.Random) -> None:
    with crowd._lock:
        number = len(crowd.tickets)
        source = chance.choice(SOURCES)
        crowd.tickets.append((source, f"T-{number}"))
    opened = crowd.here.open(**chance.choice(TICKETS), source=source, external_id=f"T-{number}")
    crowd.cases.append(ids.from_text(opened["id"]))


def _change(crowd: Crowd, chance: random.Random) -> None:
    source, ticket = chance.choice(crowd.tickets[-60:] or [("desk", "T-x")])
    said: dict[str, Any] = {"users_affected": chance.choice((0, 5, 90, 4000))}
    crowd.tell({"source": source, "external_id": ticket, "subject": "It is down", **said})


def _reply(crowd: Crowd, chance: random.Random) -> None:
    source, ticket = chance.choice(crowd.tickets[-60:] or [("desk", "T-x")])
    crowd.tell({"source": source, "external_id": ticket, "kind": "reply", "subject": "Re", "body": "Still down"})


def _public_reply(crowd: Crowd, chance: random.Random) -> None:
    source, ticket = chance.choice(crowd.tickets[-60:] or [("desk", "T-x")])
    crowd.tell({"source": source, "external_id": ticket, "kind": "public_reply", "subject": "Re", "body": "Still down"})


def _solved(crowd: Crowd, chance: random.Random) -> None:
    source, ticket = chance.choice(crowd.tickets[-60:] or [("desk", "T-x")])
    crowd.tell({"source": source, "external_id": ticket, "kind": "solved", "subject": "Over"})


def _link(crowd: Crowd, chance: random.Random) -> None:
    case, other, kind = crowd.case(chance), crowd.case(chance), chance.choice(("parent", "parent", "merged", "related"))
    desk, who = crowd.here.installation.desk, crowd.viewer(chance)
    crowd.here.installation.writer.write(
        lambda tx: linking.link(tx, desk, who, case, kind, other, "The same problem."), cases=[case, other]
    )


def _unlink(crowd: Crowd, chance: random.Random) -> None:
    case = crowd.case(chance)
    desk, who = crowd.here.installation.desk, crowd.viewer(chance)
    with crowd.here.installation.database.reading() as tx:
        row = tx.row("SELECT parent FROM cases WHERE id = ? AND parent IS NOT NULL", (case,))
    if row is not None:
        crowd.here.installation.writer.write(
            lambda tx: linking.unlink(tx, desk, who, case, "parent", row[0]), cases=[case, row[0]]
        )


def _assume(crowd: Crowd, chance: random.Random) -> None:
    case, other = crowd.case(chance), crowd.case(chance)
    desk = crowd.here.installation.desk
    crowd.here.installation.writer.write(lambda tx: linking.assume(tx, desk, case, other, 0.98), cases=[case, other])


def _dismiss(crowd: Crowd, chance: random.Random) -> None:
    case, other = crowd.case(chance), crowd.case(chance)
    desk, who = crowd.here.installation.desk, crowd.viewer(chance)
    crowd.here.installation.writer.write(lambda tx: linking.dismiss(tx, desk, who, case, other), cases=[case])


def _undo(crowd: Crowd, chance: random.Random) -> None:
    case, who, desk = crowd.case(chance), crowd.viewer(chance), crowd.here.installation.desk
    with crowd.here.installation.database.reading(crowd.here.clock.now()) as tx:
        cases = deeds.touched(tx, desk, case)
    crowd.here.installation.writer.write(lambda tx: deeds.take_back(tx, desk, who, case), cases=cases)


def _verb(name: str, plan: Callable[[Viewer, random.Random, Crowd], acting.Plan]) -> Callable[..., None]:
    def act(crowd: Crowd, chance: random.Random) -> None:
        crowd.act(crowd.case(chance), plan(crowd.viewer(chance), chance, crowd))

    act.__name__ = name
    return act


def _yes(chance: random.Random) -> bool:
    return chance.random() < 0.5


_WEIGHED: list[tuple[int, Callable[..., None]]] = [
    (10, open_case),
    (6, _change),
    (5, _reply),
    (5, _solved),
    (5, _link),
    (3, _unlink),
    (1, _dismiss),
    (4, _assume),
    (6, _undo),
    (8, _verb("acknowledge", lambda who, chance, crowd: verbs.acknowledge(who))),
    (4, _verb("decline", lambda who, chance, crowd: verbs.decline(who, "On a train."))),
    (6, _verb("assign", lambda who, chance, crowd: verbs.assign(who, chance.choice(("anna", "bo", "carl"))))),
    (6, _verb("contain", lambda who, chance, crowd: verbs.contain(who, "It grows no more."))),
    (3, _verb("confirm-containment", lambda who, chance, crowd: verbs.confirm_containment(who, "Seen."))),
    (3, _verb("reject-containment", lambda who, chance, crowd: verbs.reject_containment(who, "Not seen."))),
    (7, _verb("resolve", lambda who, chance, crowd: verbs.resolve(who, "Done."))),
    (3, _verb("confirm-resolution", lambda who, chance, crowd: verbs.confirm_resolution(who, "Seen."))),
    (3, _verb("reject-resolution", lambda who, chance, crowd: verbs.reject_resolution(who, "Not seen."))),
    (5, _verb("reopen", lambda who, chance, crowd: verbs.reopen(who, "It is back."))),
    (2, _verb("close", lambda who, chance, crowd: verbs.close(who))),
    (4, _verb("hold", lambda who, chance, crowd: verbs.hold(who, "Asked for a log."))),
    (4, _verb("resume", lambda who, chance, crowd: verbs.resume(who))),
    (4, _verb("raise", lambda who, chance, crowd: verbs.raise_(who, chance.choice(LEVELS[1:]), "They are loud."))),
    (4, _verb("request", lambda who, chance, crowd: verbs.request(who, chance.choice(LEVELS[1:]), "Loud."))),
    (3, _verb("answer-request", lambda who, chance, crowd: verbs.answer_request(who, _yes(chance), "So be it."))),
    (3, _verb("lower", lambda who, chance, crowd: verbs.lower(who, chance.choice(LEVELS[:2]), "There is a way."))),
    (
        3,
        _verb(
            "answer-triage", lambda who, chance, crowd: verbs.answer_triage(who, chance.choice(LEVELS), "I know them.")
        ),
    ),
    (
        3,
        _verb(
            "override",
            lambda who, chance, crowd: verbs.override(
                who, "I know them.", severity=chance.choice(("critical", "high", "low"))
            ),
        ),
    ),
    (3, _verb("correct", lambda who, chance, crowd: verbs.correct(who, "false_alarm", "A test."))),
    (1, _verb("restrict", lambda who, chance, crowd: verbs.restrict(who, ["anna"], "A legal matter."))),
    (4, _public_reply),
    (3, _verb("send-update", lambda who, chance, crowd: updates.send_update(who, "We are on it."))),
    (2, _verb("explain", lambda who, chance, crowd: updates.explain(who, "It was a certificate."))),
    (3, _verb("ask-team", lambda who, chance, crowd: verbs.ask_team(who, "support", "Which release has it?"))),
    (2, _verb("answer-team", lambda who, chance, crowd: verbs.answer_team(who, "That of Tuesday."))),
    (2, _verb("mark-milestone", lambda who, chance, crowd: verbs.mark_milestone(who, "authority-warned"))),
    (
        4,
        _verb(
            "call-in",
            lambda who, chance, crowd: verbs.call_in(who, **chance.choice(({"user": "carl"}, {"team": "support"}))),
        ),
    ),
    (2, _verb("bridge", lambda who, chance, crowd: verbs.bridge(who, chance.choice((None, "tel:+4930"))))),
    (2, _verb("follow", lambda who, chance, crowd: verbs.follow(who))),
    (1, _verb("unfollow", lambda who, chance, crowd: verbs.unfollow(who))),
    (3, _verb("note", lambda who, chance, crowd: verbs.note(who, "Looked at it."))),
]
WEIGHTS = [weight for weight, _ in _WEIGHED]
ACTS = [act for _, act in _WEIGHED]
