"""A language made for tests, in which each letter of ours has another shape: a plain word is somebody else's, or has
gone round the catalogue."""

import re
import string
from collections.abc import Iterator
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


@contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """Tocsin speaks this language, and no other besides English."""
    catalogue = pofile.read_po(BytesIO(phrases.updated(_HEADER, PSEUDO)), locale=PSEUDO)
    for message in catalogue:
        if message.id:
            message.string = shaped(message.id) if isinstance(message.id, str) else tuple(map(shaped, message.id))
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


def shaped(text: str) -> str:
    """A text of ours in other letters, but for the names of its places."""
    return "".join(part if _PARTS.fullmatch(part) else part.translate(_SHAPES) for part in _PARTS.split(text))


def plain(text: str) -> set[str]:
    """The plain words of a text."""
    return {*re.findall("[A-Za-z]+", text)}


def _forget() -> None:
    for cached in _CACHES:
        cached.cache_clear()
