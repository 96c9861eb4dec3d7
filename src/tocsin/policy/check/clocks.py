"""Clocks of the policy's own that would never run."""

from collections.abc import Iterator

from tocsin.core.errors import Problem
from tocsin.core.wording import say
from tocsin.policy.model import Document


def untimed(document: Document) -> Iterator[Problem]:
    """Those that no target says anything of."""
    sets = [severity.targets for severity in document.severities.values()]
    sets += [level.targets for level in document.levels.values()]
    sets += [rule.targets for rule in document.targets]
    timed = {clock for targets in sets for clock in targets}
    for name in document.clocks.declared():
        if name not in timed:
            key = f"clocks.kinds.{name}"
            wanted = say("{name} among the targets of a severity, a level or a rule", name=f"`{name}`")
            yield Problem(say("this clock has no target, so it never runs"), key, document.lines.get(key), wanted)
