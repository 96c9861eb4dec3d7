"""Deciding a case again because its facts changed or a person set something. The old decision stays readable; nothing
is lowered by itself."""

import msgspec

from tocsin.cases import coursing, guarding
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.clocks import ClocksStarted, ClocksSuperseded
from tocsin.cases.happenings.deciding import Reclassified
from tocsin.cases.happenings.parts import ClockChange
from tocsin.cases.paths.escalating import escalate, stopped
from tocsin.cases.scene import Scene
from tocsin.clocks import durations, kinds, targets
from tocsin.clocks.kinds import BUILT_IN
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import FAMILY, SILENCE, Decision, Override
from tocsin.policy.facts import ANSWERED, SUGGESTED, Facts
from tocsin.policy.levels import raised
from tocsin.policy.triage import question

ENGINE = SILENCE  # as the one who does something by itself


def reclassify(
    draft: Draft, scene: Scene, last: Decision, facts: Facts, actor: str, override: Override | None = None
) -> Decision:
    """The decision of a case whose facts are now these; `last`, and nothing added, when they are what that knew and
    nothing new is set.

    The policy in force decides, keeping what a person had overridden. Running clocks get the stricter of old and new
    targets; a level that rises starts its path and clocks. Where the level does not rise, an escalation that climbs
    keeps its path, under the version that began it, even if the new decision names another.
    """
    facts = guarding.under(scene.around, facts, draft.state.case.account)
    facts = coursing.with_counts(scene, draft, facts, last.facts)
    if SUGGESTED in last.facts and SUGGESTED not in facts:  # what was suggested when it was opened stands
        facts = {**facts, SUGGESTED: last.facts[SUGGESTED]}
    if _open(facts) == _open(last.facts) and override is None:
        return last
    facts = _settled(draft, last, facts)
    policy = scene.around.policies.at(scene.now)
    wanted = _known(policy, override or of_person(last.override))
    decision = _decided(draft, scene, policy, facts, wanted)
    if override is None and wanted is not None and wanted.by == FAMILY and wanted.severity is not None:
        alone = _decided(draft, scene, policy, facts, _without(wanted))
        order = list(policy.document.severities)
        if order.index(alone.severity) < order.index(decision.severity):
            decision = alone
    _take(draft, scene, policy, decision, actor)
    return decision


def _open(facts: Facts) -> Facts:
    """The facts without what triage has settled."""
    return {name: value for name, value in facts.items() if name != ANSWERED} if ANSWERED in facts else facts


def _settled(draft: Draft, last: Decision, facts: Facts) -> Facts:
    """The facts with what triage was asked and asks no more: somebody answered, or its time passed."""
    settled = last.facts.get(ANSWERED, {})
    if last.triage is not None and draft.state.case.triage_at is None:
        settled = settled | {question(ask, last.level): last.decided_at for ask in last.triage.asks}
    return {**facts, ANSWERED: settled} if settled else facts


def decide_without(draft: Draft, scene: Scene, last: Decision, left: Override | None, actor: str) -> None:
    """Decide the case again where of what people had set only this is left."""
    policy = scene.around.policies.at(scene.now)
    decision = _decided(draft, scene, policy, last.facts, _known(policy, left))
    _take(draft, scene, policy, decision, actor)


def _decided(draft: Draft, scene: Scene, policy: Policy, facts: Facts, override: Override | None) -> Decision:
    case = draft.state.case
    return guarding.decided(scene.around, policy, facts, case.account, draft.now, override, opened_at=case.opened_at)


def _take(draft: Draft, scene: Scene, policy: Policy, decision: Decision, actor: str) -> None:
    rises = raised(draft.state.case.level, decision.level)
    draft.add(Reclassified.by(decision, decision.canonical(), actor))
    supersede(draft, scene, policy, decision)
    draft.add_all(guarding.released(scene.again(draft.state), draft.state))
    if rises and draft.state.case.state == "open" and not draft.state.case.imported:
        rise(draft, scene, policy, decision)


def supersede(draft: Draft, scene: Scene, policy: Policy, decision: Decision) -> None:
    """Running clocks get an earlier due time where the new targets are stricter."""
    changed = _superseded(scene, policy, decision, draft.state)
    if changed:
        draft.add(ClocksSuperseded(clocks=changed).event())


def of_person(override: Override | None) -> Override | None:
    """What people have set. What the engine itself had raised, because nobody answered, does not keep new facts from
    raising it further."""
    if override is None or override.by not in (ENGINE, FAMILY):
        return override
    rest = msgspec.structs.replace(override, level=None, kind=None)
    return None if rest.severity is rest.owner is rest.team is rest.type is rest.product_area is None else rest


def _without(override: Override) -> Override:
    """What was set besides the severity."""
    return msgspec.structs.replace(override, severity=None)


def _known(policy: Policy, override: Override | None) -> Override | None:
    """A severity, type or area that the policy in force does not have any more is not held on to."""
    if override is None:
        return None
    document = policy.document
    known = (("severity", document.severities), ("type", document.types), ("product_area", document.product_areas))
    gone = {name: None for name, names in known if getattr(override, name) not in (None, *names)}
    return msgspec.structs.replace(override, **gone) if gone else override


def rise(draft: Draft, scene: Scene, policy: Policy, decision: Decision) -> None:
    """The clocks of an escalation start, and the higher path takes over."""
    state, now = draft.state, draft.now
    missing = [clock for clock in kinds.AT_ESCALATION if state.running(clock) is None]
    missing = [clock for clock in missing if not (BUILT_IN[clock].anew and state.case.has_done(BUILT_IN[clock].done))]
    started = arming.starts(policy, decision, missing, now, state.case.opened_at, arming.next_cycles(state))
    if started:
        draft.add(ClocksStarted(clocks=arming.on_hold(policy, state, started, now)).event())
    for climb in state.live():
        draft.add(stopped(climb, "stopped"))
    if state.case.parent is not None:  # which rises with it, and pages for both
        return
    draft.add_all(escalate(policy, decision, scene.mint, now))


def _superseded(scene: Scene, policy: Policy, decision: Decision, state: Aggregate) -> list[ClockChange]:
    changed: list[ClockChange] = []
    for run in state.clocks:
        target = arming.target_of(policy, decision, run.clock)
        if run.outcome is not None or target is None or (run.paused_at is None and scene.now > run.due_at):
            continue
        before = ticking.running(run, scene.around)
        after = targets.supersede(
            before,
            durations.parse(target.duration),
            policy.document.calendars[target.calendar],
            scene.now,
            grace=policy.document.clocks.grace.microseconds,
            since=state.case.opened_at if target.origin == "opened" else None,
        )
        stands = before if before.paused_at is None else targets.resume(before, scene.now)
        if after.due_at < stands.due_at:  # a laxer target leaves a paused clock as it is, too
            new = {
                "policy_version": decision.policy_version,
                "target": target.duration,
                "calendar": target.calendar,
                "origin": target.origin,
            }
            change = ticking.change(run, after, scene.around, scene.now, **new)
            assert change is not None
            changed.append({**change, "old_due_at": before.due_at})
    return changed
