"""Catalogues of other languages than English, one file each (`de.po`), by the English texts.

What is said is kept as a text with places and worded when somebody reads it (`core/wording.py`), so a catalogue serves
also what was written before it. A text that it lacks is said in English.
"""

import gettext
import io
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

ENGLISH = "en"


@lru_cache
def known() -> tuple[str, ...]:
    """The languages that there are, English first."""
    names = sorted(path.name for path in files(__name__).iterdir() if path.name.endswith(".po"))
    return (ENGLISH, *(name.removesuffix(".po") for name in names))


@lru_cache
def translated(language: str) -> Callable[[str], str]:
    """How a text of ours is said in this language; in English where it is not known."""
    if language == ENGLISH or language not in known():
        return str
    from babel.messages import mofile, pofile  # only who reads another language waits for it

    with (files(__name__) / f"{language}.po").open("rb") as source:
        catalogue = pofile.read_po(source, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    return lambda text: found.gettext(text) if text else text


def preferred(accepted: str) -> str:
    """The language that a browser asks for first of those that there are, by `accept-language` (RFC 9110)."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";")
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        wanted.append((-share, name.partition("-")[0].lower()))
    return next((name for share, name in sorted(wanted, key=lambda one: one[0]) if share and name in known()), ENGLISH)
