"""Regular expressions for folded texts: what they spell out is folded as the text is, what they describe is not.

`Straße` becomes `strasse`, `[A-Z]+-\\d` becomes `(?i)[A-Z]+-\\d`; `\\B`, `\\S` and `\\D` mean what they meant.
White space that is spelled out is any; `\\n` in a class is the end of a paragraph.
"""

import re
import unicodedata

from tocsin.core.texts import fold

_GROUP = re.compile(r"\(\?(?:P?<\w+>|[a-zA-Z-]*[:)])")
_ESCAPE = re.compile(r"\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[0-9a-fA-F]*\}|..)|[0-7]{1,3}|.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_RUN = re.compile(r"\s+(?=\s[*+?{])|\s+")  # what counts for its last character alone leaves that one out
_WHITE = re.compile(r"\\[rntfv]|[^\S ]|\s\s")
_SPECIAL = frozenset(r".+*?()|[]{}^$")
_MEMBER = re.compile(r"\[:\^?\w+:\]|\\[pP]\{[^}]*\}|\\x\{[0-9a-fA-F]*\}|\\.|.", re.DOTALL)


def insensitive(pattern: str) -> str:
    """The expression that finds in `fold(text)` what this one means in any spelling of the text. RE2 takes the given
    one; nothing is said of one that it refuses."""
    if pattern.isascii() and pattern.startswith("(?i)") and not _WHITE.search(pattern):
        return pattern
    found: list[str] = []
    at, described = 0, False
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and (quoted := _QUOTED.match(pattern, at)):
            part, at = _spelled(quoted[1]), quoted.end()
        elif letter == "\\" and (escape := _ESCAPE.match(pattern, at)):
            part, at = _escaped(escape[0]), escape.end()
            described = described or part[1:2] in ("p", "P", "x")
        elif letter == "[" and (group := _CLASS.match(pattern, at)):
            part, at, described = _one_of(group[0]), group.end(), True
        elif letter == "(" and (head := _GROUP.match(pattern, at)):
            part, at = head[0], head.end()
        elif letter.isspace() and (run := _RUN.match(pattern, at)):
            part, at = _spelled(run[0]), run.end()
        elif letter in _SPECIAL:
            part, at = letter, at + 1
        else:
            end = at + 1
            while end < len(pattern) and unicodedata.category(pattern[end]) in ("Mn", "Mc", "Me", "Cf"):
                end += 1
            part, at = _spelled(pattern[at:end]), end
        found.append(part)
    return "(?i)" * described + "".join(found)


def _spelled(text: str) -> str:
    """Letters as they are folded; several, or none, are one piece, so that what follows counts for all of them."""
    folded = "".join(f"\\{each}" if each in _SPECIAL or each == "\\" else each for each in fold(text))
    return folded if len(folded) == 1 or (len(folded) == 2 and folded[0] == "\\") else f"(?:{folded})"


def _escaped(escape: str) -> str:
    if escape == r"\r":  # a folded text has \n alone, and that only between paragraphs
        return "(?:)"
    if escape in (r"\n", r"\t", r"\f", r"\v"):
        return r"\s"
    return _spelled(escape[1:]) if not escape.isascii() else escape


def _one_of(group: str) -> str:
    """A class, with what its members fold to beside them; a member of several letters becomes a choice of its own."""
    if group.isascii() and r"\t" not in group:
        return group
    negative = group.startswith("[^")
    inner, more, longer = group[2 if negative else 1 : -1], "", []
    if r"\t" in inner and not negative:
        more = " "
    members = _MEMBER.findall(inner)
    for place, member in enumerate(members):
        if member.isascii():
            continue
        folded = fold(member[-1])
        if len(folded) > 1:
            longer.append(_spelled(folded))
        elif folded and folded != member:
            more += re.escape(folded)
        if members[place - 1 : place] == ["-"] and place > 1:
            start = fold(members[place - 2])
            if len(start) == len(folded) == 1 and start < folded:
                more += f"{re.escape(start)}-{re.escape(folded)}"
    made = f"[{'^' if negative else ''}{inner}{more}]"
    return made if negative or not longer else f"(?:{made}|{'|'.join(longer)})"
