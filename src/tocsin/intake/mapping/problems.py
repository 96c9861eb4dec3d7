"""A document while it is read: its keys and plain values, and every problem with its key and line."""

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.core.errors import InvalidInput, Problem
from tocsin.core.wording import AND, Listed, Said, say
from tocsin.intake.mapping import conversions
from tocsin.policy.structure import near, shown
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree


class Document:
    """Keeps every problem, so that all of them come at once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems = list(tree.problems)

    def problem(self, key: Key, says: Said, wanted: Said | None = None) -> None:
        if key not in self.tree.spoiled:
            self.problems.append(Problem(says, key_text(key), self.tree.line(key), wanted))

    def misfit(self, key: Key, value: Any, wanted: Said) -> None:
        """Something else stands there than was expected."""
        self.problem(key, say("found {value}", value=shown(value)), wanted)

    def keys(self, key: Key, value: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
        """A mapping's entries under known keys; the others are problems."""
        if not isinstance(value, dict):
            self.misfit(key, value, say("a mapping"))
            return {}
        found = {}
        for name, entry in value.items():
            if known is not None and name not in known:
                self.problem((*key, name), say("this key is not known here"), near(name, known))
            else:
                found[name] = entry
        return found

    def flag(self, key: Key, value: Any) -> bool | None:
        if not isinstance(value, bool):
            self.misfit(key, value, say("true or false"))
            return None
        return value

    def zone(self, key: Key, value: Any) -> ZoneInfo | None:
        try:
            return conversions.zone(value)
        except InvalidInput as error:
            self.problem(key, error.says, error.wanted)
            return None

    def choice(self, key: Key, value: Any, choices: tuple[str, ...], default: str) -> str:
        if value not in choices:
            self.problem(key, say("{value} is not one of the choices", value=shown(value)), one_of_these(choices))
            return default
        return str(value)

    def text(self, key: Key, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.misfit(key, value, say("text"))
            return "-"
        return value


def one_of_these(choices: Sequence[str]) -> Said:
    """What may stand somewhere, by name."""
    return say("one of {names}", names=Listed(choices))


def together(names: Iterable[str], otherwise: Said) -> Said:
    """That these keys stand together, or that there is none."""
    given = list(names)
    return say("found {value}", value=Listed(given, AND) if given else otherwise)
