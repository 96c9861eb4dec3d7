"""The words by which a text is found: cut and folded here, alike for what is kept and for what is asked.

Scripts that put no space between words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) are cut into pairs of
neighbours, so that whatever stands within a run of them is found. The last one of a run is also kept by itself: then
each of its characters is the beginning of some word, and is found by that.

An emoji is a word of its own, in every colour of skin, and so is each part of one that is joined. Other signs are none.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from tocsin.core import texts

MOST_CHARACTERS = 100_000  # of a text; PostgreSQL takes at most a mebibyte of words
LONGEST = 100
_BEGUN = 3  # characters with which the last word of a query may be a beginning
_DENSE = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_EMOJI = "\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
_FLAGS = "\U0001f1e6-\U0001f1ff"  # two of them are one flag
_PLAIN = re.compile(r"[a-z0-9]+")
_PARTS = re.compile(r"\S+")
_STROKED = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
_VOICED = "\u3099\u309a"  # they make another letter of a kana, where an accent makes a variant of one


class WantedWord(NamedTuple):
    """A word of a query; `begins`: whether it may be the beginning of one."""

    word: str
    begins: bool


def words_of(text: str) -> list[str]:
    """The words of a text, each once: letters and digits, without case, accents and what cannot be seen; and
    emoji."""
    found: dict[str, None] = {}
    for run in _runs(text[:MOST_CHARACTERS]):
        found.update(dict.fromkeys([*_pairs(run), run[-1]] if _dense(run) else [run[:LONGEST]]))
    return list(found)


@lru_cache(100)
def wanted(query: str) -> tuple[WantedWord, ...]:
    """The words of a query, of which a case has to hold all.

    The last word may be a beginning. So is one that was cut, and a single character of a run of them.
    """
    runs = list(dict.fromkeys(_runs(query)))
    found: dict[str, WantedWord] = {}
    for place, run in enumerate(runs):
        if _dense(run):
            parts = _pairs(run[:LONGEST]) or [run]
            found.update((part, WantedWord(part, len(part) == 1)) for part in parts)
        else:
            last = place == len(runs) - 1
            found[run] = WantedWord(run[:LONGEST], len(run) >= LONGEST or (last and len(run) >= _BEGUN))
    return tuple(found.values())


class Span(NamedTuple):
    """A part of a text, from `start` up to but not including `end`."""

    start: int
    end: int


def places(text: str, query: str) -> list[Span]:
    """Where a text has words of a query, in order: each as it is written there."""
    if text.isascii():
        return list(_within_ascii(text[:MOST_CHARACTERS], query))
    asked = wanted(query)
    found: list[Span] = []
    for part in _PARTS.finditer(text, 0, MOST_CHARACTERS):
        if part[0].isascii():
            found += _within_ascii(part[0], query, part.start())
        elif (plain := _plain(part[0])) and any(one.word in plain for one in asked):
            found += [Span(part.start() + at, part.start() + end) for at, end in _within(part[0], asked)]
    return _joined(found)


def _within_ascii(text: str, query: str, start: int = 0) -> Iterator[Span]:
    """The same of a text in which each character stands for itself, and which starts there."""
    for found in _among_ascii(query).finditer(text.lower()):
        yield Span(start + found.start(), start + found.end())


@lru_cache(100)
def _among_ascii(query: str) -> re.Pattern[str]:
    plain = [one for one in wanted(query) if one.word.isascii()]
    whole = [f"{one.word}[a-z0-9]*" if one.begins else f"{one.word}(?![a-z0-9])" for one in plain]
    return re.compile(f"(?<![a-z0-9])(?:{'|'.join(whole)})" if whole else "(?!)")


def _within(part: str, asked: Sequence[WantedWord]) -> Iterator[Span]:
    """The same of a part of a text that has no white space."""
    folded, origin = [], []
    for character in _characters(part):
        plain = _plain(part[character.start : character.end])
        folded.append(plain)
        origin += [character] * len(plain)
    for run in _any_script().finditer("".join(folded)):
        for at, end in _held(run[0], run.start(), asked):
            yield Span(origin[at].start, origin[end - 1].end)


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else _without_accents(texts.fold_lines(text))


def _held(run: str, start: int, asked: Sequence[WantedWord]) -> Iterator[Span]:
    """Where a run of letters has words that are asked for; one that is only begun counts wholly."""
    if not _dense(run):
        if any(run[:LONGEST] == one.word or (one.begins and run.startswith(one.word)) for one in asked):
            yield Span(start, start + len(run))
        return
    for one in asked:
        at = run.find(one.word)
        while at >= 0:
            yield Span(start + at, start + at + len(one.word))
            at = run.find(one.word, at + 1)


def _characters(text: str) -> Iterator[Span]:
    """What is read as one character each: a letter with its marks."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not texts.joins(text, at):
            yield Span(start, at)
            start = at


def _joined(found: list[Span]) -> list[Span]:
    """In order, those that touch or overlap as one."""
    joined: list[Span] = []
    for span in sorted(found):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined


def count(query: str) -> int:
    """How many words a query has."""
    return len(dict.fromkeys(_runs(query)))


def _runs(text: str) -> list[str]:
    plain = texts.fold(text)
    if plain.isascii():
        return _PLAIN.findall(plain)
    return _any_script().findall(_without_accents(plain))


def _without_accents(text: str) -> str:
    parts = texts.normal("NFKD", text)
    kept = "".join([each for each in parts if not unicodedata.combining(each) or each in _VOICED or _dense(each)])
    return texts.normal("NFC", kept).casefold().translate(_STROKED)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _dense(run: str) -> bool:
    """Whether the run is of a script without spaces; all characters of a run are, or none."""
    return run[0] > "\u0e00" and _dense_script().match(run) is not None


@cache
def _dense_script() -> re.Pattern[str]:
    return re.compile(f"[{_DENSE}]")


@cache
def _any_script() -> re.Pattern[str]:
    """Runs of one kind: of a script without spaces, or of other letters, digits, and the vowels that some scripts write
    as marks; and each emoji."""
    marks = "".join(
        chr(point)
        for point in range(0x300, 0x1D00)
        if unicodedata.category(chr(point)) in ("Mn", "Mc") and not _dense_script().match(chr(point))
    )
    return re.compile(rf"[{_DENSE}]+|(?:(?![{_DENSE}])[^\W_]|[{marks}])+|[{_FLAGS}]{{1,2}}|[{_EMOJI}]")
