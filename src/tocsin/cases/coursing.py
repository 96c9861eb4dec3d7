"""What has become of a case since it was opened, as triggers of the policy ask for it: how often the customer has
written, and since when nobody of ours has acted. Pure."""

from typing import Any

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.messages import Replied
from tocsin.cases.happenings.progress import Reopened, Resolved
from tocsin.cases.scene import Scene
from tocsin.policy.compiled import Policy
from tocsin.policy.facts import COUNTS, Facts
from tocsin.policy.model import Trigger
from tocsin.policy.triggers.counting import REPLIES
from tocsin.policy.triggers.silence import SILENCE


def with_counts(scene: Scene, draft: Draft, facts: Facts, before: Facts) -> Facts:
    """The facts with what was counted before, and with how often the customer has written, where that is enough."""
    counts: dict[str, Any] = {**before.get(COUNTS, {}), **facts.get(COUNTS, {})}
    asking = [one.trigger for one in scene.around.policies.at(scene.now).watching if one.trigger.on == REPLIES.name]
    if asking:
        count = _replies(scene, draft)
        counts |= {one.id: {"count": count} for one in asking if count >= one.settings["at_least"]}
    return {**facts, COUNTS: counts} if counts else facts


def _replies(scene: Scene, draft: Draft) -> int:
    """How often the customer has written since the case was last resolved."""
    count = 0
    for kind in (*(event.kind for event in scene.history()), *(event.kind for event in draft.events)):
        if kind in (Resolved.KIND, Reopened.KIND):
            count = 0
        count += kind == Replied.KIND
    return count


def silent(policy: Policy, state: Aggregate, now: int) -> list[Trigger]:
    """The triggers by silence whose time is over: nobody of ours has acted as long. A case on hold, or said to be over,
    waits for others; one that follows another is worked on there."""
    case = state.case
    waits = case.held_at is not None or case.said_to_be_over or case.parent is not None
    if case.quiet or case.state != "open" or waits:
        return []
    asking = (one.trigger for one in policy.watching if one.trigger.on == SILENCE.name)
    return [trigger for trigger in asking if _over(policy, trigger, state, now)]


def _over(policy: Policy, trigger: Trigger, state: Aggregate, now: int) -> bool:
    calendar = policy.document.calendars[trigger.settings["calendar"]]
    return calendar.add(worked_at(state), trigger.settings["for"]) <= now


def worked_at(state: Aggregate) -> int:
    """When somebody last worked on the case; its opening, where nobody has."""
    return max(state.case.active_at or 0, state.case.opened_at)
