"""Deciding a case again because its facts changed. The old decision stays readable; nothing is lowered by itself."""

from typing import Any

from tocsin.cases import arming, engine
from tocsin.cases.aggregate import Aggregate, RunningClock, raised
from tocsin.cases.context import Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.opening import escalate, outline
from tocsin.clocks import durations, targets
from tocsin.clocks.targets import Running
from tocsin.core import ids
from tocsin.ledger.journal import Event
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.facts import Facts


def reclassify(draft: Draft, desk: Desk, policy: Policy, last: Decision, facts: Facts, actor: str) -> Decision:
    """The decision of a case whose facts are now these; `last`, and nothing added, when they are what that knew.

    The policy in force decides, keeping what a person had overridden. Running clocks get the stricter of old and new
    targets; a level that rises starts its path and clocks. Where the level does not rise, an escalation that climbs
    keeps its path, under the version that began it, even if the new decision names another.
    """
    if facts == last.facts:
        return last
    state, now = draft.state, draft.now
    decision = decide(policy, facts, now, last.override, opened_at=state.case.opened_at)
    rises = raised(state.case.level, decision.level)
    draft.add(Event("case.reclassified", decision.canonical(), engine.decided(actor)), outline(decision))
    changed = _superseded(policy, decision, state, now)
    if changed:
        draft.add(Event("clocks.superseded", {"clocks": changed}))
    if rises and not state.case.imported:
        missing = [clock for clock in arming.AT_ESCALATION if state.running(clock) is None]
        started = arming.starts(policy, decision, missing, now, state.case.opened_at, arming.next_cycles(state))
        if started:
            draft.add(Event("clocks.started", {"clocks": started}))
        for climb in state.climbing():  # the higher path takes over
            draft.add(_stop(climb.id))
        for event in escalate(policy, decision, desk, now):
            draft.add(event)
    return decision


def _stop(escalation: int) -> Event:
    return Event("path.stopped", {"escalation": ids.to_text(escalation), "state": "stopped"})


def _superseded(policy: Policy, decision: Decision, state: Aggregate, now: int) -> list[dict[str, Any]]:
    """The running clocks that get an earlier due time from the new targets."""
    changed = []
    calendars = policy.document.calendars
    for run in state.clocks:
        target = decision.targets.get(run.clock)  # type: ignore[call-overload]
        if run.outcome is not None or target is None or now > run.due_at or run.calendar not in calendars:
            continue
        after = targets.supersede(
            _running(run, policy),
            durations.parse(target.duration),
            calendars[target.calendar],
            now,
            grace=policy.document.clocks.grace.microseconds,
            since=state.case.opened_at if target.origin == "opened" else None,
        )
        if after.due_at != run.due_at:
            changed.append(
                {
                    "clock": run.clock,
                    "cycle": run.cycle,
                    "policy_version": decision.policy_version,
                    "target": target.duration,
                    "calendar": target.calendar,
                    "origin": target.origin,
                    "old_due_at": run.due_at,
                    "due_at": after.due_at,
                }
            )
    return changed


def _running(run: RunningClock, policy: Policy) -> Running:
    return Running(
        clock=run.clock,
        duration=durations.parse(run.target),
        calendar=policy.document.calendars[run.calendar],
        started_at=run.started_at,
        due_at=run.due_at,
        original_due_at=run.original_due_at,
        cycle=run.cycle,
        generation=run.generation,
        paused_at=run.paused_at,
    )
