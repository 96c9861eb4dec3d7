"""Languages made for tests. In one each letter of ours has another shape: a plain word is somebody else's, or has gone
round the catalogue. In the other every word of ours is longer by two fifths."""

import re
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import pofile

from tocsin import languages, phrases
from tocsin.web import rendering

PSEUDO = "eo"  # a language whose numbers and dates are known
_SHAPES = {ord(letter): chr(0x1D4D0 + place) for place, letter in enumerate(string.ascii_letters)}
_PARTS = re.compile(r"(\{\w+\})")
_HEADER = b'msgid ""\nmsgstr ""\n"Language: eo\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
_CACHES = (languages.known, languages.tongue, rendering.environment)

_ACCENTS = str.maketrans("aceinostuyzACEINOSTUYZ", "áçéíñóšťúýžÁÇÉÍÑÓŠŤÚÝŽ")
_LETTERS = re.compile("[A-Za-z]+")


def shaped(text: str) -> str:
    """A text of ours in other letters, but for the names of its places."""
    return _but_for_places(text, lambda part: part.translate(_SHAPES))


def stretched(text: str) -> str:
    """A text of ours of which every word is longer by two fifths, with accents."""
    return _but_for_places(text, lambda part: _LETTERS.sub(_longer, part))


def _longer(word: re.Match[str]) -> str:
    more = -(-len(word[0]) * 2 // 5)
    return "".join(letter * (1 + (place < more)) for place, letter in enumerate(word[0])).translate(_ACCENTS)


def _but_for_places(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if _PARTS.fullmatch(part) else change(part) for part in _PARTS.split(text))


@contextmanager
def spoken(folder: Path, change: Callable[[str], str] = shaped) -> Iterator[None]:
    """Tocsin speaks a language that is English so changed, and no other besides English."""
    catalogue = pofile.read_po(BytesIO(phrases.updated(_HEADER, PSEUDO)), locale=PSEUDO)
    for message in catalogue:
        if message.id:
            message.string = change(message.id) if isinstance(message.id, str) else tuple(map(change, message.id))
    with (folder / f"{PSEUDO}.po").open("wb") as file:
        pofile.write_po(file, catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "FOLDER", folder)
        _forget()
        try:
            yield
        finally:
            patch.undo()
            _forget()


def plain(text: str) -> set[str]:
    """The plain words of a text."""
    return {*re.findall("[A-Za-z]+", text)}


def _forget() -> None:
    for cached in _CACHES:
        cached.cache_clear()
