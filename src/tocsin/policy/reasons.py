"""Why a decision is as it is: each reason is a code with its values, which programs can read, and people in their own
language. Its English text is kept beside it, as it was when it was decided. Pure."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from math import floor
from typing import Any, NamedTuple

from tocsin.core.wording import Number, Said, marked, verbatim
from tocsin.policy.triggers.kinds import TEXTS as TEXTS_OF_TRIGGERS

TEXTS: dict[str, str] = {
    "text-cut": marked("the text is longer than 16 KiB: conditions read its beginning only"),
    "remark": marked("{place}: {remark}"),
    "type-given": marked("type {name}: given"),
    "type-set": marked("type {name}: override"),
    "type-unknown": marked("type {name} is not in the policy and was left aside"),
    "type-rule": marked("type {name}: {rule}"),
    "product_area-given": marked("product_area {name}: given"),
    "product_area-set": marked("product_area {name}: override"),
    "product_area-unknown": marked("product_area {name} is not in the policy and was left aside"),
    "product_area-rule": marked("product_area {name}: {rule}"),
    "type-suggested": marked("type {name}: suggested, {confidence}, for {words}, model {model}"),
    "product_area-suggested": marked("product_area {name}: suggested, {confidence}, for {words}, model {model}"),
    "severity-rule": marked("severity {name}: {rule}"),
    "severity-set": marked("severity {name}: override"),
    "severity-follows": marked("severity {name}: {why}"),
    "severity-of-type": marked("severity {name}: of type {type}"),
    "severity-default": marked("severity {name}: the default"),
    "score-reaches": marked("score {score} reaches {level} ({at})"),
    "score-below": marked("score {score} is below {level} ({at})"),
    "level-minimum": marked("level {level}: {rule}"),
    "level-set": marked("level {level}: override"),
    "level-follows": marked("level {level}: {why}"),
    "level-watched": marked("level {level}: the account is watched, {why}"),
    "automation-off": marked("automation is off, so a person decides whether it is {level}: {why}"),
    "team-route": marked("team {team}: {rule}"),
    "team-set": marked("team {team}: override"),
    "is": marked("{fact} is {value}"),
    "by-curve": marked("{fact} by its curve"),
    "missing": marked("{fact} is missing"),
    "not-in-map": marked("{fact} is not in the map"),
    "not-a-number": marked("{fact} is not a number"),
    "holds": marked("{rule} holds"),
    "does-not-hold": marked("{rule} does not hold"),
    "muted": marked("{rule} is muted"),
    "minimum-lost": marked("{rules} no longer asks for {level}"),
    "minimum-lifts": marked("never below {level}: {rule}"),
    "would-reach": marked("the score reaches {level} ({at})"),
    "would-be-below": marked("the score is below {level} ({at})"),
    "person-set": marked("a person set the level: {why}"),
    "score-short": marked("the score is {score}, {distance} below {level} ({at})"),
    "minimum-not-so": marked("{rule} asks for {level} and does not apply; not so: {condition}"),
    "minimum-missing": marked("{rule} asks for {level} and does not apply; {fact} is missing"),
    "minimum-unanswered": marked("{rule} asks for {level} and does not apply; {why}"),
} | TEXTS_OF_TRIGGERS
"""Every code and its English text. A code keeps its meaning, and its values their order, for good."""

_EXACT = {"score": "{:.15g}", "distance": "{:.15g}", "at": "{:g}"}
_PLACE = re.compile(r"\{(\w+)\}")
_FLOORED = frozenset({"score-below", "score-short"})  # what is below a threshold is shown below it


Reason = tuple[Any, ...]
"""A code of `TEXTS`, and behind it what stands in the places of its text, in their order."""


SCORED = frozenset({"score-reaches", "score-below", "score-short"})  # whose numbers tell the score


class ReasonText(NamedTuple):
    """A reason, and its English text."""

    text: str
    reason: Reason


def told(code: str, **values: Any) -> ReasonText:
    """A reason with its text; whatever is the same for many cases is made once, with the policy."""
    exact = {name: _EXACT[name].format(value) if name in _EXACT else value for name, value in values.items()}
    return ReasonText(TEXTS[code].format(**exact), (code, *(values[name] for name in names(code))))


def told_score(code: str, score: float, level: str, at: float) -> ReasonText:
    """The same of the one reason that each case has of its own."""
    before, after = _around_score(code, level, at)
    return ReasonText(f"{before}{score:.15g}{after}", (code, score, level, at))


@lru_cache(1024)  # there are as many as thresholds of policies
def _around_score(code: str, level: str, at: float) -> list[str]:
    return TEXTS[code].format(score="\n", level=level, at=f"{at:g}").split("\n")


def said(reason: Sequence[Any]) -> Said:
    """A reason for people, its figures rounded; one of a later release by its code and values."""
    code, *values = reason
    if code not in TEXTS or len(values) != len(names(code)):
        return verbatim(f"{code}: {', '.join(map(str, values))}")
    return Said(TEXTS[code], {name: _short(code, name, value) for name, value in zip(names(code), values, strict=True)})


@cache
def names(code: str) -> tuple[str, ...]:
    """What the values behind a code are called."""
    return tuple(_PLACE.findall(TEXTS[code]))


def _short(code: str, name: str, value: Any) -> Any:
    if name not in _EXACT or not isinstance(value, int | float):
        return shown(value)
    return Number(floor(value * 10) / 10 if name == "score" and code in _FLOORED else round(value, 1))


def shown(value: Any) -> Any:
    """A fact among our words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return Number(value) if isinstance(value, int | float) else value
