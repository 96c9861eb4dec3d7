"""A pack: a connector that a folder beside this file declares, in `pack.yaml`. docs/connectors.md has its keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

from tocsin.connectors.declared import Calls, Declared, calls_of, effects_of
from tocsin.connectors.signatures import Scheme, scheme_of
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem
from tocsin.core.wording import say, verbatim
from tocsin.intake.mapping.formulas import DELIVERY, ITEM
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.yaml.lines import read

Kind = Literal["any", "desk", "monitoring", "person"]
GENERIC = "generic"
ECHOES = ("actor", "reference", "text")  # who did it, what it is known by, what it says
_FILE = "pack.yaml"
_KEYS = (
    "title",
    "about",
    "kind",
    "signature",
    "once",
    "quota",
    "mapping",
    "sample",
    "sample_headers",
    "pull",
    "link",
    "echo",
    "calls",
    "effects",
)


@dataclass(frozen=True, slots=True)
class Pack:
    """A connector that can be added. `kind`: of source; `required`: nothing is taken unsigned; `once`: by what a
    delivery that comes again is known; `quota`: of deliveries a minute; `mapping`: None where whoever adds
    it writes one; `sample`: a delivery to try it with, with its headers.
    `link`: what is remembered of a ticket, so that effects find it; `echo`: how what we did is known when it comes
    back; `effects`: what may go out, by `calls`; `pull`: keys of a pull, where its tool can be asked."""

    name: str
    title: str
    about: str
    kind: Kind
    scheme: Scheme | None
    required: bool
    once: Rule | None
    quota: int | None
    mapping: Mapping[str, Any] | None
    sample: Any
    sample_headers: Mapping[str, str]
    link: Mapping[str, Rule]
    echo: Mapping[str, Rule]
    calls: Calls | None
    effects: Mapping[str, Declared]
    pull: Mapping[str, Any] | None = None

    def show(self) -> dict[str, Any]:
        signed = "never" if self.scheme is None else "always" if self.required else "optional"
        return {"name": self.name, "title": self.title, "about": self.about, "kind": self.kind, "signed": signed} | {
            "effects": {name: effect.says for name, effect in self.effects.items()}
        }

    def effect(self, name: str) -> Declared:
        """InvalidInput names those that there are."""
        if name not in self.effects:
            expected = (
                verbatim(", ".join(self.effects))
                if self.effects
                else say("none, for nothing goes out to {title}", title=self.title)
            )
            raise InvalidInput(
                say("{pack} has no effect {name}", pack=self.name, name=repr(name[:100])),
                place="effects",
                expected=expected,
            )
        return self.effects[name]

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
        raise InvalidInput(
            say("there is no pack {name}", name=repr(name[:100])), place="pack", expected=verbatim(", ".join(names()))
        )
    return parsed(name, files(__package__).joinpath(name, _FILE).read_text(encoding="utf-8"))


def parsed(name: str, text: str) -> Pack:
    """A pack from its YAML; InvalidDocument carries all problems."""
    tree = read(text)
    if tree.problems:
        raise InvalidDocument(tree.problems, place=name)
    rules = Rules(tree, DELIVERY)
    data = rules.keys((), tree.data, _KEYS)
    mapping = data.get("mapping")
    elements = Rules(tree, ITEM) if isinstance(mapping, Mapping) and "each" in mapping else rules
    signature = rules.keys(("signature",), data.get("signature", {"scheme": "none"}), None)
    found = Pack(
        name,
        rules.text(("title",), data.get("title")),
        rules.text(("about",), data.get("about")),
        cast(Kind, rules.choice(("kind",), data.get("kind"), get_args(Kind), "any")),
        scheme_of(rules, ("signature",), signature),
        rules.flag(("signature", "required"), signature.get("required", signature.get("scheme") != "none")) or False,
        rules.rule(("once",), data["once"], "attributes.once") if "once" in data else None,
        _quota(rules, data["quota"]) if "quota" in data else None,
        mapping,
        data.get("sample"),
        rules.keys(("sample_headers",), data.get("sample_headers", {}), None),
        _rules(elements, "link", data, None),
        _rules(elements, "echo", data, ECHOES),
        calls_of(rules, data["calls"]) if "calls" in data else None,
        effects_of(rules, data.get("effects", {}), tuple(data.get("link", ()))),
        data.get("pull"),
    )
    of_elements = elements.problems if elements is not rules else ()
    if problems := [*rules.problems, *of_elements, *_of_mapping(found.mapping)]:
        raise InvalidDocument(problems, place=name)
    return found


def _quota(rules: Rules, value: Any) -> int | None:
    if type(value) is int and value > 0:
        return value
    rules.misfit(("quota",), value, say("how many deliveries a minute"))
    return None


def _rules(rules: Rules, name: str, data: Mapping[str, Any], known: tuple[str, ...] | None) -> dict[str, Rule]:
    entries = rules.keys((name,), data.get(name, {}), known)
    return {inner: rules.rule((name, inner), entry, f"attributes.{inner}") for inner, entry in entries.items()}


def _of_mapping(mapping: Mapping[str, Any] | None) -> Sequence[Problem]:
    try:
        if mapping is not None:
            delivered_mapping(mapping)
    except InvalidDocument as error:
        return error.problems
    return ()
