"""The queue of triage: what the policy or a colleague asks, what people may answer, and what follows without."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tocsin.cases import actions, asking, staging
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asking import Question
from tocsin.cases.context import Desk
from tocsin.cases.happenings.judging import TriageSnoozed
from tocsin.cases.queries import waiting
from tocsin.cases.queries.board import Row
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import answer_request, answer_triage
from tocsin.core import canonical
from tocsin.core.wording import Said, say
from tocsin.ledger import journal
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Decision, Plausible
from tocsin.policy.levels import LevelName, raised
from tocsin.policy.sentences import why_asked
from tocsin.policy.spoken import fact
from tocsin.storage.transaction import Tx

TRIAGE, REQUEST = "triage", "request"


class PossibleAnswer(NamedTuple):
    """One answer. `given`: what is said with the verb, beside a reason; `label`, `says`: in words; `follows`: whether
    it is what follows by itself; `refused`: why this viewer may not give it."""

    verb: str
    given: dict[str, str]
    label: Said
    says: Said
    follows: bool = False
    refused: Said | None = None


class Snoozed(NamedTuple):
    """Until when nobody is asked, by whom, and why."""

    until: int
    actor: str
    reason: str


class Waiting(NamedTuple):
    """A question that waits. `why`: what is asked, in words; `since`, `question.at`: when it was asked, and when it is
    answered by itself."""

    row: Row
    scene: Scene
    question: Question
    title: Said
    why: list[Said]
    choices: list[PossibleAnswer]
    since: int
    snoozed: Snoozed | None

    @property
    def state(self) -> Aggregate:
        return self.row.state

    @property
    def decision(self) -> Decision | None:
        return self.scene.last()


def asked_since(found: Iterable[Waiting], at: int) -> int:
    """How many of these questions the policy has asked since that instant; what people request is none of them."""
    return sum(one.question.asks == TRIAGE and one.since >= at for one in found)


def queue(tx: Tx, desk: Desk, viewer: Viewer) -> list[Waiting]:
    """Every question that waits and that this viewer may read, the first to be answered by itself first; behind them
    those that somebody has put off."""
    rows = waiting.rows(tx, viewer, waiting.questions(tx, viewer, answerable=False))
    scenes = staging.scenes(tx, desk, [row.state for row in rows])
    off = _snoozed(tx, [row.state.case.id for row in rows])
    found = [one for row in rows if (one := _waiting(row, scenes[row.state.case.id], viewer, off)) is not None]
    return sorted(found, key=lambda one: one.snoozed is not None)


def _waiting(row: Row, scene: Scene, viewer: Viewer, off: dict[int, Snoozed]) -> Waiting | None:
    state = row.state
    question = next((each for each in asking.questions(state, scene) if each.asks in (TRIAGE, REQUEST)), None)
    if question is None:
        return None
    last = scene.last()
    choices = _of_triage(state, scene, viewer) if question.asks == TRIAGE else _of_request(state, scene, viewer)
    since = state.case.updated_at if last is None else last.decided_at
    snoozed = off.get(state.case.id)
    return Waiting(
        row,
        scene,
        question,
        _title(state, last, question),
        _why(last, scene) if question.asks == TRIAGE else [question.text],
        choices,
        min(since, scene.now),
        snoozed if snoozed is not None and snoozed.until > scene.now else None,
    )


def _snoozed(tx: Tx, cases: Sequence[int]) -> dict[int, Snoozed]:
    found = {}
    for case, actor, body in journal.by_authors(tx, cases, TriageSnoozed.KIND):
        said = canonical.decode(body)
        found[case] = Snoozed(said["until"], actor, said["reason"])
    return found


def _title(state: Aggregate, last: Decision | None, question: Question) -> Said:
    """The question as a sentence."""
    if question.asks == REQUEST:
        return question.text
    need = None if last is None else last.triage
    for answer in () if need is None else need.answers:
        if answer.field in _EITHER and answer.value is not None:
            now = getattr(last, answer.field)
            return say("{one} or {other}?", one=_name(now), other=_name(answer.value))
    other = _other(state, need.answers if need else ())
    if other is not None and raised(state.case.level, other):
        return say("Is this for {level}?", level=other)
    return say("Is this {level}?", level=state.case.level)


_EITHER = ("type", "product_area", "severity")


def _name(value: str | None) -> str:
    return "–" if value is None else value.replace("_", " ")


def _other(state: Aggregate, answers: Sequence[Plausible]) -> LevelName | None:
    """The level that a plausible answer gives, or that follows by itself, where it is not the one that the case has."""
    levels = [state.case.triage_level, *(answer.level for answer in answers)]
    return next((level for level in levels if level is not None and level != state.case.level), None)


def _why(last: Decision | None, scene: Scene) -> list[Said]:
    """What of the policy asks, and about what."""
    need = None if last is None else last.triage
    if last is None or need is None:
        return []
    document = scene.around.policies.compiled(last.policy_version).document
    asks = {f"triage.{ask.id}": ask for ask in document.triage.ask}
    found = [why_asked(asks[name]) if name in asks else say("automation is off") for name in need.asks]
    missing = [answer.field for answer in need.answers if answer.field not in (*_EITHER, "words")]
    return found + [say("it is not known: {fact}", fact=fact(field)) for field in dict.fromkeys(missing)]


def _of_triage(state: Aggregate, scene: Scene, viewer: Viewer) -> list[PossibleAnswer]:
    """What follows by itself first, then what the case has, then what else is plausible."""
    case, last = state.case, scene.last()
    allowed = actions.levels(viewer, state, scene)
    verb = answer_triage.name
    not_yours = actions.why_not(viewer, answer_triage, state, scene)
    by_itself = case.triage_level or case.level

    def level(name: LevelName) -> PossibleAnswer:
        says = say("as decided") if name == case.level else _moves(case.level, name)
        refused = not_yours or (None if name in allowed else say("it takes somebody who may set this level"))
        return PossibleAnswer(verb, {"level": name}, say(name.capitalize()), says, name == by_itself, refused)

    found = [level(name) for name in dict.fromkeys((by_itself, case.level))]
    for answer in () if last is None or last.triage is None else last.triage.answers:
        if answer.field in _EITHER and answer.value is not None:
            label = say(_name(answer.value).capitalize())
            refused = not_yours or (
                None if answer.level in allowed else say("it takes somebody who may set this level")
            )
            says = say("{level}, team {team}", level=answer.level, team=answer.team)
            found.append(PossibleAnswer(verb, {answer.field: answer.value}, label, says, refused=refused))
        elif all(one.given != {"level": answer.level} for one in found):
            found.append(level(answer.level))
    return found


def _moves(before: LevelName, after: LevelName) -> Said:
    return say("raise it; its path pages people") if raised(before, after) else say("lower it; its path stops")


def _of_request(state: Aggregate, scene: Scene, viewer: Viewer) -> list[PossibleAnswer]:
    level = state.case.requested_level
    refused = actions.why_not(viewer, answer_request, state, scene)
    return [
        PossibleAnswer(
            answer_request.name,
            {"accept": "yes"},
            say("Yes, {level}", level=level),
            say("raise it; its path pages people"),
            follows=True,
            refused=refused,
        ),
        PossibleAnswer(answer_request.name, {"accept": "no"}, say("No"), say("it keeps its level"), refused=refused),
    ]
