"""Every test that starts a process, a thread or a browser, a hundred times beside a busy machine: `make endurance`.

What has run is kept in a file, one line of JSON for each run of a test file, so that it goes on where it was stopped. A
test that fails once in a hundred runs is a fault; the end says which failed, how often, and shows what they wrote.
"""

import argparse
import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STARTING = {"subprocess", "threading", "multiprocessing", "concurrent.futures", "playwright.sync_api"}


def concerned() -> list[Path]:
    """The test files that start something themselves, or by what they share."""
    return [path for path in sorted(HERE.glob("**/test_*.py")) if _starts(path, set())]


def _starts(path: Path, seen: set[Path]) -> bool:
    seen.add(path)
    for name in _imported(path):
        if name in STARTING or name == "tests.testing.serving":
            return True
        shared = HERE.parent / (name.rpartition(".")[0].replace(".", "/") + ".py")
        ours = name.startswith("tests.") and shared.name != "testing.py" and shared.is_file() and shared not in seen
        if ours and _starts(shared, seen):
            return True
    return False


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ran(record: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in record.read_text().splitlines()] if record.is_file() else []


def run(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "not soak", str(path)]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
    said = "" if done.returncode == 0 else done.stdout[-8000:]
    return {"file": str(path.relative_to(HERE)), "code": done.returncode, "said": said}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument(
        "--record", type=Path, default=Path("endurance.jsonl"), help="what has run; delete it to begin anew"
    )
    parser.add_argument("files", nargs="*", type=Path, help="only these test files")
    chosen = parser.parse_args()
    paths = [path.resolve() for path in chosen.files] or concerned()
    done = Counter(one["file"] for one in ran(chosen.record))
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        for turn in range(chosen.times):
            for path in paths:
                if done[str(path.relative_to(HERE))] > turn:
                    continue
                with chosen.record.open("a") as out:
                    out.write(json.dumps(run(path)) + "\n")
    finally:
        busy.kill()
    red = [one for one in ran(chosen.record) if one["code"]]
    for name, times in Counter(one["file"] for one in red).items():
        print(f"{name}: failed {times} of {done[name] or chosen.times} times")
    for one in red[:3]:
        print(one["said"])
    print(f"{len(paths)} files, {len(red)} failures")
    return bool(red)


if __name__ == "__main__":
    raise SystemExit(main())
