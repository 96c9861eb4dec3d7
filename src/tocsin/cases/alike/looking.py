"""Of which open cases a case may be: those that meet it in the index, each as likely as whichever of its family is the
likeliest."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tocsin.cases import sight
from tocsin.cases.alike import index
from tocsin.detection.problems.likeness import Frequencies, Likeness, compared
from tocsin.detection.problems.prints import Print
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded


class Alike(NamedTuple):
    """An open case that may be the parent of another. `by`: the case of its family that is the likeliest, itself or a
    follower; `others`: how many further ones are of it; `apart`: microseconds between the two tickets."""

    case: int
    by: int
    likeness: Likeness
    others: int
    apart: int


def alike(
    tx: Tx, viewer: Viewer | None, case: int, one: Print, seen: Frequencies, *, within: int, without: Iterable[int] = ()
) -> list[Alike]:
    """The likeliest first. `viewer`: only what they may see, None: only what
    everybody may; `within`: microseconds between the tickets at most;
    `without`: cases that are not looked at."""
    met = index.candidates(tx, case, one)
    heads = _heads(tx, viewer, met)
    known = index.prints(tx, heads)
    sizes = Counter(heads.values())
    best: dict[int, Alike] = {}
    aside = {case, *without}
    for member, head in heads.items():
        other = known.get(member)
        if other is None or head in aside or head > case or abs(one.at - other.at) > within:
            continue
        others = sizes[head] - 1
        likeness = compared(one, other, seen, others=others)
        if head not in best or likeness.likelihood > best[head].likeness.likelihood:
            best[head] = Alike(head, member, likeness, others, abs(one.at - other.at))
    return sorted(best.values(), key=lambda found: (-found.likeness.likelihood, found.case))


def _heads(tx: Tx, viewer: Viewer | None, met: Iterable[int]) -> Mapping[int, int]:
    """The parent of each of these cases, or itself; without those that are over, or that the viewer may not see. One
    that waits for an answer to an offer counts as a follower of what it was offered."""
    chosen = padded(list(met))
    if not chosen:
        return {}
    seen, parameters = ("NOT confidential", ()) if viewer is None else sight.condition(viewer)
    rows = tx.rows(
        f"SELECT id, parent FROM cases WHERE id IN ({marks(chosen)}) AND state = 'open' AND NOT imported AND {seen}",
        (*chosen, *parameters),
    )
    offered: dict[int, int] = dict(
        tx.rows(
            f"SELECT case_id, min(parent) FROM parent_offers WHERE case_id IN ({marks(chosen)}) AND answer IS NULL"
            " GROUP BY case_id",
            chosen,
        )
    )
    heads = {case: parent or offered.get(case) or case for case, parent in rows}
    wanted = padded(sorted(set(heads.values())))
    if not wanted:
        return {}
    fit = {
        row[0]
        for row in tx.rows(
            f"SELECT id FROM cases WHERE id IN ({marks(wanted)}) AND state = 'open' AND parent IS NULL"
            f" AND NOT imported AND {seen}",
            (*wanted, *parameters),
        )
    }
    return {case: head for case, head in heads.items() if head in fit}


class Shown(NamedTuple):
    """A case as it is named: its number, its ticket's, its subject and level."""

    number: int
    external_id: str | None
    subject: str
    level: str


def shown(tx: Tx, cases: Iterable[int]) -> dict[int, Shown]:
    """How these cases are named."""
    chosen = padded(sorted(set(cases)))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT id, number, external_id, subject, level FROM cases WHERE id IN ({marks(chosen)})", chosen)
    return {case: Shown(*named) for case, *named in rows}
