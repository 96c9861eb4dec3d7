"""Until when a path waits because it keeps working hours. Pure."""

from tocsin.cases.aggregate import Aggregate
from tocsin.policy.versions import Policies


def opens_at(policies: Policies, state: Aggregate, now: int) -> int | None:
    """When the hours of the first path that climbs begin again; None while they last, and for one that keeps none."""
    for climb in state.climbing()[:1]:
        if climb.hours is not None:
            calendar = policies.compiled(climb.policy_version).document.calendars[climb.hours]
            return None if calendar.is_open(now) else calendar.next_open(now)
    return None
