"""Cases on which nobody of ours acts: looked for every minute where the policy has a trigger for that, and decided
again with since when it is so."""

from tocsin.cases import acting, coursing, reclassifying, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.scene import Scene
from tocsin.clocks.durations import Duration
from tocsin.core.clock import DAY, HOUR
from tocsin.ledger.journal import Event
from tocsin.policy.facts import COUNTS
from tocsin.policy.levels import LEVELS, raised
from tocsin.policy.model import Trigger
from tocsin.policy.triggers.silence import SILENCE
from tocsin.storage.transaction import Tx

MOST = 500  # cases that are looked at in a minute, those first on which nobody acted the longest


def raise_silent(tx: Tx, desk: Desk) -> int:
    """Let the triggers by silence fire; how many cases they raised."""
    around = desk.around(tx)
    if around.policies.in_force(tx.now) is None or around.guards.automation_off(tx.now) is not None:
        return 0
    watching, muted = around.policies.at(tx.now).watching, around.guards.muted(tx.now)
    asking = [one.trigger for one in watching if one.trigger.on == SILENCE.name and one.rule not in muted]
    if not asking:
        return 0
    below = [level for level in LEVELS if any(raised(level, one.level) for one in asking)]
    cases = store.untouched_since(tx, tx.now - min(map(_least, asking)), below, MOST)
    store.lock(tx, cases)
    done = acting.act_many(tx, desk, dict.fromkeys(cases, _plan))
    return sum(not isinstance(one, Exception) and one.first is not None for one in done.values())


def _least(trigger: Trigger) -> int:
    """Microseconds that have passed at least when the time of a trigger is over: working time never runs faster."""
    lasts: Duration = trigger.settings["for"]
    return lasts.amount if lasts.unit == "working" else lasts.amount * DAY - 2 * HOUR


def _plan(state: Aggregate, scene: Scene) -> list[Event]:
    policy = scene.around.policies.at(scene.now)
    last = scene.last()
    fresh = [one for one in coursing.silent(policy, state, scene.now) if raised(state.case.level, one.level)]
    if last is None or not fresh:
        return []
    counts = {one.id: {"since": coursing.worked_at(state)} for one in fresh}
    facts = {**last.facts, COUNTS: {**last.facts.get(COUNTS, {}), **counts}}
    draft = Draft(state, scene.now)
    reclassifying.reclassify(draft, scene, last, facts, reclassifying.ENGINE)
    return draft.events
