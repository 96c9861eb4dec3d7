"""Why a decision is as it is, as whoever reads it is told: from its codes, or where an older engine wrote none, as it
was written then. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.core.wording import Number, Said, say, verbatim
from tocsin.policy import remarks
from tocsin.policy.decision import Decision, FactorScore, Unknown
from tocsin.policy.expressions import faults
from tocsin.policy.reasons import TEXTS, said, shown


def reasons_of(decision: Decision) -> list[Said]:
    """Those of a decision; of an older one as they were written."""
    if len(decision.reason_codes) != len(decision.reasons):
        return [verbatim(text) for text in decision.reasons]
    remarked = remarks.of(decision.facts)
    return [said(_with_words(reason, remarked)) for reason in decision.reason_codes]


def why_not_of(codes: Sequence[Sequence[Any]]) -> list[Said]:
    """Why a case has no higher level, by the codes of its explanation."""
    return [said(_with_fault(reason)) for reason in codes]


def _with_fault(reason: Sequence[Any]) -> Sequence[Any]:
    """A reason, with the words of an expression's error in the place of its English text."""
    code, *values = reason
    return (code, *values[:-1], faults.read(values[-1])) if code == "minimum-unanswered" else reason


def _with_words(reason: Sequence[Any], remarked: Mapping[str, Said]) -> Sequence[Any]:
    """A reason, with the words of a remark in the place of its English text."""
    if reason[0] != "remark" or reason[1] not in remarked:
        return reason
    return (reason[0], reason[1], remarked[reason[1]])


def of_factor(factor: FactorScore, unknown: tuple[Unknown, ...]) -> Said:
    """Why a factor counts as it does. `unknown`: what its decision could not tell."""
    rule = f"score.{factor.name}"
    if factor.code == "unanswered":
        found = next((each for each in unknown if each.rule == rule), None)
        why = verbatim(factor.reason.rpartition("; ")[0]) if found is None else of_unknown(found)
    elif factor.code not in TEXTS:
        return verbatim(factor.reason)
    else:
        why = Said(TEXTS[factor.code], {"fact": factor.source, "value": shown(factor.fact), "rule": rule})
    return say("{why}; assumed {value}", why=why, value=Number(factor.value)) if factor.assumed else why


def of_unknown(unknown: Unknown) -> Said:
    """Why a rule has no answer: the fact that is missing, else what its expression says."""
    return faults.read(unknown.reason) if unknown.fact is None else Said(TEXTS["missing"], {"fact": unknown.fact})
