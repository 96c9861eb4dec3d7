"""Classification: type, product area and severity of a case, each with the reason for it."""

from collections.abc import Callable, Mapping
from sys import intern
from typing import Any, NamedTuple

from tocsin.core.errors import InvalidInput
from tocsin.core.texts import fold
from tocsin.core.wording import say
from tocsin.policy.conditions import CASE_BITS, Condition, Trace
from tocsin.policy.decision import Override
from tocsin.policy.facts import SUGGESTED
from tocsin.policy.model import Document
from tocsin.policy.reasons import ReasonText, told
from tocsin.policy.seen import Variables

Candidates = tuple[tuple[Condition, tuple[tuple[str, str], ...]], ...]
Matters = Callable[[str, str], bool]  # whether a case might have another level or team with this value of a field


class Classifier(NamedTuple):
    """A rule: what it sets, each with the reason for it."""

    condition: Condition
    sets: tuple[tuple[str, str, ReasonText], ...]


def classifier(condition: Condition, sets: Mapping[str, str]) -> Classifier:
    told_of = {field: told(f"{field}-rule", name=value, rule=condition.id) for field, value in sets.items()}
    return Classifier(condition, tuple((field, value, told_of[field]) for field, value in sets.items()))


class Classified(NamedTuple):
    """Names of the policy, as it spells them. `by`: which rule set a field, by its place."""

    severity: str
    type: str | None
    product_area: str | None
    by: Mapping[str, int] = {}


class Classification:
    """The compiled `classify` section, with what the taxonomy knows."""

    def __init__(self, document: Document, classifiers: tuple[Classifier, ...]) -> None:
        self._classifiers = classifiers
        self._candidates: dict[tuple[Any, ...], Candidates] = {}  # as many as there are ways to classify
        self._known = {
            "type": frozenset(document.types),
            "product_area": frozenset(document.product_areas),
            "severity": frozenset(document.severities),
        }
        self._spelled = {
            field: {fold(name): name for name in reversed(known)}
            for field, known in (("type", [*document.types]), ("product_area", [*document.product_areas]))
        }
        self._folded = {name: intern(fold(name)) for known in self._known.values() for name in known}
        self._given = {
            field: {name: told(f"{field}-given", name=name) for name in known}
            for field, known in self._known.items()
            if field != "severity"
        }
        self._severity_of = {
            name: (kind.severity, told("severity-of-type", name=kind.severity, type=name))
            for name, kind in document.types.items()
            if kind.severity is not None
        }
        self._confidence = document.suggest.confidence
        self._default = (document.default_severity, told("severity-default", name=document.default_severity))
        for classifier in classifiers:
            for field, value, _ in classifier.sets:
                if value not in self._known[field]:
                    raise InvalidInput(
                        say("there is no {field} {value}", field=field, value=repr(value)),
                        place=classifier.condition.id,
                    )

    def run(self, variables: Variables, override: Override | None, trace: Trace) -> Classified:
        """Set `case.type` and `case.product_area` where unset, and `case.severity`: folded, as conditions read them.

        What the sender says counts as set where the taxonomy knows it, in any spelling of the same letters. The first
        rule that matches sets a field.
        Severity comes from an override, else a rule, else the type, else the default.
        """
        case = variables["case"]
        chosen: dict[str, str] = {}
        for field in ("type", "product_area"):
            said = None if override is None else getattr(override, field)
            if said is not None:
                self._set(field, said, case, trace)
                chosen[field] = said
                continue
            given = case.get(field)
            if given is None:
                continue
            if (name := self._spelled[field].get(given)) is not None:
                chosen[field] = name
                trace.reasons.append(self._given[field][name])
            else:
                del case[field]
                trace.missing |= CASE_BITS[field]
                trace.reasons.append(told(f"{field}-unknown", name=repr(trace.facts["case"][field])))
        severity: str | None = None
        by: dict[str, int] = {}
        words = trace.words
        for place, (condition, sets) in enumerate(self._classifiers):
            if condition.words and not condition.words & words:
                continue  # as `holds` would say: most rules on words end here
            for field, _, _ in sets:
                if (severity if field == "severity" else case.get(field)) is None:
                    break
            else:
                continue  # nothing left for this rule to set
            if not condition.holds(variables, trace):
                continue
            for field, value, reason in sets:
                if field == "severity":
                    if severity is None:
                        severity, by[field] = value, place
                        trace.reasons.append(reason)
                elif field not in case:
                    case[field], chosen[field], by[field] = self._folded[value], value, place
                    trace.missing &= ~CASE_BITS[field]
                    trace.reasons.append(reason)
        if SUGGESTED in trace.facts and (found := self._suggested(case, trace)):
            chosen |= found
            if severity is None:
                severity = self._severity_since(found, variables, trace)
        severity = self._severity(severity, chosen.get("type"), override, trace)
        case["severity"] = self._folded[severity]
        return Classified(severity, chosen.get("type"), chosen.get("product_area"), by)

    def _suggested(self, case: dict[str, Any], trace: Trace) -> dict[str, str]:
        """What no rule has set, set as suggested, where the suggestion is sure enough."""
        said, found = trace.facts[SUGGESTED], dict[str, str]()
        for field in ("type", "product_area"):
            one = said.get(field)
            if one is None or field in case or one["name"] not in self._known[field]:
                continue
            if self._confidence is not None and one["confidence"] >= self._confidence:
                case[field], found[field] = self._folded[one["name"]], one["name"]
                trace.missing &= ~CASE_BITS[field]
                words = ", ".join(one["words"])
                why = {"confidence": f"{one['confidence']:.2f}", "words": words, "model": said["model"]}
                trace.reasons.append(told(f"{field}-suggested", name=one["name"], **why))
        return found

    def _severity_since(self, found: Mapping[str, str], variables: Variables, trace: Trace) -> str | None:
        """What a rule that asks for what was suggested says of the severity."""
        asked = {f"case.{field}" for field in found}
        for condition, sets in self._classifiers:
            said = next((one for one in sets if one[0] == "severity"), None)
            if said is not None and asked.intersection(condition.references):
                trace.unknown = [one for one in trace.unknown if one.rule != condition.id]
                if condition.holds(variables, trace):
                    trace.reasons.append(said[2])
                    return said[1]
        return None

    def _set(self, field: str, value: str, case: dict[str, Any], trace: Trace) -> None:
        """What a person has set."""
        if value not in self._known[field]:
            says = say("there is no {field} {value}", field=field, value=repr(value))
            raise InvalidInput(says, place=f"override.{field}")
        case[field] = self._folded[value]
        trace.missing &= ~CASE_BITS[field]
        trace.reasons.append(told(f"{field}-set", name=value))

    def others(
        self, variables: Variables, classified: Classified, escalated: bool, matters: Matters, trace: Trace
    ) -> tuple[tuple[str, str], ...]:
        """By field, what later rules would have set where an earlier one had set it first, as far as that might matter;
        into the trace nothing is written. `matters` knows of the case only what it is and whether it is `escalated`."""
        if not classified.by:
            return ()
        key = (*classified[:3], *classified.by.items(), escalated)
        candidates = self._candidates.get(key)
        if candidates is None:
            candidates = self._candidates[key] = self._differing(classified, matters)
        if not candidates:
            return ()
        quiet = Trace(trace.facts, trace.muted)
        quiet.missing, quiet.words = trace.missing, trace.words
        found: dict[tuple[str, str], None] = {}
        for condition, differs in candidates:
            if condition.holds(variables, quiet):
                found.update(dict.fromkeys(differs))
        return tuple(found)

    def _differing(self, classified: Classified, matters: Matters) -> Candidates:
        found = []
        for place in range(min(classified.by.values()) + 1, len(self._classifiers)):
            condition, sets = self._classifiers[place]
            differs = tuple(
                (field, value)
                for field, value, _ in sets
                if classified.by.get(field, place) < place
                and value != getattr(classified, field)
                and matters(field, value)
            )
            if differs:
                found.append((condition, differs))
        return tuple(found)

    def severity_of(self, kind: str) -> str:
        """The severity of cases of a type, where nothing else sets one."""
        return self._severity_of.get(kind, self._default)[0]

    def _severity(self, severity: str | None, kind: str | None, override: Override | None, trace: Trace) -> str:
        if override is not None and override.severity is not None:
            if override.severity not in self._known["severity"]:
                raise InvalidInput(
                    say("there is no severity {severity}", severity=repr(override.severity)), place="override.severity"
                )
            trace.reasons.append(override.told_severity(override.severity))
            return override.severity
        if severity is not None:
            return severity
        default, reason = self._default if kind is None else self._severity_of.get(kind, self._default)
        trace.reasons.append(reason)
        return default
