"""How messages read in a letter."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.unit.notify.samples import ABOUT, AT, FACTS, TO, URL, page
from tocsin.cases.happenings.people import Alerted
from tocsin.clocks.kinds import RESOLVE
from tocsin.core import canonical
from tocsin.core.clock import MINUTE
from tocsin.notify import messages
from tocsin.notify.channels.email.letters import letter
from tocsin.notify.channels.email.sender import compose
from tocsin.notify.channels.port import Message
from tocsin.notify.messages import Envelope, KeptNotice, Subject

ALERT = Alerted(
    why="breach",
    clock=RESOLVE,
    cycle=1,
    due_at=AT + MINUTE,
    says="resolution was due at 2026-03-02T10:01:00Z and is overdue",
    notified=[],
    unreachable=[],
    again=None,
)


def notice(about: Subject = ABOUT) -> dict[str, Any]:
    return canonical.decode(messages.notice(TO, 7, about, messages.told(ALERT), URL))  # type: ignore[no-any-return]


def digest(*abouts: Subject) -> dict[str, Any]:
    kept = [KeptNotice(7, about, messages.told(ALERT), AT + place * MINUTE) for place, about in enumerate(abouts)]
    return canonical.decode(messages.digest(TO, kept, URL))  # type: ignore[no-any-return]


def alarm(*says: str, more: int = 0) -> dict[str, Any]:
    alarms = [{"says": text, "kind": "work.aside", "raised_at": "2026-03-02T10:00:00Z"} for text in says]
    content = canonical.encode({"alarms": alarms, "counts": {"work.aside": len(alarms)}, "more": more})
    return canonical.decode(messages.alarm(TO, content))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("body", "subject", "lines"),
    [
        (
            page(),
            "[Tocsin] CRITICAL Z-1 Meridian Airways: API down - acknowledge",
            [
                "CRITICAL: API down",
                "Customer  Meridian Airways",
                "Affected  5,000 users",
                "> Since two nobody can log in.",
                "You are on call for senior (step 1 of 3 of the path critical).",
                "Who has it? Please acknowledge, or decline if you cannot help, by 11:15 on Mon 2 Mar (Europe/Berlin).",
                "Without an answer, at 11:05 on Mon 2 Mar: The path pages Bo.",
                f"{URL}/acknowledge/token",
                f"{URL}/decline/token",
                "https://desk.test/Z-1",
                "Ticket    Z-1",
            ],
        ),
        (
            notice(),
            "[Tocsin] CRITICAL Z-1 Meridian Airways: API down - target missed",
            ["Resolution was due at 11:01 on Mon 2 Mar (Europe/Berlin) and is overdue.", "Ticket    Z-1"],
        ),
        (
            digest(ABOUT, ABOUT._replace(number=143, external_id=None)),
            "[Tocsin] 2 notices",
            ["1. Z-1 Meridian Airways: API down", "2. #143 Meridian Airways: API down"],
        ),
        (
            alarm("the queue stands since 2026-03-02T09:00:00Z"),
            "[Tocsin] ALARM The queue stands since 10:00 on Mon 2 Mar (Europe/Berlin)",
            ["The queue stands since 10:00 on Mon 2 Mar (Europe/Berlin)"],
        ),
        (alarm("One", "Two", more=3), "[Tocsin] 5 ALARMS", ["One", "Two", "And 3 more."]),
        (
            canonical.decode(messages.synthetic(1 << 40, AT)),
            "[Tocsin] Test page",
            ["Queued at 10:00 on Mon 2 Mar (UTC). Nothing needs to be done."],
        ),
        (
            canonical.decode(messages.test(Envelope(1 << 40, "bo", 1, "Bo", "Europe/Berlin"), b'{"by": "Ada"}', AT)),
            "[Tocsin] Test page",
            [
                "Pages reach you here.",
                "Ada sent this test at 11:00 on Mon 2 Mar (Europe/Berlin). Nothing needs to be done.",
            ],
        ),
    ],
    ids=["page", "notice", "digest", "alarm", "alarms", "synthetic", "test"],
)
def test_what_it_says(body: dict[str, Any], subject: str, lines: list[str]) -> None:
    found = letter(body)
    assert found.subject == subject
    assert set(lines) <= set(found.text.split("\n"))
    assert found.text.endswith("\n")


@pytest.mark.parametrize(
    "body", [page(), notice(), digest(ABOUT), alarm("One")], ids=["page", "notice", "digest", "alarm"]
)
def test_a_chat_shows_a_few_lines(body: dict[str, Any]) -> None:
    lines = body["text"].split("\n")
    assert 2 <= len(lines) <= 14
    assert all(lines)


def test_a_page_in_a_chat() -> None:
    assert page()["text"].split("\n") == [
        "CRITICAL: API down",
        "Customer: Meridian Airways · Affected: 5,000 users · Kind: Service outage (api)",
        "“Since two nobody can log in.”",
        "You are on call for senior (step 1 of 3 of the path critical).",
        "Who has it? Please acknowledge, or decline if you cannot help, by 11:15 on Mon 2 Mar (Europe/Berlin).",
        "Acknowledge: https://tocsin.test/acknowledge/token",
        "Decline: https://tocsin.test/decline/token",
        "Without an answer, at 11:05 on Mon 2 Mar: The path pages Bo.",
        "The case: https://tocsin.test/cases/142",
        "The ticket: https://desk.test/Z-1",
    ]


@pytest.mark.parametrize("call", ["@channel", "@here", "@All", "<!channel>", "<@U123>", "@everyone"])
def test_what_a_customer_wrote_calls_nobody_in_a_chat(call: str) -> None:
    facts = msgspec.structs.replace(FACTS, words=f"help {call} please", subject=f"down {call}")
    assert call not in page(ABOUT._replace(subject=f"down {call}"), facts)["text"]


@pytest.mark.parametrize("body", [notice, digest])
def test_a_confidential_case_keeps_its_subject_to_itself(body: Any) -> None:
    found = body(ABOUT._replace(confidential=True))
    text = canonical.encode(found).decode() + letter(found).subject + letter(found).text + letter(found).html
    assert "Confidential case" in text
    assert "#142" in text
    assert "API down" not in text
    assert "Z-1" not in text
    assert "Meridian" not in text
    assert "C-17" not in text


@pytest.mark.parametrize("body", [page, notice, lambda: digest(ABOUT)], ids=["page", "notice", "digest"])
def test_who_the_customer_is_and_not_what_they_pay(body: Any) -> None:
    found = body()
    text = canonical.encode(found).decode() + letter(found).subject + letter(found).text + letter(found).html
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
    found = notice(about)
    assert found["case"]["account"] == account
    assert ("Customer" in letter(found).text) == (account is not None)


def test_what_people_wrote_of_a_confidential_case_is_withheld() -> None:
    about = ABOUT._replace(confidential=True)
    wrote = messages.told(replace(ALERT, why="request", says="anna asks for executive: the king is hurt"))
    text = letter(canonical.decode(messages.notice(TO, 7, about, wrote, URL))).text
    assert "Confidential case: request" in text
    assert "king" not in text


def test_a_time_that_a_person_wrote_stays_as_it_is() -> None:
    wrote = messages.told(replace(ALERT, why="request", says="anna asks: it stands since 2026-03-02T09:00:00Z"))
    assert "2026-03-02T09:00:00Z" in letter(canonical.decode(messages.notice(TO, 7, ABOUT, wrote, URL))).text


def sent(body: dict[str, Any]) -> EmailMessage:
    wire = compose("tocsin@example.test", "anna@example.test", Message("0123456789abc", canonical.encode(body)), AT)
    assert max(map(len, wire.splitlines())) <= 998
    return message_from_bytes(wire, policy=policy.default)


def test_a_subject_that_somebody_else_wrote_adds_no_line_and_no_header() -> None:
    wicked = page(ABOUT._replace(subject="x\r\nBcc: all@example.test\n\nHello\x1b[2J", external_id="y\nz"))
    found = letter(wicked)
    assert "\n" not in found.subject
    assert "\r" not in found.text
    assert "\x1b" not in found.text
    made = sent(wicked)
    assert made["Bcc"] is None
    assert "Bcc: all" in made["Subject"]


def test_what_others_wrote_is_no_html() -> None:
    facts = msgspec.structs.replace(
        FACTS, words='<img src="https://evil.test/x">', ticket_url='https://d.test/?a="><b>'
    )
    html = letter(page(ABOUT._replace(subject="<script>alert(1)</script>"), facts)).html
    assert "<script" not in html
    assert "<img" not in html
    assert '"><b>' not in html
    assert "&lt;script&gt;" in html


def test_a_long_subject_ends_in_time_and_says_what_is_asked() -> None:
    subject = letter(page(ABOUT._replace(subject="long " * 500))).subject
    assert len(subject) <= 150
    assert subject.endswith("… - acknowledge")


def test_its_headers_and_both_its_texts() -> None:
    made = sent(page())
    assert made["Message-ID"] == "<0123456789abc@example.test>"
    assert made["Date"] == "Mon, 02 Mar 2026 10:00:00 +0000"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["To"] == "Anna Ström <anna@example.test>"
    assert made["From"] == "Tocsin <tocsin@example.test>"
    assert made.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]
    found = letter(page())
    for form, text in (("plain", found.text), ("html", found.html)):
        part = made.get_body((form,))
        assert part is not None
        assert part.get_content_charset() == "utf-8"
        assert part.get_content().replace("\r\n", "\n") == text


def test_who_has_no_name_but_the_one_that_policies_use_is_called_by_the_address() -> None:
    body = canonical.decode(messages.notice(Envelope(1, "anna", 1), 7, ABOUT, messages.told(ALERT), URL))
    assert sent(body)["To"] == "anna@example.test"
