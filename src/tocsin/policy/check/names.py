"""Names that lie outside the document, names that its examples expect, and sections that nothing reads yet."""

from collections.abc import Collection, Iterator

from tocsin.core.errors import InvalidInput, Problem
from tocsin.core.wording import say, verbatim
from tocsin.policy import addressees
from tocsin.policy.facts import to_body
from tocsin.policy.model import Document
from tocsin.policy.names import Names
from tocsin.policy.structure import missing, near, shown


def outside(document: Document, names: Names) -> Iterator[Problem]:
    """Teams, rosters and users that do not exist."""
    for index, route in enumerate(document.route):
        if route.team not in names.teams:
            yield _unknown(document, f"route[{index}].team", "team", route.team, names.teams)
    known = {"oncall": ("roster", names.rosters), "user": ("user", names.users)}
    for key, text in _addressed(document):
        named = addressees.parse(text)
        if named.kind in known and named.name not in known[named.kind][1]:
            yield _unknown(document, key, known[named.kind][0], named.name, known[named.kind][1])


def _addressed(document: Document) -> Iterator[tuple[str, str]]:
    for duty, listed in document.duties.items():
        for index, text in enumerate(listed):
            yield f"duties.{duty}[{index}]", text
    for clock, kind in document.clocks.kinds.items():
        for index, text in enumerate(kind.tell):
            if text not in addressees.TOLD:
                yield f"clocks.kinds.{clock}.tell[{index}]", text
    for path in document.paths.values():
        yield f"paths.{path.name}.leader", path.leader
        for place, step in enumerate(path.steps):
            for index, text in enumerate(step.notify):
                yield f"paths.{path.name}.steps[{place}].notify[{index}]", text


def _unknown(document: Document, key: str, what: str, name: str, known: Collection[str]) -> Problem:
    says, wanted = missing(what, name, sorted(known))
    return Problem(says, key, document.lines.get(key), wanted)


def in_examples(document: Document) -> Iterator[Problem]:
    """Examples whose case would be refused, or that expect what the document does not have."""
    known: dict[str, Collection[str]] = {
        "severity": document.severities,
        "type": document.types,
        "product_area": document.product_areas,
        "team": {route.team: None for route in document.route},
        "path": document.paths,
        "relationship_path": document.paths,
    }
    for index, example in enumerate(document.examples):
        key = f"examples[{index}]"
        for field, value in example.expect.items():
            if field in known and isinstance(value, str) and value not in known[field]:
                place = f"{key}.expect.{field}"
                says = say("no case can have the {field} {value}", field=field.replace("_", " "), value=shown(value))
                wanted = near(value, known[field]) or verbatim("null")
                yield Problem(says, place, document.lines.get(place), wanted)
        yield from _expected_rules(document, key, example.expect)
        try:
            to_body(example.given)
        except InvalidInput as error:
            place = f"{key}.given.{error.place}" if error.place else f"{key}.given"
            line = document.lines.get(place, document.lines.get(f"{key}.given"))
            yield Problem(error.says, place, line, error.wanted)


def _expected_rules(document: Document, key: str, expect: dict[str, object]) -> Iterator[Problem]:
    minimums = [rule.id for rule in document.minimums]
    sections: dict[str, list[str]] = {
        "targets": [rule.id for rule in document.targets],
        "classify": [rule.id for rule in document.classify],
        "score": [factor.name for factor in document.score],
        "minimums": minimums,
        "triage": [ask.id for ask in document.triage.ask],
        "triggers": [trigger.id for trigger in document.triggers],
        "route": [rule.id for rule in document.route],
        "clocks": [str(name) for name, kind in document.clocks.kinds.items() if kind.when is not None],
    }
    rules = [name for listed in sections.values() for name in listed]
    full = [f"{section}.{name}" for section, listed in sections.items() for name in listed]
    for field, known in (("rules", [*rules, *full, "wake"]), ("minimums", minimums)):
        listed = expect.get(field)
        for index, name in enumerate(listed if isinstance(listed, list) else ()):
            if name not in known:
                place = f"{key}.expect.{field}[{index}]"
                wanted = near(str(name), known) or say("the id of a rule")
                says = say("there is no rule {name}", name=shown(name))
                yield Problem(says, place, document.lines.get(place), wanted)


def unread(document: Document) -> Iterator[Problem]:
    """Sections that have something in them and are not read by this version."""
    for section, content in (("communication", document.communication),):
        if content:
            says, wanted = say("this is not used yet"), say("nothing in it")
            yield Problem(says, section, document.lines.get(section), wanted, "warning")
