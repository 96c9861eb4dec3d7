"""The arithmetic of a chain: pure functions from an event to its place in the chain.

hash = SHA-256(previous hash, chain, sequence, time, kind, actor, digest); digest = SHA-256(salt, payload). The salt
keeps a short payload from being guessed back out of its digest once the payload is erased. The seal is a keyed hash
of the chain's head: without the installation's key nobody can shorten, extend or forge a chain unnoticed.
"""

import hmac
import os
import struct
from hashlib import sha256

GENESIS = bytes(32)
SALT_BYTES = 16
PLATFORM = 0  # the chain of events that belong to no case, and to no thing that is administered

_fixed = struct.Struct(">qqqHH").pack


def of_thing(thing: int) -> int:
    """The chain of a thing that is administered, by its id. Cases have positive chains, their ids; these are negative,
    so that all of them are one range of the journal."""
    return -thing


def case_of(chain: int) -> int | None:
    """The id of the case whose chain this is; None for the installation's, and for those of things."""
    return chain if chain > PLATFORM else None


def thing_of(chain: int) -> int | None:
    """The id of the thing whose chain this is; None for every other chain."""
    return -chain if chain < PLATFORM else None


def salts(amount: int) -> list[bytes]:
    block = os.urandom(SALT_BYTES * amount)
    return [block[start : start + SALT_BYTES] for start in range(0, len(block), SALT_BYTES)]


def digest(salt: bytes, payload: bytes) -> bytes:
    return sha256(salt + payload).digest()


def link(previous: bytes, chain: int, seq: int, at: int, kind: str, actor: str, payload_digest: bytes) -> bytes:
    """The hash of an event. Lengths stand before the texts, so that no two events share an encoding."""
    kind_bytes, actor_bytes = kind.encode(), actor.encode()
    fixed = _fixed(chain, seq, at, len(kind_bytes), len(actor_bytes))
    return sha256(previous + fixed + kind_bytes + actor_bytes + payload_digest).digest()


def seal(key: bytes, chain: int, count: int, head: bytes) -> bytes:
    return hmac.digest(key, struct.pack(">qq", chain, count) + head, "sha256")


def derive(secret: str, purpose: str) -> bytes:
    """A key for one purpose from the installation's secret."""
    return hmac.digest(secret.encode(), b"tocsin " + purpose.encode(), "sha256")
