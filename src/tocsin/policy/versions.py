"""Versions of the policy: stored once, immutable, in force from the time their activation names.

The version in force at an instant is that of the newest activation that is effective by then and not withdrawn; to
revert is to withdraw that one, in one step; one that is still to come is withdrawn by its id. Cases keep the version
that decided them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from tocsin.clocks import zone
from tocsin.core import ids, instants
from tocsin.core.errors import Conflict, InvalidDocument, InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.wording import say, verbatim
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.journal import Journal
from tocsin.policy import document
from tocsin.policy.check import check
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.events import Activated, Reverted, Stored
from tocsin.policy.examples import run_examples
from tocsin.policy.hours import zone_of
from tocsin.policy.names import Names
from tocsin.policy.tables import policy_activations, policy_versions
from tocsin.storage import revisions
from tocsin.storage.seam import take_numbers
from tocsin.storage.transaction import Tx

REVISION = "policy"


class Activation(NamedTuple):
    id: int
    version: int
    effective_at: int
    activated_at: int
    activated_by: str
    reason: str
    withdrawn_at: int | None


class Version(NamedTuple):
    """A version without its text."""

    number: int
    name: str
    digest: str
    created_at: int
    author: str


@dataclass(frozen=True, slots=True)
class Policies:
    """Every activation, the newest first, and the compiled policies that may be in force or still have cases."""

    activations: tuple[Activation, ...]
    compiled: Callable[[int], Policy]

    def in_force(self, now: int) -> Activation | None:
        """The newest activation that is effective by now and not withdrawn."""
        return next(self.effective(now), None)

    def effective(self, now: int) -> Iterator[Activation]:
        """What is in force now, then what would be if it were withdrawn, and so on."""
        return (row for row in self.activations if row.withdrawn_at is None and row.effective_at <= now)

    def zone(self, now: int) -> ZoneInfo:
        """The zone of whoever works by the policy in force; UTC without one."""
        activation = self.in_force(now)
        return zone.load("UTC") if activation is None else zone_of(self.compiled(activation.version).document)

    def at(self, now: int) -> Policy:
        """The policy in force."""
        activation = self.in_force(now)
        if activation is not None:
            return self.compiled(activation.version)
        raise NotFound(
            say("no policy is in force"), expected=say("a version that was activated (`tocsin policy activate FILE`)")
        )


@lru_cache(maxsize=64)
def _compile(version: int, source: str) -> Policy:
    return compile_policy(document.parse(source, f"policy version {version}"), version)


def load(tx: Tx) -> Policies:
    rows = tx.rows(
        "SELECT id, version, effective_at, activated_at, activated_by, reason, withdrawn_at FROM policy_activations"
        " ORDER BY effective_at DESC, id DESC"
    )
    sources: dict[int, str] = dict(tx.rows("SELECT version, source FROM policy_versions"))
    return Policies(tuple(Activation(*row) for row in rows), lambda version: _compile(version, sources[version]))


def cached() -> revisions.Cached[Policies]:
    return revisions.Cached(REVISION, load)


def store(tx: Tx, journal: Journal, source: str, author: str) -> int:
    """The version number of this document; the same document again has the same number. InvalidDocument names lines."""
    parsed = document.parse(source)
    found = tx.row("SELECT version FROM policy_versions WHERE digest = ?", (parsed.digest,))
    if found:
        return int(found[0])
    [version] = take_numbers(tx, "policy_version", 1)
    tx.execute(
        insert(policy_versions).values(
            version=version, name=parsed.name, digest=parsed.digest, source=source, created_at=tx.now, author=author
        )
    )
    stored = Stored(version=version, name=parsed.name, digest=parsed.digest, created_at=tx.now)
    journal.append(tx, PLATFORM, [stored.event(author)])
    return version


def activate(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    version: int,
    *,
    by: str,
    reason: str,
    effective_at: int,
    names: Names | None,
) -> int:
    """Put a version in force from `effective_at`: check, examples, then the activation's id.

    InvalidDocument where a check or an example fails; Conflict for a time that has passed.
    """
    if effective_at < tx.now:
        raise Conflict(
            say("{whole} has passed", whole=instants.whole(effective_at)),
            place="effective_at",
            expected=say("now or a later instant"),
        )
    parsed = document.parse(source_of(tx, version), f"policy version {version}")
    if errors := [problem for problem in check(parsed, names) if problem.severity == "error"]:
        raise InvalidDocument(errors)
    if failed := [result for result in run_examples(parsed) if not result.ok]:
        raise InvalidInput(
            verbatim("; ".join(f"{result.name}: {result.got}" for result in failed)),
            place="examples",
            expected=say("every example to hold"),
        )
    activation = mint.new(tx.now)
    tx.insert(policy_activations, [(activation, version, effective_at, tx.now, by, reason, None)])
    revisions.renew(tx, mint, REVISION)
    activated = Activated(
        activation=ids.to_text(activation),
        version=version,
        digest=parsed.digest,
        effective_at=effective_at,
        reason=reason,
    )
    journal.append(tx, PLATFORM, [activated.event(by)])
    return activation


def revert(tx: Tx, mint: IdMint, journal: Journal, *, by: str, reason: str) -> Activation:
    """Withdraw the activation in force, so that the previous one is in force again; Conflict where there is none
    before."""
    effective = list(load(tx).effective(tx.now))
    if len(effective) < 2:
        raise Conflict(say("there is no earlier activation to go back to"), expected=say("two activations at least"))
    return _withdrawn(tx, mint, journal, effective[0], by, reason)


def withdraw(tx: Tx, mint: IdMint, journal: Journal, activation: int, *, by: str, reason: str) -> Activation:
    """Withdraw an activation that is not in force yet; NotFound, or Conflict where it is too late for that."""
    found = next((row for row in load(tx).activations if row.id == activation), None)
    if found is None:
        raise NotFound(
            say("there is no such activation"),
            place="activation",
            expected=say("the id of a version (`tocsin policy history --json`)"),
        )
    if found.withdrawn_at is not None:
        raise Conflict(say("this activation is withdrawn already"), place="activation")
    if found.effective_at <= tx.now:
        raise Conflict(
            say("this activation is in force since {whole}, or was", whole=instants.whole(found.effective_at)),
            place="activation",
            expected=say("one to come; the one in force is withdrawn without naming it"),
        )
    return _withdrawn(tx, mint, journal, found, by, reason)


def _withdrawn(tx: Tx, mint: IdMint, journal: Journal, gone: Activation, by: str, reason: str) -> Activation:
    tx.execute(update(policy_activations).where(policy_activations.c.id == gone.id).values(withdrawn_at=tx.now))
    revisions.renew(tx, mint, REVISION)
    reverted = Reverted(activation=ids.to_text(gone.id), version=gone.version, reason=reason)
    journal.append(tx, PLATFORM, [reverted.event(by)])
    return gone


def source_of(tx: Tx, version: int) -> str:
    """The text of a version; NotFound where there is none."""
    found = tx.execute(select(policy_versions.c.source).where(policy_versions.c.version == version)).scalar()
    if found is None:
        raise _absent(version)
    return str(found)


def compiled(tx: Tx, version: int) -> Policy:
    """A version ready to decide, also one that was never activated; NotFound where there is none."""
    return _compile(version, source_of(tx, version))


def stored(tx: Tx) -> list[Version]:
    """Every version, the newest first."""
    rows = tx.rows("SELECT version, name, digest, created_at, author FROM policy_versions ORDER BY version DESC")
    return [Version(*row) for row in rows]


def _absent(version: int) -> NotFound:
    return NotFound(
        say("there is no policy version {version}", version=version),
        expected=say("the number of a version (`tocsin policy history`)"),
    )
