"""`tocsin bench decide`: decisions a second on one core, for each starter policy."""

from dataclasses import dataclass
from statistics import median

from tocsin.cli.bench.machine import spread
from tocsin.cli.bench.tickets import ticket
from tocsin.core.clock import SystemClock, stopwatch
from tocsin.policy import starters
from tocsin.policy.body import to_body
from tocsin.policy.compiled import compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of

CASES = 2_000
MARK = 20_000


@dataclass(frozen=True, slots=True)
class Result:
    """Rates by run, in decisions a second: the decision alone, and with its canonical bytes."""

    policy: str
    alone: list[float]
    with_bytes: list[float]

    def lines(self) -> list[str]:
        return [
            f"{self.policy}: {spread(self.alone, 'decisions/s')}, {1e6 / median(self.alone):.1f} µs each"
            f" (mark: {MARK:,}/s)",
            f"{self.policy}: {spread(self.with_bytes, 'decisions/s')} with canonical bytes",
        ]


def run(runs: int = 5) -> list[Result]:
    """Measure every starter policy; a thousand characters of text a case, one in ten escalated."""
    now = SystemClock().now()
    facts = [facts_of(to_body(ticket(number))) for number in range(CASES)]
    results = []
    for name in starters.NAMES:
        policy = compile_policy(parse(starters.text(name)), 1)
        for known in facts:
            decide(policy, known, now)
        alone, with_bytes = [], []
        for _ in range(runs):
            begun = stopwatch()
            for known in facts:
                decide(policy, known, now)
            alone.append(CASES / (stopwatch() - begun))
            begun = stopwatch()
            for known in facts:
                decide(policy, known, now).canonical()
            with_bytes.append(CASES / (stopwatch() - begun))
        results.append(Result(name, alone, with_bytes))
    return results
