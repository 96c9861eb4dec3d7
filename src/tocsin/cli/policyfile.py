"""A policy that a command is given as a file, made ready to decide."""

from typing import TYPE_CHECKING

from tocsin.cli.output import read_text

if TYPE_CHECKING:
    from tocsin.policy.compiled import Policy


def compiled_policy(file: str | None) -> "Policy":
    """The policy of a file, or the starter without one. InvalidDocument where it is not sound, naming the file."""
    from tocsin.core.errors import InvalidDocument
    from tocsin.policy import starters
    from tocsin.policy.check import check
    from tocsin.policy.compiled import compile_policy
    from tocsin.policy.document import parse

    document = parse(starters.text() if file is None else read_text(file), file or starters.DEFAULT)
    errors = [] if file is None else [problem for problem in check(document) if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors, place=file)
    return compile_policy(document)
