"""Texts: what is stored of them, what they are compared by, whether they say anything at all, and those of others made
fit to stand among our own words."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

from tocsin.core import canonical

_DEEPEST = 64  # levels of a JSON value
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that leave no ink
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})
_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})  # ends of lines, control characters, halves of characters
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn what stands behind around
_OPEN, _CLOSE = "\u2068", "\u2069"
_ISOLATES = frozenset((_OPEN, _CLOSE))
_JOINING = frozenset({"Mn", "Mc", "Me"})
_JOINERS = frozenset("\u200c\u200d")
_EMOJI_MODIFIERS = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)

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
# Cyrillic and Greek letters that look Latin, small or large (Unicode's confusables). Whole words of them are of their
# own language; among Latin letters they are a disguise, or a slip of the keyboard.
_LOOKALIKES = str.maketrans("асеԁһіјӏорԛѕүхуѵԝвкмнтαεηικνορτυχγ", "acedhijlopqsyxyvwbkmhtaenikvoptuxy")
_MIXED = re.compile(r"\w*(?:[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z])\w*")
_PARAGRAPHS = re.compile("\n\n+")
_MOST_MARKS = 256  # on one letter that are put in order together
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]+")  # every mark is among them
_ODD = re.compile(f"[{_IGNORED}{''.join(_TYPED)}]")


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: it is empty, or only space, control and format characters, marks on nothing,
    fillers."""
    first = text[:1]
    if first.isascii() and first.isalnum():
        return False
    return not any(_seen(character) for character in text)


def line(text: str, most: int = 500) -> str:
    """One line of what somebody else wrote, in any language: no control characters, no characters that would turn our
    own words around, no run of spaces, and not more than `most` characters."""
    return cut(_cleaned(text, _TURNING), most)


def _cleaned(text: str, without: frozenset[str]) -> str:
    plain = "".join("" if character in without else _plain(character) for character in text)
    return " ".join(part for part in plain.split(" ") if part)


def isolated(text: str) -> str:
    """What somebody else wrote, as it stands within a sentence of ours: each line that is written from right to left
    between U+2068 and U+2069, so that neither turns the other around."""
    if text.isascii():
        return text
    return "\n".join(f"{_OPEN}{one}{_CLOSE}" if _from_right(one) else one for one in text.split("\n"))


def _from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def value(found: Any, most: int = 80) -> str:
    """A JSON value on one short line: a text as it is, a list of texts with commas, anything else as JSON."""
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        found = ", ".join(found)
    return line(found if isinstance(found, str) else canonical.encode(found).decode(), most)


def lines(text: str, most: int, *, isolates: bool = False) -> str:
    """As `line`, with its line ends kept: no empty line at its ends, at most one between two others. `isolates`: for
    sentences of ours; what `isolated` put around the words of others stays, and ends with its line."""
    without = _TURNING - _ISOLATES if isolates else _TURNING
    found = [_cleaned(one, without) for one in text.splitlines()]
    kept = [one for place, one in enumerate(found) if one or (place and found[place - 1])]
    whole = cut("\n".join(kept).strip("\n"), most)
    return "\n".join(one + _CLOSE * (one.count(_OPEN) - one.count(_CLOSE)) for one in whole.split("\n"))


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits in front of an ellipsis: up to the end of a word where one is near, and never
    within what is read as one character."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > 0 and joins(text, end):
        end -= 1
    space = max(text.rfind(" ", end * 3 // 4, end + 1), text.rfind("\n", end * 3 // 4, end + 1))
    return text[: space if space > 0 else end or most - 1].rstrip() + "…"


def joins(text: str, place: int) -> bool:
    """Whether the character at this place belongs to the one before it: a mark, a joiner and what it joins, the colour
    of an emoji, the tags of a flag."""
    character, before = text[place], text[place - 1]
    return (
        unicodedata.category(character) in _JOINING
        or character in _JOINERS
        or before in _JOINERS
        or ord(character) in _EMOJI_MODIFIERS
        or ord(character) in _TAGS
    )


def _plain(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) in _BREAKING else character


def _seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN


def nfc(text: str) -> str:
    """What is stored of a text that comes in: composed letters (NFC), otherwise as it came."""
    return text if text.isascii() else normal("NFC", text)


def normal(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """A text in a normal form of Unicode. What that takes grows with the square of the marks on one letter, so of more
    than any language writes some at a time are put in order."""
    if len(text) <= _MOST_MARKS or max(map(len, _BEYOND_LATIN.findall(text)), default=0) <= _MOST_MARKS:
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, part) for part in _parts(text))


def _parts(text: str) -> Iterator[str]:
    """A text that is cut only where as many marks follow each other."""
    begin = marks = 0
    for place, character in enumerate(text, 1):
        marks = marks + 1 if _marks(character) else 0
        if marks == _MOST_MARKS:
            yield text[begin:place]
            begin, marks = place, 0
    yield text[begin:]


@lru_cache(maxsize=4096)
def _marks(character: str) -> bool:
    """Whether it is a mark, or becomes one in a normal form."""
    return character >= "\u0300" and unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0


def composed(value: Any, depth: int = 0) -> Any:
    """A JSON value with all of its texts, keys included, as `nfc` has them; the same object where nothing differs.
    What is nested deeper than anything that is taken in stays as it is, to be refused."""
    if depth > _DEEPEST:
        return value
    match value:
        case str():
            return nfc(value)
        case dict():
            made = {composed(key): composed(item, depth + 1) for key, item in value.items()}
            same = all(made.get(key) is item for key, item in value.items())
            return value if same and len(made) == len(value) else made
        case list():
            items = [composed(item, depth + 1) for item in value]
            return value if all(map(_identical, items, value)) else items
    return value


def _identical(one: object, other: object) -> bool:
    return one is other


def fold(text: str) -> str:
    """What a text is compared and found by: as `fold_lines`, and every run of white space is one space, or an empty
    line where it holds one. `fold(fold(text)) == fold(text)`."""
    return spaced(fold_lines(text))


def fold_lines(text: str) -> str:
    """A text without case, width and other forms of a letter (NFKC), without what cannot be seen, with the quotes,
    hyphens and line ends of a keyboard; in words that mix Latin letters with others that only look so, all Latin."""
    if text.isascii():
        plain = text.lower()
    else:
        cased = _folded(text)
        plain = normal("NFKC", cased)
        if plain != cased:  # folding case took letters apart that belong together
            plain = normal("NFKC", _folded(plain))
        if _MIXED.search(plain):
            plain = _MIXED.sub(_in_latin, plain)
    return plain.replace("\r\n", "\n").replace("\r", "\n") if "\r" in plain else plain


def _in_latin(word: re.Match[str]) -> str:
    return word[0].translate(_LOOKALIKES)


def spaced(text: str) -> str:
    """A text whose lines end with `\\n`, where mail programs may break a line anywhere: each run of white space is one
    space, but between paragraphs stands an empty line."""
    if "\n" not in text and _single_spaces(text):
        return text
    paragraphs = [paragraph.replace("\n", " ") for paragraph in text.split("\n\n")]
    flat = " ".join(paragraphs)
    if _single_spaces(flat):  # most texts: nothing is left to be done
        return "\n\n".join(paragraphs)
    lines = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    plain = "\n\n".join([paragraph.replace("\n", " ") for paragraph in _PARAGRAPHS.split(lines)])
    before = " " if text[:1].isspace() and not plain[:1].isspace() else ""
    behind = " " if text[-1:].isspace() and not (before + plain)[-1:].isspace() else ""
    return before + plain + behind


def _single_spaces(text: str) -> bool:
    """Whether its only white space is single spaces. One look for each is a tenth of any way to look for all."""
    return not (
        "  " in text
        or "\t" in text
        or "\x0b" in text
        or "\x0c" in text
        or "\x1c" in text
        or "\x1d" in text
        or "\x1e" in text
        or "\x1f" in text
        or "\u1680" in text
    )


def _folded(text: str) -> str:
    plain = _ODD.sub(_typed, normal("NFKC", text))
    if len(plain.encode("utf-16-le", "surrogatepass")) != 2 * len(plain):
        plain = _IGNORED_BEYOND.sub("", plain)
    return plain.casefold()


def _typed(found: re.Match[str]) -> str:
    return _TYPED.get(found[0], "")
