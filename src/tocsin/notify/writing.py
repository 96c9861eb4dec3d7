"""Notifications written at the moment when they are sent: what is known then of their cases and readers, read in few
statements, and the message that says it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import asking, calling, staging, store
from tocsin.cases.aggregate import Aggregate, Call, Escalation
from tocsin.cases.context import Around, Desk
from tocsin.cases.happenings.calls import called
from tocsin.cases.paths import climbing
from tocsin.cases.queries import tickets
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.scene import Scene
from tocsin.clocks import moments, zone
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import canonical, ids, texts
from tocsin.core.wording import worded
from tocsin.languages import tongue
from tocsin.notify import messages, trying
from tocsin.notify.facts import CallFacts, PageFacts
from tocsin.notify.links import LIFE, Claim, Links
from tocsin.notify.messages import WITHHELD, Answered, Envelope, KeptNotice
from tocsin.notify.pending import Pending
from tocsin.notify.reading import reader_of
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx

_MOST_WORDS = 280  # characters of what the customer wrote
_LINES = 6


class MessageReader(NamedTuple):
    """How somebody is called, and in which zone and language they read."""

    display: str
    zone: str
    language: str


class Known(NamedTuple):
    """`owners` of accounts, by account; the rest by case."""

    around: Around
    desk: Desk
    states: dict[int, Aggregate]
    owners: dict[int, int | None]
    tickets: dict[int, TicketView]

    def reader(self, user: int | None) -> MessageReader:
        found = self.around.directory.users.get(user) if user is not None else None
        language = found.language if found and found.language else self.desk.language
        return MessageReader(found.display if found else "", self.around.zone_of(user).key, language)


def known(tx: Tx, desk: Desk, those: Sequence[Pending]) -> Known:
    """What is known now of the cases of these pages, and of whoever reads these notifications."""
    stated = [found.case for found in those if found.kind in ("page", "room", "call", "answered")]
    states = store.load_many(tx, {case for case in stated if case is not None})
    owners = staging.account_owners(tx, states.values())
    return Known(desk.around(tx), desk, states, owners, tickets.of(tx, SYSTEM, states.values()))


def written(
    found: Pending, attempt: int, kept: Mapping[int, Sequence[KeptNotice]], links: Links, known: Known
) -> bytes:
    """The message of a notification. `kept`: the notices of each digest."""
    reader = known.reader(found.user)
    people = known.around.directory
    to = (reader.display, reader.zone, reader.language, people.known_as)
    envelope = Envelope(found.id, found.name or "", attempt, *to)
    case, content, base_url = found.case or 0, bytes(found.content or b"{}"), links.base_url
    if found.kind == "synthetic":
        return messages.synthetic(found.id, found.queued_at)
    if found.kind == trying.KIND:
        return messages.test(envelope, content, found.queued_at)
    if found.kind == "alarm":
        return messages.alarm(envelope, content)
    if found.kind == "digest":
        return messages.digest(envelope, kept[found.id], base_url)
    if found.kind == "notice":
        return messages.notice(envelope, case, found.about, content, base_url)
    if found.kind == "room":
        told = canonical.decode(content)
        place = found.place._replace(passed=told["pass"], step=told["step"])
        said = facts(known, found._replace(place=place), links)
        said = msgspec.structs.replace(said, acknowledge_link="", decline_link="")
        paged = [known.reader(ids.from_text(user)).display for user in told["paged"]]
        return messages.room(envelope, case, found.about, said, paged, base_url)
    if found.kind == "answered":
        return messages.answered(envelope, case, found.about, content, _answered(known, case, content), base_url)
    return messages.page(envelope, case, found.about, facts(known, found, links), base_url)


def _answered(known: Known, case: int, content: bytes) -> Answered:
    """Who has answered the path of a page, by what stands now."""
    state = known.states[case]
    asked = canonical.decode(content)
    if "call" in asked:
        call = _call(state, ids.from_text(asked["call"]))
        answered = call.state == "answered"
        return Answered("acknowledged" if answered else "stopped", known.reader(call.answered_by).display or None)
    climb = _climb(state, ids.from_text(asked["escalation"]))
    if climb.state != "acknowledged":
        return Answered(climb.state, None)
    who = state.case.escalation_manager if climb.kind == "relationship" else state.case.technical_lead
    return Answered(climb.state, known.reader(who).display or None)


def facts(known: Known, found: Pending, links: Links) -> PageFacts:
    """Those of one page. Of a confidential case it tells its number, its severity and level, and nothing else."""
    assert found.case is not None
    state, about, reader = known.states[found.case], found.about, known.reader(found.user)
    claim = Claim(found.id, found.user or 0, found.queued_at + LIFE)
    shown = PageFacts(
        display=reader.display,
        zone=reader.zone,
        language=reader.language,
        number=about.number,
        ticket=None,
        subject=WITHHELD,
        customer=None,
        severity=about.severity,
        level=about.level,
        opened_at=about.opened_at,
        team=state.case.team,
        next=_next(known, state, found, reader),
        url=f"{links.base_url}/cases/{about.number}",
        acknowledge_link=links.link(claim),
        decline_link=links.link(claim, "decline"),
    )
    scene = _scene(known, state)
    shown = _of_call(shown, known, found) if found.call is not None else _of_path(shown, known, found, scene)
    return shown if about.confidential else _open(shown, known, found, scene)


def _next(known: Known, state: Aggregate, found: Pending, reader: MessageReader) -> dict[str, Any] | None:
    """What the case asks of this reader: of whoever is called in, whether they come."""
    question = asking.asked(state, _scene(known, state))
    call = None if found.call is None else _call(state, found.call)
    if call is not None and call.state == "calling":
        question = asking.asked_of_called(state, call)
    if question is None:
        return None
    names = {
        ids.to_text(user.id): texts.isolated(texts.line(user.display)) for user in known.around.directory.users.values()
    }
    speaks = tongue(reader.language)
    return question.show(
        reader_of(reader.zone, reader.language)._replace(
            instant=partial(moments.wall, zone=zone.load(reader.zone), tongue=speaks), people=names
        )
    )


def _of_path(shown: PageFacts, known: Known, found: Pending, scene: Scene) -> PageFacts:
    """With where it stands on its path, and what follows."""
    state = known.states[found.case or 0]
    climb, clock = _climb(state, found.place.escalation), state.running(ACKNOWLEDGE)
    content = canonical.decode(bytes(found.content)) if found.content else {}
    after = climbing.following(scene, climb)
    _, path = climbing.of(scene, climb)
    return msgspec.structs.replace(
        shown,
        kind=found.place.kind,
        path=found.place.path,
        round=found.place.round,
        step=found.place.step + 1,
        steps=len(path.steps),
        target=content.get("target"),
        declined_by=_called(known, content.get("declined_by")),
        due_at=clock.due_at if clock is not None and clock.due_at > scene.now else None,
        next_people=tuple(known.reader(person.user).display for person in after),
        next_at=climb.next_at,
    )


def _of_call(shown: PageFacts, known: Known, found: Pending) -> PageFacts:
    """With who calls whom, and what follows."""
    call, reader = _call(known.states[found.case or 0], found.call or 0), known.reader(found.user)
    said = CallFacts(
        who=worded(called(call.target), reader_of(reader.zone, reader.language)),
        caller=known.reader(call.caller).display or None,
        reason=None if found.about.confidential else call.reason,
        round=found.place.passed,
        rounds=calling.ROUNDS,
    )
    return msgspec.structs.replace(shown, target=call.target, next_at=call.next_at, call=said)


def _open(shown: PageFacts, known: Known, found: Pending, scene: Scene) -> PageFacts:
    """With what may be told of a case that is not confidential."""
    about, ticket, case = found.about, known.tickets[found.case or 0], scene.case
    types = scene.policy.document.types
    kind = types[case.type].title or case.type if case.type in types else case.type
    return msgspec.structs.replace(
        shown,
        ticket=about.external_id,
        subject=about.subject,
        customer=ticket.customer,
        type=kind,
        product_area=case.product_area,
        users_affected=ticket.users_affected,
        words=quoted(ticket.body, about.subject),
        ticket_url=ticket.url,
        bridge=case.bridge,
    )


def quoted(body: str | None, subject: str) -> str | None:
    """What the customer wrote, in few lines; None where it is no more than the subject."""
    said = texts.lines((body or "")[: 8 * _MOST_WORDS], _MOST_WORDS)
    kept = [line for line in said.split("\n") if line]
    if len(kept) > _LINES:
        kept = [*kept[: _LINES - 1], kept[_LINES - 1] + " …"]
    said = "\n".join(kept)
    return said if said and said != texts.line(subject) else None


def _scene(known: Known, state: Aggregate) -> Scene:
    owner = known.owners.get(state.case.account) if state.case.account else None
    return Scene.of(known.around, state, owner, known.desk.mint, lambda: None)


def _climb(state: Aggregate, escalation: int) -> Escalation:
    return next(climb for climb in state.escalations if climb.id == escalation)


def _call(state: Aggregate, wanted: int) -> Call:
    return next(call for call in state.calls if call.id == wanted)


def _called(known: Known, user: str | None) -> str | None:
    return known.reader(ids.from_text(user)).display or None if user else None
