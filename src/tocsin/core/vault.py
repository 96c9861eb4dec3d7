"""Secrets at rest: sealed with a key derived from the installation's secret, so that a copy of the database alone gives
none away.

AES-256-GCM. A sealed secret is bound to its `place` (a table and a row): moved to another row it does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.core.errors import Misconfigured
from tocsin.core.wording import say

_FORMAT = b"\x01"  # the first byte of what is sealed: says how, should it ever change
_NONCE_BYTES = 12


class Vault:
    """Seals and opens. `key`: 32 bytes that serve no other purpose."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: str, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, secret.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """What was sealed for this place; Misconfigured where the key is another, or the bytes were changed."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _FORMAT:
                raise InvalidTag
            return self._cipher.decrypt(nonce, body, place.encode()).decode()
        except (InvalidTag, ValueError):
            raise Misconfigured(
                say("a stored secret cannot be decrypted with this installation's key"),
                place=place,
                expected=say("the TOCSIN_SECRET_KEY it was stored under, or the secret set again"),
            ) from None
