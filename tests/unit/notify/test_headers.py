"""Headers in every language arrive as they were sent, whoever decodes them."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.notify.samples import EVERYWHERE
from tocsin.core import texts
from tocsin.notify.channels.email import headers

SUBJECTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).map(texts.line).filter(bool)


def arrived(header: str) -> EmailMessage:
    raw = header.encode("ascii") + b"\r\nhello\r\n"
    return message_from_bytes(raw, policy=policy.default)


def assert_lines(header: str) -> None:
    assert header.endswith("\r\n")
    for one in header.removesuffix("\r\n").split("\r\n"):
        assert len(one) <= 78
        assert one.strip()
    for word in header.split():
        if word.startswith("=?utf-8?"):
            assert len(word) <= 75


@pytest.mark.parametrize("text", [texts.line(text) for text in EVERYWHERE])
def test_subjects_of_every_language(text: str) -> None:
    header = headers.unstructured("Subject", text)
    assert_lines(header)
    assert str(arrived(header)["Subject"]) == text
    raw = header.removeprefix("Subject: ").removesuffix("\r\n")
    assert str(make_header(decode_header(raw.replace("\r\n", "")))) == text


@given(SUBJECTS)
@example("a  b")
@example("=?x?")
def test_what_arrives_is_what_was_sent(text: str) -> None:
    header = headers.unstructured("Subject", text)
    assert_lines(header)
    assert str(arrived(header)["Subject"]) == text


@given(SUBJECTS)
def test_no_word_ends_within_a_character(text: str) -> None:
    raw = headers.unstructured("Subject", text).removeprefix("Subject: ")
    for part, charset in decode_header(raw.replace("\r\n", "")):
        if charset:
            assert isinstance(part, bytes)
    for word in raw.split():
        if word.startswith("=?utf-8?"):
            [(part, _)] = decode_header(word)
            assert isinstance(part, bytes)
            part.decode("utf-8")


@pytest.mark.parametrize("text", [texts.line(text, 200) for text in EVERYWHERE])
def test_names_of_every_language(text: str) -> None:
    header = headers.mailbox("To", text, "anna@example.test")
    assert_lines(header)
    raw = header.removeprefix("To: ").removesuffix("\r\n").replace("\r\n", "")
    found = str(make_header(decode_header(raw)))
    assert found.endswith("<anna@example.test>")
    [address] = arrived(header)["To"].addresses
    assert address.addr_spec == "anna@example.test"


@pytest.mark.parametrize(
    "text", ["Dana", "Dana Ö. Müller", "O'Neil, Bo", 'The "boss"', "山田太郎", "עמוס", "J. R.", "back\\slash"]
)
def test_names_arrive_as_they_were_sent(text: str) -> None:
    [address] = arrived(headers.mailbox("To", text, "anna@example.test"))["To"].addresses
    assert (address.display_name, address.addr_spec) == (text, "anna@example.test")


def test_without_a_name_there_is_the_address() -> None:
    assert headers.mailbox("To", "", "anna@example.test") == "To: anna@example.test\r\n"


@given(st.text())
def test_a_line_is_one_line_whatever_was_written(text: str) -> None:
    found = texts.line(text)
    assert len(found.splitlines()) <= 1 or "\x1c" not in found
    assert not set(found) & set("\r\n\0\x1b\x85\u2028\u2029\u202e")
    assert texts.line(found) == found


@pytest.mark.parametrize("text", [text for text in EVERYWHERE if "  " not in text and len(text) < 300])
def test_a_line_keeps_every_character_that_a_language_needs(text: str) -> None:
    assert texts.line(text) == text


def test_what_is_cut_is_cut_between_characters() -> None:
    family = "👩‍👩‍👧‍👦"
    assert texts.line("ab" + family, 5) == "ab…"
    assert texts.line("one two three four", 15) == "one two three…"
