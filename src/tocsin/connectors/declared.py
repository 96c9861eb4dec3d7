"""Effects as a pack declares them: for which events something goes out, and the call that carries it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.yaml.keys import Key

Values = Mapping[str, Any]  # by dotted name, such as `case.number`
OF_CASE = ("case.number", "case.url", "case.state", "case.severity", "case.level")
METHODS = ("POST", "PUT", "PATCH")
_PLACE = re.compile(r"\{([a-z_.]+)\}")
_CALL = re.compile(rf"({'|'.join(METHODS)}) (/\S*)")


class Calls(NamedTuple):
    """Where calls go. `headers`: templates, in which `{credential}` stands for what the connector has."""

    host: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """An effect. `on`: kinds of events; `path` and the texts in `body` are templates; `reference`: where in the answer
    stands what the other system knows it by."""

    name: str
    says: str
    on: tuple[str, ...]
    method: str
    path: str
    body: Any
    reference: str = ""


def calls_of(rules: Rules, data: Any) -> Calls:
    entries = rules.keys(("calls",), data, ("host", "headers"))
    headers = rules.keys(("calls", "headers"), entries.get("headers", {}), None)
    for name, text in headers.items():
        check(rules, ("calls", "headers", name), text, ("credential",))
    return Calls(rules.text(("calls", "host"), entries.get("host")), headers)


def effects_of(rules: Rules, data: Any, link: tuple[str, ...]) -> dict[str, Declared]:
    """`link`: what is remembered of a ticket."""
    known = (*OF_CASE, *(f"link.{name}" for name in link))
    return {
        name: _effect(rules, ("effects", name), name, entry, known)
        for name, entry in rules.keys(("effects",), data, None).items()
    }


def _effect(rules: Rules, key: Key, name: str, data: Any, known: tuple[str, ...]) -> Declared:
    entries = rules.keys(key, data, ("says", "on", "call", "body", "reference"))
    on = entries.get("on")
    call = _CALL.fullmatch(rules.text((*key, "call"), entries.get("call")))
    if call is None:
        rules.problem((*key, "call"), say("this is no call"), say("such as POST /tickets/{link.id}/comments"))
    path = call[2] if call else "/"
    check(rules, (*key, "call"), path, known)
    check(rules, (*key, "body"), entries.get("body"), known)
    return Declared(
        name,
        rules.text((*key, "says"), entries.get("says")),
        tuple(rules.text((*key, "on"), each) for each in (on if isinstance(on, list) else [on])),
        call[1] if call else "POST",
        path,
        entries.get("body"),
        str(entries.get("reference", "")),
    )


def filled(template: Any, values: Values) -> Any:
    """A template with what its places stand for; InvalidInput where one is not known."""
    if isinstance(template, dict):
        return {name: filled(inner, values) for name, inner in template.items()}
    if isinstance(template, list):
        return [filled(inner, values) for inner in template]
    return _PLACE.sub(lambda found: _value(found[1], values), template) if isinstance(template, str) else template


def filled_path(template: str, values: Values) -> str:
    """The same for a path: nothing that stands in it leads elsewhere."""
    return _PLACE.sub(lambda found: quote(_part(found[1], values), safe=""), template)


def _part(name: str, values: Values) -> str:
    text = _value(name, values)
    if text in ("", ".", ".."):
        raise InvalidInput(
            say("{given} cannot stand in an address", given=repr(text)), place=name, expected=say("a name or a number")
        )
    return text


def _value(name: str, values: Values) -> str:
    value = values.get(name)
    if value is None:
        raise InvalidInput(
            say("this is not known of the ticket"), place=name, expected=say("a later delivery about it")
        )
    return shown(value)


def check(rules: Rules, key: Key, template: Any, known: tuple[str, ...]) -> None:
    """Problems of places that nothing stands for."""
    for each in template.values() if isinstance(template, dict) else template if isinstance(template, list) else ():
        check(rules, key, each, known)
    for name in _PLACE.findall(template) if isinstance(template, str) else ():
        if name not in known:
            rules.problem(key, say("nothing stands for {place}", place=f"{{{name}}}"), verbatim(", ".join(known)))
