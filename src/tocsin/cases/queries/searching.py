"""One search over everything that people look for: cases, people and customers. The same for every face.

Of cases the one that is called so comes first, by its number or its ticket's; then those that hold the words. Of very
many that do, the newest are looked at (POOL): open before over, escalated before others, what the subject says before
what stands in the text, the newest first.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Case
from tocsin.cases.queries import indexing, naming
from tocsin.cases.queries.indexing import Passage
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people import finding
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory, User
from tocsin.people.permissions import Viewer
from tocsin.policy.levels import LEVELS, LevelName
from tocsin.storage import search, words
from tocsin.storage.transaction import Tx

POOL = 500
LONGEST = 200  # characters of a query
_AROUND = 140  # characters of an excerpt
_BEFORE = 40
_NUMBERED = 12  # digits

Kind = Literal["case", "person", "account"]


class Fragment(NamedTuple):
    """A part of an excerpt; `marked`: it is what was looked for."""

    text: str
    marked: bool


class Match(NamedTuple):
    """Where it matched: subject, external_id, account, body, note, reply, ...; and the text around it."""

    where: str
    fragments: tuple[Fragment, ...]


class CaseHit(NamedTuple):
    """A case, and why it was found. `exact`: it is called so."""

    case: Case
    exact: bool
    matches: tuple[Match, ...]


class Found(NamedTuple):
    """What a search found, each kind with the best first. `more`: there are further cases, which the list of cases
    shows."""

    cases: list[CaseHit]
    people: list[User]
    accounts: list[Account]
    more: bool


def look(tx: Tx, viewer: Viewer, directory: Directory, query: str, limit: int = 10) -> Found:
    """At most `limit` of each kind, of what the viewer may see. InvalidInput for a query without words, or one that is
    too long."""
    viewer.require("cases.read")
    if len(query) > LONGEST:
        longest = say("at most {longest} characters", longest=LONGEST)
        raise InvalidInput(say("the text is too long"), place="q", expected=longest)
    matching = search.matching(tx, query)
    called = _called(tx, viewer, query)
    held = [] if matching is None else _holding(tx, viewer, matching)
    ranked = sorted((one for one in held if one.case not in called), key=lambda one: one.rank(query))
    chosen = [*called, *(one.case for one in ranked)][:limit]
    cases = store.rows_of(tx, chosen)
    people = finding.people(directory, query, limit) if viewer.may("people.read") else []
    customers = finding.accounts(tx, query, limit) if viewer.may("people.read") else []
    return Found(_hits(tx, [cases[case] for case in chosen], called, query), people, customers, len(ranked) > limit)


def _called(tx: Tx, viewer: Viewer, query: str) -> list[int]:
    """The cases that are called so: by number or id, then by their tickets; without `HD-` or the like too."""
    name = query.strip()
    found = [naming.find(tx, viewer, name)] if name else []
    spelled = dict.fromkeys((name, name.upper(), name.lower()))
    found += [case for one in spelled if one for case, _ in naming.with_ticket(tx, viewer, one)]
    prefix, _, digits = name.rpartition("-")
    if not any(found) and prefix.isalpha() and digits.isascii() and digits.isdecimal() and len(digits) <= _NUMBERED:
        found.append(naming.find(tx, viewer, digits))
    return list(dict.fromkeys(case for case in found if case is not None))


class _Held(NamedTuple):
    """A case that holds the words."""

    case: int
    subject: str
    level: LevelName
    live: bool

    def rank(self, query: str) -> tuple[bool, int, bool, int]:
        """The least first."""
        level = LEVELS.index(self.level) if self.live else 0
        return not self.live, -level, not words.places(self.subject, query), -self.case


def _holding(tx: Tx, viewer: Viewer, matching: search.Matching) -> list[_Held]:
    """The newest cases that the viewer sees and that hold the words."""
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        "SELECT cases.id, subject, level, state = 'open' AND NOT imported"
        f" FROM {matching.table} {search.joined(tx)} cases ON cases.id = {matching.id}"
        f" WHERE {matching.condition} AND {seen} ORDER BY {matching.id} DESC LIMIT ?",
        (matching.parameter, *parameters, POOL),
    )
    return [_Held(*row) for row in rows]


def _hits(tx: Tx, cases: Sequence[Case], called: Sequence[int], query: str) -> list[CaseHit]:
    texts = indexing.passages(tx, [case.id for case in cases])
    return [CaseHit(case, case.id in called, _matches(texts.get(case.id, ()), query)) for case in cases]


def _matches(passages: Sequence[Passage], query: str, most: int = 2) -> tuple[Match, ...]:
    """Where a case has words of the query: the subject first, then where most of them stand."""
    held = [(part, spans) for part in passages if (spans := words.places(part.text, query))]
    held.sort(key=lambda pair: (pair[0].where != "subject", -len(pair[1])))
    return tuple(Match(part.where, fragments(part.text, spans)) for part, spans in held[:most])


def fragments(text: str, spans: Sequence[words.Span]) -> tuple[Fragment, ...]:
    """The text around the first of these places, in parts; an ellipsis where it was cut."""
    start = 0 if len(text) <= _AROUND else _edge(text, max(0, spans[0].start - _BEFORE), spans[0].start)
    end = len(text) if len(text) <= start + _AROUND else _last(text, start + _AROUND, spans[0].end)
    made, at = [Fragment("…", False)] if start else [], start
    for span in spans:
        if span.end > end:
            break
        made += [Fragment(text[at : span.start], False), Fragment(text[span.start : span.end], True)]
        at = span.end
    made += [Fragment(text[at:end], False), Fragment("…" if end < len(text) else "", False)]
    return tuple(one for one in made if one.text)


def _edge(text: str, at: int, before: int) -> int:
    """The beginning of a word from here on."""
    if at == 0:
        return 0
    space = text.find(" ", at, before)
    return at if space < 0 else space + 1


def _last(text: str, at: int, behind: int) -> int:
    """The end of a word up to here."""
    space = text.rfind(" ", behind, at)
    return max(at, behind) if space < 0 else space
