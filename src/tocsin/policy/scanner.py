"""All regular expressions that a policy puts to one text, answered by a single pass over it.

A starter policy asks a text some twenty questions, at 2 to 3 µs each on 1 kB. RE2 can search for all of them at once
in the time of one, but its set says "nothing" when its memory runs out, where a single expression falls back to a
slower automaton. So an empty answer counts only when one expression for all of them agrees. Expressions with long
counted repetitions would make the common automaton explode, and are asked one by one.
"""

import re
from collections.abc import Collection

import re2

from tocsin.policy.expressions.runtime.linear import ANYWHERE, matcher_of
from tocsin.policy.expressions.runtime.patterns import Matcher, matcher

SET_MEMORY = 8 << 20
SOLO_SIZE = 1000  # instructions of an expression; a list of twenty words has some 200
SOLO_REPEAT = 8
_COUNTED = re.compile(r"\{(\d{0,4}),?(\d{0,4})\}")


class Scanner:
    """Collects the expressions while a policy is compiled; `ready` then makes the set."""

    def __init__(self) -> None:
        self._patterns: list[str] = []
        self._alone: list[Matcher] = []
        self._set: re2.Set | None = None
        self._any: Matcher | None = None
        self._bits: dict[str, int] = {}
        # One attribute, so that threads see a text always with its own answer.
        self._last: tuple[str | None, int] = (None, 0)

    def matcher(self, pattern: str) -> Matcher:
        """A function that tells whether the pattern is found in a text."""
        bit = self._bits.get(pattern)
        return self._asking(bit) if bit is not None else self._added(pattern)

    def _added(self, pattern: str) -> Matcher:
        alone = matcher(pattern)
        most = max((int(times) for pair in _COUNTED.findall(pattern) for times in pair if times), default=0)
        named = "(?P<" in pattern or "(?<" in pattern  # two of one name cannot stand in one expression
        if named or most > SOLO_REPEAT or re2.compile(pattern, _options()).programsize > SOLO_SIZE:
            return alone
        bit = self._bits[pattern] = 1 << len(self._patterns)
        self._patterns.append(pattern)
        self._alone.append(alone)
        return self._asking(bit)

    def _asking(self, bit: int) -> Matcher:
        def found(text: str) -> bool:
            return self.found(text) & bit != 0

        return found

    def found(self, text: str) -> int:
        """Which of the expressions are found in a text, a bit each."""
        last = self._last
        return last[1] if last[0] is text else self._scan(text)

    def bits(self, patterns: Collection[str]) -> int:
        """The bits of these expressions; 0 where one of them is asked by itself, or there is none."""
        return sum(self._bits[each] for each in patterns) if self._bits.keys() >= set(patterns) else 0

    def ready(self) -> None:
        """Make the set. Where RE2 cannot, each expression is asked by itself."""
        if not self._patterns:
            return
        together = "|".join(f"(?:{pattern})" for pattern in self._patterns)
        try:
            any_of_them = re2.compile(together, _options())
            found = re2.Set.SearchSet(_options())
            for pattern in self._patterns:
                found.Add(pattern)
            found.Compile()
        except re2.error:
            return
        search = matcher_of(any_of_them)

        def any_found(text: str) -> bool:
            data = text.encode("utf-8", "replace")
            return bool(search(ANYWHERE, data, 0, len(data))[0][0] >= 0)

        self._any, self._set = any_found, found

    def _scan(self, text: str) -> int:
        bits: int | None = None
        if self._set is not None and self._any is not None:
            found = self._set.Match(text.encode("utf-8", "replace"))
            if found:
                bits = sum(1 << position for position in found)
            elif not self._any(text):
                bits = 0
        if bits is None:
            bits = sum(1 << position for position, alone in enumerate(self._alone) if alone(text))
        self._last = (text, bits)
        return bits


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = SET_MEMORY
    options.log_errors = False
    options.never_capture = True
    return options
