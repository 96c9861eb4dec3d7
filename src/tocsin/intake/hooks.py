"""Taking in what another tool delivers to a hook: its signature, its mapping, the signals that it means."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.errors import InvalidInput, TocsinError, Unauthenticated, Unavailable
from tocsin.core.vault import Vault
from tocsin.intake import hook_store
from tocsin.intake.accept import Once
from tocsin.intake.beginning import Recorded
from tocsin.intake.hook_store import Hook
from tocsin.intake.mapping.deliveries import Ignored, Meant
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


Read = Signal | Ignored | InvalidInput


def read(hook: Hook, raw: bytes, headers: Mapping[str, str]) -> list[Read]:
    """The signals that a payload means; InvalidInput says what is wrong with all of it, or stands in place of one."""
    try:
        payload: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        payload = loads(raw)
    found = [_signal(meant, hook) for meant in hook.mapping.read(payload, headers)]
    errors = [each for each in found if isinstance(each, InvalidInput)]
    if errors and len(errors) == len(found):
        raise errors[0]
    return found


def _signal(meant: Meant | Ignored | InvalidInput, hook: Hook) -> Read:
    if not isinstance(meant, Meant):
        return meant
    stood = {"status": meant.past["state"]} if "state" in meant.past else {}
    try:
        signal = read_given(stood | meant.given, hook.viewer)
    except InvalidInput as error:
        return error
    return signal._replace(remarks={**signal.remarks, **meant.remarks})


def once_of(hook: Hook, headers: Mapping[str, str], raw: bytes) -> Once | None:
    """By what a delivery that comes again is known: the sender's id of the message."""
    key = headers.get("idempotency-key") or headers.get("webhook-id")
    if not key:
        return None
    if not (len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidInput("the key is not valid", place="webhook-id", expected="1 to 255 visible ASCII characters")
    return Once.of(hook.id, ROUTE, key, raw)


class Taken(NamedTuple):
    """What became of one signal of a delivery: opened, changed, unchanged, recorded, ignored, refused. `says`: why."""

    outcome: str
    opened: Opened | None = None
    says: str | None = None


def take(tx: Tx, desk: Desk, hook: Hook, signals: Sequence[Read], again: Once | None) -> list[Taken]:
    """Carry a delivery out and record what became of each of its signals. What is wrong with one of several leaves the
    others alone; of a single one it is raised."""
    found = []
    for position, signal in enumerate(signals):
        once = again if again is None or len(signals) == 1 else again.part(position, again.body)
        try:
            taken = _take(tx, desk, signal, once)
        except TocsinError as error:
            if len(signals) == 1 or isinstance(error, Unavailable):
                raise
            taken = Taken("refused", says=str(error))
        case = None if taken.opened is None else taken.opened.state.case.id
        hook_store.record(tx, desk.mint, hook.id, taken.outcome, case=case, error=_why(taken))
        found.append(taken)
    return found


def _take(tx: Tx, desk: Desk, signal: Read, once: Once | None) -> Taken:
    if isinstance(signal, InvalidInput):
        raise signal
    if isinstance(signal, Ignored):
        return Taken("ignored", says=signal.reason)
    taken = receive_once(tx, desk, signal, once)
    if isinstance(taken, Recorded):
        return Taken(taken.effect, says=taken.says)
    outcome = "opened" if taken.new else "changed" if taken.changed else "unchanged"
    return Taken("recorded" if taken.effect == "recorded" else outcome, taken)


def _why(taken: Taken) -> str | None:
    return taken.says if taken.outcome in ("ignored", "refused") else None
