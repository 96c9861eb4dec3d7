"""Why a decision is as it is, as whoever reads it is told: from its codes, or where an older engine wrote none, as it
was written then. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.core.wording import Number, Said, marked, say, verbatim
from tocsin.policy import remarks
from tocsin.policy.decision import Decision, FactorScore, Unknown
from tocsin.policy.expressions import faults
from tocsin.policy.reasons import TEXTS, said, shown
from tocsin.policy.spoken import condition, fact


def reasons_of(decision: Decision) -> list[Said]:
    """Those of a decision; of an older one as they were written."""
    if len(decision.reason_codes) != len(decision.reasons):
        return [verbatim(text) for text in decision.reasons]
    remarked = remarks.of(decision.facts)
    return [in_words(_with_words(reason, remarked)) for reason in decision.reason_codes]


def in_words(reason: Sequence[Any]) -> Said:
    """A reason whose facts, conditions and names are said as people call them."""
    found = said(_with_fault(reason))
    values = {name: _WORDED[name](value) if name in _WORDED else value for name, value in found.values.items()}
    return Said(_SPOKEN.get(found.text, found.text), values)


def _name(value: Any) -> Any:
    return value.replace("_", " ") if isinstance(value, str) else value


_WORDED: dict[str, Callable[[Any], Any]] = {"fact": fact, "condition": condition, "name": _name, "type": _name}
_SPOKEN = {  # what is written into decisions stays as it is
    TEXTS["product_area-given"]: marked("product area {name}: given"),
    TEXTS["product_area-unknown"]: marked("product area {name} is not in the policy and was left aside"),
    TEXTS["product_area-rule"]: marked("product area {name}: {rule}"),
}


def _with_fault(reason: Sequence[Any]) -> Sequence[Any]:
    """A reason, with the words of an expression's error in the place of its English text."""
    return (*reason[:-1], faults.read(reason[-1])) if reason[0] == "minimum-unanswered" else reason


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
        source = None if factor.source is None else fact(factor.source)
        value = _name(shown(factor.fact))
        why = Said(TEXTS[factor.code], {"fact": source, "value": value, "rule": say("its condition")})
    return say("{why}; assumed {value}", why=why, value=Number(factor.value)) if factor.assumed else why


def of_unknown(unknown: Unknown) -> Said:
    """Why a rule has no answer: the fact that is missing, else what its expression says."""
    return faults.read(unknown.reason) if unknown.fact is None else Said(TEXTS["missing"], {"fact": fact(unknown.fact)})
