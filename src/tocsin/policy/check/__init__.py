"""A whole policy, looked at before it decides anything: what would never work, and what probably was not meant.

An error is what cannot take effect as written, or breaks a promise by its own arithmetic. A warning is what may be
meant, and is worth a second look.
"""

from tocsin.core.errors import Problem
from tocsin.policy.check import clocks, conditions, levels, paths, rules
from tocsin.policy.check import names as naming
from tocsin.policy.model import Document
from tocsin.policy.names import Names

__all__ = ["Names", "check"]


def check(document: Document, names: Names | None = None) -> list[Problem]:
    """All problems of a document that parses, by line; none for one that may be activated without a word.

    `names` are the teams, rosters and users that exist; without them such names are taken on trust.
    """
    problems: list[Problem] = []
    expressions = conditions.compile_all(document, problems)
    problems.extend(rules.shadowed(document, expressions))
    problems.extend(levels.reach(document, expressions))
    problems.extend(paths.late_and_asleep(document, expressions))
    problems.extend(clocks.untimed(document))
    problems.extend(naming.in_examples(document))
    problems.extend(naming.unread(document))
    if names is not None:
        problems.extend(naming.outside(document, names))
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.key))
