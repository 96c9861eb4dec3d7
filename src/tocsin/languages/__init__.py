"""Catalogues of other languages than English, one file each (`de.po`), by the English texts.

What is said is kept as a text with places and worded when somebody reads it (`core/wording.py`), so a catalogue serves
also what was written before it. A text that it lacks is said in English.
"""

import gettext
import io
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

ENGLISH = "en"
FOLDER: Traversable = files(__name__)  # where the catalogues are

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Tongue(NamedTuple):
    """How a language says things: a text of ours; one of two by an amount; a number; a day, `Tue 3 Mar`, which with its
    weekday is `weekday`."""

    name: str
    text: Callable[[str], str]
    plural: Callable[[str, str, int], str]
    number: Callable[[float], str]
    day: Callable[[date], str]
    weekday: Callable[[date], str]


def _english_day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]}"


IN_ENGLISH = Tongue(
    ENGLISH,
    str,
    lambda one, many, amount: one if amount == 1 else many,
    "{:,.15g}".format,
    _english_day,
    lambda on: f"{_DAYS[on.weekday()]} {_english_day(on)}",
)


@cache
def known() -> tuple[str, ...]:
    """The languages that there are, English first."""
    names = sorted(path.name for path in FOLDER.iterdir() if path.name.endswith(".po"))
    return (ENGLISH, *(name.removesuffix(".po") for name in names))


@cache
def tongue(language: str) -> Tongue:
    """A language by its name; English where it is not known."""
    if language == ENGLISH or language not in known():
        return IN_ENGLISH
    from babel import Locale, dates, numbers  # only who reads another language waits for it
    from babel.messages import mofile, pofile

    with (FOLDER / f"{language}.po").open("rb") as source:
        catalogue = pofile.read_po(source, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    found, locale = gettext.GNUTranslations(compiled), Locale.parse(language)
    return Tongue(
        language,
        lambda text: found.gettext(text) if text else text,
        found.ngettext,
        lambda amount: numbers.format_decimal(amount, locale=locale, decimal_quantization=False),
        lambda on: dates.format_skeleton("MMMd", on, locale=locale),
        lambda on: dates.format_skeleton("MMMEd", on, locale=locale),
    )


def preferred(accepted: str, otherwise: str = ENGLISH) -> str:
    """The language that a browser asks for first of those that there are, by `accept-language` (RFC 9110)."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";")
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        wanted.append((-share, name.partition("-")[0].lower()))
    found = (name for share, name in sorted(wanted, key=lambda one: one[0]) if share and name in known())
    return next(found, otherwise)
