"""The policy document: YAML in, a typed `Document` out, or every problem with its line. Never half a result."""

import hashlib

from tocsin.core.errors import InvalidDocument, Problem
from tocsin.policy import read_paths, read_rules, read_scoring, read_taxonomy
from tocsin.policy.model import Document
from tocsin.policy.reading import Reading
from tocsin.policy.schema import schema
from tocsin.policy.yaml_keys import key_text
from tocsin.policy.yaml_lines import read

__all__ = ["parse", "schema"]

PROBLEMS_AT_MOST = 200


def parse(text: str, place: str = "policy") -> Document:
    """Read a policy. InvalidDocument carries all problems: what was found where, and what was expected.

    What depends on conditions, on names outside the document, or on what follows from it, is for `check`.
    """
    tree = read(text)
    if tree.data is None and tree.problems:
        raise InvalidDocument(tree.problems, place=place)
    reading = Reading(tree)
    document = _build(reading, text)
    if reading.problems:
        raise InvalidDocument(_in_order(reading.problems), place=place)
    return document


def _build(reading: Reading, text: str) -> Document:
    name = reading.get("name")
    return Document(
        name=name if isinstance(name, str) else "",
        source=text,
        digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        calendars=read_taxonomy.calendars(reading),
        default_severity=read_taxonomy.default_severity(reading),
        product_areas=tuple(reading.names(*read_taxonomy.AREAS)),
        severities=read_taxonomy.severities(reading),
        types=read_taxonomy.types(reading),
        targets=read_taxonomy.target_rules(reading),
        classify=read_taxonomy.classify(reading),
        score=read_scoring.score(reading),
        levels=read_scoring.levels(reading),
        minimums=read_scoring.minimums(reading),
        triage=read_scoring.triage(reading),
        route=read_paths.routes(reading),
        duties=read_paths.duties(reading),
        paths=read_paths.paths(reading),
        clocks=read_rules.clocks(reading),
        cases=read_rules.cases(reading),
        wake=read_rules.wake(reading),
        triggers=read_rules.triggers(reading),
        communication=read_rules.free(reading, "communication"),
        governance=read_rules.free(reading, "governance"),
        examples=read_rules.examples(reading),
        lines={key_text(key): line for key, line in reading.tree.lines.items()},
    )


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By line; of very many, the first ones and a word on the rest."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    left_out = len(ordered) - PROBLEMS_AT_MOST
    if left_out <= 0:
        return ordered
    return [*ordered[:PROBLEMS_AT_MOST], Problem(f"and {left_out} more problems")]
