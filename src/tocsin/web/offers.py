"""What each of many readers may do to the rows of one board, found without asking for every reader anew.

What somebody may do to a case follows from their role, and from what the case has to do with them: whether its paths
call them, and as what, whether they are called in, which part they have, and whether they are named for a confidential
one. Whoever is alike in all of that is asked about once.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property

from tocsin.cases import asking
from tocsin.cases.asking import Question
from tocsin.cases.paths import answering
from tocsin.cases.queries.board import Row
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core import ids
from tocsin.people.permissions import Viewer
from tocsin.web import rows

Acts = Mapping[int, AnyVerb]  # by case
_CALLS = ("acknowledge", "call")  # questions that only those answer whom the case calls
_Part = tuple[str, int]  # as what, of which path or call-in


class Offers:
    """Of these rows, whose cases have these scenes."""

    def __init__(self, scenes: Mapping[int, Scene], every: Iterable[Row]) -> None:
        self._scenes = scenes
        self._rows = {row.state.case.id: row for row in every}
        self._known: dict[Hashable, Acts] = {}
        self._asked: dict[int, Question | None] = {}

    def to(self, viewer: Viewer) -> Acts:
        """What this viewer may do, where they may do something."""
        parts = self._parts.get(viewer.user or 0, {})
        alike = viewer.role, tuple(parts.items())
        if alike not in self._known:
            self._known[alike] = self._strange(viewer) | self._acts(viewer, parts)
        return self._known[alike]

    def key(self, viewer: Viewer) -> Hashable:
        """The same as a value that is equal where two may do the same."""
        return frozenset((case, verb.name) for case, verb in self.to(viewer).items())

    def _strange(self, viewer: Viewer) -> dict[int, AnyVerb]:
        """What somebody of their role may do to the cases that have nothing to do with them."""
        theirs = self._parts.get(viewer.user or 0, {})
        if viewer.role not in self._known:
            self._known[viewer.role] = self._acts(Viewer("engine", viewer.role), self._open_to_all)
        return {case: verb for case, verb in self._known[viewer.role].items() if case not in theirs}

    def _acts(self, viewer: Viewer, cases: Iterable[int]) -> dict[int, AnyVerb]:
        found = {}
        for case in cases:
            state, scene = self._rows[case].state, self._scenes[case]
            found[case] = rows.answer(viewer, state, scene, self._question(case, viewer.user))
        return {case: verb for case, verb in found.items() if verb is not None}

    @cached_property
    def _open_to_all(self) -> list[int]:
        """The cases that ask something which not only those answer whom they call, or who are named for them."""
        states = {case: row.state for case, row in self._rows.items()}
        every = [case for case, state in states.items() if not state.case.confidential and not state.live()]
        asked = {case: self._question(case, None) for case in every}
        return [case for case, question in asked.items() if question and question.asks not in _CALLS]

    def _question(self, case: int, user: int | None) -> Question | None:
        """What a case asks of a user: of all alike whom it does not call in."""
        state, scene = self._rows[case].state, self._scenes[case]
        if state.calls and user is not None:
            return asking.asked_of(state, scene, user)
        if case not in self._asked:
            self._asked[case] = asking.asked_of(state, scene, None)
        return self._asked[case]

    @cached_property
    def _parts(self) -> Mapping[int, Mapping[int, tuple[_Part, ...]]]:
        """By user: the cases that have to do with them, and how."""
        found: dict[int, dict[int, tuple[_Part, ...]]] = {}
        for case in self._rows:
            for user, part in self._named(case):
                own = found.setdefault(user, {})
                own[case] = (*own.get(case, ()), part)
        return found

    def _named(self, case: int) -> Iterator[tuple[int, _Part]]:
        state, scene = self._rows[case].state, self._scenes[case]
        if state.case.confidential:
            yield from ((ids.from_text(user), ("named", 0)) for user in state.case.named.split())
        if not state.live() and not state.calling():
            return
        for climb in answering.newest(state):
            path = 0 if climb is None else climb.id
            yield from ((one.user, (one.why, path)) for one in answering.able(scene, climb))
            answers = () if climb is None else climb.answers.split()
            yield from ((ids.from_text(user), ("answered", path)) for user in answers if ":" not in user)
        for call in state.calling():
            yield from ((ids.from_text(user), ("called", call.id)) for user in call.called.split())
            yield from ((ids.from_text(user), ("declined", call.id)) for user in call.declined.split())
        parts = {"owner": state.case.owner, "lead": state.case.technical_lead, "em": state.case.escalation_manager}
        yield from ((user, (part, 0)) for part, user in parts.items() if user is not None)
