"""Everything that the page of a case shows, as its viewer may see it."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import actions, asking, discretion, queries, staging
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.asking import Question
from tocsin.cases.clocks import lateness, ticking
from tocsin.cases.paths import hours
from tocsin.cases.queries import board, tickets, urgency
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import acknowledge
from tocsin.cases.verbs.undo import past
from tocsin.clocks import saying
from tocsin.core import canonical, ids, instants
from tocsin.core.wording import Counted, Instant, Listed, worded
from tocsin.events import sentence
from tocsin.languages import ENGLISH
from tocsin.ledger.journal import Recorded
from tocsin.notify import outcomes
from tocsin.people import accounts
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer, roles
from tocsin.people.sessions import Session
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.explain import explain
from tocsin.policy.reasons import said
from tocsin.policy.telling import of_factor, reasons_of
from tocsin.policy.versions import Policies
from tocsin.runtime import Installation
from tocsin.web import rendering, words
from tocsin.web.asking import Act, FormField
from tocsin.web.pages.case import telling
from tocsin.web.verbs import acts

RECENT = 60  # events that are shown at first
_ASIDE = ("clocks.restarted",)  # follows upon whatever somebody does, and says no more than that


class KeptForm(NamedTuple):
    """A form that was refused: its verb, what was typed, and why."""

    verb: str
    typed: dict[str, str]
    says: str


def gather(
    here: Installation,
    signed: Session,
    reference: str,
    *,
    whole: bool = False,
    kept: KeptForm | None = None,
    language: str = ENGLISH,
) -> dict[str, Any]:
    """The values of its templates; `language`: of its history. NotFound where there is no such case for this viewer."""
    viewer, now = signed.viewer, here.clock.now()
    with here.database.reading(now) as tx:
        meant = queries.named(tx, viewer, reference)
        state = queries.load(tx, viewer, meant.case)
        case = state.case
        events = [discretion.shown(event.show(), viewer) for event in queries.timeline(tx, viewer, case.id)]
        found = accounts.by_id(tx, [case.account]) if case.account is not None else {}
        stored = queries.decision_bytes(tx, viewer, case.id)
        policies = here.desk.policies.get(tx)
        policy = policies.compiled(case.policy_version)
        values = {
            "said": tickets.of(tx, viewer, [state])[case.id],
            "people": here.desk.directory.get(tx),
            "rosters": list(here.desk.rosters.get(tx).by_name),
            "pages": outcomes.pages(tx, viewer, case.id),
            "rests_until": hours.opens_at(policies, state, now),
            "paged": outcomes.names_of_paged(tx, [climb.id for climb in state.live()]),
            "parent": queries.numbers(tx, viewer, [case.parent]).get(case.parent or 0),
            "titles": {run.clock: _title(run, policies) for run in state.clocks},
            "spare": {(run.clock, run.cycle): ticking.spare(run, policies) for run in state.clocks},
            **_decided(stored, viewer, policies),
            **_verbs(viewer, state, scene := staging.scenes(tx, here.desk, [state])[case.id], language),
        }
        undoable = [(queries.named_to(tx, viewer, [one.event])[0], one.until) for one in past(state, scene)[:1]]
        question = asking.asked(state, scene)
    severities = tuple(policy.document.severities)
    happened = [(event["kind"], instants.from_text(event["at"])) for event in events]
    events.reverse()
    shown = events if whole else [event for event in events if event["kind"] not in _ASIDE][:RECENT]
    named = {"clocks": values["titles"]}
    return values | {
        "state": state,
        "also": meant.also,
        "how": urgency.standing(state, now),
        "used": {(run.clock, run.cycle): urgency.used(run, now) for run in state.clocks},
        "late": {(run.clock, run.cycle): lateness.lateness(state, run, happened, now) for run in state.clocks},
        "ended": lateness.ended(state),
        "ticket": telling.ticket(values["decision"]),
        "answered": telling.answered(values["pages"]),
        "kept": kept,
        "followers": [values["people"].name_of(ids.from_text(user)) for user in case.followers.split()],
        "undoable": _undoable(*undoable[0], language) if undoable else None,
        "account": _account(found.get(case.account or 0), viewer),
        "events": [event | {"says": sentence(event | named, words.marked, language)} for event in shown],
        "more": len(events) - len(shown),
        "whole": whole,
        "language": language,
        "next": None if question is None else _next(question, values["people"], values["reach"], language),
        "choices": partial(
            choices,
            state,
            values["people"],
            severities,
            values["rosters"],
            values["levels"],
            _colleagues(viewer, scene),
        ),
        "now": now,
    }


def choices(
    state: Aggregate,
    people: Directory,
    severities: tuple[str, ...],
    rosters: Sequence[str],
    levels: Sequence[str],
    colleagues: Sequence[str],
    field: FormField,
) -> Sequence[tuple[str, str | Counted]]:
    """What a select offers, as value and label."""
    offered = {
        "user": [name for name, user in people.by_name.items() if user.active and user.role in roles("cases.work")],
        "colleague": colleagues,
        "severity": severities,
        "level": levels,
        "team": list(people.teams),
        "roster": rosters,
        "clock": [run.clock for run in state.clocks if run.outcome is None],
    }.get(field.kind, [])
    return field.choices or [(name, name) for name in offered]


def _colleagues(viewer: Viewer, scene: Scene) -> list[str]:
    """Those whom this viewer may call in, as far as a page reaches them."""
    around = scene.around
    users = around.directory.by_name.items()
    return [
        name
        for name, user in users
        if user.may("cases.work") and user.id in around.reachable and user.id != viewer.user
    ]


def _decided(stored: bytes | None, viewer: Viewer, policies: Any) -> dict[str, Any]:
    """The decision, with what would change its level; None where its content was erased."""
    shown = discretion.decision(stored, viewer)
    if stored is None or shown is None:
        return {"decision": None}
    decision = from_bytes(stored)
    policy: Policy = policies.compiled(decision.policy_version)
    explanation = discretion.shown(canonical.decode(canonical.encode(explain(policy, decision))), viewer)
    return {
        "decision": canonical.decode(shown),
        "explanation": _changes(explanation),
        "bars": bars(from_bytes(shown)),
        "thresholds": dict(policy.thresholds),
        "reasons": reasons_of(from_bytes(shown)),
        "why_not": [said(reason) for reason in explanation["why_not_codes"]],
    }


def _changes(explanation: dict[str, Any]) -> dict[str, Any]:
    """What would raise the level and lower it, each with its reasons in words."""
    changes = {way: explanation[way] for way in ("raises", "lowers")}
    return {
        way: change and change | {"why": Listed([said(reason) for reason in change["reason_codes"]], "; ")}
        for way, change in changes.items()
    }


def bars(decision: Decision) -> list[dict[str, Any]]:
    """The factors as bars of a waterfall: each starts where the one before it ended. Zero ones come last."""
    found, reached = [], 0.0
    for factor in sorted(decision.factors, key=lambda factor: factor.points == 0):
        points = factor.points
        shown = {
            "from": min(reached, reached + points),
            "width": abs(points),
            "why": of_factor(factor, decision.unknown),
        }
        found.append(msgspec.structs.asdict(factor) | shown)
        reached += points
    return found


def _next(question: Question, people: Directory, reach: list[Act], language: str) -> dict[str, Any]:
    """What the case asks, which of the viewer's acts answer it, and what follows without an answer."""
    reader = rendering.reader(language, people.names())
    at = None if question.at is None else Instant(question.at)
    acts = {act.verb.name: act for act in reach if act.verb is not acknowledge}  # which has its button above
    return {
        "question": worded(question.text, reader),
        "acts": [acts[name] for name in question.acts if name in acts],
        "follows": asking.follows(reader, question.otherwise, at),
    }


def _undoable(event: Recorded, until: int, language: str) -> dict[str, Any]:
    """What the button undoes, and how long."""
    return {"event": event.seq, "says": sentence(event.show(), words.marked, language), "until": until}


def _title(run: RunningClock, policies: Policies) -> str:
    """What the page calls a clock."""
    return saying.name(run.clock, ticking.kind_of(run, policies).title)


def _account(account: accounts.Account | None, viewer: Viewer) -> dict[str, Any] | None:
    if account is None:
        return None
    facts = discretion.shown(account.facts, viewer)
    wanted = ("segment", "plan", "region", "language", "arr", "renewal")
    told = {("revenue" if key == "arr" else key): facts[key] for key in wanted if facts.get(key) is not None}
    return {"name": board.name_of(account), "facts": told, "owner": account.owner}


def _verbs(viewer: Viewer, state: Aggregate, scene: Scene, language: str) -> dict[str, Any]:
    """The acts in reach, and the others with the reason why not. `levels`: to which the viewer may set the case.
    `asks`: while people are paged, why this viewer may not answer, and who may."""
    told = reasons(viewer, state, scene, language)
    why = {act.verb.name: reason for act, reason in told}
    paging = state.case.state == "open" and bool(state.live())
    return {
        "asks": why[acknowledge.name] if paging and viewer.may("cases.work") else None,
        "levels": actions.levels(viewer, state, scene),
        "reach": [act for act, reason in told if reason is None],
        "refused": [(act, reason) for act, reason in told if reason is not None],
    }


def reasons(viewer: Viewer, state: Aggregate, scene: Scene, language: str) -> list[tuple[Act, str | None]]:
    """Every act with the reason why this viewer cannot do it now; None where they can."""
    reader, found = rendering.reader(language), []
    for act in acts().values():
        reason = actions.why_not(viewer, act.verb, state, scene)
        found.append((act, None if reason is None else worded(reason, reader)))
    return found
