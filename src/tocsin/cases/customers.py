"""The accounts that tickets name: looked up together, and taught what a ticket says of them where its sender may."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from tocsin.cases.context import Desk
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.people.permissions import Viewer
from tocsin.policy.body import CaseBody
from tocsin.policy.facts import facts_of
from tocsin.storage.transaction import Tx


class Customers:
    """The accounts that these tickets name, as they are stored."""

    def __init__(self, tx: Tx, bodies: Iterable[CaseBody]) -> None:
        wanted = list(bodies)
        self._named = accounts.by_external_id(
            tx, [body.account.external_id for body in wanted if body.account and body.account.external_id]
        )
        self._numbered = accounts.by_id(tx, [account for body in wanted if (account := _number(body)) is not None])

    def fitted(self, body: CaseBody, remarks: Mapping[str, Said]) -> tuple[CaseBody, Mapping[str, Said]]:
        """The ticket, and what is remarked of it: an `account_id` that leads to no account counts as missing."""
        if not body.account_id or _number(body) in self._numbered:
            return body, remarks
        missing = say("{why}; it counts as missing", why=_why_none(body))
        return replace(body, account_id=None), {**remarks, "account_id": missing}

    def known(self, body: CaseBody) -> Account | None:
        """The account of a ticket that is `fitted`; None: unmatched."""
        number = _number(body)
        return self._named.get(_external_id(body)) if number is None else self._numbered.get(number)


class Learning(Customers):
    """The same, for tickets that are being opened: facts are stored where the sender may."""

    def __init__(self, tx: Tx, desk: Desk, tickets: Sequence[tuple[CaseBody, Viewer]]) -> None:
        super().__init__(tx, [body for body, _ in tickets])
        self._tx = tx
        self._desk = desk
        accounts.hold(tx, [known.id for body, viewer in tickets if (known := self._news(body, viewer)) is not None])

    def of(self, body: CaseBody, viewer: Viewer) -> Account | None:
        """The account of a ticket, which is `fitted`; it knows what that says where its sender may."""
        known = self.known(body)
        external_id = _external_id(body)
        if body.account_id or not external_id or not viewer.may("accounts.write"):
            return known
        facts, desk = facts_of(body)["account"], self._desk
        learned = accounts.learn(self._tx, desk.mint, desk.journal, known, external_id, facts, by=viewer.actor)
        self._named[external_id] = learned
        return learned

    def _news(self, body: CaseBody, viewer: Viewer) -> Account | None:
        """The known account that the ticket says something new about, where its sender may."""
        body, _ = self.fitted(body, {})
        if body.account_id or not viewer.may("accounts.write"):
            return None
        known = self._named.get(_external_id(body))
        return known if known is not None and accounts.adds(known, facts_of(body)["account"]) else None


def _number(body: CaseBody) -> int | None:
    """The account that the ticket names by our id; None where it names none, or what is no id."""
    try:
        return ids.from_text(body.account_id) if body.account_id else None
    except InvalidInput:
        return None


def _why_none(body: CaseBody) -> Said:
    """Why the account that the ticket names by our id is none."""
    try:
        ids.from_text(body.account_id or "", "account_id")
    except InvalidInput as error:
        return error.says
    return say("there is no account {account}", account=body.account_id)


def _external_id(body: CaseBody) -> str:
    return (body.account.external_id if body.account else None) or ""
