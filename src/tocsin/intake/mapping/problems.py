"""A document while it is read: its keys and plain values, and every problem with its key and line."""

from typing import Any
from zoneinfo import ZoneInfo

from tocsin.core.errors import InvalidInput, Problem
from tocsin.core.wording import Said, verbatim
from tocsin.intake.mapping import conversions
from tocsin.policy.structure import near, show
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree


class Document:
    """Keeps every problem, so that all of them come at once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems = list(tree.problems)

    def problem(self, key: Key, message: str, expected: str | Said | None = None) -> None:
        if key not in self.tree.spoiled:
            wanted = verbatim(expected) if isinstance(expected, str) else expected
            self.problems.append(Problem(verbatim(message), key_text(key), self.tree.line(key), wanted))

    def keys(self, key: Key, value: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
        """A mapping's entries under known keys; the others are problems."""
        if not isinstance(value, dict):
            self.problem(key, f"found {show(value)}", "a mapping")
            return {}
        found = {}
        for name, entry in value.items():
            if known is not None and name not in known:
                self.problem((*key, name), "this key is not known here", near(name, known))
            else:
                found[name] = entry
        return found

    def flag(self, key: Key, value: Any) -> bool | None:
        if not isinstance(value, bool):
            self.problem(key, f"found {show(value)}", "true or false")
            return None
        return value

    def zone(self, key: Key, value: Any) -> ZoneInfo | None:
        try:
            return conversions.zone(value)
        except InvalidInput as error:
            self.problem(key, error.detail, error.expected)
            return None

    def choice(self, key: Key, value: Any, choices: tuple[str, ...], default: str) -> str:
        if value not in choices:
            self.problem(key, f"{show(value)} is not one of the choices", "one of " + ", ".join(choices))
            return default
        return str(value)

    def text(self, key: Key, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.problem(key, f"found {show(value)}", "text")
            return "-"
        return value
