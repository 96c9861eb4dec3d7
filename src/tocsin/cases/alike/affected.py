"""Customers whom the problem of a case concerns and who have not written yet: who they are, and opening cases for them
on a person's word. Each such case follows the one whose problem it is, and pages nobody anew."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.cases import linking, queries, sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.opening import Ticket, open_many
from tocsin.core import ids, texts
from tocsin.core.errors import InvalidInput, NotAllowed, TocsinError
from tocsin.core.wording import Listed, Said, say, unturned
from tocsin.people import accounts
from tocsin.people.accounts import Account, Having
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy.body import AccountBody, CaseBody
from tocsin.policy.decision import from_bytes
from tocsin.storage.transaction import Tx

SOURCE = "affected"  # of the cases that are opened so
MOST = 500  # accounts that are told of
AT_ONCE = 100  # cases that are opened together


class Affected(NamedTuple):
    """A customer whom the problem concerns. `why`: by which facts; `case`: the number of the case by which they have
    written, None where they have not."""

    account: Account
    why: tuple[Said, ...]
    case: int | None


class OpenedFor(NamedTuple):
    """What became of one account: the number of the case that was opened, or why none was."""

    external_id: str
    number: int | None
    refused: TocsinError | None = None


def usual(tx: Tx, parent: int) -> Having:
    """By what they are looked for unless somebody says otherwise: the products that all have who wrote of it, else
    those of the parent's own customer."""
    found = [account for account, _ in _written(tx, None, parent).values()]
    products = [dict.fromkeys(map(str, account.facts.get("products") or ())) for account in found]
    shared = [name for name in products[0] if all(name in each for each in products)] if products else []
    return Having(products=tuple(shared or (products[0] if products else ())))


def affected(tx: Tx, viewer: Viewer, parent: int, wanted: Having) -> list[Affected]:
    """Whom it concerns, those first who have not written."""
    written = _written(tx, viewer, parent)
    found = [
        Affected(account, tuple(_why(account, wanted)), written[account.id][1] if account.id in written else None)
        for account in accounts.having(tx, wanted, MOST)
    ]
    return sorted(found, key=lambda one: (one.case is not None, one.account.external_id))


def open_for(
    tx: Tx, desk: Desk, viewer: Viewer, parent: int, wanted: Sequence[str], subject: str | None = None
) -> list[OpenedFor]:
    """A case for each of these accounts, which follows the parent; in order. One that has written already, or has such
    a case, gets none. NotAllowed where the parent cannot be followed. The caller holds its lock."""
    state = store.load(tx, parent)
    sight.require(viewer, state.case)
    require_open(state)
    told = _told(tx, parent)
    known = accounts.by_external_id(tx, wanted)
    written = _written(tx, viewer, parent)
    made: list[OpenedFor] = []
    for external_id in dict.fromkeys(wanted):
        account = known.get(external_id)
        refused = _refused(external_id, account, written)
        if account is None or refused is not None:
            made.append(OpenedFor(external_id, None, refused))
        else:
            body = _body(state, account, subject or told.get("subject") or state.case.subject, told)
            [opened] = open_many(tx, desk, [Ticket(body, viewer, follows=state)])
            if opened.new:
                linking.link(tx, desk, viewer, opened.state.case.id, "parent", parent)
            made.append(OpenedFor(external_id, opened.state.case.number))
    return made


def tried(tx: Tx, viewer: Viewer, parent: int, wanted: Sequence[str]) -> list[OpenedFor]:
    """What `open_for` would make of each, without numbers; nothing is written."""
    state = store.load(tx, parent)
    sight.require(viewer, state.case)
    require_open(state)
    known, written = accounts.by_external_id(tx, wanted), _written(tx, viewer, parent)
    return [OpenedFor(each, None, _refused(each, known.get(each), written)) for each in dict.fromkeys(wanted)]


def _refused(external_id: str, account: Account | None, written: dict[int, tuple[Account, int]]) -> TocsinError | None:
    """Why no case is opened for an account."""
    if account is None:
        says = say("there is no account {external_id}", external_id=repr(external_id[:40]))
        return InvalidInput(says, place="accounts")
    if account.id in written:
        says = say("they have written already: case {number}", number=written[account.id][1])
        return NotAllowed(says, place="accounts")
    return None


def require_open(state: Aggregate) -> None:
    """NotAllowed where no case can follow this one."""
    if state.case.state != "open":
        raise NotAllowed(say("the case is {state}", state=state.case.state), expected=say("an open case"))
    if state.case.parent is not None:
        raise NotAllowed(say("the case follows another case itself"), expected=say("that one's parent"))


def _body(state: Aggregate, account: Account, subject: str, told: dict[str, Any]) -> CaseBody:
    return CaseBody(
        subject=texts.cut(subject, 500),
        body=told.get("body"),
        source=SOURCE,
        external_id=f"{ids.to_text(state.case.id)}/{account.external_id}"[:200],
        account=AccountBody(external_id=account.external_id),
        product_area=state.case.product_area,
        type=state.case.type,
    )


def _told(tx: Tx, parent: int) -> dict[str, Any]:
    """The subject of the parent's ticket, as it is now. What its customer wrote is not told to others."""
    stored = queries.decision_bytes(tx, SYSTEM, parent)
    return {} if stored is None else {"subject": from_bytes(stored).facts["case"].get("subject")}


def _written(tx: Tx, viewer: Viewer | None, parent: int) -> dict[int, tuple[Account, int]]:
    """The customers of the parent and of all that follow it, each with the number of a case; `viewer`: of those that
    they see."""
    seen, parameters = ("TRUE", ()) if viewer is None else sight.condition(viewer)
    rows = tx.rows(
        "SELECT account, min(number) FROM cases WHERE (id = ? OR parent = ?) AND account IS NOT NULL"
        f" AND {seen} GROUP BY account",
        (parent, parent, *parameters),
    )
    numbers = {account: int(number) for account, number in rows}
    return {account: (found, numbers[account]) for account, found in accounts.by_id(tx, numbers).items()}


def _why(account: Account, wanted: Having) -> list[Said]:
    facts, found = account.facts, list[Said]()
    if wanted.products:
        asked = {texts.fold(one) for one in wanted.products}
        has = [str(one) for one in facts.get("products") or () if texts.fold(str(one)) in asked]
        found.append(say("has {products}", products=Listed([unturned(one) for one in has])))
    if wanted.plan is not None:
        found.append(say("plan {plan}", plan=unturned(str(facts.get("plan")))))
    if wanted.region is not None:
        found.append(say("region {region}", region=unturned(str(facts.get("region")))))
    found += [say("{name}: {value}", name=unturned(name), value=unturned(value)) for name, value in wanted.attributes]
    return found
