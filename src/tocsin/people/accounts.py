"""Customer accounts: found by external id, their facts kept by validity."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tocsin.core import canonical, ids
from tocsin.core.errors import InvalidInput
from tocsin.core.ids import IdMint
from tocsin.core.texts import fold
from tocsin.ledger.journal import Journal
from tocsin.people.events import ACCOUNTS
from tocsin.people.tables import account_facts, accounts
from tocsin.storage import search
from tocsin.storage.seam import lock_rows
from tocsin.storage.transaction import Tx, marks, padded

_PART = 1000  # accounts that are looked at together


class Account(NamedTuple):
    """An account as it is now; `facts` are the names that conditions use: segment, plan, region, arr, ..."""

    id: int
    external_id: str
    owner: int | None
    facts: dict[str, Any]


def by_external_id(tx: Tx, wanted: Iterable[str]) -> dict[str, Account]:
    ids = padded(sorted(set(wanted)))
    if not ids:
        return {}
    rows = tx.rows(f"SELECT id, external_id, owner, facts FROM accounts WHERE external_id IN ({marks(ids)})", ids)
    return {row[1]: Account(row[0], row[1], row[2], canonical.decode(bytes(row[3]))) for row in rows}


def by_id(tx: Tx, wanted: Iterable[int]) -> dict[int, Account]:
    ids = padded(sorted(set(wanted)))
    if not ids:
        return {}
    rows = tx.rows(f"SELECT id, external_id, owner, facts FROM accounts WHERE id IN ({marks(ids)})", ids)
    return {row[0]: Account(row[0], row[1], row[2], canonical.decode(bytes(row[3]))) for row in rows}


class Having(NamedTuple):
    """What accounts are looked for by: one of these products, and every other fact that is given. Compared folded."""

    products: tuple[str, ...] = ()
    plan: str | None = None
    region: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an account with these facts is one of them; none is where nothing is asked for."""
        has = {fold(str(one)) for one in facts.get("products") or ()}
        known = facts.get("attributes") or {}
        return any(self) and (
            (not self.products or any(fold(one) in has for one in self.products))
            and all(
                wanted is None or fold(str(facts.get(name) or "")) == fold(wanted)
                for name, wanted in (("plan", self.plan), ("region", self.region))
            )
            and all(name in known and fold(str(known[name])) == fold(value) for name, value in self.attributes)
        )


def having(tx: Tx, wanted: Having, most: int) -> list[Account]:
    """Accounts that are such, by external id; at most so many. All are looked at, some at a time."""
    found: list[Account] = []
    part = listed(tx, "", _PART)
    while part and len(found) < most:
        found += [account for account in part if wanted.fits(account.facts)]
        part = listed(tx, part[-1].external_id, _PART)
    return found[:most]


def owners(tx: Tx, wanted: Iterable[int]) -> dict[int, int | None]:
    """Who has these accounts, by account."""
    chosen = padded(sorted(wanted))
    if not chosen:
        return {}
    return dict(tx.rows(f"SELECT id, owner FROM accounts WHERE id IN ({marks(chosen)})", chosen))


def named(tx: Tx, reference: str) -> Account | None:
    """The account with this id, or that the customer's tools know by it; None where there is none."""
    try:
        ours = by_id(tx, [ids.from_text(reference)])
    except InvalidInput:
        ours = {}
    return next(iter(ours.values()), None) or by_external_id(tx, [reference]).get(reference)


def listed(tx: Tx, after: str, limit: int) -> list[Account]:
    """Accounts by external id, from behind `after`."""
    rows = tx.rows(
        "SELECT id, external_id, owner, facts FROM accounts WHERE external_id > ? ORDER BY external_id LIMIT ?",
        (after, limit),
    )
    return [Account(row[0], row[1], row[2], canonical.decode(bytes(row[3]))) for row in rows]


def learn(
    tx: Tx, mint: IdMint, journal: Journal, known: Account | None, external_id: str, facts: dict[str, Any], *, by: str
) -> Account:
    """Store facts about an account, new or known; what is not named stays as it was, and what is None is not known any
    more."""
    if known is None:
        facts = _merged({}, facts)
        account = Account(mint.new(tx.now), external_id, None, facts)
        body = canonical.encode(facts)
        if tx.dialect == "postgresql":
            taken = not tx.run(
                "INSERT INTO accounts (id, external_id, owner, created_at, facts) VALUES (?, ?, NULL, ?, ?)"
                " ON CONFLICT (external_id) DO NOTHING",
                (account.id, external_id, tx.now, body),
            )
            if taken:  # another node was first
                found = by_external_id(tx, [external_id])[external_id]
                return learn(tx, mint, journal, found, external_id, facts, by=by)
        else:
            tx.insert(accounts, [(account.id, external_id, None, tx.now, body)])
        tx.insert(account_facts, [(account.id, tx.now, None, body)])
        row = (account.id, external_id, None, tx.now, body)
        journal.begin(tx, [ACCOUNTS.begun(row, by, valid_from=tx.now)])
        _index(tx, account)
        return account
    if not adds(known, facts):
        return known
    hold(tx, [known.id])
    known = by_id(tx, [known.id])[known.id] if tx.dialect == "postgresql" else known
    return _store(tx, journal, known, _merged(known.facts, facts), by) if adds(known, facts) else known


def give(tx: Tx, journal: Journal, account: int, owner: int | None, *, by: str) -> None:
    """Who answers for the relationship with this customer from now on; None for nobody."""
    ACCOUNTS.change(tx, journal, account, {"owner": owner}, by, "changed")


def adds(known: Account, facts: dict[str, Any]) -> bool:
    """Whether these facts say something new about an account; None: that it is not known any more."""
    return _merged(known.facts, facts) != known.facts


def _merged(known: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (known | said).items() if value is not None}


def hold(tx: Tx, wanted: Iterable[int]) -> None:
    """Lock accounts whose facts are to change until the transaction ends, in the order of their ids: two nodes that
    learn of one account must each build on what the other stored."""
    lock_rows(tx, "accounts", wanted)


def _store(tx: Tx, journal: Journal, known: Account, facts: dict[str, Any], by: str) -> Account:
    """An account's facts from now on. Another node's clock may be ahead: validity never runs backwards."""
    body = canonical.encode(facts)
    valid = tx.row("SELECT valid_from FROM account_facts WHERE account = ? AND valid_to IS NULL", (known.id,))
    if valid is not None and valid[0] >= tx.now:
        tx.run("UPDATE account_facts SET facts = ? WHERE account = ? AND valid_from = ?", (body, known.id, valid[0]))
    else:
        tx.run("UPDATE account_facts SET valid_to = ? WHERE account = ? AND valid_to IS NULL", (tx.now, known.id))
        tx.insert(account_facts, [(known.id, tx.now, None, body)])
    since = tx.now if valid is None else max(valid[0], tx.now)
    ACCOUNTS.change(tx, journal, known.id, {"facts": body}, by, "changed", valid_from=since)
    if facts.get("name") != known.facts.get("name"):
        _index(tx, known._replace(facts=facts))
    return known._replace(facts=facts)


def _index(tx: Tx, account: Account) -> None:
    """An account is found by its name and its id."""
    search.put(tx, [(account.id, f"{account.facts.get('name') or ''}\n{account.external_id}")], search.ACCOUNTS)
