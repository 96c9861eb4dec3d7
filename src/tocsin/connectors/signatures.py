"""How senders prove who they are: schemes of signatures over the body, and of shared tokens."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any, Literal, Protocol

from tocsin.connectors.port import Request
from tocsin.core import instants
from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.errors import InvalidInput, Unauthenticated
from tocsin.core.wording import say, verbatim
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.yaml.keys import Key

WINDOW = 5 * MINUTE  # by which a sender's clock may differ, and a delivery may be late


class Scheme(Protocol):
    """`headers`: those that hold something secret."""

    @property
    def headers(self) -> frozenset[str]: ...

    def new_secret(self, random: bytes) -> str:
        """A secret in the scheme's own form, of 32 random bytes."""
        ...

    def check(self, secret: str) -> None:
        """InvalidInput for a secret that is of another form."""
        ...

    def verify(self, request: Request, secrets: list[str], now: int) -> None:
        """Unauthenticated unless the request is signed with one of the secrets, just now."""
        ...


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """https://www.standardwebhooks.com"""

    @property
    def headers(self) -> frozenset[str]:
        return frozenset({"webhook-signature"})

    def new_secret(self, random: bytes) -> str:
        return "whsec_" + base64.b64encode(random).decode()

    def check(self, secret: str) -> None:
        try:
            if len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 16:
                return
        except ValueError:
            pass
        raise InvalidInput(
            say("this is no secret of Standard Webhooks"), place="secret", expected=say("whsec_ and base64")
        )

    def verify(self, request: Request, secrets: list[str], now: int) -> None:
        message, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not message or not (at.isascii() and at.isdecimal() and len(at) < 12):
            expected = say("webhook-id, -timestamp and -signature")
            raise Unauthenticated(say("the delivery is not signed"), place="webhook-signature", expected=expected)
        _require_now(int(at) * SECOND, now, "webhook-timestamp")
        signed = f"{message}.{at}.".encode("utf-8", "surrogateescape") + request.raw
        given = request.headers.get("webhook-signature", "").encode("latin-1", "replace").split()
        for secret in secrets:
            digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, sha256).digest()
            wanted = b"v1," + base64.b64encode(digest)
            if any(hmac.compare_digest(wanted, one) for one in given):
                return
        raise _no_match("webhook-signature")


@dataclass(frozen=True, slots=True)
class Hmac:
    """A digest of the body in a header. `over`: what is signed, with `{body}` and maybe `{timestamp}`; a header may
    hold several signatures, with a comma between them."""

    header: str = ""
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp: str = ""
    over: str = "{body}"

    @property
    def headers(self) -> frozenset[str]:
        return frozenset({self.header})

    def new_secret(self, random: bytes) -> str:
        return random.hex()

    def check(self, secret: str) -> None:
        _require_long(secret)

    def verify(self, request: Request, secrets: list[str], now: int) -> None:
        at = request.headers.get(self.timestamp, "") if self.timestamp else ""
        if not request.headers.get(self.header) or (self.timestamp and not at):
            wanted = (
                say("{one} and {other}", one=self.header, other=self.timestamp)
                if self.timestamp
                else verbatim(self.header)
            )
            raise Unauthenticated(say("the delivery is not signed"), place=self.header, expected=wanted)
        if self.timestamp:
            _require_now(_moment(at, self.timestamp), now, self.timestamp)
        before, _, after = self.over.replace("{timestamp}", at).partition("{body}")
        signed = before.encode("latin-1", "replace") + request.raw + after.encode("latin-1", "replace")
        given = [one.strip().encode("latin-1", "replace") for one in request.headers[self.header].split(",")]
        for secret in secrets:
            digest = hmac.new(secret.encode(), signed, sha256 if self.algorithm == "sha256" else sha1).digest()
            text = digest.hex().encode() if self.encoding == "hex" else base64.b64encode(digest)
            if any(hmac.compare_digest(self.prefix.encode() + text, one) for one in given):
                return
        raise _no_match(self.header)


@dataclass(frozen=True, slots=True)
class Token:
    """The secret itself, in a header behind `prefix`, as a password (`basic`), or in the address (`query`)."""

    header: str = ""
    prefix: str = ""
    basic: bool = False
    query: str = ""

    @property
    def headers(self) -> frozenset[str]:
        return frozenset({"authorization" if self.basic else self.header} - {""})

    def new_secret(self, random: bytes) -> str:
        return base64.urlsafe_b64encode(random).decode().rstrip("=")

    def check(self, secret: str) -> None:
        _require_long(secret)

    def verify(self, request: Request, secrets: list[str], now: int) -> None:
        given = self._given(request).encode("latin-1", "replace")
        if not any(hmac.compare_digest(secret.encode(), given) for secret in secrets):
            place = self.query or next(iter(self.headers))
            raise Unauthenticated(
                say("the delivery does not bring the secret"), place=place, expected=say("the secret")
            )

    def _given(self, request: Request) -> str:
        if self.query:
            return request.query.get(self.query, "")
        said = request.headers.get("authorization" if self.basic else self.header, "")
        if not self.basic:
            return said.removeprefix(self.prefix) if said.startswith(self.prefix) else ""
        try:
            scheme, _, text = said.partition(" ")
            return base64.b64decode(text).decode().partition(":")[2] if scheme.lower() == "basic" else ""
        except ValueError:
            return ""


def scheme_of(rules: Rules, key: Key, entries: Mapping[str, Any]) -> Scheme | None:
    """The scheme that a pack names, with what it says of it; None for `none`."""
    name = rules.choice((*key, "scheme"), entries.get("scheme"), (*_SCHEMES, "none"), "none")
    made = _SCHEMES.get(name)
    if made is None:
        return None
    given = {inner: value for inner, value in entries.items() if inner not in ("scheme", "required")}
    known = tuple(getattr(made, "__dataclass_fields__", ()))
    rules.keys(key, given, known)
    found: Scheme = made(**{inner: value for inner, value in given.items() if inner in known})
    queried = isinstance(found, Token) and found.query
    if not (found.headers - {""} or queried):
        rules.problem((*key, "header"), say("this key is missing"), say("the header in which the signature stands"))
    return found


_SCHEMES: Mapping[str, Any] = {"standard-webhooks": StandardWebhooks, "hmac": Hmac, "token": Token}


def _require_now(at: int, now: int, place: str) -> None:
    if abs(now - at) > WINDOW:
        raise Unauthenticated(say("the delivery is too old, or from the future"), place=place, expected=say("now"))


def _moment(text: str, place: str) -> int:
    """An instant in seconds since 1970, or in ISO 8601."""
    if text.isascii() and text.isdecimal() and len(text) < 12:
        return int(text) * SECOND
    try:
        return instants.from_text(text)
    except InvalidInput:
        raise Unauthenticated(
            say("the delivery does not say when it was sent"), place=place, expected=say("a time")
        ) from None


def _no_match(place: str) -> Unauthenticated:
    return Unauthenticated(
        say("the signature does not match this body and secret"), place=place, expected=say("the hook's secret")
    )


def _require_long(secret: str) -> None:
    if not 8 <= len(secret) <= 500 or not secret.isascii() or not secret.isprintable():
        raise InvalidInput(say("this is no secret"), place="secret", expected=say("8 to 500 visible ASCII characters"))
