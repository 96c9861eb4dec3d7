"""In which language a customer writes, recognised from their own words (extra `tocsin[language]`).

It is computed once, where a case is decided first, and kept among its facts: whoever decides it again reads the fact.
"""

from functools import cache
from typing import Any

from tocsin.policy.compiled import Policy
from tocsin.policy.evidence import own_words
from tocsin.policy.facts import Facts
from tocsin.policy.markup import text_of

RECOGNISED = ("de", "en", "es", "fr", "it", "ja", "nl", "pt")
"""ISO 639-1 codes of what is told apart."""

_READ = 1000  # characters: the first sentences are enough
_LETTERS = 12  # fewer say too little; a sign of Japanese counts as three
_SURE = 0.8  # of a text in two languages the one that prevails, or neither
_WIDE = "\u3040"  # from here on a letter stands for a syllable or a word


def with_language(policy: Policy, facts: Facts) -> Facts:
    """The facts, with `case.language` where the policy names it and nobody has given it. Where the text is short, or in
    several languages, or the extra is not installed, it stays missing."""
    if not policy.names_language or "language" in facts["case"]:
        return facts
    found = recognised(facts["case"]["subject"], facts["case"].get("body"))
    return facts if found is None else {**facts, "case": {**facts["case"], "language": found}}


def recognised(subject: str, body: str | None) -> str | None:
    """The language of a message, without what its sender only quotes; None where it is not certain."""
    own = "" if body is None else own_words(text_of(body[: 4 * _READ]), subject)
    text = f"{subject}\n{own}"[:_READ]
    letters = sum(3 if letter >= _WIDE else 1 for letter in text if letter.isalpha())
    detector = _detector() if letters >= _LETTERS else None
    if detector is None:
        return None
    best = detector.compute_language_confidence_values(text)[0]
    return str(best.language.iso_code_639_1.name).lower() if best.value >= _SURE else None


def available() -> bool:
    """Whether the extra is installed."""
    return _detector() is not None


@cache
def _detector() -> Any:
    """By models of three letters, which take 30 MB and 50 ms to load. One process has one."""
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder
    except ImportError:
        return None
    known = [getattr(IsoCode639_1, code.upper()) for code in RECOGNISED]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*known).with_low_accuracy_mode().build()
