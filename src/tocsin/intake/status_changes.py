"""Which state counts in a status that names a change, as in "resolved → open": the last one. Pure.

Works on the words of a folded status, as `statuses` splits them; `|` stands for a sign between them.
"""

import re
from collections.abc import Callable, Iterator

Knows = Callable[[list[str]], bool]  # whether these words mean something

TO, BACK, SIGN = "→", "←", "|"  # an arrow to the state after, one to the state before, any other sign

_FORWARD = re.compile(r"(?<![<=\-])[-=~–—]+>+|(?<=\s)>+(?=\s+[^\W\d])|(?<=\w)>+(?=[^\W\d])|[→⇒⇨⟶⟹➔➙➛➜➝➞➡⮕↦▶►]")
_BACKWARD = re.compile(r"<+[-=~–—]+(?!>)|[←⇐⇦⟵⟸⬅]")

_FROM = frozenset({"from", "von", "de", "da", "du", "van"})
_INTO = frozenset({"to", "into", "auf", "zu", "nach", "a", "para", "naar"})
_CHANGED = frozenset(
    (
        *("changed", "changes", "set", "reset", "moved", "moves", "transitioned", "updated", "switched", "went"),
        *("back", "returned", "reverted", "put"),
    )
)
_WAS = frozenset({"was", "were", "previously", "formerly", "before", "war", "vorher", "zuvor"})
_NOW = frozenset({"now", "jetzt", "nun"})
_OF_ITS_OWN = frozenset({"be", "do"})  # behind "to": no state
_TO_ACT = frozenset({"close", "complete", "resolve", "recover", "clear", "deactivate"})  # behind "to": meant to be done

Change = tuple[list[str], list[str]]  # the words of the state before, and of the one after


def arrows(status: str) -> str:
    """The status with one sign for each kind of arrow."""
    return _BACKWARD.sub(f" {BACK} ", _FORWARD.sub(f" {TO} ", status))


def last_state(words: list[str], knows: Knows, is_one: Knows, ends: Knows) -> list[str]:
    """The words of the state that counts; all of them where no change is named. `is_one`: whether words are a state and
    nothing else; `ends`: whether they say that it is over. The state after counts whether it is known or not, for the
    ticket is no longer what it was."""
    if (drawn := _drawn(words)) is not None:
        return drawn
    named = [each for each in _from_to(words) if knows(each[0]) or is_one(each[1])]
    named.sort(key=lambda each: not (knows(each[0]) and is_one(each[1])))
    named += [each for each in _changed_to(words) if each[1]]
    named += [(was, now) for was, now in _to(words) if is_one(was) and is_one(now) and ends(was) is not ends(now)]
    named += [each for each in (*_now(words), *_was(words)) if knows(each[0]) and knows(each[1])]
    return named[0][1] if named else words


def _drawn(words: list[str]) -> list[str] | None:
    """By arrows; one that leads nowhere is none."""
    if TO not in words and BACK not in words:
        return None
    parts: list[list[str]] = [[]]
    backward = BACK in words and TO not in words
    for word in words:
        if word in (TO, BACK):
            parts.append([])
        else:
            parts[-1].append(word)
    said = [part for part in parts if any(word != SIGN for word in part)]
    return (said[0] if backward else said[-1]) if said else []


def _places(words: list[str], of: frozenset[str]) -> Iterator[int]:
    return (place for place, word in enumerate(words) if word in of)


def _from_to(words: list[str]) -> Iterator[Change]:
    for start in _places(words, _FROM):
        for place in _places(words, _INTO):
            if start + 1 < place < len(words) - 1:
                yield words[start + 1 : place], words[place + 1 :]


def _changed_to(words: list[str]) -> Iterator[Change]:
    for place in _places(words, _INTO):
        state = words[place + 1 :]
        if place and words[place - 1] in _CHANGED and not _OF_ITS_OWN & set(state[:1]):
            yield [], state[: next(_places(state, _FROM), len(state))]


def _to(words: list[str]) -> Iterator[Change]:
    for place in _places(words, _INTO):
        if not _TO_ACT & set(words[place + 1 : place + 2]):
            yield words[:place], words[place + 1 :]


def _now(words: list[str]) -> Iterator[Change]:
    for place in _places(words, _NOW):
        yield words[:place], words[place + 1 :]


def _was(words: list[str]) -> Iterator[Change]:
    for place in _places(words, _WAS):
        if place and words[place - 1] == SIGN:
            yield words[place + 1 :], words[: place - 1]
