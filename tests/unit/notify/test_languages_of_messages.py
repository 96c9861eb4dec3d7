"""Messages in a language made for the test, and in German: they speak as whoever gets them reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests import pseudo
from tests.unit.notify.samples import FACTS
from tocsin import languages
from tocsin.cases.happenings.people import Alerted
from tocsin.clocks import saying
from tocsin.clocks.kinds import RESOLVE
from tocsin.core import canonical
from tocsin.core.clock import MINUTE
from tocsin.core.wording import packed, plain, say
from tocsin.notify import messages, wording
from tocsin.notify.channels.email.letters import letter
from tocsin.notify.facts import CallFacts
from tocsin.notify.messages import Answered, Envelope, KeptNotice, Subject

AT = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z
ROUNDS = {"round": 1, "rounds": 3}
URL = "https://tocsin.test"
ABOUT = Subject(142, "Z-1", "API down", "executive", "critical", AT, False, "C-17", b'{"name":"Meridian"}')
SAYS = saying.is_due("resolution", "2026-03-02T10:01:00Z")
NAMES = """
    Tocsin CRITICAL API down Z Meridian Airways senior critical executive Bo outage Outage technical since two nobody
    can log in Since Europe Berlin resolution Resolution Anna support UTC the queue stands The one many Service
    api Mar lu Stands
"""


def alert() -> Alerted:
    return Alerted(
        why="warning",
        clock=RESOLVE,
        cycle=1,
        due_at=AT + MINUTE,
        says=plain(SAYS),
        notified=[],
        unreachable=[],
        again=None,
        words=packed(SAYS),
    )


def bodies(language: str) -> Iterator[dict[str, Any]]:
    """One message of each kind."""
    to = Envelope(1 << 40, "anna", 1, "Anna", "Europe/Berlin", language)
    speaks = languages.tongue(language)
    asked = {"asks": "acknowledge", "question": speaks.text("Who has it?"), "acts": [], "at": "2026-03-02T10:05:00Z"}
    follows = speaks.text("The path pages {people}.").format(people="Bo")
    facts = msgspec.structs.replace(FACTS, language=language, next=asked | {"otherwise": follows})
    call = CallFacts(who=speaks.text("the roster {name}").format(name="Bo"), caller="Bo", reason="stands", **ROUNDS)
    called = msgspec.structs.replace(facts, target="roster:Bo", call=call, bridge="tel:+4930123")
    last = msgspec.structs.replace(call, caller=None, reason=None, round=3)
    kept = [KeptNotice(7, ABOUT, messages.told(alert()), AT) for _ in range(12)]
    alarms = [{"says": text, "kind": "work", "raised_at": "2026-03-02T10:00:00Z"} for text in ("the queue", "stands")]
    missed = say("path {path} stands still: a step was due at {time}", path="api", time="2026-03-02T10:01:00Z")
    alarms.append(alarms[0] | {"says": plain(missed), "words": packed(missed)})
    content = canonical.encode({"alarms": alarms, "counts": {}, "more": 3})
    over = canonical.encode({"page": "1", "escalation": "1"})
    for written in (
        messages.page(to, 7, ABOUT, facts, URL),
        messages.room(to, 7, ABOUT, facts, ["Anna", "Bo"], URL),
        messages.notice(to, 7, ABOUT, messages.told(alert()), URL),
        messages.answered(to, 7, ABOUT, over, Answered("acknowledged", "Bo"), URL),
        messages.answered(to, 7, ABOUT, over, Answered("stopped", None), URL),
        messages.digest(to, kept, URL),
        messages.alarm(to, content),
        messages.page(to, 7, ABOUT, called, URL),
        messages.page(to, 7, ABOUT, msgspec.structs.replace(called, target="user:anna", call=last, bridge=URL), URL),
        messages.page(to, 7, ABOUT, msgspec.structs.replace(called, next_at=None), URL),
    ):
        yield canonical.decode(written)


def test_every_word_of_a_message_is_in_the_language_of_whoever_gets_it(tmp_path: Path) -> None:
    with pseudo.spoken(tmp_path):
        for body in bodies(pseudo.PSEUDO):
            for text in (letter(body).text, body["text"], letter(body).subject):
                ours = " ".join(line for line in text.split("\n") if "://" not in line)
                assert sorted(pseudo.plain(ours) - {*NAMES.split()}) == [], body["type"]


def test_a_page_in_german() -> None:
    page, _, notice, *_ = (wording.words(body) for body in bodies("de"))
    assert page.subject.endswith(" - annehmen")
    said = "\n".join(str(part) for part in page.parts)
    assert "bis 11:15 am Mo., 2. März (Europe/Berlin)" in said
    assert "5.000 Nutzer" in said
    assert "Resolution ist fällig um 11:01 am Mo., 2. März (Europe/Berlin)" in str(notice.parts)


def test_an_alarm_in_german_with_its_times_as_the_reader_has_them() -> None:
    [alarm] = [body for body in bodies("de") if body["type"] == "alarm"]
    assert [one["says"] for one in alarm["alarms"]] == [
        "the queue",  # as an older release raised it
        "stands",
        "der Pfad api steht still: ein Schritt war fällig um 11:01 am Mo., 2. März (Europe/Berlin)",
    ]
    assert all("words" not in one for one in alarm["alarms"])
    assert "Der Pfad api steht still" in alarm["text"]


@pytest.mark.parametrize("language", ["en", "xx"])
def test_what_is_not_known_is_said_in_english(language: str) -> None:
    page = wording.words(next(bodies(language)))
    assert page.subject.endswith(" - acknowledge")
