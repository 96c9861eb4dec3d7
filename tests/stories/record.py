"""Some days of a support organisation, with every kind of event in the journal: what the proof is tried on."""

import contextlib
from importlib import resources
from typing import Any

import msgspec

from tests.stories.administration import administer
from tests.testing import World, world
from tocsin.cases import acting, linking, verbs
from tocsin.cases.past import Past
from tocsin.comms import updates
from tocsin.core import ids
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.errors import NotAllowed
from tocsin.guards import store as guards
from tocsin.guards.guard import Guard, Scope
from tocsin.guards.kinds import AUTOMATION, SILENCE, WINDOW, GuardKind
from tocsin.intake import signals
from tocsin.intake.arrivals import Arrival
from tocsin.people.permissions import SYSTEM

STARTER = resources.files("tocsin.policy.starters").joinpath("b2b-saas.yaml").read_text().split("\nexamples:")[0] + "\n"
CASES = 40

_TICKETS: tuple[dict[str, Any], ...] = (
    {"subject": "How do we rename a report?", "account": {"external_id": "northwind", "segment": "business"}},
    {"subject": "API is down", "body": "Everything is down, 502 errors for all users", "users_affected": 5000},
    {"subject": "The export is broken", "tags": ["export"], "account": {"external_id": "contoso", "plan": "premium"}},
    {"subject": "Charged twice for March", "account": {"external_id": "fabrikam", "arr": 250_000.0}},
    {"subject": "Reports are very slow", "users_affected": 40, "occurred_at": "2026-03-01T08:00:00Z"},
    {"subject": "Our data were deleted", "account": {"external_id": "tailspin", "segment": "strategic"}},
)
_ONE = '{notify: ["oncall:senior", "role:duty-director"], wait: 5m}'
_TWO = '{notify: ["oncall:senior", "role:duty-director"], wait: 5m, acknowledgements: 2}'
_PEOPLE = ("carl", "dora", "lea", "anna")


def story(url: str) -> World:
    """Opened, decided, reclassified, paged in vain, acknowledged, assigned, resolved, reopened, opened anew; everything
    covered by checkpoints in the end."""
    here = world(url, STARTER.replace(_ONE, _TWO, 1))
    administer(here)
    _days(here, range(12))
    _process(here)
    _guarded(here)
    here.outbox.fail = True  # pages that nobody takes are tried again, and fail
    here.open(**_TICKETS[1], external_id="Z-unreachable")
    here.watching = True
    here.installation.writer.write(lambda tx: tx.run("DELETE FROM work WHERE kind = 'case'"))  # and found again
    here.forward(20 * MINUTE)
    here.watching = False
    here.forward(3 * HOUR)
    here.outbox.fail = False
    here.forward(9 * DAY)
    for place in (0, 6):  # long resolved: new cases for the old tickets
        _signal(here, external_id=f"Z-{place}", subject="It happens again")
    _days(here, range(12, CASES))
    here.outbox.fail = True  # and some are still in the queue
    here.open(**_TICKETS[1], external_id="Z-last")
    here.forward(2 * SECOND)
    here.installation.checkpointer.cover()
    return here


def left(url: str) -> None:
    """Such a record, for `Databases.filled`: nobody goes on with it."""
    story(url).installation.close()


def _guarded(here: World) -> None:
    """Guards that hold paths, mark cases and send them to triage."""
    desk, by = here.installation.desk, "user:lea"

    def put(kind: GuardKind, **scope: Any) -> Guard:
        ends = None if kind.longest is None else here.clock.now() + HOUR
        made: Guard = here.installation.writer.write(
            lambda tx: guards.set_up(
                tx, desk.mint, desk.journal, kind, "a test", Scope(**scope), starts_at=tx.now, ends_at=ends, by=by
            )
        )
        return made

    def end(guard: Guard) -> None:
        here.installation.writer.write(lambda tx: guards.end(tx, desk.mint, desk.journal, guard, by=by))

    silence = put(SILENCE, tags=("batch",))
    put(WINDOW, tags=("batch",), mode="quiet")
    here.open(**_TICKETS[1], external_id="Z-silent", tags=["batch"])
    here.forward(MINUTE)
    end(silence)
    here.forward(MINUTE)
    silence = put(SILENCE, tags=("batch",))
    here.open(**_TICKETS[1], external_id="Z-silent-too", tags=["batch"])
    here.forward(2 * HOUR)
    off = put(AUTOMATION)
    here.open(**_TICKETS[1], external_id="Z-off")
    here.forward(HOUR)
    end(off)


def _days(here: World, places: range) -> None:
    opened = []
    for place in places:
        opened.append(here.open(**_TICKETS[place % len(_TICKETS)], external_id=f"Z-{place}"))
        here.forward(90 * SECOND)
    for place, case in zip(places, opened, strict=True):
        _work(here, place, ids.from_text(case["id"]), _PEOPLE[place % len(_PEOPLE)])
        here.forward(20 * SECOND)


def _work(here: World, place: int, case: int, person: str) -> None:
    """What people do to a case, by turns."""
    viewer = here.viewer(person)
    if place % 3 == 1:
        _signal(here, external_id=f"Z-{place}", users_affected=9000, tags=["press"])
    if place % 4 == 1:
        _act(here, case, verbs.acknowledge(viewer))
    if place % 5 == 2:
        _act(here, case, verbs.assign(viewer, "bo"))
    if place % 7 == 3:
        _signal(here, external_id=f"Z-{place}", body="It is worse now", kind="reply")
    if place % 7 == 4:
        _signal(here, external_id=f"Z-{place}", body="We look into it", kind="public_reply")
    if place % 6 == 3:
        _act(here, case, verbs.note(viewer, "Looked at it, and asked for the log."))
    if place % 3 == 0:
        _act(here, case, verbs.resolve(viewer, "Done."))
    if place % 12 == 9:
        here.forward(10 * MINUTE)
        _signal(here, external_id=f"Z-{place}", subject="It is back", users_affected=70)


def _called_in(here: World) -> None:
    """Somebody is called in and declines, somebody else comes; it is followed, and has a bridge for a while."""
    case = ids.from_text(here.open(subject="How do we rename a dashboard?", external_id="P-called")["id"])
    anna, carl, dora, lea = (here.viewer(name) for name in ("anna", "carl", "dora", "lea"))
    for plan in (
        verbs.follow(lea),
        verbs.call_in(anna, user="dora", reason="She wrote it.", bridge="https://meet.example.com/dashboards"),
        verbs.decline(dora, "On a train."),
        verbs.call_in(anna, user="carl"),
        verbs.acknowledge(carl),
        verbs.assign(anna, "carl"),
        verbs.unfollow(lea),
        verbs.bridge(anna),
    ):
        here.forward(SECOND)
        _act(here, case, plan)


def _process(here: World) -> None:
    """What becomes of a few outages, so that every kind of event of a case happens."""
    anna, carl, dora, lea, admin = (here.viewer(name) for name in ("anna", "carl", "dora", "lea", "admin"))
    claimed, given, wrong, lowered, merged, into, child = (
        ids.from_text(here.open(**_TICKETS[1], external_id=f"P-{number}")["id"]) for number in range(7)
    )
    words = ids.from_text(here.open(subject="The API is down", external_id="P-words")["id"])
    asked = ids.from_text(here.open(subject="How do I export a report?", external_id="P-asked")["id"])
    _act(here, asked, verbs.answer_risk(anna, answer="seen"))
    _act(here, words, verbs.snooze_triage(anna, "they call back"))  # triage is asked, and does not answer
    here.open(**_TICKETS[1], external_id="P-probe", source="pingdom")
    old = signals.read_signal(msgspec.json.encode({**_TICKETS[1], "external_id": "P-old"}), SYSTEM)
    over = signals.read_signal(msgspec.json.encode({**_TICKETS[1], "external_id": "P-over"}), SYSTEM)
    over = over._replace(past=Past("closed", here.clock.now() - DAY, here.clock.now() - HOUR))
    for history in (old, over):
        arrival = Arrival(history._replace(imported=True), history.key[1].encode())
        here.installation.writer.write_item(here.installation.take, arrival)
    here.forward(MINUTE)
    _signal(here, external_id="P-old", kind="reply", body="Down again")
    _signal(here, external_id="P-probe", source="pingdom", kind="solved")
    _signal(here, external_id="P-probe", source="pingdom", status="down", sequence=2)
    _signal(here, external_id="P-probe", source="pingdom", status="up", sequence=1)
    here.open(subject="Another of theirs", account={"external_id": "moved"})
    _signal(here, external_id="P-probe", source="pingdom", account={"external_id": "moved"})
    _called_in(here)
    _act(here, given, verbs.raise_(lea, "executive", "Their board calls."))
    for plan in (verbs.acknowledge(carl), verbs.decline(dora, "On a train."), verbs.acknowledge(admin)):
        here.forward(SECOND)
        _act(here, given, plan)
    _act(here, claimed, verbs.acknowledge(carl))
    _act(here, claimed, verbs.hold(anna, "Asked for a log."))
    here.forward(20 * MINUTE)
    _act(here, claimed, verbs.resume(anna))
    for plan in (verbs.contain(anna), verbs.reject_containment(carl, "It grows."), verbs.contain(anna)):
        here.forward(SECOND)
        _act(here, claimed, plan)
    _signal(here, external_id="P-0", kind="reply", body="It is still down.")
    for plan in (verbs.confirm_containment(carl), verbs.resolve(anna), verbs.confirm_resolution(carl)):
        here.forward(SECOND)
        _act(here, claimed, plan)
    _act(here, claimed, updates.explain(carl, "A certificate had expired."))
    _act(here, claimed, verbs.close(anna))
    for plan in (
        updates.send_update(anna, "We are on it."),
        verbs.ask_team(anna, "support", "Which release has the repair?"),
        verbs.answer_team(lea, "That of Tuesday."),
        verbs.mark_milestone(anna, "authority-warned", "By the portal."),
    ):
        _act(here, into, plan)
    _act(here, wrong, verbs.correct(lea, "wrong_severity", "It is slow.", "low"))
    _act(here, lowered, verbs.request(anna, "executive", "They are loud."))
    _act(here, lowered, verbs.answer_request(lea, False, "They always are."))
    _act(here, lowered, verbs.extend(admin, "resolve", here.clock.now() + 9 * DAY, "Agreed with them."))
    _act(here, lowered, verbs.lower(lea, "standard", "There is a way around it."))
    here.forward(SECOND)  # what is undone is told apart by its instant
    _act(here, lowered, verbs.hold(lea, "They look for a log."))
    _act(here, lowered, verbs.undo(lea))
    _act(here, lowered, verbs.restrict(lea, ["anna"], "A legal matter."))
    _act(here, into, verbs.override(lea, reason="I know them.", severity="high", owner="bo"))
    _link(here, merged, "merged", into)
    _link(here, child, "parent", into)
    _act(here, into, verbs.acknowledge(carl))
    _unlink(here, child, "parent", into)
    _dismiss(here, child, into)
    _assume(here)
    here.forward(3 * HOUR)  # acknowledgements expire, clocks warn


def _link(here: World, case: int, kind: str, other: int) -> None:
    desk, lea = here.installation.desk, here.viewer("lea")
    here.installation.writer.write(
        lambda tx: linking.link(tx, desk, lea, case, kind, other, "The same problem."), cases=[case, other]
    )
    here.forward(SECOND)


def _unlink(here: World, case: int, kind: str, other: int) -> None:
    desk, lea = here.installation.desk, here.viewer("lea")
    here.installation.writer.write(lambda tx: linking.unlink(tx, desk, lea, case, kind, other), cases=[case, other])


def _assume(here: World) -> None:
    """A case follows another by likelihood, and what that one's people do counts for it."""
    outage: dict[str, Any] = {"subject": "API is down", "users_affected": 5000, "account": {"segment": "strategic"}}
    parent, child = (ids.from_text(here.open(**outage)["id"]) for _ in range(2))
    desk = here.installation.desk
    here.installation.writer.write(lambda tx: linking.assume(tx, desk, child, parent, 0.98), cases=[child, parent])
    _act(here, parent, verbs.acknowledge(here.viewer("carl")))


def _dismiss(here: World, case: int, other: int) -> None:
    desk, lea = here.installation.desk, here.viewer("lea")
    here.installation.writer.write(lambda tx: linking.dismiss(tx, desk, lea, case, other, "Theirs."), cases=[case])


def _act(here: World, case: int, plan: acting.Plan) -> None:
    """What the case allows."""
    with contextlib.suppress(NotAllowed):
        here.installation.writer.write(lambda tx: acting.act(tx, here.installation.desk, case, plan), cases=[case])


def _signal(here: World, **body: Any) -> None:
    signal = signals.read_signal(msgspec.json.encode(body), SYSTEM)
    here.installation.writer.write(lambda tx: signals.receive(tx, here.installation.desk, signal))
