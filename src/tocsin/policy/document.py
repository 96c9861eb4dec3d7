"""The policy document: YAML in, a typed `Document` out, or every problem with its line. Never half a result."""

import hashlib
from functools import lru_cache

from tocsin.core.errors import InvalidDocument, Problem
from tocsin.core.wording import say
from tocsin.policy.model import Document
from tocsin.policy.reading import Reading, paths, rules, scoring, taxonomy, triggers
from tocsin.policy.schema import schema
from tocsin.policy.yaml.keys import key_text
from tocsin.policy.yaml.lines import read

__all__ = ["parse", "schema"]

PROBLEMS_AT_MOST = 200


@lru_cache(maxsize=16)  # storing, checking and putting in force read the same text again
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
        calendars=taxonomy.calendars(reading),
        default_severity=taxonomy.default_severity(reading),
        product_areas=tuple(reading.names(*taxonomy.AREAS)),
        severities=taxonomy.severities(reading),
        types=taxonomy.types(reading),
        targets=taxonomy.target_rules(reading),
        classify=taxonomy.classify(reading),
        score=scoring.score(reading),
        levels=scoring.levels(reading),
        minimums=scoring.minimums(reading),
        triage=scoring.triage(reading),
        route=paths.routes(reading),
        duties=paths.duties(reading),
        paths=paths.paths(reading),
        clocks=rules.clocks(reading),
        cases=rules.cases(reading),
        on_call=rules.on_call(reading),
        same_problem=rules.same_problem(reading),
        evidence=rules.evidence(reading),
        risk=rules.risk(reading),
        suggest=rules.suggest(reading),
        storm=rules.storm(reading),
        wake=rules.wake(reading),
        triggers=triggers.triggers(reading),
        communication=rules.free(reading, "communication"),
        governance=rules.free(reading, "governance"),
        examples=rules.examples(reading),
        lines={key_text(key): line for key, line in reading.tree.lines.items()},
    )


def _in_order(problems: list[Problem]) -> list[Problem]:
    """By line; of very many, the first ones and a word on the rest."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    left_out = len(ordered) - PROBLEMS_AT_MOST
    if left_out <= 0:
        return ordered
    return [*ordered[:PROBLEMS_AT_MOST], Problem(say("and {amount} more problems", amount=left_out))]
