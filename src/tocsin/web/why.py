"""Why a case has its level: the score as a waterfall, what would change the level, and the rules that spoke. Pure."""

from functools import lru_cache
from typing import Any

from tocsin.cases import discretion
from tocsin.core import canonical
from tocsin.core.wording import Listed
from tocsin.people.permissions import Viewer
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import from_bytes
from tocsin.policy.explain import explain
from tocsin.policy.spoken import fact
from tocsin.policy.telling import in_words, reasons_of
from tocsin.policy.versions import Policies
from tocsin.web.drawing import waterfall


def decided(stored: bytes | None, viewer: Viewer, policies: Policies) -> dict[str, Any]:
    """The decision, with what would change its level; None where its content was erased."""
    shown = discretion.decision(stored, viewer)
    if stored is None or shown is None:
        return {"decision": None}
    decision = from_bytes(stored)
    policy: Policy = policies.compiled(decision.policy_version)
    explanation = discretion.shown(canonical.decode(_explained(policy, stored)), viewer)
    return {
        "decision": canonical.decode(shown),
        "explanation": _changes(explanation),
        "steps": waterfall.steps(from_bytes(shown)),
        "thresholds": dict(sorted(policy.thresholds, key=lambda pair: pair[1])),
        "reasons": reasons_of(from_bytes(shown)),
        "fired": [in_words(reason) for reason in from_bytes(shown).reason_codes if reason[0].startswith("trigger-")],
        "why_not": [in_words(reason) for reason in explanation["why_not_codes"]],
    }


@lru_cache(256)  # a page that is open is drawn again whenever its case changes, mostly of the same decision
def _explained(policy: Policy, stored: bytes) -> bytes:
    return canonical.encode(explain(policy, from_bytes(stored)))


def _changes(explanation: dict[str, Any]) -> dict[str, Any]:
    """What would raise the level and lower it, each with what its fact is called and its reasons in words."""
    changes = {way: explanation[way] for way in ("raises", "lowers")}
    return {
        way: change
        and change
        | {"called": fact(change["fact"]), "why": Listed([in_words(reason) for reason in change["reason_codes"]], "; ")}
        for way, change in changes.items()
    }
