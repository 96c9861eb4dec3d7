"""Linking two cases in one transaction."""

from tocsin.cases import acting, store
from tocsin.cases.acting import Done
from tocsin.cases.context import Desk
from tocsin.cases.family import provisional
from tocsin.cases.verbs import links
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import say
from tocsin.ledger import journal
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


def link(tx: Tx, desk: Desk, viewer: Viewer, case: int, kind: str, other: int, reason: str | None = None) -> Done:
    """`other` is related to the case, becomes its parent, or takes its place. The caller holds the locks of both."""
    _refuse_parents(tx, case, kind)
    acting.settle_many(tx, desk, (case, other))
    mine, theirs = store.load(tx, case), store.load(tx, other)
    done = acting.act(tx, desk, case, links.link(viewer, kind, theirs, reason))
    acting.act(tx, desk, other, links.linked_back(viewer, kind, mine))
    return done


def assume(tx: Tx, desk: Desk, case: int, other: int, likelihood: float) -> Done:
    """The case follows `other` for the time being, because that is likely the same problem. NotAllowed where it is
    followed itself, or the other one would have to be raised. The caller holds the locks of both."""
    _refuse_parents(tx, case, "parent")
    acting.settle_many(tx, desk, (case, other))
    mine, theirs = store.load(tx, case), store.load(tx, other)
    version = desk.policies.get(tx).at(tx.now).version
    done = acting.act(tx, desk, case, provisional.linked(theirs, likelihood, version))
    acting.act(tx, desk, other, provisional.linked_back(mine))
    return done


def unlink(tx: Tx, desk: Desk, viewer: Viewer, case: int, kind: str, other: int) -> Done:
    """The cases have nothing more to do with each other; `kind`: related, or parent, which `other` was."""
    if kind not in ("related", "parent"):
        raise InvalidInput(
            say("{kind} cannot be undone", kind=repr(kind[:40])), place="kind", expected=say("related or parent")
        )
    viewer.require(links.unlink.permission)
    mine, theirs = store.load(tx, case).case, store.load(tx, other).case
    if kind == "related" and not _related(tx, case, other):
        raise NotAllowed(
            say("the case is not linked to case {number}", number=theirs.number),
            place="case",
            expected=say("a linked case"),
        )
    done = acting.act(tx, desk, case, links.unlink(viewer, kind, theirs))
    back = {"parent": "child"}.get(kind, kind)
    acting.act(tx, desk, other, links.unlink(viewer, back, mine))
    return done


def dismiss(tx: Tx, desk: Desk, viewer: Viewer, case: int, other: int, reason: str | None = None) -> Done:
    """The case is of another problem than `other`."""
    theirs = store.load(tx, other).case
    return acting.act(tx, desk, case, links.dismiss_parent(viewer, theirs, reason))


def _related(tx: Tx, case: int, other: int) -> bool:
    """Whether the record of the case says that the two are related, and not that this has ended."""
    return other in links.related(journal.read(tx, case))


def _refuse_parents(tx: Tx, case: int, kind: str) -> None:
    if kind == "related":
        return
    row = tx.row("SELECT count(*) FROM cases WHERE parent = ? AND state = 'open'", (case,))
    if row is not None and row[0]:
        raise NotAllowed(
            say("{amount} cases follow this one", amount=row[0]), place="case", expected=say("a case that none follows")
        )
