"""Connectors are added, and shown once; given a new secret; changed; revoked."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.connectors import pack as packs
from tocsin.connectors import pulling, pulls
from tocsin.connectors.events import HOOKS
from tocsin.connectors.finding import REVISION, Settings, StoredConnector, by_name, hashed, place
from tocsin.connectors.pack import GENERIC, Pack
from tocsin.core import addresses, canonical, names
from tocsin.core.clock import DAY
from tocsin.core.errors import Conflict, InvalidInput
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.ledger import work
from tocsin.ledger.journal import Journal
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

OVERLAP = DAY  # for which a former secret holds


class Changes(NamedTuple):
    """What is to be another one; None: it stays."""

    mapping: Mapping[str, Any] | None = None
    settings: Settings | None = None
    credential: str | None = None


class Made(NamedTuple):
    """`secret`: None where there is none, or whoever added the connector knows it."""

    id: int
    token: str
    secret: str | None


def add(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    name: str,
    mapping: Any,
    *,
    signed: bool,
    by: str,
    pack: str = GENERIC,
    secret: str | None = None,
) -> Made:
    """A new connector; nobody can read its token and its secret again. `secret`: the one that its tool signs with
    already."""
    names.check(name, "hook")
    chosen = packs.named(pack)
    delivered_mapping(chosen.document(mapping) if isinstance(mapping, Mapping) else mapping)
    if tx.row("SELECT 1 FROM hooks WHERE name = ?", (name,)):
        raise Conflict(
            say("the name {name} is used by a hook already, or was", name=repr(name)),
            place="name",
            expected=say("another name"),
        )
    used = _secret(chosen, secret) if signed or secret or chosen.required else None
    made = Made(mint.new(tx.now), "hook_" + secrets.token_urlsafe(32), None if secret else used)
    sealed = None if used is None else vault.seal(used, place(made.id))
    stored = None if pack == GENERIC else pack
    row = (
        made.id,
        name,
        hashed(made.token),
        canonical.encode(mapping),
        sealed,
        tx.now,
        by,
        None,
        stored,
        None,
        None,
        None,
        None,
    )
    HOOKS.add(tx, journal, row, by)
    return made


def renew_secret(
    tx: Tx, journal: Journal, vault: Vault, name: str, secret: str | None, *, by: str
) -> tuple[str | None, int]:
    """Give a connector a new secret; until when the former one holds too. The secret is None where the caller gave
    it."""
    found = by_name(tx, name)
    used = _secret(packs.named(found.pack), secret)
    until = tx.now + OVERLAP
    news = {
        "secret": vault.seal(used, place(found.id)),
        "former_secret": found.secret,
        "former_until": None if found.secret is None else until,
    }
    HOOKS.change(tx, journal, found.id, news, by, "secret_renewed")
    return None if secret else used, until


def change(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    name: str,
    changes: Changes,
    *,
    by: str,
    allow_private: bool = False,
) -> None:
    """Change a connector; InvalidInput where its pack does not have what is asked."""
    found = by_name(tx, name)
    chosen, news = packs.named(found.pack), dict[str, Any]()
    if changes.mapping is not None:
        delivered_mapping(chosen.document(changes.mapping))
        news["mapping"] = canonical.encode(changes.mapping)
    if changes.credential is not None:
        news["credential"] = vault.seal(changes.credential, place(found.id))
    if changes.settings is not None:
        for effect in changes.settings.effects:
            chosen.effect(effect)
        if changes.settings.effects and not (found.credential or changes.credential):
            raise InvalidInput(
                say("effects need a credential"), place="credential", expected=say("one of the tool's system")
            )
        if changes.settings.host is not None:
            addresses.check_url(changes.settings.host, allow_private=allow_private, place="host")
        if changes.settings.pull != found.settings.pull:
            _pull(tx, found, changes, allow_private=allow_private)
        if not changes.settings.effects:
            _stop(tx, found)
        news["settings"] = canonical.encode(changes.settings._asdict())
    HOOKS.change(tx, journal, found.id, news, by, "changed")
    revisions.renew(tx, mint, REVISION)


def revoke(tx: Tx, mint: IdMint, journal: Journal, name: str, *, by: str) -> None:
    """Take nothing more from it; NotFound where there is none that lives."""
    found = by_name(tx, name)
    _stop(tx, found)
    pulling.end(tx, found.id)
    HOOKS.change(tx, journal, found.id, {"revoked_at": tx.now}, by, "revoked")
    revisions.renew(tx, mint, REVISION)


def _pull(tx: Tx, found: StoredConnector, changes: Changes, *, allow_private: bool) -> None:
    """Ask its tool from the start, or no more."""
    assert changes.settings is not None
    pull = pulls.declared_by(packs.named(found.pack).pull, changes.settings.pull)
    if pull is None:
        pulling.end(tx, found.id)
        return
    addresses.check_url(pull.url.replace("{cursor}", "0"), allow_private=allow_private, place="pull.url")
    if pull.needs_credential and not (found.credential or changes.credential):
        raise InvalidInput(
            say("the headers need a credential"), place="credential", expected=say("one of the tool's system")
        )
    pulling.begin(tx, found.id)


def _stop(tx: Tx, stored: StoredConnector) -> None:
    """What waits to go out is cancelled."""
    rows = tx.rows(
        "UPDATE effects SET state = 'cancelled', settled_at = ? WHERE hook = ? AND state IN ('queued', 'sending')"
        " RETURNING case_id",
        (tx.now, stored.id),
    )
    work.disarm_many(tx, stored.queue, sorted({row[0] for row in rows}))


def _secret(pack: Pack, given: str | None) -> str:
    """A secret that the pack's scheme takes: the one that was given, or a new one."""
    if pack.scheme is None:
        raise InvalidInput(say("{title} signs nothing", title=pack.title), place="signed", expected=say("no secret"))
    if given is None:
        return pack.scheme.new_secret(secrets.token_bytes(32))
    pack.scheme.check(given)
    return given
