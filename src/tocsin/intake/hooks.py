"""Taking in what another tool delivers to a hook: its signature, its mapping, the signal that it means."""

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.errors import InvalidInput, Unauthenticated
from tocsin.core.vault import Vault
from tocsin.intake import hook_store
from tocsin.intake.accept import Once
from tocsin.intake.beginning import Recorded
from tocsin.intake.hook_store import Hook
from tocsin.intake.reading import Signal, read_given
from tocsin.intake.signals import receive_once
from tocsin.policy.lenient import loads
from tocsin.storage.transaction import Tx

WINDOW = 5 * MINUTE
ROUTE = "/hooks/generic"


def verify(vault: Vault, hook: Hook, headers: Mapping[str, str], raw: bytes, now: int) -> None:
    """Unauthenticated where the delivery is not signed with the hook's secret by the Standard Webhooks scheme, or was
    not just now. A hook without a secret takes every delivery."""
    if hook.secret is None:
        return
    message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not (at.isascii() and at.isdecimal() and len(at) < 12):
        raise Unauthenticated(
            "the delivery is not signed", place="webhook-signature", expected="webhook-id, -timestamp and -signature"
        )
    if abs(now - int(at) * SECOND) > WINDOW:
        raise Unauthenticated("the delivery is too old, or from the future", place="webhook-timestamp", expected="now")
    key = base64.b64decode(vault.open(hook.secret, hook.place).removeprefix("whsec_"))
    signed = hmac.new(key, f"{message}.{at}.".encode("utf-8", "surrogateescape") + raw, sha256).digest()
    wanted = base64.b64encode(signed)
    given = headers.get("webhook-signature", "").encode("latin-1", "replace").split()
    if not any(hmac.compare_digest(b"v1," + wanted, one) for one in given):
        raise Unauthenticated(
            "the signature does not match this body and secret", place="webhook-signature", expected="the hook's secret"
        )


def read(hook: Hook, raw: bytes) -> Signal:
    """The signal that a payload means; InvalidInput says what is wrong with it."""
    try:
        payload: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        payload = loads(raw)
    return read_given(hook.mapping.apply(payload), hook.viewer)


def once_of(hook: Hook, headers: Mapping[str, str], raw: bytes) -> Once | None:
    """By what a delivery that comes again is known: the sender's id of the message."""
    key = headers.get("idempotency-key") or headers.get("webhook-id")
    if not key:
        return None
    if not (len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidInput("the key is not valid", place="webhook-id", expected="1 to 255 visible ASCII characters")
    return Once.of(hook.id, ROUTE, key, raw)


def take(tx: Tx, desk: Desk, hook: Hook, signal: Signal, again: Once | None) -> tuple[Opened | Recorded, str]:
    """Carry a delivery out and record it: the case, and opened, changed, unchanged or recorded."""
    taken = receive_once(tx, desk, signal, again)
    if isinstance(taken, Recorded):
        hook_store.record(tx, desk.mint, hook.id, taken.effect)
        return taken, taken.effect
    outcome = "opened" if taken.new else "changed" if taken.changed else "unchanged"
    outcome = "recorded" if taken.effect == "recorded" else outcome
    hook_store.record(tx, desk.mint, hook.id, outcome, case=taken.state.case.id)
    return taken, outcome
