"""The verbs of a case as forms, by the verb's name: first those that answer what the case asks."""

from functools import cache

from tocsin.cases.verbs.verb import AnyVerb
from tocsin.languages import tongue
from tocsin.verbs import VERBS
from tocsin.web.asking import Act, act_of


def acts() -> dict[str, Act]:
    """The forms of all verbs that there are now."""
    return _acts(tuple(VERBS.values()))


@cache
def _acts(verbs: tuple[AnyVerb, ...]) -> dict[str, Act]:
    asked = sorted(verbs, key=lambda verb: not verb.answers)
    return {verb.name: act_of(verb, *verb.form) for verb in asked if verb.form is not None}


def said(done: str, case: str, language: str) -> str | None:
    """What is said after a verb; `done` comes from the address, so only what is known is said."""
    act = acts().get(done)
    if act is None:
        return None
    says = tongue(language).text(act.done)
    return f"#{case}: {says}" if case.isascii() and case.isdecimal() else says
