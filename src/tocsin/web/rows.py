"""One case as a row: on Now, on the board, on the wall, and wherever else cases stand one below the other."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from tocsin.cases import actions, ages, asking, staging
from tocsin.cases.aggregate import Aggregate, Case, RunningClock
from tocsin.cases.asking import Question
from tocsin.cases.clocks import ticking
from tocsin.cases.paths import hours
from tocsin.cases.queries import board, families
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.queries.urgency import Standing
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import acknowledge, assign
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.clocks import kinds, saying
from tocsin.core import ids
from tocsin.core.wording import counted, marked, worded
from tocsin.languages import Tongue, tongue
from tocsin.notify import outcomes
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.policy.versions import Policies
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS
from tocsin.web import rendering, standing
from tocsin.web.drawing import fuses
from tocsin.web.drawing.fuses import Fuse

Tone = Literal["", "late", "risk", "asked"]
_GRADES = 3  # below the gravest severity


class RowAct(NamedTuple):
    """The act that a row offers. `fields`: what its form carries; None: it asks more, so it leads to the case."""

    verb: str
    label: str
    fields: dict[str, str] | None


class Shown(NamedTuple):
    """A case as its row shows it to one reader. `grade`: of its severity, 0 the gravest. `quartile`: of its age among
    past cases like it. `who`: whoever has it, None: nobody; `role`: as what, or who was asked. `clock`: the title of
    the clock that comes next, with its `fuse`; `promised_at`: when the customer is promised to hear, where that is
    another clock; `promises`: whether it is this one."""

    state: Aggregate
    how: Standing
    ticket: TicketView
    id: str
    tone: Tone
    grade: int
    quartile: int | None
    followers: int
    says: str
    says_at: int | None
    who: str | None
    role: str
    clock: str | None
    fuse: Fuse | None
    promised_at: int | None
    promises: bool
    act: RowAct | None

    @property
    def hears_at(self) -> int | None:
        """When the customer is promised to hear, by whichever clock; None: nothing is promised, or it stands still."""
        if self.promises and self.fuse is not None:
            return self.fuse.due_at if self.fuse.state in ("calm", "risk", "late") else None
        return self.promised_at


class CaseLine(NamedTuple):
    """The same in a table: what fits into one line. `lead`: somebody else than the owner who has it, and as what.
    `stands`: how it stands, in a word or two."""

    state: Aggregate
    ticket: TicketView
    id: str
    tone: Tone
    grade: int
    quartile: int | None
    owner: str | None
    lead: tuple[str, str] | None
    stands: str
    clock: str | None
    fuse: Fuse | None


class Rows(NamedTuple):
    """What rows are made of, of one reader at one instant. `scenes`: of each case; of those that are shown as they were
    there is none, and nothing can be done to them."""

    viewer: Viewer
    people: Directory
    policies: Policies
    scenes: Mapping[int, Scene]
    paged: Mapping[int, Sequence[str]]
    following: Mapping[int, int]
    severities: Mapping[str, int]
    ages: ages.Known
    speaks: Tongue
    now: int

    def of(self, row: board.Row) -> Shown:
        """The row of one case, with what its reader may do."""
        scene = self.scenes.get(row.state.case.id)
        question = None if scene is None else asking.asked_of(row.state, scene, self.viewer.user)
        return with_act(self.bare(row), None if scene is None else self.act(row.state, scene, question))

    def bare(self, row: board.Row) -> Shown:
        """The same without an act: alike for all who see the case."""
        state, how = row.state, row.how
        case = state.case
        run = self._run(row)
        update = state.running(kinds.UPDATE)
        stands = standing.sentence(state, self.asked(state), hours.opens_at(self.policies, state, self.now))
        who, role = self._who(row)
        return Shown(
            state=state,
            how=how,
            ticket=row.ticket,
            id=ids.to_text(case.id),
            tone=self._tone(row),
            grade=min(_GRADES, self.severities.get(case.severity, _GRADES)),
            quartile=ages.quartile(self.ages, case, self.now),
            followers=self.following.get(case.id, 0),
            says=worded(stands.says, rendering.reader(self.speaks.name)),
            says_at=stands.until,
            who=who,
            role=role,
            clock=None if run is None else self._title(run),
            fuse=None if run is None else self._fuse(run),
            promised_at=update.due_at if update and update.ticking and update is not run else None,
            promises=run is not None and update is run,
            act=None,
        )

    def line(self, row: board.Row) -> CaseLine:
        """The line of one case."""
        case, run = row.state.case, self._run(row)
        over = case.state != "open" or case.imported
        return CaseLine(
            state=row.state,
            ticket=row.ticket,
            id=ids.to_text(case.id),
            tone="" if over else self._tone(row),
            grade=min(_GRADES, self.severities.get(case.severity, _GRADES)),
            quartile=ages.quartile(self.ages, case, self.now),
            owner=self.people.display_of(case.owner),
            lead=self._lead(case),
            stands=self.speaks.text(standing.briefly(row.state, row.how)),
            clock=None if run is None else self._title(run),
            fuse=None if run is None else self._fuse(run),
        )

    def _title(self, run: RunningClock) -> str:
        return saying.name(run.clock, ticking.kind_of(run, self.policies).title)

    def _fuse(self, run: RunningClock) -> Fuse:
        return fuses.of(run, ticking.warnings(run, self.policies), self.now)

    def _run(self, row: board.Row) -> RunningClock | None:
        """The clock that a row shows: the one that is late and still owed, else the one that comes next."""
        acknowledging = row.state.running(kinds.ACKNOWLEDGE) if row.how.unanswered else None
        late = row.how.undone[0] if row.how.undone else None
        rests = next((run for run in row.state.clocks if run.outcome is None), None)
        return acknowledging or late or row.how.next or rests

    def _tone(self, row: board.Row) -> Tone:
        case = row.state.case
        if row.how.unanswered or row.how.undone or (case.owner is None and case.technical_lead is None):
            return "late"
        return "risk" if row.how.risk in ("high", "late") else ""

    def _who(self, row: board.Row) -> tuple[str | None, str]:
        case, says = row.state.case, self.speaks.text
        if row.how.unanswered:
            paged = self.asked(row.state)
            asked = counted("{amount} person paged", "{amount} people paged", len(paged))
            return None, worded(asked, rendering.reader(self.speaks.name)) if paged else ""
        for user, role in ((case.technical_lead, _LEADS), (case.escalation_manager, _MANAGES), (case.owner, _OWNS)):
            if user is not None:
                return self.people.display_of(user), says(role)
        return None, case.team or says(marked("no team"))

    def _lead(self, case: Case) -> tuple[str, str] | None:
        for user, role in ((case.technical_lead, _LEADS), (case.escalation_manager, _MANAGES)):
            if case.state == "open" and user is not None and user != case.owner:
                return self.people.display_of(user) or "", self.speaks.text(role)
        return None

    def asked(self, state: Aggregate) -> list[str]:
        """What those are called who were asked to answer its paths, each once."""
        names = dict.fromkeys(name for climb in state.live() for name in self.paged.get(climb.id, ()))
        return self.people.displays(names)

    def act(self, state: Aggregate, scene: Scene, question: Question | None) -> RowAct | None:
        """The likeliest act that answers this question, and that this reader may do."""
        verb = answer(self.viewer, state, scene, question)
        return None if verb is None else self.offered(verb)

    def offered(self, verb: AnyVerb) -> RowAct:
        """A verb as a row offers it."""
        if verb is acknowledge:
            return RowAct(verb.name, self.speaks.text(marked("Acknowledge")), {"back": "now"})
        if verb is assign:
            return RowAct(verb.name, self.speaks.text(marked("Take it")), {"myself": "yes", "back": "now"})
        label = marked("Confirm…") if verb.name.startswith("confirm-") else marked("Answer…")
        return RowAct(verb.name, self.speaks.text(label), None)


def answer(viewer: Viewer, state: Aggregate, scene: Scene, question: Question | None) -> AnyVerb | None:
    """The likeliest verb that answers this question, and that this viewer may do."""
    verbs = [VERBS[name] for name in question.acts] if question is not None and question.asks in _ASKED else []
    return next((verb for verb in verbs if actions.why_not(viewer, verb, state, scene) is None), None)


def with_act(row: Shown, act: RowAct | None) -> Shown:
    """A row whose reader may do this."""
    return row if act is None else row._replace(act=act, tone=row.tone if row.tone == "late" else "asked")


_LEADS, _MANAGES, _OWNS = marked("technical lead"), marked("escalation manager"), marked("owner")
_ASKED = ("acknowledge", "call", "resolution", "containment", "triage", "request", "owner")


def gathered(
    tx: Tx,
    here: Installation,
    viewer: Viewer,
    rows: Sequence[board.Row],
    severities: Mapping[str, int],
    language: str,
    *,
    past: bool = False,
) -> Rows:
    """What the rows of these cases are made of; `past`: as they were at the instant of the transaction."""
    found = of_lines(tx, here, viewer, severities, language)
    states = [row.state for row in rows]
    climbs = [climb.id for state in states for climb in state.live()]
    return found._replace(
        scenes={} if past else staging.scenes(tx, here.desk, states),
        paged=outcomes.names_of_paged(tx, climbs, tx.now if past else None),
        following={} if past else families.followers(tx, viewer, [state.case.id for state in states]),
        ages={} if past else found.ages,
    )


def of_lines(tx: Tx, here: Installation, viewer: Viewer, severities: Mapping[str, int], language: str) -> Rows:
    """What lines are made of, which tell less than rows."""
    return Rows(
        viewer=viewer,
        people=here.desk.directory.get(tx),
        policies=here.desk.policies.get(tx),
        scenes={},
        paged={},
        following={},
        severities=severities,
        ages=ages.known(tx),
        speaks=tongue(language),
        now=tx.now,
    )


def severities(here: Installation, tx: Tx) -> dict[str, int]:
    """The order of severities by their names, 0 the gravest, as the policy in force has it."""
    return board.severities(here.desk.policies.get(tx), tx.now)
