"""What tickets are about, in several languages: the words of help desks by what they mean (`lexicon.txt`). So a ticket
in one language has something in common with one in another."""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

_ABOUT, _FAILS, _NOTHING = "what it is about", "how it fails", "says nothing"


class _Lexicon(NamedTuple):
    exact: dict[str, str]
    begins: dict[str, str]
    follow: dict[str, list[tuple[tuple[str, ...], str]]]  # by the first word
    symptoms: frozenset[str]
    nothing: frozenset[str]


def _read() -> _Lexicon:
    found = _Lexicon({}, {}, {}, frozenset(), frozenset())
    symptoms, nothing, section = set(), set(), ""
    told = resources.files(__package__).joinpath("lexicon.txt").read_text(encoding="utf-8")
    for line in told.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            concept, _, words = line.partition(": ")
            if section == _NOTHING:
                nothing.update(words.split())
                continue
            if section == _FAILS:
                symptoms.add(concept)
            for word in words.split():
                _add(found, concept, word)
    return found._replace(symptoms=frozenset(symptoms), nothing=frozenset(nothing))


def _add(found: _Lexicon, concept: str, word: str) -> None:
    if "+" in word:
        parts = tuple(word.split("+"))
        found.follow.setdefault(parts[0], []).append((parts, concept))
    elif word.endswith("*"):
        found.begins[word[:-1]] = concept
    else:
        found.exact[word] = concept


_LEXICON = _read()
SYMPTOMS = _LEXICON.symptoms
"""The meanings that say how something fails."""
_LENGTHS = range(max(map(len, _LEXICON.begins)), min(map(len, _LEXICON.begins)) - 1, -1)


@lru_cache(maxsize=20_000)
def meaning(word: str) -> str | None:
    """What a folded word is about; None where that is not known."""
    exact = _LEXICON.exact.get(word)
    if exact is not None:
        return exact
    return next((found for length in _LENGTHS if (found := _LEXICON.begins.get(word[:length])) is not None), None)


def phrases(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where words that mean something together begin and end, and what."""
    return [
        (place, place + len(parts), concept)
        for place, word in enumerate(words)
        for parts, concept in _LEXICON.follow.get(word, ())
        if tuple(words[place : place + len(parts)]) == parts
    ]


def says_nothing(word: str) -> bool:
    """Whether a word tells no ticket from another."""
    return word in _LEXICON.nothing or len(word) < 2
