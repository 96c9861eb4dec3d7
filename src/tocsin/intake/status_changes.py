"""Which state counts in a status that names a change, as in "resolved → open": the last one. Pure.

Works on the words of a folded status, as `statuses` splits them; `|` stands for a sign between them.
"""

import re
from collections.abc import Callable, Iterator

Knows = Callable[[list[str]], bool]  # whether these words mean something

TO, BACK, SIGN = "→", "←", "|"  # an arrow to the state after, one to the state before, any other sign
_BAR = "¦"  # a bar between two words

_FORWARD = re.compile(r"(?<![<=\-])[-=~–—]+>+|(?<=\s)>+(?=\s+[^\W\d])|(?<=\w)>+(?=[^\W\d])|[→⇒⇨⟶⟹➔➙➛➜➝➞➡⮕↦▶►]")
_BARS = re.compile(r"(?<=\w)\|(?=\w)")
_BACKWARD = re.compile(r"<+[-=~–—]+(?!>)|[←⇐⇦⟵⟸⬅]")

_FROM = frozenset({"from", "von", "de", "da", "du", "dal", "van", "z", "ze", "fra", "fran", "из", "с"})
_INTO = frozenset({"to", "into", "auf", "zu", "nach", "a", "ad", "para", "naar", "na", "til", "till", "в", "на"})
_CHANGED = frozenset(
    (
        *("changed", "changes", "set", "reset", "moved", "moves", "transitioned", "updated", "switched", "went"),
        *("back", "returned", "reverted", "put", "geandert", "zmieniono", "zmeneno", "cambiato", "изменено"),
    )
)
_WAS = frozenset({"was", "were", "previously", "formerly", "before", "war", "vorher", "zuvor"})
_NOW = frozenset({"now", "jetzt", "nun"})
_OF_ITS_OWN = frozenset({"be", "do"})  # behind "to": no state
_TO_ACT = frozenset({"close", "complete", "resolve", "recover", "clear", "deactivate"})  # behind "to": meant to be done
# A change of the priority is none of the status, though statuses are called by the same words.
_GRADED = frozenset(
    (
        *("priority", "prio", "severity", "urgency", "impact", "prioritat", "dringlichkeit", "schweregrad"),
        *("priorite", "urgence", "gravite", "prioridad", "prioridade", "severidad", "gravedad", "urgencia", "priorita"),
        *("gravita", "prioriteit", "priorytet", "prioritet", "приоритет"),
    )
)
_GRADES = frozenset(
    (
        *("critical", "normal", "warning", "warn", "error", "emergency", "disaster", "fatal", "red", "green", "clear"),
        *("unknown", "down", "alert", "fire", "ok", "good", "failure", "problem", "new", "kritisch", "critique"),
        *("critico", "fehler", "outage", "degraded"),
    )
)
_STATUS = frozenset({"status", "state", "statut", "estado", "stato", "zustand", "stav", "статус"})

Change = tuple[list[str], list[str]]  # the words of the state before, and of the one after


def arrows(status: str) -> str:
    """The status with one sign for each kind of arrow."""
    return _BARS.sub(f" {_BAR} ", _BACKWARD.sub(f" {BACK} ", _FORWARD.sub(f" {TO} ", status.replace(_BAR, SIGN))))


def last_state(words: list[str], knows: Knows, is_one: Knows, ends: Knows) -> list[str]:
    """The words of the state that counts; all of them where no change is named. `is_one`: whether words are a state and
    nothing else; `ends`: whether they say that it is over. The state after counts whether it is known or not, for the
    ticket is no longer what it was; of a change of its priority none does."""
    beside = _parted(words, _BAR)
    if len(beside) > 1 and all(map(is_one, beside)):
        return beside[-1]
    words = [SIGN if word == _BAR else word for word in words]
    found = _found(words, knows, is_one, ends)
    return [] if _is_graded(words, found) else found


def _found(words: list[str], knows: Knows, is_one: Knows, ends: Knows) -> list[str]:
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
    parts = _parted(words, TO, BACK)
    backward = BACK in words and TO not in words
    said = [part for part in parts if any(word != SIGN for word in part)]
    return (said[0] if backward else said[-1]) if said else []


def _is_graded(words: list[str], state: list[str]) -> bool:
    """Whether a change is named, and it is one of the priority."""
    before = set(words) - set(state)
    return (
        len(state) < len(words)
        and bool(before & _GRADED)
        and not before & _STATUS
        and set(state) <= _GRADES | _GRADED | {SIGN}
    )


def _parted(words: list[str], *signs: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in signs:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


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
