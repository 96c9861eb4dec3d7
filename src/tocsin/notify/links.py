"""Links by which a person answers one page without signing in: a token is signed, ends, and allows nothing else."""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tocsin.core.clock import HOUR
from tocsin.core.errors import NotFound
from tocsin.core.wording import say

Answer = Literal["acknowledge", "decline"]

LIFE = 24 * HOUR
PURPOSE = "acknowledge link"  # for which the key is derived

_fields = struct.Struct(">qqq")
_SIGNATURE_BYTES = 32
_LENGTH = 75  # letters of a token: 24 + 32 bytes in base 64, without padding


class Claim(NamedTuple):
    """What a token says: this page, to this user, may be answered until `ends_at` (microseconds)."""

    notification: int
    user: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Links:
    """`key`: 32 bytes that serve no other purpose."""

    key: bytes
    base_url: str

    def link(self, claim: Claim, answer: Answer = "acknowledge") -> str:
        """Where this page is answered so; the token is the same for both answers, of which it allows one."""
        return f"{self.base_url}/{answer}/{self.token(claim)}"

    def token(self, claim: Claim) -> str:
        body = _fields.pack(*claim)
        return base64.urlsafe_b64encode(body + self._sign(body)).decode().rstrip("=")

    def read(self, token: str) -> Claim:
        """What a token of this installation says, whether it has ended or not; NotFound for any other text."""
        try:
            if len(token) != _LENGTH or not token.isascii():
                raise ValueError("no token has this length")
            whole = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raise _unknown() from None
        body, signature = whole[:-_SIGNATURE_BYTES], whole[-_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(body)) or self.token(Claim(*_fields.unpack(body))) != token:
            raise _unknown()
        return Claim(*_fields.unpack(body))

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self.key, body, "sha256")


def _unknown() -> NotFound:
    return NotFound(
        say("this is not a link of this installation"),
        place="link",
        expected=say("the whole link, exactly as in the message"),
    )
