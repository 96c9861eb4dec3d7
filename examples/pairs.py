"""Two revisions of this repository measured in turn, so that whatever else the machine does falls on both.

    python -m examples.pairs BEFORE AFTER [--pairs 10] [--what decide,timers,pages,intake] [--log FILE]

Each is taken out of git into a temporary folder, with the packages that it locks (`make setup`). Then each pair runs a
benchmark once for each, and the next pair in the other order. A figure is a cost in microseconds; its ratio is that of
AFTER to BEFORE within one pair, so that more than 1 is slower. What is printed for each figure is the median of its
ratios, and the interval in which the true median lies, whatever the distribution. `--log` keeps every pair; the same
command again goes on where that file ends. Exit code 1 where a revision cannot be built or measured.
"""

import io
import json
import subprocess
import sys
import tarfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import comb
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
CONFIDENCE = 0.95

# Of work in one process its processor time counts, for which it matters less what else runs.
MEASURES = {
    "decide": """
import time
from tocsin.cli.bench import decide
decide.stopwatch = time.process_time
costs = {f"decide, {one.policy}: processor": 1e6 / max(one.alone) for one in decide.run(5)}
""",
    "timers": """
import time
from tocsin.cli.bench import timers
timers.stopwatch = time.process_time
costs = {"timer fired: processor": 1e6 / max(timers.run(pending=100_000, runs=5, seconds=0.5).fired)}
""",
    "pages": """
from tocsin.cli.bench import pages
found = pages.run(runs=2, seconds=3.0)
costs = {"ticket to page, median": 1e6 * min(found.p50), "escalated case acted on": 1e6 / max(found.rate)}
""",
    "intake": """
from tocsin.cli.bench import intake
found = intake.run(runs=3, seconds=3.0)
costs = {"ticket: processor": min(found.cpu), "ticket accepted": 1e6 / max(found.rate)}
""",
}


def interval(ratios: Sequence[float]) -> tuple[float, float, float]:
    """Where the median lies, and how sure that is: the narrowest two ordered values that hold it with `CONFIDENCE`, or
    the outermost, where there are too few for that."""
    ordered, size = sorted(ratios), len(ratios)

    def sure(rank: int) -> float:
        return 1 - sum(comb(size, below) for below in range(rank)) / 2.0 ** (size - 1)

    rank = max((rank for rank in range(1, (size + 1) // 2 + 1) if sure(rank) >= CONFIDENCE), default=1)
    return ordered[rank - 1], ordered[-rank], sure(rank)


def lines(pairs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """For each figure the median of its ratios, their interval, and the medians of both costs."""
    for name in dict.fromkeys(name for pair in pairs for name in pair["before"]):
        both = [(pair["before"][name], pair["after"][name]) for pair in pairs if name in pair["before"]]
        ratios = [after / before for before, after in both]
        low, high, sure = interval(ratios)
        before, after = (median(costs) for costs in zip(*both, strict=True))
        yield (
            f"{name}: {median(ratios):.3f} ({low:.3f} to {high:.3f}, {sure:.1%} of {len(both)} pairs),"
            f" {before:,.1f} µs before, {after:,.1f} µs after"
        )


@contextmanager
def built(revision: str) -> Iterator[Path]:
    """A folder with the revision, ready to run."""
    with TemporaryDirectory(prefix="tocsin-pairs-") as name:
        packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(name, filter="data")
        subprocess.run(["make", "setup"], cwd=name, check=True, stdout=subprocess.DEVNULL)
        yield Path(name)


def measure(folder: Path, what: str) -> dict[str, float]:
    """Each figure's cost in microseconds, by one run of a benchmark of what is built there."""
    code = f"{MEASURES[what]}\nimport json\nprint(json.dumps(costs))"
    python = folder / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-c", code], cwd=folder, stdout=subprocess.PIPE, check=True)
    costs: dict[str, float] = json.loads(done.stdout)
    return costs


def main() -> int:
    parser = ArgumentParser(prog="python -m examples.pairs", description="Compare the speed of two revisions.")
    parser.add_argument("before", help="a revision, as git names it")
    parser.add_argument("after")
    parser.add_argument("--pairs", type=int, default=10, help="how many of each benchmark")
    parser.add_argument("--what", default=",".join(MEASURES), help="which benchmarks, with commas between them")
    parser.add_argument("--log", type=Path, help="a file to keep every pair in, and to go on from")
    given = parser.parse_args()
    wanted = given.what.split(",")
    if unknown := set(wanted) - MEASURES.keys():
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    compared = [_commit(given.before), _commit(given.after)]
    pairs = [pair for pair in _kept(given.log) if pair["revisions"] == compared and pair["what"] in wanted]
    with built(compared[0]) as before, built(compared[1]) as after:
        in_turn = [("before", before), ("after", after)]
        for what in wanted:
            for number in range(sum(pair["what"] == what for pair in pairs), given.pairs):
                costs = {name: measure(folder, what) for name, folder in in_turn[:: -1 if number % 2 else 1]}
                pairs.append({"revisions": compared, "what": what, **costs})
                _keep(given.log, pairs[-1])
    print("\n".join(lines(pairs)))
    return 0


def _kept(log: Path | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log is not None and log.exists() else []


def _keep(log: Path | None, pair: dict[str, Any]) -> None:
    if log is not None:
        with log.open("a") as file:
            file.write(json.dumps(pair) + "\n")


def _commit(revision: str) -> str:
    asked = ["git", "rev-parse", "--verify", f"{revision}^{{commit}}"]
    return subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
