"""How messages read in a letter."""

from typing import Any

import pytest

from tocsin.core import canonical
from tocsin.core.clock import MINUTE
from tocsin.notify import messages
from tocsin.notify.channels.email import compose
from tocsin.notify.channels.letters import letter
from tocsin.notify.messages import Envelope, Kept, Place, Subject

AT = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z
URL = "https://tocsin.test"
ABOUT = Subject(
    142, "Z-1", "API down", "executive", "critical", AT, False, "C-17", b'{"arr":1900000.0,"name":"Meridian Airways"}'
)
TO = Envelope(1 << 40, "anna", 1)
ALERT = {"why": "breach", "clock": "resolve", "cycle": 1, "due_at": AT + MINUTE, "says": "The resolve clock is over."}


def page(about: Subject = ABOUT) -> dict[str, Any]:
    body = messages.page(TO, 7, about, Place("critical", "technical", 0, 1), URL, f"{URL}/acknowledge/token")
    return canonical.decode(body)  # type: ignore[no-any-return]


def notice(about: Subject = ABOUT) -> dict[str, Any]:
    return canonical.decode(messages.notice(TO, 7, about, messages.told(ALERT), URL))  # type: ignore[no-any-return]


def digest(*abouts: Subject) -> dict[str, Any]:
    kept = [Kept(7, about, messages.told(ALERT), AT + place * MINUTE) for place, about in enumerate(abouts)]
    return canonical.decode(messages.digest(TO, kept, URL))  # type: ignore[no-any-return]


def alarm(*says: str, more: int = 0) -> dict[str, Any]:
    alarms = [{"says": text, "kind": "work.aside", "raised_at": "2026-03-02T10:00:00Z"} for text in says]
    return {"type": "alarm", "to": "lea", "alarms": alarms, "more": more}


@pytest.mark.parametrize(
    ("body", "subject", "lines"),
    [
        (
            page(),
            "[Tocsin] CRITICAL #142 Meridian Airways: API down - acknowledge",
            [
                "anna, this case needs you now:",
                "Case      #142 API down",
                "Customer  Meridian Airways",
                "Ticket    Z-1",
                f"{URL}/acknowledge/token",
            ],
        ),
        (
            notice(),
            "[Tocsin] CRITICAL #142 Meridian Airways: API down - breach",
            ["The resolve clock is over.", "resolve is due at 2026-03-02T10:01:00Z"],
        ),
        (
            digest(ABOUT, ABOUT._replace(number=143)),
            "[Tocsin] 2 notices",
            [
                "1. 2026-03-02T10:00:00Z  #142 Meridian Airways: API down",
                "2. 2026-03-02T10:01:00Z  #143 Meridian Airways: API down",
            ],
        ),
        (alarm("A loop is stuck"), "[Tocsin] ALARM A loop is stuck", ["- A loop is stuck"]),
        (alarm("One", "Two", more=3), "[Tocsin] 5 ALARMS", ["- One", "- Two", "And 3 more."]),
        (
            {"type": "synthetic", "queued_at": "2026-03-02T10:00:00Z"},
            "[Tocsin] Test of the way",
            ["Queued at 2026-03-02T10:00:00Z. Nothing needs to be done."],
        ),
    ],
    ids=["page", "notice", "digest", "alarm", "alarms", "synthetic"],
)
def test_what_it_says(body: dict[str, Any], subject: str, lines: list[str]) -> None:
    found = letter(body)
    assert found.subject == subject
    assert set(lines) <= set(found.text.split("\n"))
    assert found.text.endswith("\n")


@pytest.mark.parametrize("body", [page, notice, digest])
def test_a_confidential_case_keeps_its_subject_to_itself(body: Any) -> None:
    found = body(ABOUT._replace(confidential=True))
    text = canonical.encode(found).decode() + letter(found).subject + letter(found).text
    assert "Confidential case" in text
    assert "#142" in text
    assert "API down" not in text
    assert "Z-1" not in text
    assert "Meridian" not in text
    assert "C-17" not in text


@pytest.mark.parametrize("body", [page, notice, lambda: digest(ABOUT)], ids=["page", "notice", "digest"])
def test_who_the_customer_is_and_not_what_they_pay(body: Any) -> None:
    found = body()
    text = canonical.encode(found).decode() + letter(found).subject + letter(found).text
    assert '"account":{"external_id":"C-17","name":"Meridian Airways"}' in text
    assert "1900000" not in text


@pytest.mark.parametrize(
    ("about", "account"),
    [
        (ABOUT._replace(account_facts=b"{}"), {"external_id": "C-17", "name": "C-17"}),
        (
            ABOUT._replace(account_id=None, decision=b'{"facts":{"account":{"name":"Initech"}}}'),
            {"external_id": None, "name": "Initech"},
        ),
        (ABOUT._replace(account_id=None, decision=b'{"facts":{"account":{}}}'), None),
        (ABOUT._replace(account_id=None), None),
    ],
    ids=["no name", "no id", "neither", "erased"],
)
def test_a_customer_of_whom_little_is_known(about: Subject, account: Any) -> None:
    found = page(about)
    assert found["case"]["account"] == account
    assert ("Customer" in letter(found).text) == (account is not None)


def test_what_people_wrote_of_a_confidential_case_is_withheld() -> None:
    about = ABOUT._replace(confidential=True)
    wrote = messages.told({**ALERT, "why": "request", "says": "anna asks for executive: the king is hurt"})
    text = letter(canonical.decode(messages.notice(TO, 7, about, wrote, URL))).text
    assert "Confidential case: request" in text
    assert "king" not in text


def test_a_subject_that_somebody_else_wrote_adds_no_line_and_no_header() -> None:
    wicked = page(ABOUT._replace(subject="x\r\nBcc: all@example.test\n\nHello\x1b[2J", external_id="y\nz"))
    found = letter(wicked)
    assert "\n" not in found.subject
    assert "\r" not in found.text
    assert "\x1b" not in found.text
    made = compose("tocsin@example.test", "anna@example.test", "id", AT, canonical.encode(wicked))
    assert made["Bcc"] is None
    assert "Bcc: all" in made["Subject"]


def test_a_long_subject_ends_in_time() -> None:
    assert len(letter(page(ABOUT._replace(subject="long " * 500))).subject) <= 150


def test_its_headers() -> None:
    made = compose("tocsin@example.test", "anna@example.test", "0123456789abc", AT, canonical.encode(page()))
    assert made["Message-ID"] == "<0123456789abc@example.test>"
    assert made["Date"] == "Mon, 02 Mar 2026 10:00:00 +0000"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["To"] == "anna@example.test"
    assert made.get_content_type() == "text/plain"
    wire = made.as_bytes()
    assert max(map(len, wire.splitlines())) <= 998
