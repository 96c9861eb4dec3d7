"""Everything that people hear in the course of a bad night: no id in it, no time as programs write it, and every time
with the zone of whoever reads it."""

import re
from typing import Any

from tests.stories.starter import OUTAGE, STARTER, act, opened, rows
from tests.testing import World, world
from tests.texts import RAW
from tocsin.cases import queries, verbs
from tocsin.clocks import moments, zone
from tocsin.core.clock import HOUR, MINUTE
from tocsin.events import sentence
from tocsin.notify.channels.email.letters import letter
from tocsin.people import directory
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx

URL = re.compile(r"https?://\S+")
ZONE = "Asia/Kolkata"


def bad_night(here: World) -> list[int]:
    """Nobody answers for two hours; then somebody does, claims, is late; a second case floods everybody."""
    cases = [opened(here, OUTAGE), opened(here, OUTAGE | {"external_id": "Z-2", "subject": "Login is down"})]
    here.forward(2 * HOUR, look=MINUTE)
    act(here, cases[0], verbs.acknowledge(here.viewer("carl")))
    here.forward(50 * MINUTE, look=MINUTE)
    act(here, cases[0], verbs.contain(here.viewer("anna"), "rerouted"))
    here.forward(9 * HOUR, look=10 * MINUTE)
    return cases


def said(message: dict[str, Any]) -> list[str]:
    """The texts of a message that a person reads, without the addresses of its links."""
    written = letter(message)
    texts = [message["text"], written.subject, written.text, re.sub(r"<[^>]*>", " ", written.html)]
    texts += [message["says"]] if message["type"] == "notice" else []
    texts += [one["says"] for one in (*message.get("notices", ()), *message.get("alarms", ()))]
    return [URL.sub("", text) for text in texts]


def test_nobody_has_to_read_ids_or_reckon_zones(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    installation = here.installation

    def move(tx: Tx) -> None:
        for name in installation.desk.directory.get(tx).by_name:
            directory.change_user(tx, installation.mint, installation.journal, name, {"zone": ZONE}, by="test")

    installation.writer.write(move)
    cases = bad_night(here)
    assert {message["type"] for message in here.outbox.sent} >= {"page", "notice", "alarm"}
    for message in here.outbox.sent:
        for text in said(message):
            assert not RAW.search(text), text
        if re.search(r"\d\d:\d\d on \w{3} \d", message["text"]):
            assert ZONE in message["text"]
    say = moments.sayer(zone.load(ZONE))
    with installation.database.reading() as tx:
        for case in cases:
            for event in queries.timeline(tx, SYSTEM, case):
                assert not RAW.search(sentence(event.show(), say)), event
        for (says,) in rows(here, "SELECT says FROM alarms"):
            assert not RAW.search(moments.localised(says, say)), says
    installation.close()
