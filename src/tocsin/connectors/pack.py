"""A pack: a connector that a folder beside this file declares, in `pack.yaml`. docs/connectors.md has its keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

from tocsin.connectors.signatures import Scheme, scheme_of
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem
from tocsin.intake.mapping.formulas import DELIVERY
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.yaml.lines import read

Kind = Literal["any", "desk", "monitoring", "person"]
GENERIC = "generic"
_FILE = "pack.yaml"
_KEYS = ("title", "about", "kind", "signature", "once", "mapping", "sample", "sample_headers")


@dataclass(frozen=True, slots=True)
class Pack:
    """A connector that can be added. `kind`: of source; `required`: nothing is taken unsigned; `once`: by what a
    delivery that comes again is known; `mapping`: None where whoever adds
    it writes one; `sample`: a delivery to try it with, with its headers."""

    name: str
    title: str
    about: str
    kind: Kind
    scheme: Scheme | None
    required: bool
    once: Rule | None
    mapping: Mapping[str, Any] | None
    sample: Any
    sample_headers: Mapping[str, str]

    def show(self) -> dict[str, Any]:
        signed = "never" if self.scheme is None else "always" if self.required else "optional"
        return {"name": self.name, "title": self.title, "about": self.about, "kind": self.kind, "signed": signed}

    def document(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping of a connector with keys of its own, which come before those of the pack."""
        return {**(self.mapping or {}), **own}


@cache
def names() -> tuple[str, ...]:
    """The packs that there are."""
    folder = files(__package__)
    return tuple(sorted(each.name for each in folder.iterdir() if each.joinpath(_FILE).is_file()))


@cache
def named(name: str) -> Pack:
    """InvalidInput names those that there are."""
    if name not in names():
        raise InvalidInput(f"there is no pack {name[:100]!r}", place="pack", expected=", ".join(names()))
    return parsed(name, files(__package__).joinpath(name, _FILE).read_text(encoding="utf-8"))


def parsed(name: str, text: str) -> Pack:
    """A pack from its YAML; InvalidDocument carries all problems."""
    tree = read(text)
    if tree.problems:
        raise InvalidDocument(tree.problems, place=name)
    rules = Rules(tree, DELIVERY)
    data = rules.keys((), tree.data, _KEYS)
    signature = rules.keys(("signature",), data.get("signature", {"scheme": "none"}), None)
    found = Pack(
        name,
        rules.text(("title",), data.get("title")),
        rules.text(("about",), data.get("about")),
        cast(Kind, rules.choice(("kind",), data.get("kind"), get_args(Kind), "any")),
        scheme_of(rules, ("signature",), signature),
        rules.flag(("signature", "required"), signature.get("required", "scheme" in signature)) or False,
        rules.rule(("once",), data["once"], "attributes.once") if "once" in data else None,
        data.get("mapping"),
        data.get("sample"),
        rules.keys(("sample_headers",), data.get("sample_headers", {}), None),
    )
    if problems := [*rules.problems, *_of_mapping(found.mapping)]:
        raise InvalidDocument(problems, place=name)
    return found


def _of_mapping(mapping: Mapping[str, Any] | None) -> Sequence[Problem]:
    try:
        if mapping is not None:
            delivered_mapping(mapping)
    except InvalidDocument as error:
        return error.problems
    return ()
