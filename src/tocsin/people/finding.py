"""Finding people and customers by what they are called. Of customers words are kept in an index; people are few, and
looked at one by one."""

from tocsin.core import texts
from tocsin.people import accounts as customers
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory, User
from tocsin.storage import search, words
from tocsin.storage.transaction import Tx


def people(directory: Directory, query: str, limit: int) -> list[User]:
    """Users whose name, display name or address has every word of the query, each perhaps only begun: whoever is called
    so first, then the active ones by name."""
    asked = words.words_of(query)
    if not asked:
        return []
    held = [user for user in directory.users.values() if _holds(user, asked)]
    plain = texts.fold(query.strip())
    held.sort(key=lambda user: (plain not in (user.name, texts.fold(user.display)), not user.active, user.name))
    return held[:limit]


def _holds(user: User, asked: list[str]) -> bool:
    own = words.words_of(" ".join(filter(None, (user.name, user.display, user.email))))
    return all(any(word.startswith(one) for word in own) for one in asked)


def accounts(tx: Tx, query: str, limit: int) -> list[Account]:
    """Customers whose name or id has every word of the query, the last perhaps only begun: those that begin with it
    first, then by name."""
    matching = search.matching(tx, query, search.ACCOUNTS)
    if matching is None:
        return []
    rows = tx.rows(
        f"SELECT {matching.id} FROM {matching.table} WHERE {matching.condition} ORDER BY {matching.id} DESC LIMIT ?",
        (matching.parameter, max(200, limit)),
    )
    found = customers.by_id(tx, [row[0] for row in rows]).values()
    plain = texts.fold(query.strip())
    return sorted(found, key=lambda one: _order(one, plain))[:limit]


def _order(account: Account, query: str) -> tuple[bool, bool, str]:
    name = texts.fold(str(account.facts.get("name") or account.external_id))
    exact = query in (name, texts.fold(account.external_id))
    return not exact, not name.startswith(query), name
