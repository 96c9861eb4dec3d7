"""How a file is written, from the settings of its mapping."""

import codecs
from collections.abc import Mapping
from typing import Any

from tocsin.core.wording import say
from tocsin.intake.csv_rows import FALLBACK, Format
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.structure import shown


def form(rules: Rules, data: Mapping[str, Any]) -> Format:
    """How the file is written, by the settings."""
    return Format(
        _character(rules, data, "delimiter", ","),
        _character(rules, data, "quote", '"'),
        _encoding(rules, data),
        None if "encoding" in data else FALLBACK,
    )


def _character(rules: Rules, data: Mapping[str, Any], name: str, default: str) -> str:
    value = data.get(name, default)
    if not isinstance(value, str) or len(value) != 1 or not value.isascii() or value in "\r\n\0":
        rules.misfit((name,), value, say(r'one ASCII character, such as ";" or "\t"'))
        return default
    return value


def _encoding(rules: Rules, data: Mapping[str, Any]) -> str:
    name = data.get("encoding", "utf-8")
    try:
        plain = bytes(range(128))
        if isinstance(name, str) and plain.decode(codecs.lookup(name).name) == plain.decode("ascii"):
            return name
    except (LookupError, UnicodeError, ValueError):
        pass
    wanted = say("utf-8, cp1252, latin-1 or another in which ASCII stands for itself")
    rules.problem(("encoding",), say("{encoding} cannot be read line by line", encoding=shown(name)), wanted)
    return "utf-8"
