"""Texts: what is stored of them, what they are compared by, and whether they say anything at all."""

import re
import unicodedata
from typing import Any

_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that leave no ink
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})

# What Unicode calls ignorable, such as soft hyphens, zero-width characters, marks of direction and variants. Those
# beyond the first plane stand apart: the class of the others alone is a bitmap, and twice as quick.
_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8"
)
_IGNORED_BEYOND = re.compile("[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
# What word processors and phones write for what is on the keyboard.
_TYPED = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u0085\u2028\u2029", "\n"),
}
_ODD = re.compile(f"[{_IGNORED}{''.join(_TYPED)}]")


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: it is empty, or only space, control and format characters, marks on nothing,
    fillers."""
    return not any(_seen(character) for character in text)


def _seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN


def nfc(text: str) -> str:
    """What is stored of a text that comes in: composed letters (NFC), otherwise as it came."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def composed(value: Any) -> Any:
    """A JSON value with all of its texts, keys included, as `nfc` has them; the same object where nothing differs."""
    match value:
        case str():
            return nfc(value)
        case dict():
            made = {composed(key): composed(item) for key, item in value.items()}
            same = all(made.get(key) is item for key, item in value.items())
            return value if same and len(made) == len(value) else made
        case list():
            items = [composed(item) for item in value]
            return value if all(map(_identical, items, value)) else items
    return value


def _identical(one: object, other: object) -> bool:
    return one is other


def fold(text: str) -> str:
    """What a text is compared and found by: without case, width and other forms of a letter (NFKC), without what
    cannot be seen, with the quotes, hyphens and line ends of a keyboard. `fold(fold(text)) == fold(text)`."""
    if text.isascii():
        plain = text.lower()
    else:
        cased = _folded(text)
        plain = unicodedata.normalize("NFKC", cased)
        if plain != cased:  # folding case took letters apart that belong together
            plain = unicodedata.normalize("NFKC", _folded(plain))
    return plain.replace("\r\n", "\n").replace("\r", "\n") if "\r" in plain else plain


def _folded(text: str) -> str:
    plain = _ODD.sub(_typed, unicodedata.normalize("NFKC", text))
    if len(plain.encode("utf-16-le", "surrogatepass")) != 2 * len(plain):
        plain = _IGNORED_BEYOND.sub("", plain)
    return plain.casefold()


def _typed(found: re.Match[str]) -> str:
    return _TYPED.get(found[0], "")
