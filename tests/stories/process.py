"""What the stories of the process share: a small policy, its people, and ways to act and to look."""

from typing import Any

from tests.testing import SECRET, World
from tocsin import audit
from tocsin.cases import acting, linking, store
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate, Escalation, RunningClock
from tocsin.cases.opening import Opened
from tocsin.core import canonical, ids, instants
from tocsin.intake import signals
from tocsin.ledger import journal
from tocsin.ledger.journal import Recorded
from tocsin.people import accounts, directory
from tocsin.people.permissions import SYSTEM, Viewer

PEOPLE = {
    "admin": "admin",
    "anna": "agent",
    "bo": "agent",
    "carl": "senior",
    "dora": "senior",
    "lea": "lead",
    "mia": "escalation_manager",
    "otto": "account_owner",
}

# Office hours are those of Berlin; who is on call on `senior` changes on Mondays.
POLICY = """
name: Process
calendars:
  always: {hours: 24x7}
  office: {zone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}
default_severity: medium
taxonomy:
  severities:
    critical: {calendar: always, targets: {assign: 5m, acknowledge: 15m, contain: 4h, resolve: 24h, idle: 8h}}
    high: {calendar: office, targets: {assign: 15m, acknowledge: 2h, contain: 6h, resolve: 16h, idle: 4h}}
    medium: {calendar: office, targets: {assign: 1h, resolve: 40h, idle: 8h}}
    low: {calendar: office, targets: {assign: 4h, resolve: 80h}}
  types:
    outage: {title: Outage, severity: critical}
    slow: {title: Slow, severity: high}
    question: {title: Question, severity: low}
targets:
  - {id: gold, when: 'account.plan == "gold"', severity: critical, targets: {resolve: {in: 12h, from: opened}}}
classify:
  - {id: down, when: 'case.text.contains("is down")', set: {type: outage}}
score:
  people: {weight: 60, from: case.users_affected, curve: [[0, 0], [100, 1]], missing: 0}
  severity: {weight: 40, from: case.severity, map: {critical: 1, high: 0.5, medium: 0.2, low: 0}}
levels:
  executive: {at: 95, path: top, relationship: care}
  senior:
    at: 60
    path: senior
    relationship: care
    targets: {acknowledge: {in: 2h, calendar: office}, contain: {in: 8h, calendar: office}}
minimums:
  - {id: critical, when: 'case.severity == "critical"', level: senior}
  - {id: angry, when: 'case.sentiment == "angry"', level: senior, kind: relationship}
triage:
  expiry: 15m
  hold: 2m
  ask:
    - {id: near, within: 3}
    - {id: text-only, when: 'decision.evidence == "text" && decision.level != "standard"'}
route:
  - {id: rest, team: support, assign: least_loaded}
duties: {duty-director: ["user:admin"], escalation-manager: ["user:mia"]}
paths:
  top:
    leader: role:duty-director
    steps: [{notify: ["oncall:senior", "role:duty-director"], wait: 5m}, {notify: ["oncall:senior:backup"], wait: 5m}]
    repeat: 2
  senior:
    leader: role:duty-director
    steps:
      - {notify: ["oncall:senior"], wait: 5m}
      - {notify: ["oncall:senior:backup", "lead:team"], wait: 5m}
      - {notify: ["role:duty-director"], wait: 5m}
    repeat: 2
  care:
    leader: role:escalation-manager
    steps: [{notify: ["role:escalation-manager", "owner:account"], wait: 30m}, {notify: ["lead:team"], wait: 30m}]
    repeat: 2
clocks: {grace: 10m, pause: {clocks: [resolve, idle], at_most: 72h}, warnings: {contain: [0.5, 0.8], resolve: [0.5]}}
cases: {reopen_within: 7d, correct_within: 60m, request_answer: 30m, acknowledgement: {critical: 60m, other: 4h}}
wake: 'case.severity == "critical"'
"""

OUTAGE: dict[str, Any] = {"subject": "Checkout", "type": "outage"}  # critical, senior, wakes people
SLOW: dict[str, Any] = {"subject": "Reports", "type": "slow", "users_affected": 80}  # high, senior, in office hours
QUESTION: dict[str, Any] = {"subject": "Export", "type": "question"}  # low, standard


def changed(text: str, *replacements: tuple[str, str]) -> str:
    """The text with each old piece, which must be there, replaced."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def at(text: str) -> int:
    return instants.from_text(text)


def opened(here: World, ticket: dict[str, Any], **more: Any) -> int:
    case = ids.from_text(here.open(**ticket, **more)["id"])
    here.installation.step_all()
    return case


def act(here: World, case: int, plan: Plan) -> Aggregate:
    desk = here.installation.desk
    done = here.installation.writer.write(lambda tx: acting.act(tx, desk, case, plan), cases=(case,))
    here.installation.step_all()
    return done.state


def signal(here: World, viewer: Viewer = SYSTEM, **given: Any) -> int:
    """The case behind a signal."""
    desk, read = here.installation.desk, signals.read_signal(canonical.encode(given), viewer)
    received = here.installation.writer.write(lambda tx: signals.receive(tx, desk, read))
    assert isinstance(received, Opened)
    found = received.state.case.id
    here.installation.step_all()
    return found


def link(here: World, name: str, case: int, kind: str, other: int, reason: str | None = "the same problem") -> None:
    desk, viewer = here.installation.desk, here.viewer(name)
    here.installation.writer.write(
        lambda tx: linking.link(tx, desk, viewer, case, kind, other, reason), cases=(case, other)
    )
    here.installation.step_all()


def unlink(here: World, name: str, case: int, kind: str, other: int) -> None:
    desk, viewer = here.installation.desk, here.viewer(name)
    here.installation.writer.write(lambda tx: linking.unlink(tx, desk, viewer, case, kind, other), cases=(case, other))
    here.installation.step_all()


def account(here: World, external_id: str, owner: str | None) -> None:
    """A customer whose owner is somebody."""
    mint, journal, people = here.installation.mint, here.installation.journal, here.installation.people()

    def write(tx: Any) -> None:
        made = accounts.learn(tx, mint, journal, None, external_id, {}, by="test")
        if owner is not None:
            accounts.give(tx, journal, made.id, people.by_name[owner].id, by="test")

    here.installation.writer.write(write)


def change(here: World, name: str, **changes: Any) -> None:
    """An administrator changes a user."""
    kit = here.installation.mint, here.installation.journal
    here.installation.writer.write(lambda tx: directory.change_user(tx, *kit, name, changes, by="user:admin"))


def until(here: World, instant: int | str) -> None:
    """Let time pass to an instant, as a running installation would."""
    here.forward((instant if isinstance(instant, int) else at(instant)) - here.clock.now())


def down_until(here: World, instant: int | str) -> None:
    """Time passes, and nothing runs; then everything starts."""
    here.clock.set(instant if isinstance(instant, int) else at(instant))
    here.installation.step_all()


def state(here: World, case: int) -> Aggregate:
    with here.installation.database.reading() as tx:
        return store.load(tx, case)


def clock(here: World, case: int, name: str, cycle: int = 1) -> RunningClock:
    [found] = [run for run in state(here, case).clocks if run.clock == name and run.cycle == cycle]
    return found


def outcome(here: World, case: int, name: str, cycle: int = 1) -> tuple[str | None, int | None]:
    run = clock(here, case, name, cycle)
    return run.outcome, run.settled_at


def climbs(here: World, case: int) -> list[tuple[str, str]]:
    """The paths of a case, oldest first, and how they stand."""
    return [(climb.path, climb.state) for climb in state(here, case).escalations]


def climb(here: World, case: int, path: str) -> Escalation:
    return [found for found in state(here, case).escalations if found.path == path][-1]


def events(here: World, case: int, *kinds: str) -> list[Recorded]:
    with here.installation.database.reading() as tx:
        return [event for event in journal.read(tx, case) if not kinds or event.kind in kinds]


def told(here: World, case: int, why: str) -> list[tuple[int, list[str]]]:
    """Who was told something for this reason, and when."""
    return [
        (event.at, [person["name"] for person in event.payload["notified"]])
        for event in events(here, case, "case.alerted")
        if event.payload["why"] == why
    ]


def paged(here: World) -> list[tuple[int, str]]:
    """Every page that went out: when, and to whom."""
    return [(page["at"], page["to"]) for page in here.outbox.sent if page["type"] == "page"]


def on_call(here: World, place: str = "primary") -> str:
    with here.installation.database.reading() as tx:
        rosters = here.installation.desk.rosters.get(tx)
    name = getattr(rosters, place)("senior", here.clock.now())
    assert name is not None
    return str(name)


def assert_proved(here: World, *, failures: bool = False) -> None:
    """The whole record proves every row, and nothing is left that is due or, but for `failures`, was set aside."""
    here.installation.step_all()
    with here.installation.database.reading() as tx:
        assert [str(finding) for finding in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())] == []
        left = tx.rows("SELECT kind, aside_at FROM work WHERE aside_at IS NOT NULL OR due_at <= ?", (tx.now,))
        assert [row for row in left if row[1] is None or not failures] == []
