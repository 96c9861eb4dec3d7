"""What an expression may be and may cost. Whoever builds facts cuts texts and lists to the same figures."""

MAX_TEXT = 16 * 1024
"""Characters of one text. Facts are cut to it before they are evaluated."""

MAX_LIST = 100
"""Elements of one list, whether written, computed or given; also entries of a map that a macro walks over."""

MAX_STEPS = 50_000
"""Steps of one evaluation in the worst case, as `cost` counts them."""

MAX_LOOPS = 2
"""Macros inside one another."""

MAX_SOURCE = 8 * 1024
"""Characters of one expression."""

MAX_DEPTH = 64
"""Levels of the syntax tree; the specification asks for 32 repetitions of a rule at least."""

MAX_PATTERN = 1024
"""Characters of one regular expression."""

PATTERN_MEMORY = 1 << 20
"""Bytes that RE2 may use for one regular expression and its automata."""

TEXT_PER_STEP = 64
"""Characters that one step can look at or copy."""

LISTED = 8
"""Constants after `in` that are compared one by one; more are looked up in a set."""
