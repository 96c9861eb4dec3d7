"""What a case asks of people now: the question, the verbs that answer it, and what follows without an answer. Pure.

A case may wait for several things; the one that is asked is the first that stops somebody else's wait: the paging,
then call-ins, claims, what the policy or a colleague asked, and at last the work itself.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tocsin.cases import attention, reminding
from tocsin.cases.aggregate import Aggregate, Call, Escalation, RunningClock
from tocsin.cases.calling import ROUNDS
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.calls import called
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import CONTAIN
from tocsin.core import ids, instants
from tocsin.core.wording import Instant, Listed, Person, Reader, Said, marked, say, worded


class Asked(NamedTuple):
    """A question in words: itself, what follows without an answer, and when."""

    question: str
    otherwise: str | None
    at: str | None


class Question(NamedTuple):
    """`asks`: what it is about, as a word for programs. `acts`: the names of the verbs that answer it, the likeliest
    first. `otherwise`: what follows without an answer, at the instant `at` (microseconds); None where nothing does."""

    asks: str
    text: Said
    acts: tuple[str, ...]
    otherwise: Said | None = None
    at: int | None = None

    def worded(self, reader: Reader) -> "Asked":
        """As this reader reads it."""
        return Asked(
            worded(self.text, reader),
            None if self.otherwise is None else worded(self.otherwise, reader),
            None if self.at is None else reader.instant(self.at),
        )

    def show(self, reader: Reader) -> dict[str, Any]:
        """As the API shows it to this reader."""
        said = self.worded(reader)
        return {
            "asks": self.asks,
            "question": said.question,
            "acts": list(self.acts),
            "otherwise": said.otherwise,
            "at": None if self.at is None else instants.to_text(self.at),
        }


def follows(to: Reader, otherwise: Said | str | None, at: Instant | str | None) -> str | None:
    """What follows without an answer, in one sentence, the same on every face; `at`: when, as this reader reads it."""
    if otherwise is None:
        return None
    if at is None:
        return to.says("Without an answer: {follows}", follows=otherwise)
    return to.says("Without an answer, at {time}: {follows}", time=at, follows=otherwise)


def asked(state: Aggregate, scene: Scene) -> Question | None:
    """What the case asks; None of one that is over."""
    return next(questions(state, scene), None)


def asked_of(state: Aggregate, scene: Scene, user: int | None) -> Question | None:
    """What it asks of one reader: whoever was not called in cannot say whether somebody comes, and is asked what it
    waits for besides."""
    called = any(call.calls(user) for call in state.calling())
    return next((each for each in questions(state, scene) if called or each.asks != "call"), None)


def questions(state: Aggregate, scene: Scene) -> Iterator[Question]:
    """The same with whatever else it waits for behind it."""
    if state.case.state == "open":
        yield from (question for ask in _IN_ORDER if (question := ask(state, scene)) is not None)


def _imported(state: Aggregate, scene: Scene) -> Question | None:
    if not state.case.quiet:
        return None
    return Question("imported", say("Does anybody work on it?"), ("assign", "raise"))


def _parent(state: Aggregate, scene: Scene) -> Question | None:
    if state.case.parent is None or state.live():
        return None
    return Question("parent", say("It follows another case, which asks for both."), ("unlink", "note"))


def _paging(state: Aggregate, scene: Scene) -> Question | None:
    live = state.live()
    if not live:
        return None
    climb = min(live, key=lambda climb: (climb.next_at is None, climb.next_at or 0))
    return Question("acknowledge", say("Who has it?"), ("acknowledge", "decline"), _step(scene, climb), climb.next_at)


def _step(scene: Scene, climb: Escalation) -> Said:
    guard = scene.around.guards.of(climb.held_by)
    if guard is not None:
        return say("Until then nobody is paged: {kind}, {reason}", kind=guard.kind_of.title, reason=guard.reason)
    people = climbing.following(scene, climb) if climb.state == "climbing" else []
    if people:
        names = [Person(ids.to_text(user)) for user in dict.fromkeys(person.user for person in people)]
        return say("The path pages {people}.", people=Listed(names))
    if climb.state == "climbing":
        return say("The next step follows, but nobody in it can be reached at the moment.")
    return say("The leads are told every hour, since the path has paged everybody.")


def _call(state: Aggregate, scene: Scene) -> Question | None:
    waiting = state.calling()
    if not waiting:
        return None
    call = min(waiting, key=lambda call: call.next_at or 0)
    return _of_call(call, say("Who comes, of those called in: {who}?", who=called(call.target)))


def asked_of_called(state: Aggregate, call: Call) -> Question:
    """What the page of a call-in asks of whoever gets it: not who has the case, which its path asks."""
    if not state.live():
        return _of_call(call, say("Do you come?"))
    return _of_call(call, say("Do you come? That does not stop the paging by its path, unless the path pages you too."))


def _of_call(call: Call, text: Said) -> Question:
    told = say("Whoever called them in is told that nobody comes.")
    then = say("They are paged again.") if call.rounds < ROUNDS else told
    return Question("call", text, ("acknowledge", "decline"), then, call.next_at)


def _resolution(state: Aggregate, scene: Scene) -> Question | None:
    if state.case.resolution_claimed_at is None:
        return None
    acts = ("confirm-resolution", "reject-resolution")
    return Question("resolution", say("Is it resolved, as somebody says?"), acts, _AGAIN, state.case.claim_alert_at)


def _containment(state: Aggregate, scene: Scene) -> Question | None:
    if state.case.containment_claimed_at is None:
        return None
    acts = ("confirm-containment", "reject-containment")
    return Question("containment", say("Is it contained, as somebody says?"), acts, _AGAIN, state.case.claim_alert_at)


_AGAIN = say("Those who may confirm it are told again.")


def _triage(state: Aggregate, scene: Scene) -> Question | None:
    case = state.case
    if case.triage_at is None:
        return None
    follows = say("It rises to {level}.", level=case.triage_level) if case.triage_level else say("It keeps its level.")
    return Question("triage", say("Which level is right?"), ("answer-triage",), follows, case.triage_at)


def _request(state: Aggregate, scene: Scene) -> Question | None:
    case = state.case
    if case.requested_level is None:
        return None
    text = say("Should it rise to {level}, as somebody asks?", level=case.requested_level)
    follows = say("It rises to {level}.", level=case.requested_level)
    return Question("request", text, ("answer-request",), follows, case.answer_due_at())


def _hold(state: Aggregate, scene: Scene) -> Question | None:
    if state.case.held_at is None:
        return None
    follows = say("The hold ends, and its clocks run on.")
    return Question("hold", say("Has the customer answered?"), ("resume",), follows, state.case.held_until)


def _owner(state: Aggregate, scene: Scene) -> Question | None:
    if state.case.owner is not None:
        return None
    return _before("owner", say("Who takes it?"), ("assign",), state, scene)


def _damage(state: Aggregate, scene: Scene) -> Question | None:
    run = state.running(CONTAIN)
    if run is None or not run.ticking or state.case.contained_at is not None:
        return None
    return _before("contain", say("Is it contained?"), ("contain", "resolve", "hold", "note"), state, scene)


def _end(state: Aggregate, scene: Scene) -> Question | None:
    return _before("resolve", say("Is it resolved?"), ("resolve", "hold", "note"), state, scene)


_IN_ORDER: tuple[Callable[[Aggregate, Scene], Question | None], ...] = (
    *(_imported, _parent, _paging, _call, _resolution, _containment, _triage, _request, _hold, _owner, _damage, _end),
)


def _before(asks: str, text: Said, acts: tuple[str, ...], state: Aggregate, scene: Scene) -> Question:
    """A question of the work itself: it is followed by whatever comes first."""
    at, follows = min(_coming(state, scene), key=lambda one: one[0], default=(None, None))
    return Question(asks, text, acts, follows, at)


RUNS_OUT = marked("The target runs out: {clock}.")


def _coming(state: Aggregate, scene: Scene) -> Iterator[tuple[int, Said]]:
    """What follows by itself: of each kind whatever comes first."""
    ahead = (run for run in state.clocks if run.ticking and run.due_at >= scene.now)
    first = min(ahead, key=lambda run: run.due_at, default=None)
    if first is not None:
        yield first.due_at, Said(RUNS_OUT, {"clock": _title(first, scene)})
    if (expires := state.case.expires_at()) is not None:
        yield expires, say("The acknowledgement expires, and the paging begins again.")
    if state.case.alert_at is not None:
        yield state.case.alert_at, say("Its lead is told again that nobody owns it.")
    if first is None and attention.own_instant(state) is None and (still := reminding.due_at(state)) is not None:
        yield still, say("Somebody is told that it is still open.")


def _title(run: RunningClock, scene: Scene) -> Said:
    return Said(ticking.kind_of(run, scene.around.policies).title, {})
