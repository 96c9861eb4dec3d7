"""The engine: what to do with a case. Pure and deterministic; time is an argument."""

from collections.abc import Collection, Mapping, Set
from typing import Any

from tocsin.clocks.kinds import ASSIGN
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.policy import doubts
from tocsin.policy.compiled import Policy
from tocsin.policy.conditions import BITS, Trace, missing
from tocsin.policy.decision import Decision, KeptInput, MinimumApplied, Override, Plausible, TriageNeed
from tocsin.policy.doubts import Decided
from tocsin.policy.facts import ANSWERED, GUARDS, Facts
from tocsin.policy.levels import LEVELS, RANK, STANDARD, LevelName
from tocsin.policy.model import Assign, Kind
from tocsin.policy.reasons import told, told_score
from tocsin.policy.scoring import DIGITS
from tocsin.policy.seen import Variables, seen
from tocsin.policy.triage import asks, evidence_of, question
from tocsin.policy.triggering import Raised, fired

_CUT = told("text-cut")
_NONE: frozenset[str] = frozenset()
OFF = "automation.off"  # as what asks a person
AUTOMATION_OFF = "automation-off"  # as the reason why a level did not follow
WATCH = "watch"  # as what raises a level
_AFTER_CLASSIFICATION = ~BITS["case.severity"]
_AFTER_LEVEL = ~(BITS["decision.level"] | BITS["decision.score"] | BITS["decision.evidence"])


def decide(
    policy: Policy,
    facts: Facts,
    now: int,
    override: Override | None = None,
    *,
    opened_at: int | None = None,
    muted: Set[str] = _NONE,
    asking: bool = True,
) -> Decision:
    """Decide a case by its facts at the instant `now`.

    `opened_at` matters to targets that run from opening and is `now` for a new case. `muted` rules do not fire;
    minimums cannot be muted. `asking`: whether to look for what is in doubt. The facts are kept in the decision as they
    are: they must not change afterwards.
    InvalidInput only where the override names a severity or level that the policy does not have.
    """
    opened_at = now if opened_at is None else opened_at
    trace = Trace(facts, policy.muteable.intersection(muted) if muted else _NONE)
    variables = _variables(facts, trace)
    trace.words = policy.words(variables["case"]["text"])

    classified = policy.classification.run(variables, override, trace)
    severity, type_, product_area, _ = classified
    trace.missing &= _AFTER_CLASSIFICATION

    factors = tuple([score(variables, trace) for score in policy.scorers])
    score = min(round(sum([factor.points for factor in factors]), DIGITS), 100.0)

    guards = facts.get(GUARDS, {})
    evidence = evidence_of(facts, type_, override)
    raised = fired(policy.watching, facts, variables, evidence, trace) if policy.watching else []
    level, kind, floor, minimums = _level(policy, variables, score, override, guards.get("watch"), raised, trace)
    off = guards.get("off") if override is None or override.level is None else None
    wanted = level
    if off is not None:
        level, kind = STANDARD, None
        if wanted != level:
            trace.reasons.append(told(AUTOMATION_OFF, level=wanted, why=off["reason"]))
    trace.missing &= _AFTER_LEVEL
    variables["decision"] = {"level": level, "score": score, "evidence": evidence}

    settled: Collection[str] = facts.get(ANSWERED, ())
    if off is None:
        asked, unanswered = asks(policy.askers, policy.thresholds, variables, floor, settled, trace)
    elif question(OFF, level) in settled:
        asked, unanswered = (), None
    else:
        asked, unanswered = (OFF,), wanted if wanted != level else None
    team, assign = _route(policy, variables, override, trace)

    answers: tuple[Plausible, ...] = ()
    if asking and policy.doubts and off is None and override is None:
        so_far = Decided(policy, facts, classified, level, team, evidence, score, floor, factors)

        def outcome(facts: Facts, override: Override | None) -> tuple[LevelName, str]:
            other = decide(policy, facts, now, override, opened_at=opened_at, muted=muted, asking=False)
            return other.level, other.team

        doubted, answers = doubts.asks(so_far, variables, outcome, settled, trace)
        asked = (*asked, *doubted)

    path, relationship_path = _paths(policy, level, kind, minimums)
    wake = kind == "technical" and policy.wake.holds(variables, trace)

    rules = []
    for position, (only, condition, rule) in enumerate(policy.target_rules):
        if only is not None and only != severity:
            continue
        if condition is None:
            trace.rules.append(rule)
        elif not condition.holds(variables, trace):
            continue
        rules.append(position)
    targets = policy.targets.choose(severity, level, tuple(rules), now, opened_at)
    for clock, condition in policy.clocks:
        if not condition.holds(variables, trace):
            targets.pop(clock, None)

    triage = None
    if asked:
        answer_by = min(now + policy.expiry, policy.targets.due(targets[ASSIGN], now, opened_at))
        triage = TriageNeed(asked, answer_by, unanswered, answers)

    texts, codes = zip(*trace.reasons, strict=True)
    return Decision(
        policy_version=policy.version,
        decided_at=now,
        opened_at=opened_at,
        type=type_,
        product_area=product_area,
        severity=severity,
        score=score,
        level=level,
        kind=kind,
        team=team,
        assign=assign,
        owner=None if override is None else override.owner,
        path=path,
        relationship_path=relationship_path,
        wake=wake,
        hold=policy.hold if wake and asked and evidence == "text" else 0,
        evidence=evidence,
        factors=factors,
        distance={name: round(at - score, DIGITS) for name, at in policy.thresholds},
        minimums=minimums,
        targets=targets,
        triage=triage,
        rules=tuple(trace.rules),
        unknown=tuple(trace.unknown),
        muted=tuple(sorted(trace.muted)),
        reasons=texts,
        override=override,
        facts=facts,
        reason_codes=codes,
    )


def again(policy: Policy, decision: Decision | KeptInput, facts: Facts | None = None) -> Decision:
    """Decide once more from what a decision kept, as replay does; with other facts, what would have followed."""
    return decide(
        policy,
        decision.facts if facts is None else facts,
        decision.decided_at,
        decision.override,
        opened_at=decision.opened_at,
        muted=frozenset(decision.muted),
    )


def _variables(facts: Facts, trace: Trace) -> Variables:
    """What conditions see, and which of it is missing."""
    variables, whole = seen(facts)
    if not whole:
        trace.reasons.append(_CUT)
    if "remarks" in facts:
        trace.reasons += [told("remark", place=place, remark=says) for place, says in sorted(facts["remarks"].items())]
    trace.missing = missing(tuple(variables["case"]), tuple(variables["account"]))
    return variables


def _level(
    policy: Policy,
    variables: Variables,
    score: float,
    override: Override | None,
    watch: Mapping[str, Any] | None,
    raised: list[Raised],
    trace: Trace,
) -> tuple[LevelName, Kind | None, int, tuple[MinimumApplied, ...]]:
    """Level and kind; the rank below which no other score would bring the case; the minimums that held.

    The thresholds give a level; minimums, triggers and a watch on the account may raise it, a person may set another.
    A case is a relationship escalation where nothing technical would have escalated it.
    """
    reached = STANDARD
    for name, at in policy.thresholds:
        if score >= at:
            reached = name
            trace.reasons.append(told_score("score-reaches", score, name, at))
            break
    else:
        lowest, at = policy.thresholds[-1]
        trace.reasons.append(told_score("score-below", score, lowest, at))
    by_score = RANK[reached]
    technical = relationship = 0
    minimums = []
    for condition, rule, minimum, kind, reason in policy.guards:
        if not condition.holds(variables, trace):
            continue
        rank = RANK[minimum]
        minimums.append(MinimumApplied(rule, minimum, kind, rank > by_score))
        if rank > max(by_score, technical, relationship):
            trace.reasons.append(reason)
        if kind == "technical":
            technical = max(technical, rank)
        else:
            relationship = max(relationship, rank)
    for trigger, rule, reason in raised:
        rank = RANK[trigger.level]
        minimums.append(MinimumApplied(rule, trigger.level, trigger.kind, rank > by_score))
        trace.reasons.append(reason)  # also where the case is as high already: what fired says its numbers
        if trigger.kind == "technical":
            technical = max(technical, rank)
        else:
            relationship = max(relationship, rank)
    if watch is not None and watch["level"] in policy.paths:
        rank = RANK[watch["level"]]
        minimums.append(MinimumApplied(WATCH, watch["level"], "technical", rank > by_score))
        if rank > max(by_score, technical, relationship):
            trace.reasons.append(told("level-watched", level=watch["level"], why=watch["reason"]))
        technical = max(technical, rank)
    floor = max(technical, relationship)
    level = LEVELS[max(by_score, floor)]
    nature: Kind | None = "technical" if max(by_score, technical) else "relationship" if relationship else None
    if override is not None and override.level is not None:
        if override.level != "standard" and override.level not in policy.paths:
            raise InvalidInput(say("there is no level {level}", level=repr(override.level)), place="override.level")
        level, floor = override.level, RANK[LEVELS[-1]]
        nature = None if level == "standard" else override.kind or nature or "technical"
        trace.reasons.append(override.told_level(level))
    return level, nature, floor, tuple(minimums)


def _paths(
    policy: Policy, level: LevelName, kind: Kind | None, minimums: tuple[MinimumApplied, ...]
) -> tuple[str | None, str | None]:
    """The technical path and the relationship path; both where engineers and account owner are needed."""
    if kind is None:
        return None, None
    relationship = policy.relationships[level]
    if kind == "technical":
        both = any(minimum.kind == "relationship" for minimum in minimums)
        return policy.paths[level], relationship if both else None
    return (policy.paths[level] if relationship is None else None), relationship


def _route(policy: Policy, variables: Variables, override: Override | None, trace: Trace) -> tuple[str, Assign]:
    """The owning team and how it takes cases: the first route that applies; a person's choice of team wins."""
    for way in policy.ways:
        if way.condition is None:
            trace.rules.append(way.id)
        elif not way.condition.holds(variables, trace):
            continue
        break
    trace.reasons.append(way.told)
    if override is not None and override.team is not None:
        trace.reasons.append(told("team-set", team=override.team))
        return override.team, way.assign
    return way.team, way.assign
