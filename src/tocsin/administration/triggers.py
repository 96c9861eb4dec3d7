"""The triggers of the policy in force as every face shows them: what each does, whether it is muted, and what it would
have done in the last four weeks."""

from typing import Any, NamedTuple

from tocsin.core.wording import Said
from tocsin.guards.guard import Guard
from tocsin.installation import Installation
from tocsin.intake import heartbeats
from tocsin.people.permissions import Viewer
from tocsin.policy.backtest.triggered import WouldHave
from tocsin.policy.model import Trigger
from tocsin.policy.sentences import sentences
from tocsin.policy.triggers.heartbeats import HEARTBEAT
from tocsin.storage.transaction import Tx


class ShownTrigger(NamedTuple):
    """`muted`: the guard that keeps it from firing; `address`: where its sign of life is said, for whoever may mute."""

    trigger: Trigger
    rule: str
    says: Said
    muted: Guard | None
    would: WouldHave
    address: str | None = None


def listed(tx: Tx, here: Installation, viewer: Viewer) -> list[ShownTrigger]:
    """Those of the policy in force, in its order; none where no policy is."""
    viewer.require("policy.read")
    policies, guards = here.desk.policies.get(tx), here.desk.guards.get(tx)
    if policies.in_force(tx.now) is None:
        return []
    policy = policies.at(tx.now)
    would = here.triggered.of(tx, viewer, policy) if viewer.may("cases.read") else {}
    says = {one.rule: one.says for one in sentences(policy.document)}
    muting = {guard.scope.rule: guard for guard in guards.standing(tx.now) if guard.scope.rule}
    return [
        ShownTrigger(
            one.trigger,
            one.rule,
            says[one.rule],
            muting.get(one.rule),
            would.get(one.trigger.id, WouldHave(None, None)),
            _address(here, viewer, one.trigger),
        )
        for one in policy.watching
    ]


def _address(here: Installation, viewer: Viewer, trigger: Trigger) -> str | None:
    if trigger.on != HEARTBEAT.name or not viewer.may("guards.write"):
        return None
    sealed = heartbeats.token(here.entrance.heartbeat_key, trigger.id)
    return f"{here.entrance.base_url}/api/v1/heartbeats/{sealed}"


def show(one: ShownTrigger, says: str) -> dict[str, Any]:
    """As the API has it. `says`: what it does, worded."""
    return {
        "id": one.trigger.id,
        "rule": one.rule,
        "on": one.trigger.on,
        "level": one.trigger.level,
        "kind": one.trigger.kind,
        "says": says,
        "muted": one.muted is not None,
        "fired": one.would.fired,
        "raised": one.would.raised,
        "cases": list(one.would.cases),
        "address": one.address,
    }
