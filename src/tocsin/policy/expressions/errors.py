"""What can go wrong: an expression is refused when it is compiled, or fails on the facts it meets."""

from dataclasses import dataclass

from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import Said, plain, say, verbatim


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the source: `offset` counts characters from 0; `line` and `column` count from 1."""

    offset: int
    line: int
    column: int

    @classmethod
    def at(cls, source: str, offset: int) -> "Position":
        before = source[:offset]
        return cls(offset, before.count("\n") + 1, offset - before.rfind("\n"))

    def says(self) -> Said:
        if self.line == 1:
            return say("column {column}", column=self.column)
        return say("line {line}, column {column}", line=self.line, column=self.column)

    def __str__(self) -> str:
        return plain(self.says())


class ExpressionError(InvalidInput):
    """An expression that cannot be used: where, what, and what was expected instead. `message`: what, in English."""

    kind = "invalid-expression"
    title = "The expression is not valid"

    def __init__(self, says: Said, source: str, offset: int, wanted: Said | None = None) -> None:
        self.position = Position.at(source, offset)
        super().__init__(says, place=str(self.position), expected=wanted)

    @property
    def message(self) -> str:
        return self.detail


class Refusal(Exception):
    """An ExpressionError in the making: raised where the source is not at hand, completed by the compiler. `wanted`:
    as a text where it is a piece of an expression."""

    def __init__(self, says: Said, offset: int, wanted: Said | str | None = None) -> None:
        self.says = says
        self.offset = offset
        self.wanted = verbatim(wanted) if isinstance(wanted, str) else wanted
        super().__init__(says)

    def within(self, source: str) -> ExpressionError:
        return ExpressionError(self.says, source, self.offset, self.wanted)


class EvaluationError(TocsinError):
    """A CEL error: the value of an expression that has none, such as `1 / 0` or a missing field.

    `&&`, `||` and the macros built on them absorb it where the other operand decides. `missing`: the fact that is not
    there, where that is why.
    """

    kind = "evaluation-error"
    title = "The expression has no value for these facts"

    def __init__(self, detail: str, *, expected: str | None = None, missing: str | None = None) -> None:
        # Missing fields are everyday business, and absorbed ones are never shown: what is said is made only when read.
        self._detail = detail
        self.place = None
        self._expected = expected
        self.missing = missing

    @property
    def detail(self) -> str:
        return self._detail

    @property
    def expected(self) -> str | None:
        return self._expected

    @property
    def says(self) -> Said:
        return verbatim(self._detail)

    @property
    def wanted(self) -> Said | None:
        return None if self._expected is None else verbatim(self._expected)
