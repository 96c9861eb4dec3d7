"""What is said of events, in other languages: every text is put into them, with the same places."""

import json
import re
import string
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.stored import STORED
from tocsin import languages, phrases
from tocsin.clocks import moments
from tocsin.core.wording import packed, plain, say, unpacked, worded
from tocsin.events import KINDS, sentence

OTHERS = [name for name in languages.known() if name != languages.ENGLISH]


def asked() -> set[str]:
    """Our texts that the events of every kind are said with."""
    found: set[str] = set()

    def note(text: str) -> str:
        found.add(text)
        return text

    for one in STORED:
        said = KINDS[one["kind"]].reads(one["payload"])
        if said is not None:
            worded(said, moments.reader(moments.utc, {}, languages.IN_ENGLISH._replace(text=note)))
    return found - {""}


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_put_into_the_language_with_the_same_places(language: str) -> None:
    put = languages.tongue(language).text
    assert [text for text in asked() if places(put(text)) != places(text)] == []
    assert sorted(text for text in asked() if put(text) == text and _has_words(text)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_text_of_ours_and_no_other(language: str) -> None:
    """`make languages` brings it up to date."""
    stored = (Path(str(languages.FOLDER)) / f"{language}.po").read_bytes()
    assert phrases.updated(stored, language) == stored
    assert len(phrases.phrases()) > 900


@pytest.mark.parametrize("language", OTHERS)
def test_each_is_translated_with_the_same_places(language: str) -> None:
    stored = (Path(str(languages.FOLDER)) / f"{language}.po").read_bytes()
    wrong = []
    for message in pofile.read_po(BytesIO(stored), locale=language, abort_invalid=True):
        if not message.id:
            continue
        ours = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        theirs = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        wanted, found = [[phrases.places(str(text)) for text in texts] for texts in (ours, theirs)]
        if not all(theirs) or found[-1] != wanted[-1] or found[0] - wanted[-1]:
            wrong.append(ours)
    assert wrong == []


def test_dates_numbers_and_plurals_are_those_of_the_language() -> None:
    german = languages.tongue("de")
    assert (german.weekday(date(2026, 3, 3)), german.number(1_900_000.5)) == ("Di., 3. März", "1.900.000,5")
    assert (languages.IN_ENGLISH.weekday(date(2026, 3, 3)), languages.IN_ENGLISH.number(5000)) == ("Tue 3 Mar", "5,000")
    reader = moments.reader(moments.utc, {}, german)
    said = [reader.counts("{amount} more event", "{amount} more events", amount) for amount in (1, 2)]
    assert said == ["1 weiteres Ereignis", "2 weitere Ereignisse"]


def test_what_is_said_is_kept_and_worded_later() -> None:
    said = say("{says}, but the case is marked as {what}", says=say("the customer wrote"), what=say("contained"))
    again = unpacked(json.loads(json.dumps(packed(said))))
    assert plain(again) == plain(said) == "the customer wrote, but the case is marked as contained"
    german = moments.reader(moments.utc, {}, languages.tongue("de"))
    assert worded(again, german) == "der Kunde schrieb, doch der Fall ist gemeldet als eingedämmt"


def _only_places(text: str) -> bool:
    return not any(part.strip(" ,;:()#") for part, _, _, _ in string.Formatter().parse(text) if part)


def _has_words(text: str) -> bool:
    return any(letter.isalpha() for part, _, _, _ in string.Formatter().parse(text) for letter in part)


def test_a_pseudo_language_shows_that_no_word_of_ours_goes_round_the_catalogue() -> None:
    """In it each of our letters has another shape, so a plain one can only be of a value."""
    reader = moments.reader(
        lambda at: "", {}, languages.IN_ENGLISH._replace(text=_pseudo, plural=lambda one, many, amount: _pseudo(many))
    )
    for one in STORED:
        said = KINDS[one["kind"]].reads(one["payload"])
        if said is not None:
            values = json.dumps(one["payload"]).casefold()
            plain = re.findall("[A-Za-z]+", worded(said, reader))
            assert [word for word in plain if word.casefold() not in values] == [], one["kind"]


def _pseudo(text: str) -> str:
    parts = []
    for literal, name, _, _ in string.Formatter().parse(text):
        parts.append(literal.translate(_SHAPES) + ("" if name is None else "{" + name + "}"))
    return "".join(parts)


_LETTERS = enumerate(string.ascii_lowercase + string.ascii_uppercase)
_SHAPES = {ord(letter): chr(0x1D4D0 + place) for place, letter in _LETTERS}  # script letters


def test_german() -> None:
    event = {"kind": "case.noted", "payload": {"text": "ruft zurück", "audience": "internal"}}
    assert sentence(event, language="de") == "Notiz: ruft zurück"
    assert sentence(event, language="xx") == "note: ruft zurück"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.8", "de"),
        ("fr-FR, fr;q=0.9, de;q=0.5, en;q=0.4", "de"),
        ("en;q=0.3, de;q=0.2", "en"),
        ("de;q=0", "en"),
        ("*;q=x, de;q=", "en"),
    ],
)
def test_a_browser_names_its_languages(header: str, language: str) -> None:
    assert languages.preferred(header) == language


@given(st.text())
def test_any_header_names_a_language_that_there_is(header: str) -> None:
    assert languages.preferred(header) in languages.known()
