"""What is remarked of a ticket, by field: what of it was cut or not understood. Facts keep it, so that each decision on
them says so. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from tocsin.core.wording import Said, packed, plain, unpacked

ENGLISH, WORDS = "remarks", "remark_words"  # among the facts: as programs read them, and to be worded for each reader
_NONE: Mapping[str, Any] = {}


def kept(remarks: Mapping[str, Said], before: Mapping[str, Any] = _NONE, anew: Collection[str] = ()) -> dict[str, Any]:
    """The part of the facts that holds these remarks. `before`: facts with earlier ones, which stand but for the fields
    that are given `anew`."""
    english = _standing(before.get(ENGLISH, _NONE), anew) | {place: plain(said) for place, said in remarks.items()}
    words = _standing(before.get(WORDS, _NONE), anew) | {place: packed(said) for place, said in remarks.items()}
    found = {ENGLISH: english, WORDS: words}
    return {name: dict(sorted(said.items())) for name, said in found.items() if said}


def in_english(remarks: Mapping[str, Said]) -> dict[str, str]:
    """By field, as programs read them."""
    return {place: plain(said) for place, said in remarks.items()}


def of(facts: Mapping[str, Any]) -> dict[str, Said]:
    """Those that facts keep to be worded; what an older release kept is in English alone, and not among them."""
    return {place: unpacked(said) for place, said in facts.get(WORDS, _NONE).items()}


def _standing(said: Mapping[str, Any], anew: Collection[str]) -> dict[str, Any]:
    return {place: one for place, one in said.items() if place not in anew}
