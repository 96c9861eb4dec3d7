"""Typed errors. Each names what went wrong, the place, what was expected, and so the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.core.wording import Said, code, plain, verbatim


class TocsinError(Exception):
    """Whatever Tocsin refuses on purpose. Faces turn it into an answer; `kind` is stable and part of the surface.

    `says`: what is wrong; `wanted`: what was expected instead. Both are values, which pages word in the language of
    whoever reads. `detail` and `expected` are the same in English, for programs and logs.
    """

    kind = "error"
    title = "Something went wrong"

    def __init__(self, says: Said, *, place: str | None = None, expected: Said | None = None) -> None:
        self._says = says
        self.place = place
        self._wanted = expected
        super().__init__(says, place, expected)

    @property
    def says(self) -> Said:
        return self._says

    @property
    def wanted(self) -> Said | None:
        return self._wanted

    @property
    def code(self) -> str:
        """Which refusal it is, for programs; its kind where the text is not one of ours."""
        return code(self.says) or self.kind

    @property
    def detail(self) -> str:
        return plain(self.says)

    @property
    def expected(self) -> str | None:
        return None if self.wanted is None else plain(self.wanted)

    def __str__(self) -> str:
        text = f"{self.place}: {self.detail}" if self.place else self.detail
        return f"{text}; expected {self.expected}" if self.expected else text


class InvalidInput(TocsinError):
    kind = "invalid-input"
    title = "The input is not valid"


class TooLarge(TocsinError):
    kind = "too-large"
    title = "The input is too large"


class NotFound(TocsinError):
    kind = "not-found"
    title = "Not found"


class Unauthenticated(TocsinError):
    kind = "unauthenticated"
    title = "Unauthorized"


class Forbidden(TocsinError):
    kind = "forbidden"
    title = "Forbidden"


class NotAllowed(TocsinError):
    """A verb that the case's state does not allow; `detail` is the reason that screens show."""

    kind = "not-allowed"
    title = "Not possible for this case now"


class Conflict(TocsinError):
    kind = "conflict"
    title = "Conflict"


class Outdated(TocsinError):
    """A change of something that has changed since whoever sent it looked. `yours`: what was sent; `current`: what is
    there now, None where there is nothing, or where they may not see it; `version`: of that."""

    kind = "outdated"
    title = "It has changed since"

    def __init__(
        self,
        says: Said,
        *,
        place: str | None = None,
        expected: Said | None = None,
        version: int | None = None,
        yours: Mapping[str, Any] | None = None,
        current: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(says, place=place, expected=expected)
        self.version = version
        self.yours = yours
        self.current = current


class KeyReused(TocsinError):
    kind = "key-reused"
    title = "The idempotency key was used with another body"


class Unavailable(TocsinError):
    """Nothing was done and the caller may try again."""

    kind = "unavailable"
    title = "Temporarily unavailable"


class TooMany(TocsinError):
    """Nothing was done. `wait`: seconds after which the caller may try again."""

    kind = "too-many"
    title = "Too many requests"

    def __init__(self, says: Said, *, wait: float, expected: Said | None = None) -> None:
        super().__init__(says, expected=expected)
        self.wait = wait


class Misconfigured(TocsinError):
    kind = "misconfigured"
    title = "The settings do not allow a start"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in a document: where (line from 1, and the key path), what, and what was `wanted` instead. `message`
    and `expected` are the same in English, for programs."""

    says: Said
    key: str = ""
    line: int | None = None
    wanted: Said | None = None
    severity: str = "error"  # or "warning"

    @property
    def code(self) -> str:
        """Which finding it is, for programs; empty where the text is not one of ours."""
        return code(self.says)

    @property
    def message(self) -> str:
        return plain(self.says)

    @property
    def expected(self) -> str | None:
        return None if self.wanted is None else plain(self.wanted)

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        key = f"{self.key}: " if self.key else ""
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{place}{key}{self.message}{expected}"


class InvalidDocument(InvalidInput):
    """A document with problems: all of them, not only the first."""

    kind = "invalid-document"
    title = "The document is not valid"

    def __init__(self, problems: Sequence[Problem], *, place: str | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__(verbatim("\n".join(map(str, problems))), place=place)
