"""Whether a text says anything at all."""

import unicodedata

_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that leave no ink
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


def blank(text: str) -> bool:
    """Whether nothing of it can be seen: it is empty, or only space, control and format characters, marks on nothing,
    fillers."""
    return not any(_seen(character) for character in text)


def _seen(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character) not in _UNSEEN
