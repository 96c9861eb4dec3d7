"""What is compared of a ticket: its words, what they mean, and the codes and names in it."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tocsin.core.texts import fold
from tocsin.detection.problems import lexicon

MOST_TEXT = 4000  # characters that are looked at: what is wrong is said at the beginning
MOST_TERMS = 120
_STEM = 6  # letters by which words without a known meaning are the same
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CODE = re.compile(
    r"\b(?:[45]\d\d|0x[0-9a-f]{2,12}|[a-z]{1,12}[-_][a-z0-9]*\d[a-z0-9_-]*|[a-z]{1,4}\d{2,8}|[a-z]+(?:_[a-z0-9]+)+"
    r"|(?:[a-z0-9-]+\.)+[a-z]{2,12}|\d{1,3}(?:\.\d{1,3}){3}|\d+(?:\.\d+){1,3})\b"
)
_ELIDED = re.compile(r"\b(?:l|d|s|n|j|c|m|t|qu)'(?=\w)")  # of French words
_NO_LONGER = re.compile(r"\bn(?:e |')(?:\w+ ){1,3}plus\b")  # of French: words stand between
_ROUND = frozenset({"400", "500"})  # answers of servers, but amounts too
_AN_ANSWER = re.compile(r"error|fehler|erreur|http|status|answer|return|internal|500s|400s|mit 500|500 from|code")
_CODE_LENGTH = 60


class Print(msgspec.Struct, frozen=True):
    """Of one ticket. `terms`: `word:…`, `about:…`, `code:…`, each with how the ticket writes it. `at`: when it came
    (microseconds). What is not known is empty."""

    terms: dict[str, str]
    at: int
    area: str = ""
    type: str = ""
    region: str = ""
    products: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """Its terms of one kind."""
        return frozenset(term for term in self.terms if term.startswith(f"{kind}:"))


def taken(
    texts: Iterable[str],
    at: int,
    *,
    area: str | None = None,
    type: str | None = None,
    region: Any = None,
    products: Iterable[str] = (),
    named: Iterable[str] = (),
) -> Print:
    """The print of a ticket. `texts`: its sender's own words; `named`: values of its attributes that name something,
    such as a host or an error code."""
    told = fold("\n".join(texts))[:MOST_TEXT]
    found: dict[str, str] = {}
    for name in named:
        if (code := fold(name).strip()[:_CODE_LENGTH]) and len(found) < MOST_TERMS:
            found.setdefault(f"code:{code}", code)
    for term, written in _terms(told):
        if len(found) < MOST_TERMS:
            found.setdefault(term, written)
    return Print(
        found,
        at,
        area or "",
        type or "",
        fold(region) if isinstance(region, str) else "",
        frozenset(fold(one) for one in products),
    )


def _terms(told: str) -> Iterable[tuple[str, str]]:
    """Each term with how it is written."""
    for found in _CODE.finditer(told):
        code = found[0][:_CODE_LENGTH]
        if code not in _ROUND or _AN_ANSWER.search(told[max(0, found.start() - 30) : found.end() + 20]):
            yield f"code:{code}", code
    if (found_ := _NO_LONGER.search(told)) is not None:
        yield "about:no-longer", found_[0]
    words = _WORD.findall(_ELIDED.sub("", _CODE.sub(" ", told)))
    taken: set[int] = set()
    for begin, end, concept in lexicon.phrases(words):
        yield f"about:{concept}", " ".join(words[begin:end])
        taken.update(range(begin, end))
    for place, word in enumerate(words):
        if place in taken or lexicon.says_nothing(word):
            continue
        meaning = lexicon.meaning(word)
        if meaning is not None:
            yield f"about:{meaning}", word[:_CODE_LENGTH]
        elif not word.isdecimal():
            yield f"word:{word[:_STEM]}", word[:_CODE_LENGTH]
