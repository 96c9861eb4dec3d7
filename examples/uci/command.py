"""What the commands of both runs take, and how they go about it."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from examples.uci.dataset import INCIDENTS, sample
from examples.uci.proof import Proof

from tocsin.core import logging
from tocsin.core.errors import TocsinError


class Outcome(Protocol):
    """What a run found."""

    proof: Proof

    def values(self) -> dict[str, Any]: ...


Found = TypeVar("Found", bound=Outcome)


def arguments(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where incidents/ lies")
    parser.add_argument("--database", help="an empty database; default: a SQLite file that is removed afterwards")
    parser.add_argument("--incidents", type=int, help="only so many of them")
    parser.add_argument("--json", action="store_true")
    return parser


def carry_out(given: argparse.Namespace, run: Callable[[str, Path], Found], tell: Callable[[Found], None]) -> int:
    """Run it on the database and the incidents that are named, and tell what came out. The exit code: 1 where a proof
    failed."""
    logging.configure("WARNING", json=False)
    incidents = given.data / INCIDENTS
    if not incidents.is_file():
        sys.exit(f"there is no {incidents}")
    with tempfile.TemporaryDirectory(prefix="tocsin-uci-") as folder:
        if given.incidents:
            incidents = sample(incidents, given.incidents, Path(folder) / "sample.csv.gz")
        try:
            result = run(given.database or f"sqlite:///{folder}/uci.db", incidents)
        except TocsinError as error:
            sys.exit(str(error))
    if given.json:
        print(json.dumps(result.values()))
    else:
        tell(result)
    return 1 if result.proof.failures else 0
